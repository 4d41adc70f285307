//! What is to be done next, at every moment of a booking's life.

use super::*;
use crate::diary::tests::{
    PAGE, after, booking, confirmed, now, on, page, postponed, requested, settled, slot, standing,
};
use crate::diary::tests::{started, unknown, word};
use crate::diary::{
    BookingCancelRequested, BookingCancelled, BookingFailed, BookingMoveFailed, BookingMoveRequested, BookingMoved,
    DiaryEvent, Slot, shifted,
};
use crate::private::Private;
use crate::salon::{MAX, at};

/// Attempts last 15 seconds; grace 5, late 120, and a day of patience.
fn step(history: &[DiaryEvent], now: Timestamp) -> Step {
    let page = page(history);
    let booking = page.booking(booking(1)).expect("it stands on the page");
    next_step(booking, now, &Patience::default())
}

fn table(history: &[DiaryEvent], expected: &[(Timestamp, Step)]) {
    for (at, step_then) in expected {
        assert_eq!(step(history, *at), *step_then, "at {at}");
    }
}

fn request() -> Vec<DiaryEvent> {
    vec![requested(1, "09:00", &["anna"]).into()]
}

fn booked_once() -> Vec<DiaryEvent> {
    after([request(), vec![started(1, Act::Book, 1)]])
}

fn cancel_wanted() -> DiaryEvent {
    BookingCancelRequested { booking: booking(1), customer: MAX, by: "api".into(), private: Private::Erased }.into()
}

fn cancelled() -> DiaryEvent {
    BookingCancelled { booking: booking(1), by: "api".into() }.into()
}

fn failed() -> DiaryEvent {
    BookingFailed { booking: booking(1), customer: MAX, call: None, attempt: None, reason: "too_late".into() }.into()
}

fn moving(start: &str) -> DiaryEvent {
    BookingMoveRequested { booking: booking(1), to: slot(start), page: PAGE, staff: vec![], by: "api".into() }.into()
}

fn look_up(act: Act, attempt: u32, may_repeat: bool) -> Step {
    Step::LookUp { act, attempt, may_repeat }
}

#[test]
fn a_request_is_booked_until_it_is_too_late() {
    let second = jiff::SignedDuration::from_secs(1);
    table(
        &request(),
        &[
            (now(0), Step::Attempt(Act::Book)),
            (now(86_399), Step::Attempt(Act::Book)),
            (now(86_400), Step::GiveUp("too_late")),
        ],
    );
    let soon = crate::diary::BookingRequested { requested_at: on("08:00"), ..requested(1, "09:00", &["anna"]) };
    table(&[soon.into()], &[(on("09:00") - second, Step::Attempt(Act::Book)), (on("09:00"), Step::GiveUp("too_late"))]);
}

#[test]
fn a_claim_is_waited_for_then_looked_after() {
    table(
        &booked_once(),
        &[
            (now(100), Step::Wait(now(120))),
            (now(114), Step::Wait(now(120))),
            (now(115), look_up(Act::Book, 1, false)),
            (now(119), look_up(Act::Book, 1, false)),
            (now(120), look_up(Act::Book, 1, true)),
        ],
    );
}

#[test]
fn lesson_13_what_nobody_knows_is_looked_up_at_its_time() {
    let history = after([booked_once(), vec![unknown(1, Act::Book, 1)]]);
    table(&history, &[(now(119), Step::Wait(now(120))), (now(120), look_up(Act::Book, 1, true))]);
}

#[test]
fn what_was_postponed_waits_for_its_time_but_not_beyond_the_appointment() {
    let history = after([booked_once(), vec![postponed(1, Act::Book, 1)]]);
    table(&history, &[(now(159), Step::Wait(now(160))), (now(160), Step::Attempt(Act::Book))]);
    let soon = crate::diary::BookingRequested { slot: slot_at(now(130)), ..requested(1, "09:00", &["anna"]) };
    let history = [soon.into(), started(1, Act::Book, 1), postponed(1, Act::Book, 1)];
    table(&history, &[(now(101), Step::Wait(now(130))), (now(130), Step::GiveUp("too_late"))]);
}

fn slot_at(start: Timestamp) -> Slot {
    Slot { start, end: shifted(start, 30), ..slot("09:00") }
}

#[test]
fn what_stands_and_is_settled_is_done() {
    table(&standing(1, "09:00"), &[(now(200), Step::Done), (on("10:00"), Step::Done), (Timestamp::MAX, Step::Done)]);
}

