//! What somebody has done at the calendar itself: the page follows, and hears it as often as it is told.

use super::*;

fn name(number: i64) -> ProviderRef {
    ProviderRef { uid: format!("uid{number}"), number }
}

/// It was moved there, where it has another name.
fn moved_to(to: Slot, number: i64) -> Confirmation {
    Confirmation {
        start: to.start,
        end: to.end,
        provider: name(number),
        ..word(1, "09:00", number, None, Some("anna"))
    }
}

fn arrive(to: Slot, page: Date, number: i64) -> Command {
    let request = BookingRequested { slot: to, ..requested(1, "09:00", &["anna", "ben"]) };
    let confirmation = moved_to(to, number);
    Command::Arrive(Box::new(Arrival { request, from: on("09:00"), from_page: PAGE, page, confirmation }))
}

fn moved_away(number: i64) -> Command {
    let to = slot_tomorrow("11:00").start;
    Command::MovedAway { booking: booking(1), to, page: NEXT_PAGE, name: name(number) }
}

fn stands_there(to: Slot, number: i64) -> DiaryEvent {
    BookingConfirmed { moved_from: Some(PAGE), ..confirmed(moved_to(to, number)) }.into()
}

#[test]
fn it_is_moved_on_its_page() {
    let (stands, to) = (standing(1, "09:00"), slot("11:00"));
    let moved = BookingMoved { booking: booking(1), from: on("09:00"), to: on("11:00"), page: PAGE, stays: true };
    let expected = vec![moved.into(), stands_there(to, 2), settled(1)];
    given(&stands).when(arrive(to, PAGE, 2)).then_expect_events(expected.clone());
    let there = after([stands, expected]);
    given(&there).when(arrive(to, PAGE, 2)).then_expect_events(vec![]);
    // What is told late, of a place that it has left, changes nothing.
    given(&there).when(arrive(slot("09:00"), PAGE, 1)).then_expect_events(vec![]);
}

#[test]
fn somebody_else_serves_it_under_the_same_name() {
    let stands = standing(1, "09:00");
    let Command::Arrive(mut arrival) = arrive(slot("09:00"), PAGE, 1) else { unreachable!() };
    arrival.confirmation.staff = Some(staff("ben"));
    let told = BookingConfirmed { moved_from: Some(PAGE), ..confirmed(arrival.confirmation.clone()) };
    let expected = vec![told.into(), settled(1)];
    given(&stands).when(Command::Arrive(arrival.clone())).then_expect_events(expected.clone());
    given(&after([stands, expected])).when(Command::Arrive(arrival)).then_expect_events(vec![]);
}

#[test]
fn it_is_moved_to_another_day() {
    let stands = standing(1, "09:00");
    let to = slot_tomorrow("11:00");
    let moved = BookingMoved { booking: booking(1), from: on("09:00"), to: to.start, page: NEXT_PAGE, stays: false };
    let left = vec![moved.into(), settled(1)];
    given(&stands).when(moved_away(1)).then_expect_events(left.clone());
    let gone = after([stands.clone(), left]);
    given(&gone).when(moved_away(1)).then_expect_events(vec![]);
    assert!(page(&gone).free(&slot("09:00"), &terms(&["anna"]), None, None, now(0)).is_ok());
    // It has come back since, under another name.
    let request = BookingRequested { slot: slot("12:00"), ..requested(1, "09:00", &["anna", "ben"]) };
    let back = vec![BookingArrived::new(request, NEXT_PAGE).into(), stands_there(slot("12:00"), 3)];
    given(&after([gone, back])).when(moved_away(1)).then_expect_events(vec![]);
    let not_there: Vec<DiaryEvent> = vec![requested(1, "09:00", &["anna"]).into()];
    given(&not_there).when(moved_away(1)).then_expect_events(vec![]);
    given(&[]).when(moved_away(1)).then_expect_error(Rejection::BookingUnknown);
}

#[test]
fn a_move_of_ours_gives_way_to_theirs() {
    let wanted = BookingMoveRequested {
        booking: booking(1),
        to: slot("15:00"),
        page: PAGE,
        staff: people(&["anna"]),
        by: "api".into(),
    };
    let asked = after([standing(1, "09:00"), vec![wanted.into()]]);
    let left = page(&after([
        asked,
        vec![
            BookingMoved {
                booking: booking(1),
                from: on("09:00"),
                to: slot_tomorrow("11:00").start,
                page: NEXT_PAGE,
                stays: false,
            }
            .into(),
            settled(1),
        ],
    ]));
    let left = left.booking(booking(1)).expect("its trace stays");
    assert_eq!((left.standing, &left.errand), (Standing::Moved, &None));
}

#[test]
fn who_was_marked_absent_by_mistake_was_there() {
    let missed = after([standing(1, "09:00"), vec![CustomerDidNotShow { booking: booking(1) }.into()]]);
    let was_there: DiaryEvent = BookingCompleted { booking: booking(1) }.into();
    let showed = || Command::Showed { booking: booking(1) };
    given(&missed).when(showed()).then_expect_events(vec![was_there.clone()]);
    given(&after([missed, vec![was_there]])).when(showed()).then_expect_events(vec![]);
    given(&standing(1, "09:00")).when(showed()).then_expect_events(vec![]);
}
