//! Bookings of the system before: taken down as they stood, and never taken back by an older export.

use super::*;

fn imported(id: u128, start: &str, standing: Standing) -> BookingImported {
    BookingImported {
        booking: booking(id),
        customer: MAX,
        call: None,
        branch: branch("mitte"),
        event_type: ADVICE,
        team: None,
        slot: slot(start),
        staff: Some(staff("anna")),
        standing,
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        requested_at: now(-86_400),
        private: Private::Erased,
    }
}

fn import(id: u128, start: &str, standing: Standing) -> Command {
    Command::Import(Box::new(imported(id, start, standing)))
}

#[test]
fn it_stands_as_it_stood_and_nothing_is_asked_of_the_calendar() {
    let events = page(&[]).decide(import(1, "09:00", Standing::Confirmed)).unwrap();
    assert_eq!(events, [imported(1, "09:00", Standing::Confirmed).into()]);
    let page = page(&events);
    let known = page.booking(booking(1)).unwrap();
    assert_eq!((known.standing, known.settled, known.errand.is_none()), (Standing::Confirmed, true, true));
    assert_eq!((known.request.source.as_str(), known.staff.clone()), ("import", Some(staff("anna"))));
}

#[test]
fn what_the_old_system_had_booked_twice_is_recorded_and_told() {
    let first = imported(1, "09:00", Standing::Confirmed).into();
    let events = page(&[first]).decide(import(2, "09:00", Standing::Confirmed)).unwrap();
    assert!(matches!(events.as_slice(), [DiaryEvent::BookingImported(_), DiaryEvent::OverlapSeen(_)]), "{events:?}");
    let first = imported(1, "09:00", Standing::Cancelled).into();
    assert_eq!(page(&[first]).decide(import(2, "09:00", Standing::Confirmed)).unwrap().len(), 1);
}

#[test]
fn a_later_export_is_followed_and_an_older_one_takes_nothing_back() {
    use Standing::{Cancelled, Completed, Confirmed, NoShow, Pending};
    let by = || "import".to_owned();
    let id = booking(1);
    let cancelled = || vec![BookingCancelled { booking: id, by: by() }.into()];
    for (known, told, expected) in [
        (Confirmed, Confirmed, vec![]),
        (Confirmed, Cancelled, cancelled()),
        (Pending, Cancelled, cancelled()),
        (Confirmed, Completed, vec![BookingCompleted { booking: id }.into()]),
        (Completed, NoShow, vec![CustomerDidNotShow { booking: id }.into()]),
        (Cancelled, Confirmed, vec![]),
        (NoShow, Completed, vec![]),
    ] {
        let known = [imported(1, "09:00", known).into()];
        assert_eq!(page(&known).decide(import(1, "09:00", told)).unwrap(), expected, "{known:?} told {told:?}");
    }
}
