//! Claims: who may ask the provider, and what is known after it was asked.

use super::*;

fn booked_once() -> Vec<DiaryEvent> {
    vec![requested(1, "09:00", &["anna"]).into(), started(1, Act::Book, 1)]
}

fn page_of(events: &[DiaryEvent]) -> Booking {
    page(events).booking(booking(1)).cloned().expect("it stands on the page")
}

#[test]
fn attempts_are_claimed_and_counted() {
    let request: DiaryEvent = requested(1, "09:00", &["anna"]).into();
    given(std::slice::from_ref(&request)).when(claim(1, Act::Book, 1)).then_expect_events(vec![started(
        1,
        Act::Book,
        1,
    )]);
    given(&[request, started(1, Act::Book, 1), postponed(1, Act::Book, 1)])
        .when(claim(1, Act::Book, 2))
        .then_expect_events(vec![started(1, Act::Book, 2)]);
}

#[test]
fn while_one_asks_nobody_else_may() {
    let deadline = now(115);
    for looked_up in [None, Some(now(114)), Some(now(0))] {
        for at in [now(101), deadline, now(1000)] {
            let claim =
                Command::StartAttempt { booking: booking(1), act: Act::Book, deadline: now(2000), now: at, looked_up };
            given(&booked_once()).when(claim).then_expect_error(Rejection::AttemptUnderWay);
        }
    }
}

#[test]
fn lesson_13_after_the_deadline_only_a_look_up_frees_the_claim() {
    given(&booked_once()).when(claim(1, Act::Book, 2)).then_expect_error(Rejection::AttemptUnderWay);
    given(&booked_once()).when(claim_after_look_up(1, Act::Book, 2, now(115))).then_expect_events(vec![started(
        1,
        Act::Book,
        2,
    )]);
    let in_doubt = after([booked_once(), vec![unknown(1, Act::Book, 1)]]);
    given(&in_doubt).when(claim(1, Act::Book, 2)).then_expect_error(Rejection::AttemptUnderWay);
    given(&in_doubt).when(claim_after_look_up(1, Act::Book, 2, now(114))).then_expect_error(Rejection::AttemptUnderWay);
    given(&in_doubt).when(claim_after_look_up(1, Act::Book, 2, now(120))).then_expect_events(vec![started(
        1,
        Act::Book,
        2,
    )]);
}

#[test]
fn a_postponed_attempt_waits_for_its_time() {
    let history = after([booked_once(), vec![postponed(1, Act::Book, 1)]]);
    let claim_at = |at| Command::StartAttempt {
        booking: booking(1),
        act: Act::Book,
        deadline: now(215),
        now: at,
        looked_up: None,
    };
    given(&history).when(claim_at(now(159))).then_expect_error(Rejection::AttemptUnderWay);
    given(&history).when(claim_at(now(160))).then_expect_events(vec![started(1, Act::Book, 2)]);
}

#[test]
fn only_what_is_due_can_be_claimed() {
    let nothing_due = Rejection::WrongState { act: "asked of the provider".into(), state: "confirmed".into() };
    given(&standing(1, "09:00")).when(claim(1, Act::Book, 2)).then_expect_error(nothing_due);
    let other_act = Rejection::WrongState { act: "asked of the provider".into(), state: "requested".into() };
    given(&[requested(1, "09:00", &["anna"]).into()]).when(claim(1, Act::Cancel, 1)).then_expect_error(other_act);
    given(&[]).when(claim(1, Act::Book, 1)).then_expect_error(Rejection::BookingUnknown);
}

#[test]
fn certainly_not_reached_is_no_doubt_and_otherwise_is_one() {
    let (postponed, unknown) = (postponed(1, Act::Book, 1), unknown(1, Act::Book, 1));
    let doubt = Doubt { attempt: 1, act: Act::Book, deadline: now(115) };
    let reached = page_of(&after([booked_once(), vec![unknown]]));
    assert_eq!((reached.doubts, reached.errand.map(|errand| errand.rounds)), (vec![doubt], Some(1)));
    let not_reached = page_of(&after([booked_once(), vec![postponed]]));
    assert_eq!((not_reached.rounds(), not_reached.doubts), (1, vec![]));
}

#[test]
fn a_doubt_after_a_long_outage_is_looked_up_as_soon_as_any_other() {
    let tries = (1..8).flat_map(|attempt| [started(1, Act::Book, attempt), postponed(1, Act::Book, attempt)]);
    let outage = after([vec![requested(1, "09:00", &["anna"]).into()], tries.collect()]);
    assert_eq!(page_of(&outage).rounds(), 7);
    let doubtful = after([outage, vec![started(1, Act::Book, 8), unknown(1, Act::Book, 8)]]);
    assert_eq!(page_of(&doubtful).rounds(), 1);
    let still = after([doubtful, vec![unknown(1, Act::Book, 8)]]);
    assert_eq!((page_of(&still).rounds(), page_of(&still).rounds_if_unknown(8)), (2, 3));
}

fn postpone(attempt: u32) -> Command {
    let DiaryEvent::BookingPostponed(it) = postponed(1, Act::Book, attempt) else { unreachable!() };
    Command::Postpone { booking: it.booking, attempt, reason: it.reason, next_attempt_at: it.next_attempt_at }
}

fn not_known(attempt: u32) -> Command {
    let DiaryEvent::BookingOutcomeUnknown(it) = unknown(1, Act::Book, attempt) else { unreachable!() };
    Command::OutcomeUnknown { booking: it.booking, attempt, reason: it.reason, look_up_at: it.look_up_at }
}

fn fail(attempt: Option<u32>) -> Command {
    Command::Fail { booking: booking(1), attempt, reason: "gone".into() }
}

#[test]
fn an_attempt_ends_as_it_is_told() {
    given(&booked_once()).when(postpone(1)).then_expect_events(vec![postponed(1, Act::Book, 1)]);
    given(&booked_once()).when(not_known(1)).then_expect_events(vec![unknown(1, Act::Book, 1)]);
    let in_doubt = after([booked_once(), vec![unknown(1, Act::Book, 1)]]);
    given(&in_doubt).when(not_known(1)).then_expect_events(vec![]);
    given(&in_doubt).when(postpone(1)).then_expect_events(vec![postponed(1, Act::Book, 1)]);
}

#[test]
fn an_attempt_that_is_over_has_nothing_more_to_say() {
    let second_under_way = after([booked_once(), vec![unknown(1, Act::Book, 1), started(1, Act::Book, 2)]]);
    let postponed_once = after([booked_once(), vec![postponed(1, Act::Book, 1)]]);
    for history in [&second_under_way, &postponed_once, &standing(1, "09:00")] {
        given(history).when(postpone(1)).then_expect_events(vec![]);
        given(history).when(not_known(1)).then_expect_events(vec![]);
    }
    for history in [&second_under_way, &postponed_once] {
        given(history).when(fail(Some(1))).then_expect_events(vec![]);
    }
}

#[test]
fn nobody_is_told_of_a_booking_that_is_not_on_the_page() {
    for command in [postpone(1), not_known(1), fail(None), Command::Settle { booking: booking(1) }] {
        given(&[]).when(command).then_expect_error(Rejection::BookingUnknown);
    }
}
