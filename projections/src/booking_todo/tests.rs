use super::*;
use crate::testing::{Log, Tenant, projected, time};
use jiff::civil::date;
use ringbuch_domain::call::Refusal;
use ringbuch_domain::diary::*;

const PAGE: Date = date(2025, 7, 2);
const NEXT_PAGE: Date = date(2025, 7, 3);

struct Story {
    salon: Tenant,
    log: Log,
}

/// A call has asked for a booking.
fn asked() -> Story {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    log.call(&salon.company, &salon.call("1"), salon.asked("1", "max", "b"));
    Story { salon, log }
}

impl Story {
    fn diary(&mut self, event: impl Into<DiaryEvent>) -> &mut Self {
        self.log.diary(&self.salon.company, PAGE, event);
        self
    }

    fn requested() -> Self {
        let mut story = asked();
        let request = story.salon.requested(Some("1"), "max", "b");
        story.diary(request);
        story
    }

    fn confirmed() -> Self {
        let mut story = Self::requested();
        let confirmation = story.salon.confirmed(Some("1"), "max", "b");
        story.diary(confirmation);
        story
    }

    async fn row(&self) -> Option<DueBooking> {
        let rows = projected(&self.log).await;
        find(&*rows, Scope::Company(&self.salon.company), self.salon.booking("b")).await.unwrap()
    }

    async fn stage_due_attempt(&self) -> (Stage, String, i64) {
        let row = self.row().await.unwrap();
        (row.stage, row.due_at.to_string(), row.attempt)
    }
}

const NOW: &str = "2025-07-01T08:00:00Z";

#[tokio::test]
async fn a_wish_is_put_to_the_diary_at_once() {
    let story = asked();
    let row = story.row().await.unwrap();
    assert_eq!((row.stage, row.page, row.call), (Stage::Ask, PAGE, Some(story.salon.call("1"))));
    assert_eq!(row.due_at, story.log.now);
}

#[tokio::test]
async fn a_refusal_ends_a_wish_but_not_a_booking() {
    let mut story = asked();
    let refusal = story.salon.refused("1", "max", "b", Refusal::InThePast);
    story.log.call(&story.salon.company, &story.salon.call("1"), refusal.clone());
    assert_eq!(story.row().await, None);

    let mut story = Story::requested();
    let failure = story.salon.failed(Some("1"), "max", "b", "taken");
    story.diary(failure);
    story.log.call(&story.salon.company, &story.salon.call("1"), refusal);
    assert_eq!(story.row().await.unwrap().stage, Stage::Settle);
}

#[tokio::test]
async fn each_word_of_the_diary_sets_the_next_act() {
    let mut story = Story::requested();
    assert_eq!(story.stage_due_attempt().await, (Stage::Book, NOW.into(), 0));

    let attempt = story.salon.attempt("b", Act::Book, 1, "2025-07-01T08:00:30Z");
    story.diary(attempt);
    assert_eq!(story.stage_due_attempt().await, (Stage::Book, "2025-07-01T08:00:30Z".into(), 1));

    let unknown = story.salon.unknown("b", Act::Book, 1, "2025-07-01T08:01:00Z");
    story.diary(unknown);
    assert_eq!(story.stage_due_attempt().await, (Stage::LookUp, "2025-07-01T08:01:00Z".into(), 1));
    assert_eq!(story.row().await.unwrap().reason.as_deref(), Some("timed out"));

    let postponed = BookingPostponed {
        booking: story.salon.booking("b"),
        act: Act::Book,
        attempt: 1,
        reason: "no connection".into(),
        next_attempt_at: time("2025-07-01T08:02:00Z"),
    };
    story.diary(postponed.clone());
    assert_eq!(story.stage_due_attempt().await, (Stage::LookUp, "2025-07-01T08:02:00Z".into(), 1));
    assert_eq!(story.row().await.unwrap().reason.as_deref(), Some("no connection"));

    let second = story.salon.attempt("b", Act::Book, 2, "2025-07-01T08:03:00Z");
    story.diary(second).diary(BookingPostponed { attempt: 2, ..postponed });
    assert_eq!(story.stage_due_attempt().await, (Stage::Book, "2025-07-01T08:02:00Z".into(), 2));

    let confirmation = story.salon.confirmed(Some("1"), "max", "b");
    story.log.at("2025-07-01T08:02:01Z");
    story.diary(confirmation);
    assert_eq!(story.stage_due_attempt().await, (Stage::Settle, "2025-07-01T08:02:01Z".into(), 2));
    assert_eq!(story.row().await.unwrap().reason, None);

    let booking = story.salon.booking("b");
    story.diary(BookingTwinCancelled { booking, attempt: Some(1) });
    assert_eq!(story.stage_due_attempt().await, (Stage::Settle, "2025-07-01T08:02:01Z".into(), 2));
    story.diary(BookingSettled { booking });
    assert_eq!(story.row().await, None);
}

