//! What others put into the calendar.

use super::*;

fn seen(start: &str, staff: &[&str]) -> ForeignBookingSeen {
    ForeignBookingSeen { foreign: "f1".into(), slot: slot(start), staff: people(staff) }
}
fn see(start: &str, staff: &[&str]) -> Command {
    let ForeignBookingSeen { foreign, slot, staff } = seen(start, staff);
    Command::SeeForeign { foreign, slot, staff }
}

#[test]
fn a_foreign_booking_takes_time_until_it_is_gone() {
    let history = vec![seen("09:00", &["anna"]).into()];
    given(&[]).when(see("09:00", &["anna"])).then_expect_events(history.clone());
    given(&history).when(see("09:00", &["anna"])).then_expect_events(vec![]);
    given(&history).when(request(ask(1, "09:15", &["anna"]))).then_expect_error(Rejection::SlotTaken);
    given(&history)
        .when(request(ask(1, "09:15", &["ben"])))
        .then_expect_events(vec![requested(1, "09:15", &["ben"]).into()]);
    let gone: DiaryEvent = ForeignBookingGone { foreign: "f1".into() }.into();
    let forget = || Command::ForgetForeign { foreign: "f1".into() };
    given(&history).when(forget()).then_expect_events(vec![gone.clone()]);
    given(&after([history, vec![gone]])).when(forget()).then_expect_events(vec![]);
}

#[test]
fn a_foreign_booking_that_moves_is_seen_at_its_new_time() {
    let history = vec![seen("09:00", &["anna"]).into()];
    given(&history).when(see("10:00", &["anna"])).then_expect_events(vec![seen("10:00", &["anna"]).into()]);
    let moved = page(&after([history, vec![seen("10:00", &["anna"]).into()]]));
    assert!(moved.free(&slot("09:00"), &terms(&["anna"]), None, None, now(0)).is_ok());
}

#[test]
fn a_foreign_booking_on_top_of_ours_is_recorded_with_an_alert() {
    let overlap: DiaryEvent = OverlapSeen { booking: None, start: on("09:15"), end: on("09:45") }.into();
    given(&standing(1, "09:00"))
        .when(see("09:15", &["anna"]))
        .then_expect_events(vec![seen("09:15", &["anna"]).into(), overlap]);
    given(&standing(1, "09:00")).when(see("09:15", &["ben"])).then_expect_events(vec![seen("09:15", &["ben"]).into()]);
    let still_open = [requested(1, "09:00", &["anna"]).into()];
    given(&still_open).when(see("09:15", &["anna"])).then_expect_events(vec![seen("09:15", &["anna"]).into()]);
}

#[test]
fn two_foreign_bookings_may_overlap_too() {
    let other = ForeignBookingSeen { foreign: "f2".into(), ..seen("09:00", &["anna"]) };
    let overlap: DiaryEvent = OverlapSeen { booking: None, start: on("09:15"), end: on("09:45") }.into();
    given(&[other.into()])
        .when(see("09:15", &["anna"]))
        .then_expect_events(vec![seen("09:15", &["anna"]).into(), overlap]);
}

/// The provider's own clash is no reason to close the whole day.
#[test]
fn an_overlap_does_not_poison_the_rest_of_the_day() {
    let clash = after([standing(1, "09:00"), vec![seen("09:00", &["anna"]).into()]]);
    given(&clash)
        .when(request(ask(2, "10:00", &["anna"])))
        .then_expect_events(vec![requested(2, "10:00", &["anna"]).into()]);
}
