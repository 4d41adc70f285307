//! Reading the books, and acting on them past the API: as the host at the front desk does, or a stranger who books on
//! Cal.com's own page.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Map;

use super::{
    Calcom,
    availability::{Wish, hosts_for},
    booking::{Attendee, Booking, Status},
    booking_input::address_of_phone,
    instants::{Span, plus_minutes},
    state::State,
    trigger::Trigger,
};

/// Somebody who books past the system under test.
#[derive(Clone, Debug)]
pub struct Guest {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub time_zone: TimeZone,
}

impl Calcom {
    /// Every booking ever made, in the order in which they were made.
    pub fn books(&self) -> Vec<Booking> {
        self.0.state().books.all().to_vec()
    }

    pub fn booking(&self, uid: &str) -> Option<Booking> {
        self.0.state().books.get(uid).cloned()
    }

    /// Accepted and pending bookings, past ones too: what was not cancelled or rejected.
    pub fn live_bookings(&self) -> Vec<Booking> {
        self.0.state().books.all().iter().filter(|booking| booking.status.is_live()).cloned().collect()
    }

    /// Pairs of live bookings on one host that overlap in time.
    pub fn overlapping(&self) -> u64 {
        self.0.state().books.overlapping()
    }

    /// Books as a stranger on Cal.com's page. Nothing when the event type is unknown or nobody is free then.
    pub fn book_directly(&self, event_type: u64, start: Timestamp, guest: Guest) -> Option<Booking> {
        let mut state = self.0.state();
        let kind = state.directory.event_types.get(&event_type)?;
        let wish = Wish::new(kind, Span { start, end: plus_minutes(start, kind.length_minutes) });
        let hosts = hosts_for(&state.directory, &state.books, &wish)?;
        let status = if kind.needs_confirmation() { Status::Pending } else { Status::Accepted };
        let (title, end) = (format!("{} with {}", kind.title, guest.name), wish.span.end);
        let draft = Booking {
            id: state.dice.id(),
            uid: state.dice.uid(),
            ..entry(title, event_type, hosts, start, end, guest)
        };
        let now = self.0.now();
        let booking = Booking { status, created_at: now, updated_at: now, ..draft };
        state.insert(booking, now)
    }

    /// Writes a booking into a host's calendar whether the host is free or not. Nothing when the very same interval
    /// is there already.
    pub fn force_booking(
        &self,
        event_type: u64,
        host: u64,
        start: Timestamp,
        end: Timestamp,
        guest: Guest,
    ) -> Option<Booking> {
        let now = self.0.now();
        let mut state = self.0.state();
        let title = format!("Entered by hand for {}", guest.name);
        let draft = entry(title, event_type, vec![host], start, end, guest);
        let (id, uid) = (state.dice.id(), state.dice.uid());
        state.insert(Booking { id, uid, created_at: now, updated_at: now, ..draft }, now)
    }

    /// Whether there was a live booking to cancel.
    pub fn cancel_directly(&self, uid: &str, reason: &str) -> bool {
        let now = self.0.now();
        let mut state = self.0.state();
        if !state.books.get(uid).is_some_and(|booking| booking.status.is_live()) {
            return false;
        }
        let cancel = |booking: &mut Booking| {
            booking.status = Status::Cancelled;
            booking.cancellation_reason = Some(reason.to_owned());
        };
        state.decide(uid, now, cancel)
    }

    /// Whether there was a pending booking to confirm or, with `accept` false, to decline.
    pub fn decide_directly(&self, uid: &str, accept: bool) -> bool {
        let now = self.0.now();
        let mut state = self.0.state();
        if state.books.get(uid).is_none_or(|booking| booking.status != Status::Pending) {
            return false;
        }
        let status = if accept { Status::Accepted } else { Status::Rejected };
        state.decide(uid, now, |booking| booking.status = status)
    }

    /// Moves a live booking as the salon does in its own calendar, whether the host is free then or not: the booking that
    /// took its place, under its new uid. Nothing when there is none to move, or the very same interval is there already.
    pub fn move_directly(&self, uid: &str, start: Timestamp) -> Option<Booking> {
        let now = self.0.now();
        let mut state = self.0.state();
        let old = state.books.get(uid).filter(|booking| booking.status.is_live())?.clone();
        let end = start.checked_add(old.end.duration_since(old.start)).ok()?;
        let (id, new_uid, from) = (state.dice.id(), state.dice.uid(), Some(uid.to_owned()));
        let moved =
            Booking { id, uid: new_uid, start, end, rescheduled_from: from, created_at: now, updated_at: now, ..old };
        let moved = state.books.replace(uid, moved, now).ok()?;
        let old = state.books.get(uid).cloned();
        state.announce_made(&moved, old.as_ref(), now);
        Some(moved)
    }

    /// Notes that the attendee did not come. Whether there is such a booking.
    pub fn mark_absent_directly(&self, uid: &str) -> bool {
        let now = self.0.now();
        let mut state = self.0.state();
        let Some(changed) = state.books.change(uid, now, |booking| booking.attendee.absent = true) else {
            return false;
        };
        state.announce(Trigger::NoShowUpdated, &changed, None, now);
        true
    }
}

impl State {
    fn insert(&mut self, booking: Booking, now: Timestamp) -> Option<Booking> {
        let booking = self.books.insert(booking).ok()?;
        self.announce_made(&booking, None, now);
        Some(booking)
    }

    fn decide(&mut self, uid: &str, now: Timestamp, change: impl FnOnce(&mut Booking)) -> bool {
        let Some(changed) = self.books.change(uid, now, change) else { return false };
        self.announce_decided(&changed, now);
        true
    }
}

fn entry(title: String, event_type: u64, hosts: Vec<u64>, start: Timestamp, end: Timestamp, guest: Guest) -> Booking {
    let email = guest.email.or_else(|| guest.phone.as_deref().map(address_of_phone)).unwrap_or_default();
    let time_zone = guest.time_zone.iana_name().unwrap_or("UTC").to_owned();
    let attendee =
        Attendee { name: guest.name, email, phone: guest.phone, time_zone, language: "de".into(), absent: false };
    Booking {
        id: 0,
        uid: String::new(),
        status: Status::Accepted,
        event_type,
        hosts,
        title,
        start,
        end,
        attendee,
        guests: Vec::new(),
        metadata: Map::new(),
        responses: Map::new(),
        location: "integrations:daily".into(),
        cancellation_reason: None,
        rescheduling_reason: None,
        rescheduled_by: None,
        rescheduled_from: None,
        rescheduled_to: None,
        absent_host: false,
        created_at: start,
        updated_at: start,
    }
}
