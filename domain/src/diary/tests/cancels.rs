//! Cancelling before, while and after the provider is asked.

use super::*;

fn cancel() -> Command {
    Command::RequestCancel { booking: booking(1), by: "api".into(), reason: Some("krank".into()) }
}
fn wanted() -> DiaryEvent {
    BookingCancelRequested {
        booking: booking(1),
        customer: MAX,
        by: "api".into(),
        private: Private::Known(CancelReason { text: Some("krank".into()) }),
    }
    .into()
}
fn cancelled() -> DiaryEvent {
    BookingCancelled { booking: booking(1), by: "api".into() }.into()
}
fn gone() -> Command {
    Command::Cancelled { booking: booking(1), by: "api".into() }
}
fn request_only() -> Vec<DiaryEvent> {
    vec![requested(1, "09:00", &["anna"]).into()]
}
fn booked_once() -> Vec<DiaryEvent> {
    after([request_only(), vec![started(1, Act::Book, 1)]])
}
fn by_anna(attempt: u32) -> Confirmation {
    word(1, "09:00", i64::from(attempt), Some(attempt), Some("anna"))
}

fn look(events: &[DiaryEvent]) -> Booking {
    page(events).booking(booking(1)).cloned().expect("it stands on the page")
}

#[test]
fn what_was_never_asked_for_is_cancelled_at_once() {
    given(&request_only()).when(cancel()).then_expect_events(vec![wanted(), cancelled()]);
    let not_reached = after([booked_once(), vec![postponed(1, Act::Book, 1)]]);
    given(&not_reached).when(cancel()).then_expect_events(vec![wanted(), cancelled()]);
    let over = after([request_only(), vec![wanted(), cancelled()]]);
    given(&over).when(cancel()).then_expect_events(vec![]);
    let left = look(&over);
    assert_eq!((left.standing, left.errand, left.settled), (Standing::Cancelled, None, false));
}

#[test]
fn while_it_is_being_booked_a_cancelling_is_wanted_and_waits() {
    given(&booked_once()).when(cancel()).then_expect_events(vec![wanted()]);
    let waits = after([booked_once(), vec![wanted()]]);
    given(&waits).when(cancel()).then_expect_events(vec![]);
    given(&waits).when(Command::Confirm(by_anna(1))).then_expect_events(vec![confirmed(by_anna(1)).into()]);
    let booked = look(&after([waits, vec![confirmed(by_anna(1)).into()]]));
    assert_eq!((booked.act(), booked.settled, booked.cancel_wanted_by), (Some(Act::Cancel), false, None));
}

/// Asking for what nobody wants any more would only make work for whoever cancels it.
#[test]
fn what_is_not_wanted_any_more_is_not_asked_for_again() {
    let not_reached = after([booked_once(), vec![wanted(), postponed(1, Act::Book, 1)]]);
    given(&not_reached).when(claim(1, Act::Book, 2)).then_expect_events(vec![cancelled()]);
    let in_doubt = after([booked_once(), vec![unknown(1, Act::Book, 1), wanted()]]);
    given(&in_doubt).when(claim_after_look_up(1, Act::Book, 2, now(120))).then_expect_events(vec![cancelled()]);
    given(&in_doubt).when(claim(1, Act::Book, 2)).then_expect_error(Rejection::AttemptUnderWay);
    let left = look(&after([in_doubt, vec![cancelled()]]));
    assert_eq!((left.standing, left.doubts.len()), (Standing::Cancelled, 1), "a late one is still looked for");
}

#[test]
fn what_stands_is_cancelled_by_the_provider() {
    let stands = standing(1, "09:00");
    given(&stands).when(cancel()).then_expect_events(vec![wanted()]);
    let due = after([stands, vec![wanted()]]);
    given(&due).when(cancel()).then_expect_events(vec![]);
    given(&due).when(claim(1, Act::Cancel, 2)).then_expect_events(vec![started(1, Act::Cancel, 2)]);
    let asking = after([due, vec![started(1, Act::Cancel, 2)]]);
    given(&asking).when(cancel()).then_expect_events(vec![]);
    given(&asking).when(gone()).then_expect_events(vec![cancelled()]);
    let over = after([asking, vec![cancelled()]]);
    given(&over).when(gone()).then_expect_events(vec![]);
    assert_eq!((look(&over).errand, look(&over).doubts), (None, vec![]));
}

