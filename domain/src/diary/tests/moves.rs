//! Moves on the page and to another day: every step may be taken again and changes nothing the second time.

use super::*;

fn moving(to: Slot, page: Date) -> BookingMoveRequested {
    BookingMoveRequested { booking: booking(1), to, page, staff: people(&["anna"]), by: "api".into() }
}
fn request_move(to: Slot, page: Date) -> Command {
    let BookingMoveRequested { booking, to, page, staff, by } = moving(to, page);
    Command::RequestMove { booking, to, page, staff, by }
}
fn hold(to: Slot) -> Hold {
    let mut terms = terms(&["anna"]);
    (terms.day_starts, terms.day_ends) = (at("2025-07-01T22:00:00Z"), at("2025-07-03T22:00:00Z"));
    Hold { slot: to, terms, ..holds::keep(Holder::Move(booking(1)), "09:00", 140) }
}
fn held(to: Slot) -> DiaryEvent {
    let Hold { holder, branch, event_type, slot, until, .. } = hold(to);
    SlotHeld { holder, branch, event_type, slot, staff: people(&["anna"]), until }.into()
}
fn released() -> DiaryEvent {
    HoldReleased { holder: Holder::Move(booking(1)) }.into()
}

/// The provider's word for the new place; the moved booking has a new name there.
fn arrived_at(to: Slot) -> Confirmation {
    Confirmation { start: to.start, end: to.end, ..word(1, "09:00", 2, Some(2), Some("anna")) }
}

fn arrival(to: Slot, page: Date) -> Command {
    let request = BookingRequested { slot: to, staff: people(&["anna"]), ..requested(1, "09:00", &["anna", "ben"]) };
    let confirmation = arrived_at(to);
    Command::Arrive(Box::new(Arrival { request, from: on("09:00"), from_page: PAGE, page, confirmation }))
}

fn confirmed_there(to: Slot) -> DiaryEvent {
    BookingConfirmed { moved_from: Some(PAGE), ..confirmed(arrived_at(to)) }.into()
}

fn look(events: &[DiaryEvent]) -> Booking {
    page(events).booking(booking(1)).cloned().expect("it stands on the page")
}

#[test]
fn a_move_is_asked_for_once() {
    let stands = standing(1, "09:00");
    let to = slot("11:00");
    given(&stands).when(request_move(to, PAGE)).then_expect_events(vec![moving(to, PAGE).into()]);
    let due = after([stands.clone(), vec![moving(to, PAGE).into()]]);
    given(&due).when(request_move(to, PAGE)).then_expect_events(vec![]);
    given(&due).when(request_move(slot("12:00"), PAGE)).then_expect_error(Rejection::AttemptUnderWay);
    given(&stands).when(request_move(slot("09:00"), PAGE)).then_expect_events(vec![]);
}

#[test]
fn only_what_stands_for_sure_is_moved() {
    let to = slot("11:00");
    let request: DiaryEvent = requested(1, "09:00", &["anna"]).into();
    given(&[request]).when(request_move(to, PAGE)).then_expect_error(Rejection::AttemptUnderWay);
    let cancelled = BookingCancelled { booking: booking(1), by: "api".into() };
    let wrong = Rejection::WrongState { act: "moved".into(), state: "cancelled".into() };
    given(&after([standing(1, "09:00"), vec![cancelled.into()]])).when(request_move(to, PAGE)).then_expect_error(wrong);
    given(&[]).when(request_move(to, PAGE)).then_expect_error(Rejection::BookingUnknown);
}

/// A twin that comes late is looked for at the place where the booking stands.
#[test]
fn lesson_13_a_booking_stays_while_an_attempt_at_booking_it_is_in_doubt() {
    let in_doubt: Vec<DiaryEvent> = vec![
        requested(1, "09:00", &["anna", "ben"]).into(),
        started(1, Act::Book, 1),
        unknown(1, Act::Book, 1),
        started(1, Act::Book, 2),
        confirmed(word(1, "09:00", 1, Some(2), Some("anna"))).into(),
    ];
    let to = slot("11:00");
    given(&in_doubt).when(request_move(to, PAGE)).then_expect_error(Rejection::AttemptUnderWay);
    given(&after([in_doubt, vec![settled(1)]]))
        .when(request_move(to, PAGE))
        .then_expect_events(vec![moving(to, PAGE).into()]);
}