#[test]
fn lesson_13_a_file_with_doubts_stays_open_until_nothing_can_come_late() {
    let twice = after([booked_once(), vec![unknown(1, Act::Book, 1), started(1, Act::Book, 2)]]);
    let by_second = confirmed(word(1, "09:00", 2, Some(2), Some("anna"))).into();
    let by_first = confirmed(word(1, "09:00", 1, Some(1), Some("anna"))).into();
    let late_first = now(115 + 120);
    let late_second = now(215 + 120);
    for (end, certain) in [(by_second, late_first), (by_first, late_second), (failed(), late_second)] {
        let history = after([twice.clone(), vec![end]]);
        table(&history, &[(now(220), Step::Wait(certain)), (certain, Step::Verify)]);
        assert_eq!(step(&after([history, vec![settled(1)]]), certain), Step::Done);
    }
}

#[test]
fn what_came_to_nothing_without_doubt_is_closed_at_once() {
    assert_eq!(step(&after([request(), vec![failed()]]), now(1)), Step::Settle);
    assert_eq!(step(&after([request(), vec![cancel_wanted(), cancelled()]]), now(1)), Step::Settle);
}

#[test]
fn a_cancelling_is_pursued_until_it_is_answered() {
    let due = after([standing(1, "09:00"), vec![cancel_wanted()]]);
    let (two_days_later, later_still) = (at("2025-07-04T09:00:00Z"), at("2025-07-05T09:00:00Z"));
    table(&due, &[(now(300), Step::Attempt(Act::Cancel)), (two_days_later, Step::Attempt(Act::Cancel))]);
    let asking = after([due, vec![started(1, Act::Cancel, 2)]]);
    table(
        &asking,
        &[
            (now(214), Step::Wait(now(220))),
            (now(215), look_up(Act::Cancel, 2, false)),
            (now(220), look_up(Act::Cancel, 2, true)),
        ],
    );
    let unknown = after([asking.clone(), vec![unknown(1, Act::Cancel, 2)]]);
    table(&unknown, &[(now(219), Step::Wait(now(220))), (now(220), look_up(Act::Cancel, 2, true))]);
    let postponed = after([asking.clone(), vec![postponed(1, Act::Cancel, 2)]]);
    table(&postponed, &[(now(259), Step::Wait(now(260))), (later_still, Step::Attempt(Act::Cancel))]);
    assert_eq!(step(&after([asking, vec![cancelled()]]), now(220)), Step::Settle);
}

/// Nobody waits for it any more, but it must not be forgotten either.
#[test]
fn a_cancelling_that_is_long_overdue_is_asked_for_once_a_day() {
    let rested = DiaryEvent::from(crate::diary::BookingPostponed {
        booking: booking(1),
        act: Act::Cancel,
        attempt: 2,
        reason: "key_refused".into(),
        next_attempt_at: at("2025-07-10T00:05:00Z"),
    });
    let history = after([standing(1, "09:00"), vec![cancel_wanted(), started(1, Act::Cancel, 2), rested]]);
    let next_day = at("2025-07-11T00:05:00Z");
    table(
        &history,
        &[
            (at("2025-07-10T00:05:00Z"), Step::Wait(next_day)),
            (at("2025-07-10T12:00:00Z"), Step::Wait(next_day)),
            (next_day, Step::Attempt(Act::Cancel)),
        ],
    );
}

#[test]
fn a_cancelled_booking_with_an_attempt_under_way_is_looked_after() {
    let history = after([booked_once(), vec![cancelled()]]);
    table(&history, &[(now(101), Step::Wait(now(235))), (now(235), Step::Verify)]);
}

/// However old the booking is, its move has patience of its own.
#[test]
fn a_move_is_pursued_for_a_day_from_its_first_attempt() {
    let weeks_ago = crate::diary::BookingRequested {
        requested_at: at("2025-05-01T08:00:00Z"),
        ..requested(1, "09:00", &["anna", "ben"])
    };
    let mut stands = standing(1, "09:00");
    stands[0] = weeks_ago.into();
    let due = after([stands, vec![moving("11:00")]]);
    table(&due, &[(now(0), Step::Attempt(Act::Move)), (on("08:59"), Step::Attempt(Act::Move))]);
    let early = at("2025-06-29T08:00:00Z");
    let asked = |attempt, deadline| crate::diary::BookingAttemptStarted {
        booking: booking(1),
        act: Act::Move,
        attempt,
        deadline,
    };
    let rested = |attempt, next_attempt_at| crate::diary::BookingPostponed {
        booking: booking(1),
        act: Act::Move,
        attempt,
        reason: "unreachable".into(),
        next_attempt_at,
    };
    let next_day = at("2025-06-30T08:00:00Z");
    let history = after([
        due,
        vec![
            asked(2, early).into(),
            rested(2, early).into(),
            asked(3, at("2025-06-29T20:00:00Z")).into(),
            rested(3, at("2025-06-29T20:05:00Z")).into(),
        ],
    ]);
    table(&history, &[(at("2025-06-30T07:59:59Z"), Step::Attempt(Act::Move)), (next_day, Step::GiveUp("too_late"))]);
}