#[test]
fn a_cancelling_can_be_postponed_and_in_doubt() {
    let asking = after([standing(1, "09:00"), vec![wanted(), started(1, Act::Cancel, 2)]]);
    for trouble in [postponed(1, Act::Cancel, 2), unknown(1, Act::Cancel, 2)] {
        let history = after([asking.clone(), vec![trouble]]);
        given(&history).when(claim_after_look_up(1, Act::Cancel, 3, now(300))).then_expect_events(vec![started(
            1,
            Act::Cancel,
            3,
        )]);
    }
}

#[test]
fn a_provider_may_refuse_to_cancel_and_then_it_stands_as_before() {
    let fail = |attempt| Command::CancelFailed { booking: booking(1), attempt, reason: "ended".into() };
    let failed = |attempt| BookingCancelFailed { booking: booking(1), attempt, reason: "ended".into() };
    let asking = after([standing(1, "09:00"), vec![wanted(), started(1, Act::Cancel, 2)]]);
    given(&asking).when(fail(Some(2))).then_expect_events(vec![failed(Some(2)).into()]);
    given(&asking).when(fail(Some(1))).then_expect_events(vec![]);
    given(&standing(1, "09:00")).when(fail(None)).then_expect_events(vec![]);
    given(&[]).when(fail(None)).then_expect_error(Rejection::BookingUnknown);
    let stays = after([asking, vec![failed(Some(2)).into()]]);
    given(&stays).when(fail(Some(2))).then_expect_events(vec![]);
    given(&stays).when(cancel()).then_expect_events(vec![wanted()]);
    let left = look(&stays);
    assert_eq!((left.standing, left.errand, left.doubts), (Standing::Confirmed, None, vec![]));
    given(&stays).when(Command::Settle { booking: booking(1) }).then_expect_events(vec![settled(1)]);
}

#[test]
fn the_hosts_yes_does_not_undo_a_cancelling_that_is_under_way() {
    let waiting = Confirmation { pending: true, ..by_anna(1) };
    let Confirmation { booking, attempt, provider, staff, start, end, .. } = waiting;
    let pending =
        BookingPending { booking, customer: MAX, start, end, staff, attempt, private: Private::Known(provider) };
    let asking = after([booked_once(), vec![pending.into(), settled(1), wanted(), started(1, Act::Cancel, 2)]]);
    let agreed: DiaryEvent = confirmed(by_anna(1)).into();
    given(&asking).when(Command::Confirm(by_anna(1))).then_expect_events(vec![agreed.clone()]);
    let left = look(&after([asking, vec![agreed]]));
    assert_eq!((left.act(), left.is_attempting(2), left.settled), (Some(Act::Cancel), true, false));
}

#[test]
fn the_provider_may_cancel_by_itself() {
    given(&standing(1, "09:00")).when(gone()).then_expect_events(vec![cancelled()]);
    given(&booked_once()).when(gone()).then_expect_events(vec![cancelled()]);
    let left = look(&after([booked_once(), vec![cancelled()]]));
    assert_eq!(left.doubts.len(), 1, "an attempt that is under way may still book it");
}

#[test]
fn what_is_over_cannot_be_cancelled() {
    let failed = BookingFailed { booking: booking(1), customer: MAX, call: None, attempt: None, reason: "gone".into() };
    let moved = BookingMoved { booking: booking(1), from: on("09:00"), to: on("11:00"), page: NEXT_PAGE, stays: false };
    let completed = BookingCompleted { booking: booking(1) };
    for (ending, state) in
        [(DiaryEvent::from(failed), "failed"), (moved.into(), "moved"), (completed.into(), "completed")]
    {
        let wrong = Rejection::WrongState { act: "cancelled".into(), state: state.into() };
        given(&after([standing(1, "09:00"), vec![ending]])).when(cancel()).then_expect_error(wrong);
    }
}

#[test]
fn a_booking_on_its_way_elsewhere_is_cancelled_when_it_has_arrived() {
    let to = slot_tomorrow("09:00");
    let moving =
        BookingMoveRequested { booking: booking(1), to, page: NEXT_PAGE, staff: people(&["anna"]), by: "api".into() };
    given(&after([standing(1, "09:00"), vec![moving.into()]]))
        .when(cancel())
        .then_expect_error(Rejection::AttemptUnderWay);
}