#[test]
fn its_hold_keeps_others_out_but_not_itself() {
    let to = slot("09:15");
    let due = after([standing(1, "09:00"), vec![moving(to, PAGE).into()]]);
    given(&due).when(Command::Hold(hold(to))).then_expect_events(vec![held(to)]);
    let kept = after([due, vec![held(to)]]);
    given(&kept).when(Command::Hold(hold(to))).then_expect_events(vec![]);
    let page = page(&kept);
    let mine = Holder::Move(booking(1));
    let free = |start, holder| page.free(&slot(start), &terms(&["anna"]), None, holder, now(0));
    assert_eq!(free("09:30", None), Err(Rejection::SlotTaken), "the new place");
    assert_eq!(free("08:45", None), Err(Rejection::SlotTaken), "the old place");
    assert_eq!(free("09:30", Some(&mine)), Ok(people(&["anna"])), "its own way");
    assert_eq!(free("09:45", None), Ok(people(&["anna"])));
}

#[test]
fn a_place_that_somebody_else_has_cannot_be_kept() {
    let to = slot("11:00");
    let history = after([standing(1, "09:00"), vec![requested(2, "11:00", &["anna"]).into(), moving(to, PAGE).into()]]);
    given(&history).when(Command::Hold(hold(to))).then_expect_error(Rejection::SlotTaken);
}

#[test]
fn on_the_page_it_moves_in_one_step() {
    let to = slot("11:00");
    let asking = after([standing(1, "09:00"), vec![held(to), moving(to, PAGE).into(), started(1, Act::Move, 2)]]);
    let moved = BookingMoved { booking: booking(1), from: on("09:00"), to: on("11:00"), page: PAGE, stays: true };
    let expected = vec![released(), moved.into(), confirmed_there(to), settled(1)];
    given(&asking).when(arrival(to, PAGE)).then_expect_events(expected.clone());
    let there = after([asking, expected]);
    given(&there).when(arrival(to, PAGE)).then_expect_events(vec![]);
    given(&there).when(request_move(to, PAGE)).then_expect_events(vec![]);
    let booking = look(&there);
    assert_eq!((booking.slot, booking.standing, booking.settled), (to, Standing::Confirmed, true));
    assert_eq!((booking.errand, booking.doubts), (None, vec![]));
}

#[test]
fn to_another_day_it_arrives_there_first() {
    let to = slot_tomorrow("09:00");
    let arrived = BookingArrived::new(
        BookingRequested { slot: to, staff: people(&["anna"]), ..requested(1, "09:00", &["anna", "ben"]) },
        PAGE,
    );
    let expected = vec![released(), arrived.into(), confirmed_there(to)];
    given(&[held(to)]).when(arrival(to, NEXT_PAGE)).then_expect_events(expected.clone());
    let there = after([vec![held(to)], expected]);
    given(&there).when(arrival(to, NEXT_PAGE)).then_expect_events(vec![]);
    let booking = look(&there);
    assert_eq!((booking.standing, booking.slot, booking.settled), (Standing::Confirmed, to, true));
    assert_eq!(booking.request.source, "call", "by whom it was first requested stays known");
    assert_eq!(booking.request.private, Private::Known(contact()));
}

