use super::*;
use crate::diary::tests::{after, booking, now, page, requested, slot, standing};
use crate::diary::{
    BookingCancelled, BookingCompleted, BookingConfirmed, BookingPending, CustomerDidNotShow, DiaryEvent, ProviderRef,
};
use crate::private::Private;
use crate::salon::{MAX, staff};

/// As `standing(1, "09:00")` has it at the calendar.
fn there(uid: &str, start: &str, host: &str) -> Live {
    let slot = slot(start);
    let booking = ProviderBooking {
        uid: uid.into(),
        number: 1,
        status: ProviderStatus::Accepted,
        host: Some(11),
        start: slot.start,
        end: slot.end,
        booking: Some(booking(1)),
        attempt: Some(1),
        created_at: None,
        moved_to: None,
        co_hosts: vec![],
        absent: false,
    };
    Live { booking, staff: Some(staff(host)) }
}

fn absent(live: Live) -> Live {
    Live { booking: ProviderBooking { absent: true, ..live.booking }, ..live }
}

fn truth(fate: Fate) -> Truth {
    Truth { fate, beside: None, of_absence: false }
}

fn alive(live: Live) -> Truth {
    truth(Fate::Live(Box::new(live)))
}

fn known(history: &[DiaryEvent]) -> Booking {
    page(history).booking(booking(1)).cloned().expect("it stands on the page")
}

fn with(event: impl Into<DiaryEvent>) -> Vec<DiaryEvent> {
    after([standing(1, "09:00"), vec![event.into()]])
}

fn pending() -> Vec<DiaryEvent> {
    let slot = slot("09:00");
    let pending = BookingPending {
        booking: booking(1),
        customer: MAX,
        start: slot.start,
        end: slot.end,
        staff: None,
        attempt: Some(1),
        private: Private::Known(ProviderRef { uid: "uid1".into(), number: 1 }),
    };
    vec![requested(1, "09:00", &["anna", "ben"]).into(), pending.into()]
}

/// Long before the appointment.
fn early() -> Timestamp {
    now(0)
}

/// After it.
fn late() -> Timestamp {
    now(72 * 3600)
}

fn cancelled() -> Vec<DiaryEvent> {
    with(BookingCancelled { booking: booking(1), by: "api".into() })
}

#[test]
fn what_agrees_is_left_alone() {
    let same = || alive(there("uid1", "09:00", "anna"));
    assert_eq!(correction(&known(&standing(1, "09:00")), &same(), early()), Correction::Nothing);
    let completed = with(BookingCompleted { booking: booking(1) });
    assert_eq!(correction(&known(&completed), &same(), late()), Correction::Nothing);
    let other_host = alive(there("uid1", "09:00", "ben"));
    assert_eq!(correction(&known(&completed), &other_host, late()), Correction::Nothing, "that is history");
    assert_eq!(correction(&known(&cancelled()), &truth(Fate::Gone), early()), Correction::Nothing);
    let asked = [requested(1, "09:00", &["anna"]).into()];
    assert_eq!(correction(&known(&asked), &truth(Fate::Gone), early()), Correction::Nothing, "its errand finds out");
}

#[test]
fn a_live_booking_is_confirmed_or_stands_where_the_calendar_says() {
    let asked = [requested(1, "09:00", &["anna"]).into()];
    let live = there("uid1", "09:00", "anna");
    let to_confirm = alive(live.clone());
    for history in [&asked[..], &pending()] {
        assert_eq!(correction(&known(history), &to_confirm, early()), Correction::Confirm(live.clone()));
    }
    for other in [there("uid2", "11:00", "anna"), there("uid2", "09:00", "anna"), there("uid1", "09:00", "ben")] {
        let told = alive(other.clone());
        assert_eq!(correction(&known(&standing(1, "09:00")), &told, early()), Correction::Relocate(other));
    }
}

#[test]
fn what_is_gone_is_cancelled_or_was_never_agreed_to() {
    for (history, fate, expected) in [
        (standing(1, "09:00"), Fate::Gone, Correction::Cancel),
        (standing(1, "09:00"), Fate::Rejected, Correction::Cancel),
        (pending(), Fate::Rejected, Correction::Reject),
        (pending(), Fate::Gone, Correction::Cancel),
    ] {
        assert_eq!(correction(&known(&history), &truth(fate.clone()), early()), expected, "{fate:?}");
    }
}

#[test]
fn attendance_follows_the_calendar() {
    let present = || there("uid1", "09:00", "anna");
    let stands = standing(1, "09:00");
    assert_eq!(correction(&known(&stands), &alive(present()), late()), Correction::Complete);
    let not_there = alive(absent(present()));
    assert_eq!(correction(&known(&stands), &not_there, late()), Correction::MarkAbsent);
    let completed = with(BookingCompleted { booking: booking(1) });
    assert_eq!(correction(&known(&completed), &not_there, late()), Correction::MarkAbsent);
    let marked = with(CustomerDidNotShow { booking: booking(1) });
    assert_eq!(correction(&known(&marked), &not_there, late()), Correction::Nothing);
    let was_there = alive(present());
    assert_eq!(correction(&known(&marked), &was_there, late()), Correction::Nothing, "nobody has spoken of it");
    let told = Truth { of_absence: true, ..was_there };
    assert_eq!(correction(&known(&marked), &told, late()), Correction::MarkPresent);
}

/// At most one live booking stays for a booking of ours.
#[test]
fn lesson_13_a_twin_goes_and_so_does_what_was_called_off() {
    let (first, twin) = (there("uid1", "09:00", "anna"), there("uid2", "09:00", "ben"));
    let both = Truth { beside: Some(twin.clone()), ..alive(first.clone()) };
    let goes = Correction::CancelThere(twin.clone());
    assert_eq!(correction(&known(&standing(1, "09:00")), &both, early()), goes);
    let itself = Truth { beside: Some(first.clone()), ..alive(first.clone()) };
    assert_eq!(correction(&known(&standing(1, "09:00")), &itself, early()), Correction::Nothing);
    assert_eq!(correction(&known(&cancelled()), &alive(first.clone()), late()), Correction::Nothing);
    let lives = alive(first.clone());
    assert_eq!(correction(&known(&cancelled()), &lives, early()), Correction::CancelThere(first));
    // The one that we knew is gone, so the other is ours.
    let other = Truth { beside: Some(twin.clone()), ..truth(Fate::Gone) };
    assert_eq!(correction(&known(&standing(1, "09:00")), &other, early()), Correction::Relocate(twin));
    // While the file is open, closing it sees to twins.
    let open: Vec<DiaryEvent> = standing(1, "09:00").into_iter().take(3).collect();
    assert_eq!(correction(&known(&open), &both, early()), Correction::Nothing);
}

/// Of somebody who was forgotten the name is not known any more, and what the calendar says still counts.
#[test]
fn a_booking_without_its_name_follows_by_time() {
    let mut history = standing(1, "09:00");
    for event in &mut history {
        if let DiaryEvent::BookingConfirmed(BookingConfirmed { private, .. }) = event {
            *private = Private::Erased;
        }
    }
    let same = alive(there("uid1", "09:00", "anna"));
    assert_eq!(correction(&known(&history), &same, early()), Correction::Nothing);
    let moved = there("uid9", "11:00", "anna");
    assert_eq!(correction(&known(&history), &alive(moved.clone()), early()), Correction::Relocate(moved));
}
