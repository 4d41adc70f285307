//! What the provider says of a booking, early, late, twice, and against itself.

use super::*;

fn booked_once() -> Vec<DiaryEvent> {
    vec![requested(1, "09:00", &["anna", "ben"]).into(), started(1, Act::Book, 1)]
}

/// The first attempt is in doubt and a second one under way.
fn booked_twice() -> Vec<DiaryEvent> {
    after([booked_once(), vec![unknown(1, Act::Book, 1), started(1, Act::Book, 2)]])
}

fn by_anna(provider: i64, attempt: u32) -> Confirmation {
    word(1, "09:00", provider, Some(attempt), Some("anna"))
}

fn pending(word: Confirmation) -> DiaryEvent {
    let Confirmation { booking, attempt, provider, staff, start, end, .. } = word;
    BookingPending { booking, customer: MAX, start, end, staff, attempt, private: Private::Known(provider) }.into()
}

fn failed(attempt: Option<u32>, reason: &str) -> DiaryEvent {
    let call = Some(call("call_1"));
    BookingFailed { booking: booking(1), customer: MAX, call, attempt, reason: reason.into() }.into()
}

fn fail(attempt: Option<u32>, reason: &str) -> Command {
    Command::Fail { booking: booking(1), attempt, reason: reason.into() }
}

#[test]
fn a_booking_that_stands_at_once_is_settled_at_once() {
    let expected = vec![confirmed(by_anna(1, 1)).into(), settled(1)];
    given(&booked_once()).when(Command::Confirm(by_anna(1, 1))).then_expect_events(expected);
}

#[test]
fn the_same_word_twice_is_one() {
    let history = after([booked_once(), vec![confirmed(by_anna(1, 1)).into(), settled(1)]]);
    given(&history).when(Command::Confirm(by_anna(1, 1))).then_expect_events(vec![]);
    let late_and_milder = Confirmation { pending: true, ..by_anna(1, 1) };
    given(&history).when(Command::Confirm(late_and_milder)).then_expect_events(vec![]);
}

#[test]
fn a_pending_booking_is_not_confirmed_until_its_host_agrees() {
    let waiting = Confirmation { pending: true, ..by_anna(1, 1) };
    let is_pending = vec![pending(waiting.clone()), settled(1)];
    given(&booked_once()).when(Command::Confirm(waiting.clone())).then_expect_events(is_pending.clone());
    let history = after([booked_once(), is_pending]);
    given(&history).when(Command::Confirm(waiting)).then_expect_events(vec![]);
    given(&history).when(Command::Confirm(by_anna(1, 1))).then_expect_events(vec![confirmed(by_anna(1, 1)).into()]);
    assert_eq!(page(&history).booking(booking(1)).map(|it| it.standing), Some(Standing::Pending));
}

#[test]
fn a_host_may_refuse_what_is_pending() {
    let waiting = Confirmation { pending: true, ..by_anna(1, 1) };
    let history = after([booked_once(), vec![pending(waiting), settled(1)]]);
    let refused = failed(None, "refused_by_host");
    given(&history).when(fail(None, "refused_by_host")).then_expect_events(vec![refused.clone()]);
    let told = page(&after([history, vec![refused]]));
    let booking = told.booking(booking(1)).expect("it stands on the page");
    assert!(!booking.settled, "the call has still to hear of it");
}

#[test]
fn a_host_whom_nobody_knows_leaves_open_who_serves_it() {
    let by_a_stranger = Confirmation { host: Some(99), ..word(1, "09:00", 1, Some(1), None) };
    let expected = vec![confirmed(by_a_stranger.clone()).into(), settled(1)];
    given(&booked_once()).when(Command::Confirm(by_a_stranger)).then_expect_events(expected.clone());
    let page = page(&after([booked_once(), expected]));
    let free = |staff: &[&str]| page.free(&slot("09:00"), &terms(staff), None, None, now(0));
    assert_eq!(free(&["anna"]), Ok(people(&["anna"])), "Ben may be the one");
    assert!(free(&["anna", "ben"]).is_ok());
}

#[test]
fn a_known_host_is_the_only_one_who_is_taken() {
    let page = page(&standing(1, "09:00"));
    assert_eq!(page.free(&slot("09:00"), &terms(&["anna"]), None, None, now(0)), Err(Rejection::SlotTaken));
    assert_eq!(page.free(&slot("09:00"), &terms(&["ben"]), None, None, now(0)), Ok(people(&["ben"])));
}

#[test]
fn lesson_13_an_earlier_attempt_in_doubt_keeps_the_file_open() {
    given(&booked_twice())
        .when(Command::Confirm(by_anna(2, 2)))
        .then_expect_events(vec![confirmed(by_anna(2, 2)).into()]);
    given(&booked_twice())
        .when(Command::Confirm(by_anna(1, 1)))
        .then_expect_events(vec![confirmed(by_anna(1, 1)).into()]);
    let from_nowhere = Confirmation { attempt: None, ..by_anna(1, 1) };
    given(&booked_once())
        .when(Command::Confirm(from_nowhere.clone()))
        .then_expect_events(vec![confirmed(from_nowhere).into()]);
}

/// Whoever was slower must not take the place of what stands, or that would live on at the provider unseen.
#[test]
fn lesson_13_a_second_booking_at_the_provider_is_a_twin_and_not_the_booking() {
    let stands = after([booked_twice(), vec![confirmed(by_anna(2, 2)).into()]]);
    given(&stands).when(Command::Confirm(by_anna(1, 1))).then_expect_error(Rejection::AnotherStands);
    let left = page(&stands);
    let doubts: Vec<u32> = left.bookings().flat_map(Booking::bookings_in_doubt).map(|doubt| doubt.attempt).collect();
    assert_eq!(doubts, [1], "so that the file stays open until it is looked for");
    let waiting = Confirmation { pending: true, ..by_anna(2, 2) };
    let is_pending = after([booked_twice(), vec![pending(waiting)]]);
    given(&is_pending).when(Command::Confirm(by_anna(1, 1))).then_expect_error(Rejection::AnotherStands);
}