#[test]
fn a_move_is_too_late_when_either_time_has_come() {
    let to_earlier = after([standing(1, "11:00"), vec![moving("09:00")]]);
    let to_later = after([standing(1, "09:00"), vec![moving("11:00")]]);
    for history in [to_earlier, to_later] {
        table(&history, &[(on("08:59"), Step::Attempt(Act::Move)), (on("09:00"), Step::GiveUp("too_late"))]);
    }
}

/// What is given up while it may still be done would leave the book and the calendar at two times.
#[test]
fn lesson_13_a_move_in_doubt_is_not_given_up_before_it_is_certain() {
    let soon = slot_at(now(330));
    let mut stands = standing(1, "09:00");
    stands[0] = crate::diary::BookingRequested { slot: soon, ..requested(1, "09:00", &["anna", "ben"]) }.into();
    let mut word = word(1, "09:00", 1, Some(1), Some("anna"));
    (word.start, word.end) = (soon.start, soon.end);
    stands[2] = confirmed(word).into();
    let history = after([
        stands,
        vec![
            moving("11:00"),
            started(1, Act::Move, 2),
            unknown(1, Act::Move, 2),
            started(1, Act::Move, 3),
            postponed(1, Act::Move, 3),
        ],
    ]);
    let certain = now(215 + 120);
    table(&history, &[(now(330), Step::Wait(certain)), (certain, Step::GiveUp("too_late"))]);
}

#[test]
fn a_move_that_failed_leaves_nothing_to_verify() {
    let failed = BookingMoveFailed { booking: booking(1), attempt: None, reason: "taken".into() };
    let history = after([
        standing(1, "09:00"),
        vec![moving("11:00"), started(1, Act::Move, 2), unknown(1, Act::Move, 2), failed.into()],
    ]);
    assert_eq!(step(&history, now(300)), Step::Settle);
}

#[test]
fn what_has_left_the_page_is_done_here() {
    let left = BookingMoved { booking: booking(1), from: on("09:00"), to: on("09:00"), page: PAGE, stays: false };
    assert_eq!(step(&after([standing(1, "09:00"), vec![moving("11:00"), left.into()]]), now(1)), Step::Done);
}

/// A calendar that never answers again must not keep a file open for ever.
#[test]
fn a_day_after_the_appointment_nothing_matters_any_more() {
    let (ends, a_day_later) = (on("09:30"), at("2025-07-03T09:30:00Z"));
    let in_doubt = after([booked_once(), vec![unknown(1, Act::Book, 1)]]);
    table(
        &in_doubt,
        &[
            (ends, look_up(Act::Book, 1, true)),
            (a_day_later - jiff::SignedDuration::from_secs(1), look_up(Act::Book, 1, true)),
            (a_day_later, Step::GiveUp("outcome_unknown")),
        ],
    );
    let given_up = after([in_doubt, vec![failed()]]);
    table(&given_up, &[(ends, Step::Verify), (a_day_later, Step::Settle)]);
    let moved =
        after([standing(1, "09:00"), vec![moving("11:00"), started(1, Act::Move, 2), unknown(1, Act::Move, 2)]]);
    table(&moved, &[(ends, look_up(Act::Move, 2, true)), (a_day_later, Step::GiveUp("outcome_unknown"))]);
}

#[test]
fn what_a_look_up_does_not_find_is_asked_for_again_or_given_up() {
    let absent = |history: &[DiaryEvent], now| {
        let page = page(history);
        next_if_absent(page.booking(booking(1)).expect("it stands on the page"), now, &Patience::default())
    };
    let booked = after([booked_once(), vec![unknown(1, Act::Book, 1)]]);
    let given_up = Step::GiveUp("too_late");
    assert_eq!(
        [now(86_399), now(86_400), on("09:00")].map(|at| absent(&booked, at)),
        [Step::Attempt(Act::Book), given_up, given_up]
    );
    let cancelling = after([standing(1, "09:00"), vec![cancel_wanted(), started(1, Act::Cancel, 2)]]);
    assert_eq!(absent(&cancelling, Timestamp::MAX), Step::Attempt(Act::Cancel));
    let asked =
        crate::diary::BookingAttemptStarted { booking: booking(1), act: Act::Move, attempt: 2, deadline: on("08:59") };
    let moving = after([standing(1, "09:00"), vec![moving("11:00"), asked.into()]]);
    assert_eq!(
        [on("08:59"), on("09:00"), on("09:01")].map(|at| absent(&moving, at)),
        [Step::Attempt(Act::Move), Step::Wait(on("09:01")), given_up]
    );
    assert_eq!(absent(&standing(1, "09:00"), now(1)), Step::Done);
}

#[test]
fn the_end_of_time_is_no_reason_to_panic() {
    for history in [request(), booked_once(), standing(1, "09:00"), after([booked_once(), vec![failed()]])] {
        for now in [Timestamp::MIN, Timestamp::MAX] {
            let _: Step = step(&history, now);
        }
    }
}
