use super::Priority::{Background, Caller};
use super::*;
use crate::budget::Drawn;
use crate::budget::fake::Alone;
use crate::outbound::fake::TestClock;
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::task::unconstrained;

/// A budget that counts how often it was asked, and may be out of order.
#[derive(Default)]
struct Watched {
    budget: Alone,
    asked: AtomicU32,
    slow: AtomicBool,
    broken: AtomicBool,
    stuck: AtomicBool,
}

#[async_trait]
impl Budgets for Watched {
    async fn draw(&self, purse: &Purse, draw: Draw) -> Result<Drawn, BudgetError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.broken.load(Ordering::Relaxed) {
            return Err(BudgetError("out of order".to_owned()));
        }
        if self.slow.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        if self.stuck.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        self.budget.draw(purse, draw).await
    }
}

struct Setting {
    clock: Arc<TestClock>,
    budget: Arc<Watched>,
    settings: LimitSettings,
}

impl Setting {
    fn of(requests: u32, kept_for_callers: u32) -> Self {
        let settings = LimitSettings {
            class: "all",
            rate: Rate { requests, window: SignedDuration::from_mins(1) },
            kept_for_callers,
            caller_waits: Duration::from_secs(2),
            background_waits: Duration::from_secs(20),
            block: Duration::from_mins(1),
        };
        Self { clock: TestClock::shared(), budget: Arc::default(), settings }
    }

    /// A node's limiter of the one key.
    fn node(&self) -> Arc<Limiter> {
        let limits = Limits::new(Provider::Calcom, self.clock.clone(), self.budget.clone());
        limits.of(KeyHash::of("cal_test_1"), self.settings)
    }

    fn asked(&self) -> u32 {
        self.budget.asked.swap(0, Ordering::Relaxed)
    }
}

/// From the beginning of the second in which it was drawn until it is free again.
const COUNTS: SignedDuration = SignedDuration::from_millis(66_500);

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

impl Limiter {
    /// Whether a request could be sent at once.
    fn sends(&self, priority: Priority) -> bool {
        unconstrained(self.place(priority)).now_or_never().is_some_and(|place| place.is_ok())
    }
    fn sent_of(&self, wanted: usize, priority: Priority) -> usize {
        (0..wanted).filter(|_| self.sends(priority)).count()
    }
    fn refusal(&self, priority: Priority) -> Option<Duration> {
        unconstrained(self.place(priority)).now_or_never()?.err()
    }
    fn told(&self, remaining: u32, reset: u64) {
        let reset = Some(Duration::from_secs(reset));
        self.heard(Told { remaining: Some(remaining), reset, ..Told::default() });
    }
}

#[tokio::test]
async fn two_nodes_never_send_more_than_the_limit_in_any_minute() {
    let setting = Setting::of(10, 0);
    let (here, there) = (setting.node(), setting.node());
    let mut sent: Vec<Timestamp> = Vec::new();
    for step in 0..2_000 {
        // As impatient as can be, in bursts and in trickles.
        let node = if step % 3 == 0 { &here } else { &there };
        let got = node.sent_of(step % 7 + 1, Caller);
        sent.extend((0..got).map(|_| setting.clock.now()));
        setting.clock.advance(SignedDuration::from_millis(300 * (i64::try_from(step).unwrap() % 5)));
    }
    assert!(sent.len() > 100);
    for window in sent.windows(11) {
        assert!(window[10].duration_since(window[0]) >= seconds(60), "{} and {}", window[0], window[10]);
    }
}

#[tokio::test]
async fn the_background_of_every_node_leaves_its_part_to_callers() {
    let setting = Setting::of(50, 20);
    let (here, there) = (setting.node(), setting.node());
    let of_both = here.sent_of(25, Background) + there.sent_of(25, Background);
    assert_eq!(of_both + here.sent_of(5, Background), 30);
    assert_eq!(here.sent_of(15, Caller) + there.sent_of(15, Caller), 20);
    assert!(!here.sends(Caller) && !there.sends(Caller));
    assert_eq!((here.remaining(), there.remaining()), (0, 0));
    assert_eq!(here.full_for(Background), here.refusal(Background), "who asks before hears the same");
}

#[tokio::test]
async fn a_place_that_becomes_free_is_a_callers_before_it_is_the_backgrounds() {
    let setting = Setting::of(2, 1);
    let limiter = setting.node();
    assert!(limiter.sends(Caller));
    setting.clock.advance(seconds(30));
    assert!(limiter.sends(Caller));
    // The first is free in a second, the other only in half a minute.
    setting.clock.advance(COUNTS - seconds(31));
    let (background, caller, ()) = tokio::join!(
        limiter.place(Background),
        limiter.place(Caller),
        setting.clock.advance_when_slept_on(1, seconds(1))
    );
    assert!(caller.is_ok());
    assert!(background.is_err());
}

