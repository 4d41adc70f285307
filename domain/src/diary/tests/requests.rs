//! Asking the page for a booking.

use super::*;

#[test]
fn a_free_time_is_given_away_with_all_who_could_serve_it() {
    given(&[])
        .when(request(ask(1, "09:00", &["anna", "ben"])))
        .then_expect_events(vec![requested(1, "09:00", &["anna", "ben"]).into()]);
}

#[test]
fn the_one_who_is_wanted_is_the_only_one_who_may_serve_it() {
    let wanted = RequestBooking { wanted: Some(staff("ben")), ..ask(1, "09:00", &["anna", "ben"]) };
    let granted = BookingRequested { staff: people(&["ben"]), ..requested(1, "09:00", &["anna", "ben"]) };
    given(&[]).when(request(wanted)).then_expect_events(vec![granted.into()]);
}

#[test]
fn lesson_02_the_same_booking_asked_for_again_is_no_second_one() {
    let asked = || request(ask(1, "09:00", &["anna"]));
    let failed = BookingFailed { booking: booking(1), customer: MAX, call: None, attempt: None, reason: "gone".into() };
    let cancelled = BookingCancelled { booking: booking(1), by: "api".into() };
    let mut history: Vec<DiaryEvent> = vec![requested(1, "09:00", &["anna"]).into()];
    given(&history).when(asked()).then_expect_events(vec![]);
    for ending in [DiaryEvent::from(failed), cancelled.into()] {
        given(&history).and(vec![ending]).when(asked()).then_expect_events(vec![]);
    }
    history.push(started(1, Act::Book, 1));
    history.push(confirmed(word(1, "09:00", 1, Some(1), Some("anna"))).into());
    given(&history).when(asked()).then_expect_events(vec![]);
}

#[test]
fn two_callers_for_one_time_are_one_booking_and_one_no() {
    let first: DiaryEvent = requested(1, "09:00", &["anna"]).into();
    given(&[first]).when(request(ask(2, "09:00", &["anna"]))).then_expect_error(Rejection::SlotTaken);
}

#[test]
fn a_booking_without_a_call_lets_no_hold_go() {
    let by_hand = RequestBooking { call: None, source: "api".into(), ..ask(1, "09:00", &["anna"]) };
    let granted = BookingRequested { call: None, source: "api".into(), ..requested(1, "09:00", &["anna"]) };
    given(&[]).when(request(by_hand)).then_expect_events(vec![granted.into()]);
}