#[test]
fn then_it_leaves_the_old_day() {
    let to = slot_tomorrow("09:00");
    let asking = after([standing(1, "09:00"), vec![moving(to, NEXT_PAGE).into(), started(1, Act::Move, 2)]]);
    let leave = || Command::Leave { booking: booking(1), to: to.start, page: NEXT_PAGE };
    let left = BookingMoved { booking: booking(1), from: on("09:00"), to: to.start, page: NEXT_PAGE, stays: false };
    given(&asking).when(leave()).then_expect_events(vec![left.clone().into(), settled(1)]);
    let gone = after([asking.clone(), vec![left.into(), settled(1)]]);
    given(&gone).when(leave()).then_expect_events(vec![]);
    assert_eq!((look(&gone).standing, look(&gone).errand), (Standing::Moved, None));
    let free = |events: &[DiaryEvent]| page(events).free(&slot("09:00"), &terms(&["anna"]), None, None, now(0)).is_ok();
    assert_eq!((free(&asking), free(&gone)), (false, true), "its old time is free only now");
    given(&[]).when(leave()).then_expect_error(Rejection::BookingUnknown);
}

/// A crash between arriving and leaving: the booking stands on both pages, and taking the steps again brings it to one.
#[test]
fn a_move_that_broke_off_half_way_is_finished_by_taking_its_steps_again() {
    let to = slot_tomorrow("09:00");
    let old = after([standing(1, "09:00"), vec![moving(to, NEXT_PAGE).into(), started(1, Act::Move, 2)]]);
    assert!(look(&old).is_attempting(2));
    given(&old).when(claim_after_look_up(1, Act::Move, 3, now(215))).then_expect_events(vec![started(1, Act::Move, 3)]);
    let again = after([old, vec![started(1, Act::Move, 3)]]);
    let left = BookingMoved { booking: booking(1), from: on("09:00"), to: to.start, page: NEXT_PAGE, stays: false };
    given(&again)
        .when(Command::Leave { booking: booking(1), to: to.start, page: NEXT_PAGE })
        .then_expect_events(vec![left.into(), settled(1)]);
}

#[test]
fn it_may_come_back_to_a_page_that_it_had_left() {
    let to = slot("11:00");
    let left = BookingMoved { booking: booking(1), from: on("09:00"), to: on("09:00"), page: NEXT_PAGE, stays: false };
    let history = after([standing(1, "09:00"), vec![left.into()]]);
    let request = BookingRequested { slot: to, staff: people(&["anna"]), ..requested(1, "09:00", &["anna", "ben"]) };
    let from = slot_tomorrow("09:00").start;
    let confirmation = Confirmation { attempt: Some(7), ..arrived_at(to) };
    let arrive = Arrival { request: request.clone(), from, from_page: NEXT_PAGE, page: PAGE, confirmation };
    let there = BookingConfirmed { moved_from: Some(NEXT_PAGE), attempt: Some(7), ..confirmed(arrived_at(to)) };
    let expected = vec![BookingArrived::new(request, NEXT_PAGE).into(), there.into()];
    given(&history).when(Command::Arrive(Box::new(arrive))).then_expect_events(expected.clone());
    let back = look(&after([history, expected]));
    assert_eq!((back.standing, back.attempts), (Standing::Confirmed, 1), "attempts of this page count on");
}

#[test]
fn arriving_where_somebody_else_truly_stands_is_recorded_with_an_alert() {
    let to = slot("11:00");
    let history =
        after([standing(2, "11:15"), standing(1, "09:00"), vec![moving(to, PAGE).into(), started(1, Act::Move, 2)]]);
    let moved = BookingMoved { booking: booking(1), from: on("09:00"), to: on("11:00"), page: PAGE, stays: true };
    let overlap = OverlapSeen { booking: Some(booking(1)), start: on("11:00"), end: on("11:30") };
    given(&history).when(arrival(to, PAGE)).then_expect_events(vec![
        moved.into(),
        confirmed_there(to),
        overlap.into(),
        settled(1),
    ]);
}

