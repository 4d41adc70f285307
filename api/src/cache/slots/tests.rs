use super::*;
use crate::clock::SteppedClock;
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::civil::date;
use ringbuch_domain::ids::EventTypeId;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// A calendar that answers as ordered, once it is let.
struct Calendar {
    answers: Mutex<VecDeque<Result<Vec<OpenSlot>, CalendarFailure>>>,
    asked: AtomicUsize,
    gate: Semaphore,
}

#[async_trait]
impl Slots for Calendar {
    async fn slots(&self, _: &CompanyId, _: &SlotQuery) -> Result<OpenSlots, CalendarFailure> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        let next = self.answers.lock().unwrap().pop_front().expect("it was asked once more than expected");
        next.map(|slots| OpenSlots { slots, age: Duration::ZERO, stale: false })
    }
}

struct Setting {
    clock: Arc<SteppedClock>,
    calendar: Arc<Calendar>,
    metrics: Metrics,
    cached: CachedSlots,
}

/// With answers that come at once.
fn setting(answers: impl IntoIterator<Item = Result<Vec<OpenSlot>, CalendarFailure>>) -> Setting {
    let setting = behind_a_gate(answers);
    setting.calendar.gate.add_permits(1000);
    setting
}

fn behind_a_gate(answers: impl IntoIterator<Item = Result<Vec<OpenSlot>, CalendarFailure>>) -> Setting {
    let clock = Arc::new(SteppedClock::at(at(8)));
    let answers = Mutex::new(answers.into_iter().collect());
    let calendar = Arc::new(Calendar { answers, asked: AtomicUsize::new(0), gate: Semaphore::new(0) });
    let metrics = Metrics::new().unwrap();
    let cached = CachedSlots::new(calendar.clone(), clock.clone(), metrics.clone());
    Setting { clock, calendar, metrics, cached }
}

impl Setting {
    async fn ask(&self) -> Result<OpenSlots, CalendarFailure> {
        self.cached.slots(&salon(), &query()).await
    }
    async fn open(&self) -> Vec<i8> {
        let told = self.ask().await.unwrap();
        assert!(!told.stale);
        told.slots.iter().map(|slot| slot.start.to_zoned(jiff::tz::TimeZone::UTC).hour()).collect()
    }
    fn asked(&self) -> usize {
        self.calendar.asked.load(Ordering::SeqCst)
    }
    fn counted(&self, outcome: &str, times: u32) {
        let line = format!("ringbuch_cache_requests_total{{cache=\"availability\",outcome=\"{outcome}\"}} {times}");
        let text = self.metrics.render();
        assert!(text.contains(&line), "no {line} in {text}");
    }
    async fn until_asked(&self, times: usize) {
        while self.asked() < times {
            tokio::task::yield_now().await;
        }
    }
}

fn salon() -> CompanyId {
    CompanyId::new("salon").unwrap()
}

fn query() -> SlotQuery {
    SlotQuery {
        event_type: EventTypeId(7),
        team: None,
        minutes: None,
        from: date(2025, 7, 2),
        to: date(2025, 7, 3),
        zone: "Europe/Berlin".into(),
    }
}

