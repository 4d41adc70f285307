//! How the book follows the calendar, told from what the calendar holds of a booking now. Whatever made us look, and in
//! whatever order it came, the same truth leads to the same page.

use crate::diary::{Booking, Standing};
use crate::ids::StaffId;
use crate::ports::{ProviderBooking, ProviderStatus};
use jiff::Timestamp;

/// A booking that lives at the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    pub booking: ProviderBooking,
    /// Who its host is to us; absent for a host that is nobody we know.
    pub staff: Option<StaffId>,
}

/// What became of a booking under the name that we know and under those that took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Live(Box<Live>),
    /// Its host said no.
    Rejected,
    /// Cancelled, or not there at all.
    Gone,
}

/// What the calendar holds of one booking of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    pub fate: Fate,
    /// Another live one that carries our id, under a name that the first one never had.
    pub beside: Option<Live>,
    /// The calendar has spoken of somebody's absence, so that its word on that is news even where it says "was there".
    pub of_absence: bool,
}

/// The one next thing by which the book comes closer to the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// The book says the same.
    Nothing,
    /// It is booked, or its host has agreed.
    Confirm(Live),
    /// It stands at another time, under another name or with somebody else.
    Relocate(Live),
    /// Its host said no before it was confirmed.
    Reject,
    Cancel,
    Complete,
    MarkAbsent,
    MarkPresent,
    /// It lives at the calendar beside the one that counts, or although nobody is to be served any more: it goes there.
    CancelThere(Live),
}

/// What the truth asks for, for a booking that nothing of ours is under way for.
pub fn correction(booking: &Booking, truth: &Truth, now: Timestamp) -> Correction {
    match booking.standing {
        Standing::Requested => truth.live().map_or(Correction::Nothing, |live| Correction::Confirm(live.clone())),
        Standing::Cancelled | Standing::Failed => outlived(booking, truth, now),
        Standing::Moved => Correction::Nothing,
        standing => match truth.live() {
            Some(live) => lives(booking, live, truth, now),
            None if standing == Standing::Pending && truth.fate == Fate::Rejected => Correction::Reject,
            None => Correction::Cancel,
        },
    }
}

impl Truth {
    /// The one that counts: what the known one has become, or else the other.
    fn live(&self) -> Option<&Live> {
        match &self.fate {
            Fate::Live(live) => Some(live),
            Fate::Rejected | Fate::Gone => self.beside.as_ref(),
        }
    }

    /// Two that live at once. One that was told of by a name that it has no more is the same.
    fn twin(&self) -> Option<&Live> {
        let Fate::Live(live) = &self.fate else { return None };
        self.beside.as_ref().filter(|beside| beside.booking.uid != live.booking.uid)
    }
}

fn lives(booking: &Booking, live: &Live, truth: &Truth, now: Timestamp) -> Correction {
    if is_elsewhere(booking, live) {
        return Correction::Relocate(live.clone());
    }
    if booking.standing == Standing::Pending && live.is_accepted() {
        return Correction::Confirm(live.clone());
    }
    if let Some(twin) = truth.twin().filter(|_| is_at_rest(booking)) {
        return Correction::CancelThere(twin.clone());
    }
    attendance(booking, live, truth, now)
}

/// Once it is over only a new name says that it was moved; who served it is history.
fn is_elsewhere(booking: &Booking, live: &Live) -> bool {
    let there = &live.booking;
    let renamed = booking.provider.known().is_some_and(|known| known.uid != there.uid);
    let other_time = (booking.slot.start, booking.slot.end) != (there.start, there.end);
    let other_staff = booking.standing == Standing::Confirmed && live.is_accepted() && booking.staff != live.staff;
    let is_over = matches!(booking.standing, Standing::Completed | Standing::NoShow);
    renamed || (!is_over && (other_time || other_staff))
}

fn attendance(booking: &Booking, live: &Live, truth: &Truth, now: Timestamp) -> Correction {
    match (booking.standing, live.booking.absent) {
        (Standing::Confirmed | Standing::Completed, true) if live.is_accepted() => Correction::MarkAbsent,
        (Standing::NoShow, false) if truth.of_absence => Correction::MarkPresent,
        (Standing::Confirmed, false) if live.is_accepted() && live.booking.end <= now => Correction::Complete,
        _ => Correction::Nothing,
    }
}

/// What the caller was told is off must not stay booked. While something may still come late, closing the file sees to it;
/// what has begun is left to those who are there.
fn outlived(booking: &Booking, truth: &Truth, now: Timestamp) -> Correction {
    match truth.live() {
        Some(live) if is_at_rest(booking) && live.booking.start > now => Correction::CancelThere(live.clone()),
        _ => Correction::Nothing,
    }
}

fn is_at_rest(booking: &Booking) -> bool {
    booking.settled && booking.errand.is_none()
}

impl Live {
    fn is_accepted(&self) -> bool {
        self.booking.status == ProviderStatus::Accepted
    }
}

#[cfg(test)]
mod tests;