#[tokio::test]
async fn pending_and_failed_bookings_wait_to_be_settled() {
    let mut story = Story::requested();
    let pending = story.salon.pending("max", "b");
    story.diary(pending);
    assert_eq!(story.row().await.unwrap().stage, Stage::Settle);

    let mut story = Story::requested();
    let failure = story.salon.failed(Some("1"), "max", "b", "gone");
    story.diary(failure);
    assert_eq!(story.row().await.unwrap().stage, Stage::Settle);
}

#[tokio::test]
async fn what_fails_after_its_file_was_closed_is_still_told_to_the_call() {
    let mut story = Story::requested();
    let booking = story.salon.booking("b");
    let pending = story.salon.pending("max", "b");
    story.diary(pending).diary(BookingSettled { booking });
    assert_eq!(story.row().await, None);

    let failure = story.salon.failed(Some("1"), "max", "b", "rejected");
    story.diary(failure);
    let row = story.row().await.unwrap();
    assert_eq!((row.stage, row.call), (Stage::Settle, Some(story.salon.call("1"))));
}

#[tokio::test]
async fn a_settled_booking_returns_when_it_is_to_be_cancelled() {
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    story.diary(BookingSettled { booking });
    story.log.at("2025-07-01T09:00:00Z");
    let cancel = story.salon.cancel_requested("b", None);
    story.diary(cancel);
    assert_eq!(story.stage_due_attempt().await, (Stage::Cancel, "2025-07-01T09:00:00Z".into(), 0));

    let unknown = story.salon.unknown("b", Act::Cancel, 2, "2025-07-01T09:01:00Z");
    story.diary(unknown);
    assert_eq!(story.row().await.unwrap().stage, Stage::LookUp);
    let attempt = story.salon.attempt("b", Act::Cancel, 3, "2025-07-01T09:02:00Z");
    story.diary(attempt);
    assert_eq!(story.stage_due_attempt().await, (Stage::Cancel, "2025-07-01T09:02:00Z".into(), 3));

    story.diary(BookingCancelled { booking, by: "api".into() });
    assert_eq!(story.row().await.unwrap().stage, Stage::Settle);
    story.diary(BookingSettled { booking });
    assert_eq!(story.row().await, None);
}

/// Confirmed, settled, and now wanted on the next day.
fn to_be_moved() -> Story {
    let mut story = Story::confirmed();
    let booking = story.salon.booking("b");
    let (to, staff) = (Tenant::slot("2025-07-03T09:00:00Z"), vec![story.salon.staff.clone()]);
    story.diary(BookingSettled { booking }).diary(BookingMoveRequested {
        booking,
        to,
        page: NEXT_PAGE,
        staff,
        by: "api".into(),
    });
    story
}

