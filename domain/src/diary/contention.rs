//! Calendars check whether somebody is free and book a moment later, without a lock between. Two requests of ours that
//! could land on the same person at overlapping times must therefore not be on their way at once.

use super::aggregate::Diary;
use super::booking::Booking;
use super::event::{Act, Slot};
use crate::ids::{BookingId, StaffId};
use jiff::Timestamp;

/// What a booking asks of the calendar now: a time, and who could be taken for it.
struct Reach<'a> {
    slot: &'a Slot,
    staff: &'a [StaffId],
}

impl Reach<'_> {
    fn meets(&self, other: &Reach<'_>) -> bool {
        let overlap = self.slot.from() < other.slot.to() && other.slot.from() < self.slot.to();
        overlap && self.staff.iter().any(|staff| other.staff.contains(staff))
    }
}

/// Where a booking stands or is to stand; a move reaches for its target.
fn reach(booking: &Booking) -> Reach<'_> {
    match booking.errand.as_ref().and_then(|errand| errand.target.as_ref()) {
        Some(target) => Reach { slot: &target.slot, staff: &target.staff },
        None => Reach { slot: &booking.slot, staff: &booking.request.staff },
    }
}

impl Diary {
    /// Until when another booking's request may be on its way for what this one reaches for.
    pub fn blocked_until(&self, id: BookingId, now: Timestamp) -> Option<Timestamp> {
        let wanted = reach(self.booking(id)?);
        let others = self.bookings().filter(|other| other.id() != id && reach(other).meets(&wanted));
        let on_the_way = others.flat_map(|other| &other.doubts).filter(|doubt| doubt.act != Act::Cancel);
        on_the_way.map(|doubt| doubt.deadline).filter(|deadline| *deadline > now).max()
    }
}