fn at(hour: i8) -> Timestamp {
    date(2025, 7, 2).at(hour, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

fn open(hours: &[i8]) -> Vec<OpenSlot> {
    hours.iter().map(|hour| OpenSlot { start: at(*hour), end: at(*hour + 1) }).collect()
}

fn silence() -> CalendarFailure {
    CalendarFailure::Unknown { reason: "timeout".into() }
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn what_was_told_is_told_again_for_45_seconds() {
    let s = setting([Ok(open(&[9, 10])), Ok(open(&[10]))]);
    assert_eq!(s.open().await, [9, 10]);
    s.clock.advance(seconds(44));
    assert_eq!(s.ask().await.unwrap().age, Duration::from_secs(44));
    s.clock.advance(seconds(1));
    assert_eq!(s.open().await, [10]);
    assert_eq!(s.asked(), 2);
    s.counted("hit", 1);
    s.counted("miss", 2);
}

#[tokio::test]
async fn a_hundred_who_ask_at_once_cost_one_request() {
    let s = behind_a_gate([Ok(open(&[9]))]);
    let asking = join_all((0..100).map(|_| s.ask()));
    let (answers, ()) = tokio::join!(asking, async {
        s.until_asked(1).await;
        s.calendar.gate.add_permits(1);
    });
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().slots.len() == 1));
    assert_eq!(s.asked(), 1);
}

#[tokio::test]
async fn a_hundred_share_one_failure_too_and_the_next_ask_again() {
    let s = behind_a_gate([Err(silence()), Ok(open(&[9]))]);
    let asking = join_all((0..100).map(|_| s.ask()));
    let (answers, ()) = tokio::join!(asking, async {
        s.until_asked(1).await;
        s.calendar.gate.add_permits(2);
    });
    assert!(answers.iter().all(|answer| *answer == Err(silence())));
    assert_eq!(s.ask().await, Err(silence()), "within a second nothing else is to be expected");
    assert_eq!(s.asked(), 1);
    s.clock.advance(seconds(1));
    assert_eq!(s.open().await, [9]);
}

#[tokio::test]
async fn somebody_who_hangs_up_while_asking_leaves_nobody_without_an_answer() {
    let s = behind_a_gate([Ok(open(&[9]))]);
    let mut first = Box::pin(s.ask());
    let mut second = Box::pin(s.ask());
    assert!(futures_util::poll!(&mut first).is_pending() && futures_util::poll!(&mut second).is_pending());
    drop(first);
    s.calendar.gate.add_permits(1);
    assert_eq!(second.await.unwrap().slots.len(), 1);
}

#[tokio::test]
async fn a_silent_calendar_is_answered_for_with_what_it_said_last_and_that_is_said() {
    let failures = (0..4).map(|_| Err(silence()));
    let s = setting([Ok(open(&[9]))].into_iter().chain(failures));
    s.open().await;
    for minutes in [5, 10] {
        s.clock.advance(SignedDuration::from_mins(5));
        let told = s.ask().await.unwrap();
        assert_eq!((told.slots.len(), told.age, told.stale), (1, Duration::from_mins(minutes), true));
    }
    s.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(s.ask().await, Err(silence()), "a quarter of an hour is too old");
    s.counted("stale", 2);
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let refused = || CalendarFailure::Refused { reason: "event_type_unknown".into() };
    let s = setting([Ok(open(&[9])), Err(refused())]);
    s.open().await;
    s.clock.advance(seconds(60));
    assert_eq!(s.ask().await, Err(refused()));
}

#[tokio::test]
async fn lesson_06_a_change_of_its_days_outdates_what_was_told() {
    let s = setting([Ok(open(&[9, 10])), Ok(open(&[10])), Ok(open(&[11])), Err(silence())]);
    s.open().await;
    s.cached.forget(&salon(), Some(date(2025, 7, 20)));
    s.cached.forget(&CompanyId::new("other").unwrap(), None);
    assert_eq!(s.open().await, [9, 10]);
    s.cached.forget(&salon(), Some(date(2025, 7, 3)));
    assert_eq!(s.open().await, [10]);
    s.cached.forget(&salon(), None);
    assert_eq!(s.open().await, [11]);
    s.cached.forget(&salon(), None);
    assert!(s.ask().await.unwrap().stale, "old as it is, it is all there is");
}

#[tokio::test]
async fn lesson_06_what_was_asked_before_a_change_is_not_told_after_it() {
    let s = behind_a_gate([Ok(open(&[9])), Ok(open(&[10]))]);
    let mut first = Box::pin(s.ask());
    assert!(futures_util::poll!(&mut first).is_pending());
    s.cached.forget(&salon(), Some(date(2025, 7, 2)));
    let mut second = Box::pin(s.ask());
    assert!(futures_util::poll!(&mut second).is_pending());
    s.calendar.gate.add_permits(2);
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.unwrap().slots, open(&[9]), "this was asked for before");
    assert_eq!(second.unwrap().slots, open(&[10]));
    assert_eq!((s.open().await, s.asked()), (vec![10], 2));
}

#[tokio::test]
async fn lesson_10_companies_types_teams_ranges_and_zones_are_kept_apart() {
    let s = setting((0..6).map(|hour| Ok(open(&[hour]))));
    let other = CompanyId::new("other").unwrap();
    let salon = salon();
    let questions = [
        (&salon, query()),
        (&other, query()),
        (&salon, SlotQuery { event_type: EventTypeId(8), ..query() }),
        (&salon, SlotQuery { team: Some(1), ..query() }),
        (&salon, SlotQuery { to: date(2025, 7, 4), ..query() }),
        (&salon, SlotQuery { zone: "Europe/Vienna".into(), ..query() }),
    ];
    for _ in 0..2 {
        for (hour, (company, query)) in questions.iter().enumerate() {
            let told = s.cached.slots(company, query).await.unwrap();
            assert_eq!(told.slots[0].start, at(i8::try_from(hour).unwrap()));
        }
    }
    assert_eq!(s.asked(), 6);
}