#[test]
fn a_move_that_fails_leaves_it_where_it_was() {
    let to = slot("11:00");
    let fail = |attempt| Command::MoveFailed { booking: booking(1), attempt, reason: "taken".into() };
    let failed = |attempt| BookingMoveFailed { booking: booking(1), attempt, reason: "taken".into() };
    let due = after([standing(1, "09:00"), vec![moving(to, PAGE).into()]]);
    given(&due).when(fail(None)).then_expect_events(vec![failed(None).into()]);
    let asking = after([due, vec![started(1, Act::Move, 2)]]);
    given(&asking).when(fail(Some(2))).then_expect_events(vec![failed(Some(2)).into()]);
    given(&asking).when(fail(Some(1))).then_expect_events(vec![]);
    let over = after([asking, vec![failed(Some(2)).into()]]);
    given(&over).when(fail(Some(2))).then_expect_events(vec![]);
    let stays = look(&over);
    assert_eq!((stays.standing, stays.slot, stays.doubts), (Standing::Confirmed, slot("09:00"), vec![]));
    given(&standing(1, "09:00")).when(fail(None)).then_expect_events(vec![]);
}

#[test]
fn a_move_may_be_pending_at_the_provider() {
    let to = slot_tomorrow("09:00");
    let request = BookingRequested { slot: to, staff: people(&["anna"]), ..requested(1, "09:00", &["anna", "ben"]) };
    let confirmation = Confirmation { pending: true, ..arrived_at(to) };
    let arrive =
        Arrival { request: request.clone(), from: on("09:00"), from_page: PAGE, page: NEXT_PAGE, confirmation };
    let Confirmation { booking, attempt, provider, staff, start, end, .. } = arrived_at(to);
    let pending =
        BookingPending { booking, customer: MAX, start, end, staff, attempt, private: Private::Known(provider) };
    given(&[])
        .when(Command::Arrive(Box::new(arrive)))
        .then_expect_events(vec![BookingArrived::new(request, PAGE).into(), pending.into()]);
}

/// It had left for the next day, and came back at eleven under its third name.
fn came_back() -> Vec<DiaryEvent> {
    let left = BookingMoved { booking: booking(1), from: on("09:00"), to: on("09:00"), page: NEXT_PAGE, stays: false };
    let to = slot("11:00");
    let request = BookingRequested { slot: to, staff: people(&["anna"]), ..requested(1, "09:00", &["anna", "ben"]) };
    let third = Confirmation { start: to.start, end: to.end, ..word(1, "09:00", 3, Some(2), Some("anna")) };
    let there = BookingConfirmed { moved_from: Some(NEXT_PAGE), ..confirmed(third) };
    after([
        standing(1, "09:00"),
        vec![moving(slot_tomorrow("09:00"), NEXT_PAGE).into(), started(1, Act::Move, 2), left.into()],
        vec![BookingArrived::new(request, NEXT_PAGE).into(), there.into()],
    ])
}

/// A worker that slept through it all goes on where it had stopped.
#[test]
fn whoever_tells_late_of_a_move_tells_nothing_new() {
    let leave = Command::Leave { booking: booking(1), to: slot_tomorrow("09:00").start, page: NEXT_PAGE };
    given(&came_back()).when(leave).then_expect_events(vec![]);
    for (number, place) in [(1, "09:00"), (3, "11:00")] {
        let confirmation = word(1, place, number, Some(2), Some("anna"));
        let request = requested(1, place, &["anna"]);
        let arrival = Arrival { request, from: on("09:00"), from_page: PAGE, page: PAGE, confirmation };
        given(&came_back()).when(Command::Arrive(Box::new(arrival))).then_expect_events(vec![]);
    }
}

#[test]
fn whoever_tells_late_of_an_arrival_does_not_bring_back_what_has_moved_on() {
    let to = slot_tomorrow("09:00");
    let request = BookingRequested { slot: to, staff: people(&["anna"]), ..requested(1, "09:00", &["anna", "ben"]) };
    let left = BookingMoved { booking: booking(1), from: to.start, to: on("11:00"), page: PAGE, stays: false };
    let moved_on = vec![BookingArrived::new(request, PAGE).into(), confirmed_there(to), left.into()];
    given(&moved_on).when(arrival(to, NEXT_PAGE)).then_expect_events(vec![]);
}