#[test]
fn of_an_erased_person_every_word_is_an_old_one() {
    let erased = BookingConfirmed { private: Private::Erased, ..confirmed(by_anna(1, 1)) };
    let history = after([booked_once(), vec![erased.into(), settled(1)]]);
    given(&history).when(Command::Confirm(by_anna(1, 1))).then_expect_events(vec![]);
}

#[test]
fn what_truly_stands_is_recorded_even_where_it_breaks_the_rule() {
    let history = after([standing(2, "09:15"), booked_once()]);
    let overlap = OverlapSeen { booking: Some(booking(1)), start: on("09:00"), end: on("09:30") };
    given(&history).when(Command::Confirm(by_anna(5, 1))).then_expect_events(vec![
        confirmed(by_anna(5, 1)).into(),
        overlap.into(),
        settled(1),
    ]);
    let by_ben = word(1, "09:00", 5, Some(1), Some("ben"));
    given(&history)
        .when(Command::Confirm(by_ben.clone()))
        .then_expect_events(vec![confirmed(by_ben).into(), settled(1)]);
}

#[test]
fn buffers_count_for_what_truly_stands() {
    let buffered = Slot { buffer_after_minutes: 15, ..slot("09:00") };
    let mine = BookingRequested { slot: buffered, ..requested(1, "09:00", &["anna", "ben"]) };
    let history = after([standing(2, "09:30"), vec![mine.into(), started(1, Act::Book, 1)]]);
    let overlap = OverlapSeen { booking: Some(booking(1)), start: on("09:00"), end: on("09:30") };
    given(&history).when(Command::Confirm(by_anna(5, 1))).then_expect_events(vec![
        confirmed(by_anna(5, 1)).into(),
        overlap.into(),
        settled(1),
    ]);
}

#[test]
fn a_refusal_ends_the_booking_once() {
    given(&booked_once()).when(fail(Some(1), "taken")).then_expect_events(vec![failed(Some(1), "taken")]);
    let history = after([booked_once(), vec![failed(Some(1), "taken")]]);
    given(&history).when(fail(Some(1), "taken")).then_expect_events(vec![]);
    let wrong = Rejection::WrongState { act: "given up".into(), state: "confirmed".into() };
    given(&standing(1, "09:00")).when(fail(None, "taken")).then_expect_error(wrong);
}

#[test]
fn a_late_success_does_not_revive_what_was_given_up() {
    let history = after([booked_once(), vec![failed(None, "too_late")]]);
    let wrong = Rejection::WrongState { act: "confirmed".into(), state: "failed".into() };
    given(&history).when(Command::Confirm(by_anna(1, 1))).then_expect_error(wrong);
    let page = page(&history);
    assert_eq!(page.booking(booking(1)).map(|it| it.doubts.len()), Some(1), "it is looked for and cancelled");
}

#[test]
fn a_twin_that_is_cancelled_is_no_doubt_any_more() {
    let cancelled: DiaryEvent = BookingTwinCancelled { booking: booking(1), attempt: Some(1) }.into();
    let history = after([booked_twice(), vec![confirmed(by_anna(2, 2)).into()]]);
    given(&history)
        .when(Command::TwinCancelled { booking: booking(1), attempt: Some(1) })
        .then_expect_events(vec![cancelled.clone()]);
    let page = page(&after([history, vec![cancelled]]));
    assert_eq!(page.booking(booking(1)).map(|it| it.doubts.clone()), Some(vec![]));
    given(&[])
        .when(Command::TwinCancelled { booking: booking(1), attempt: None })
        .then_expect_error(Rejection::BookingUnknown);
}

#[test]
fn a_file_is_closed_once_nothing_is_under_way() {
    let settle = || Command::Settle { booking: booking(1) };
    given(&booked_once()).when(settle()).then_expect_error(Rejection::AttemptUnderWay);
    let history = after([booked_twice(), vec![confirmed(by_anna(2, 2)).into()]]);
    given(&history).when(settle()).then_expect_events(vec![settled(1)]);
    let closed = after([history, vec![settled(1)]]);
    given(&closed).when(settle()).then_expect_events(vec![]);
    assert_eq!(page(&closed).booking(booking(1)).map(|it| it.doubts.len()), Some(0));
}

#[test]
fn an_appointment_ends_as_kept_or_missed() {
    let (complete, missed) = (Command::Complete { booking: booking(1) }, Command::NoShow { booking: booking(1) });
    let completed: DiaryEvent = BookingCompleted { booking: booking(1) }.into();
    let no_show: DiaryEvent = CustomerDidNotShow { booking: booking(1) }.into();
    let stands = standing(1, "09:00");
    given(&stands).when(complete.clone()).then_expect_events(vec![completed.clone()]);
    given(&stands).when(missed.clone()).then_expect_events(vec![no_show.clone()]);
    let kept = after([stands.clone(), vec![completed]]);
    given(&kept).when(complete.clone()).then_expect_events(vec![]);
    given(&kept).when(missed.clone()).then_expect_events(vec![no_show.clone()]);
    let absent = after([stands, vec![no_show]]);
    given(&absent).when(complete.clone()).then_expect_events(vec![]);
    given(&absent).when(missed.clone()).then_expect_events(vec![]);
    for (command, act) in [(complete, "completed"), (missed, "marked absent")] {
        let wrong = Rejection::WrongState { act: act.into(), state: "requested".into() };
        given(&booked_once()).when(command).then_expect_error(wrong);
    }
}
