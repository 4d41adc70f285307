//! Who could still serve it: several people, several services, several branches.

use super::*;

/// Asks for time as everybody does who offers, keeps or books it.
fn free(page: &Diary, start: &str, staff: &[&str]) -> Result<Vec<StaffId>, Rejection> {
    page.free(&slot(start), &terms(staff), None, None, now(0))
}

#[test]
fn whoever_serves_two_branches_is_in_one_place_at_a_time() {
    let page = page(&[requested(1, "09:00", &["ben"]).into()]);
    assert_eq!(free(&page, "09:15", &["ben"]), Err(Rejection::SlotTaken), "the other branch, where he works alone");
    assert_eq!(free(&page, "09:15", &["ben", "cara"]), Ok(people(&["ben", "cara"])), "the other branch has Cara");
    assert_eq!(free(&page, "09:30", &["ben"]), Ok(people(&["ben"])));
}

#[test]
fn whoever_serves_two_branches_steps_aside_for_one_that_needs_them() {
    let either: DiaryEvent = requested(1, "09:00", &["anna", "ben"]).into();
    let only_ben: DiaryEvent = requested(2, "09:00", &["ben"]).into();
    assert_eq!(free(&page(std::slice::from_ref(&either)), "09:00", &["ben"]), Ok(people(&["ben"])));
    let both = page(&[either, only_ben]);
    assert_eq!(free(&both, "09:00", &["anna"]), Err(Rejection::SlotTaken));
    assert_eq!(free(&both, "09:00", &["anna", "ben"]), Err(Rejection::SlotTaken));
}

#[test]
fn two_services_share_the_people_that_serve_both() {
    let colour = Slot { end: shifted(on("09:00"), 60), ..slot("09:00") };
    let long = BookingRequested { slot: colour, ..requested(1, "09:00", &["anna", "ben"]) };
    let page = page(&[long.into(), requested(2, "09:30", &["anna", "ben", "cara"]).into()]);
    assert_eq!(free(&page, "09:30", &["anna", "ben"]), Ok(people(&["anna", "ben"])), "Cara takes the second");
}

#[test]
fn a_third_service_finds_nobody_once_everybody_is_needed() {
    let page = page(&[
        requested(1, "09:00", &["anna", "ben"]).into(),
        requested(2, "09:00", &["anna", "ben", "cara"]).into(),
        requested(3, "09:00", &["cara"]).into(),
    ]);
    for wanted in [&["anna"][..], &["ben"], &["cara"], &["anna", "ben", "cara"]] {
        assert_eq!(free(&page, "09:00", wanted), Err(Rejection::SlotTaken), "{wanted:?}");
    }
    assert_eq!(free(&page, "09:00", &["dora"]), Ok(people(&["dora"])));
}

#[test]
fn buffers_keep_their_distance() {
    let buffered = |start| Slot { buffer_before_minutes: 10, buffer_after_minutes: 15, ..slot(start) };
    let page = page(&[BookingRequested { slot: buffered("10:00"), ..requested(1, "10:00", &["anna"]) }.into()]);
    let cases = [("09:20", true), ("09:21", false), ("10:44", false), ("10:45", true)];
    for (start, fits) in cases {
        assert_eq!(free(&page, start, &["anna"]).is_ok(), fits, "without buffers of its own at {start}");
    }
    let cases = [("09:05", true), ("09:06", false), ("10:54", false), ("10:55", true)];
    for (start, fits) in cases {
        let answer = page.free(&buffered(start), &terms(&["anna"]), None, None, now(0));
        assert_eq!(answer.is_ok(), fits, "with buffers of its own at {start}");
    }
}

#[test]
fn only_the_one_who_is_wanted_counts() {
    let page = page(&[requested(1, "09:00", &["anna"]).into()]);
    let asked = |wanted: &str, start: &str| {
        page.free(&slot(start), &terms(&["anna", "ben"]), Some(&staff(wanted)), None, now(0))
    };
    assert_eq!(asked("anna", "09:00"), Err(Rejection::SlotTaken));
    assert_eq!(asked("ben", "09:00"), Ok(people(&["ben"])));
    assert_eq!(asked("anna", "09:30"), Ok(people(&["anna"])));
    assert_eq!(asked("dora", "09:30"), Err(Rejection::Closed));
}

#[test]
fn what_is_over_takes_no_time() {
    let failed = BookingFailed { booking: booking(1), customer: MAX, call: None, attempt: None, reason: "gone".into() };
    let cancelled = BookingCancelled { booking: booking(1), by: "api".into() };
    let moved = BookingMoved { booking: booking(1), from: on("09:00"), to: on("11:00"), page: NEXT_PAGE, stays: false };
    for end in [DiaryEvent::from(failed), cancelled.into(), moved.into()] {
        let page = page(&[requested(1, "09:00", &["anna"]).into(), end.clone()]);
        assert_eq!(free(&page, "09:00", &["anna"]), Ok(people(&["anna"])), "{end:?}");
    }
}

#[test]
fn what_has_been_kept_by_the_customer_or_not_was_time_all_the_same() {
    for end in
        [DiaryEvent::from(BookingCompleted { booking: booking(1) }), CustomerDidNotShow { booking: booking(1) }.into()]
    {
        let page = page(&after([standing(1, "09:00"), vec![end.clone()]]));
        assert_eq!(free(&page, "09:00", &["anna"]), Err(Rejection::SlotTaken), "{end:?}");
    }
}

/// Whether a time is offered, kept or booked, one function answers; so the three can never disagree.
#[test]
fn lesson_07_one_answer_for_offering_keeping_and_booking() {
    let history = after([
        standing(1, "09:00"),
        vec![requested(2, "10:00", &["anna"]).into(), requested(3, "10:15", &["ben"]).into()],
    ]);
    let page = page(&history);
    for minute in (0..240).step_by(5) {
        let start = shifted(on("08:00"), minute);
        let slot = Slot { start, end: shifted(start, 30), ..slot("09:00") };
        let offered = page.free(&slot, &terms(&["anna", "ben"]), None, None, now(0)).map(|_| ());
        let holder = Holder::Call(call("call_9"));
        let hold = Hold { slot, ..holds::keep(holder, "09:00", 60) };
        let kept = page.decide(Command::Hold(Hold { terms: terms(&["anna", "ben"]), ..hold })).map(|_| ());
        let booked = page.decide(request(RequestBooking { slot, ..ask(9, "09:00", &["anna", "ben"]) })).map(|_| ());
        assert_eq!((&kept, &booked), (&offered, &offered), "{start}");
    }
}