#[tokio::test]
async fn a_moved_bookings_row_stays_with_the_old_page_until_that_lets_go() {
    let mut story = to_be_moved();
    assert_eq!(story.row().await.unwrap().stage, Stage::Move);
    story.log.at("2025-07-01T09:00:00Z");
    story.salon.moved_to(&mut story.log, "max", "b", NEXT_PAGE);
    // What the old page writes about its letting go.
    let left = story.log.events.split_off(story.log.events.len() - 2);
    let row = story.row().await.unwrap();
    assert_eq!((row.stage, row.page, row.due_at.to_string()), (Stage::Move, PAGE, "2025-07-01T09:00:00Z".into()));

    story.log.events.extend(left);
    assert_eq!(story.row().await, None);
}

#[tokio::test]
async fn a_move_within_the_day_is_settled_on_its_page() {
    let mut story = to_be_moved();
    let booking = story.salon.booking("b");
    let (from, to) = (Tenant::slot("2025-07-02T09:00:00Z"), Tenant::slot("2025-07-02T12:00:00Z"));
    let mut stands = story.salon.confirmed(None, "max", "b");
    (stands.start, stands.end, stands.moved_from) = (to.start, to.end, Some(PAGE));
    story.diary(BookingMoved { booking, from: from.start, to: to.start, page: PAGE, stays: true }).diary(stands);
    let row = story.row().await.unwrap();
    assert_eq!((row.stage, row.page), (Stage::Settle, PAGE));
    story.diary(BookingSettled { booking });
    assert_eq!(story.row().await, None);
}

#[tokio::test]
async fn a_move_that_failed_is_settled_where_it_was() {
    let mut story = to_be_moved();
    let booking = story.salon.booking("b");
    story.diary(BookingMoveFailed { booking, attempt: None, reason: "taken".into() });
    let row = story.row().await.unwrap();
    assert_eq!((row.stage, row.page), (Stage::Settle, PAGE));
}

#[tokio::test]
async fn the_soonest_comes_first_and_the_backlog_is_told() {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    log.at("2025-07-01T09:00:00Z").call(&salon.company, &salon.call("1"), salon.asked("1", "max", "late"));
    log.at("2025-07-01T08:00:00Z").call(&praxis.company, &praxis.call("1"), praxis.asked("1", "eva", "soon"));
    let rows = projected(&log).await;
    let bookings = |found: Vec<DueBooking>| found.into_iter().map(|it| it.booking).collect::<Vec<_>>();
    let (late, soon) = (salon.booking("late"), praxis.booking("soon"));
    assert_eq!(bookings(due(&*rows, time("2025-07-01T08:30:00Z"), 10).await.unwrap()), [soon]);
    assert_eq!(bookings(due(&*rows, time("2025-07-01T09:00:00Z"), 10).await.unwrap()), [soon, late]);
    assert_eq!(bookings(due(&*rows, time("2025-07-01T09:00:00Z"), 1).await.unwrap()), [soon]);
    let next = |now| next_due(&*rows, time(now));
    assert_eq!(next("2025-07-01T07:59:59Z").await.unwrap(), Some(time("2025-07-01T08:00:00Z")));
    assert_eq!(next("2025-07-01T08:00:00Z").await.unwrap(), Some(time("2025-07-01T09:00:00Z")));
    assert_eq!(next("2025-07-01T09:00:00Z").await.unwrap(), None);
    let oldest_due = Some(time("2025-07-01T08:00:00Z"));
    assert_eq!(backlog(&*rows, Scope::All).await.unwrap(), Backlog { count: 2, oldest_due });
    let of_one = Backlog { count: 1, oldest_due: Some(time("2025-07-01T09:00:00Z")) };
    assert_eq!(backlog(&*rows, Scope::Company(&salon.company)).await.unwrap(), of_one);
    assert_eq!(bookings(pending(&*rows, Scope::All).await.unwrap()), [soon, late]);
    assert_eq!(bookings(pending(&*rows, Scope::Company(&salon.company)).await.unwrap()), [late]);
}