#[tokio::test]
async fn it_waits_for_a_place_as_long_as_it_may() {
    let setting = Setting::of(1, 0);
    let limiter = setting.node();
    assert!(limiter.sends(Caller));
    setting.clock.advance(seconds(30));
    let wait = limiter.refusal(Caller).unwrap();
    assert!(wait > Duration::from_secs(35) && wait < Duration::from_secs(38), "{wait:?}");
    setting.clock.advance(SignedDuration::try_from(wait).unwrap() - seconds(2));
    let (place, ()) = tokio::join!(limiter.place(Caller), setting.clock.advance_when_slept_on(1, seconds(2)));
    assert!(place.is_ok());
}

#[tokio::test]
async fn one_draws_for_all_that_wait_and_a_few_that_may_follow() {
    let setting = Setting::of(100, 0);
    let limiter = setting.node();
    setting.budget.slow.store(true, Ordering::Relaxed);
    let all = join_all((0..20).map(|_| limiter.place(Caller))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(setting.asked(), 2, "the first for itself, the second for nineteen and one more");
    setting.budget.slow.store(false, Ordering::Relaxed);
    assert_eq!(limiter.sent_of(10, Caller), 10);
    assert_eq!(setting.asked(), 1);
}

#[tokio::test]
async fn what_was_not_used_goes_back_to_all_nodes() {
    let setting = Setting::of(60, 0);
    let (here, there) = (setting.node(), setting.node());
    here.sent_of(20, Caller);
    assert!(there.sends(Caller));
    let left = here.remaining() + there.remaining();
    setting.clock.advance(seconds(6));
    // What lapsed is told with the next draw.
    assert!(here.sends(Caller) && there.sends(Caller));
    setting.asked();
    let rest = here.sent_of(60, Caller) + there.sent_of(60, Caller);
    assert_eq!(20 + 1 + 2 + rest, 60, "nothing is lost; {left} were left before");
}

#[tokio::test]
async fn what_the_headers_say_lowers_the_limit_until_their_reset() {
    let setting = Setting::of(100, 0);
    let (here, there) = (setting.node(), setting.node());
    assert!(here.sends(Caller));
    here.told(3, 20);
    let sent = here.sent_of(9, Caller) + there.sent_of(9, Caller);
    assert_eq!(sent, 3);
    assert_eq!(here.refusal(Caller), Some(Duration::from_secs(20)));
    setting.clock.advance(seconds(20));
    assert!(here.sends(Caller) && there.sends(Caller));
}

#[tokio::test]
async fn after_a_block_no_node_sends_anything_until_it_is_over() {
    let setting = Setting::of(100, 0);
    let (here, there) = (setting.node(), setting.node());
    assert!(here.sends(Caller));
    assert_eq!(here.blocked(Told::default()).await, Duration::from_mins(1));
    for (node, priority) in [(&here, Caller), (&here, Background), (&there, Caller), (&there, Background)] {
        assert_eq!(node.refusal(priority), Some(Duration::from_mins(1)));
    }
    assert_eq!((here.remaining(), there.remaining()), (0, 0));
    setting.clock.advance(seconds(59));
    assert!(!here.sends(Caller) && !there.sends(Caller));
    setting.clock.advance(seconds(1));
    assert!(here.sends(Caller) && there.sends(Caller));
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_sent() {
    let setting = Setting::of(100, 0);
    let limiter = setting.node();
    for fault in [&setting.budget.broken, &setting.budget.stuck] {
        fault.store(true, Ordering::Relaxed);
        assert_eq!(limiter.place(Caller).await, Err(ASK_AGAIN));
        fault.store(false, Ordering::Relaxed);
    }
    assert!(limiter.sends(Caller));
}

#[tokio::test]
async fn a_block_that_could_not_be_told_holds_here_and_is_told_with_the_next_draw() {
    let setting = Setting::of(100, 0);
    let (here, there) = (setting.node(), setting.node());
    setting.budget.broken.store(true, Ordering::Relaxed);
    here.blocked(Told::default()).await;
    setting.budget.broken.store(false, Ordering::Relaxed);
    assert_eq!(here.refusal(Caller), Some(Duration::from_mins(1)));
    assert!(there.sends(Caller), "nobody could tell");
    let longer = Told { retry_after: Some(Duration::from_secs(90)), ..Told::default() };
    here.blocked(longer).await;
    assert_eq!(there.full_for(Caller), None);
    setting.clock.advance(seconds(6));
    assert_eq!(there.refusal(Caller), Some(Duration::from_secs(84)));
}
