//! The page: what stands on it, and the one answer to what is still free.

use super::Rejection;
use super::booking::{Booking, Standing};
use super::event::{ForeignBookingSeen, Holder, Slot, SlotHeld};
use super::fit::{self, Item};
use super::rules::{Asked, RULES};
use super::slot::Terms;
use crate::ids::{BookingId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One day of one company.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Diary {
    pub(super) bookings: BTreeMap<BookingId, Booking>,
    pub(super) holds: Vec<SlotHeld>,
    pub(super) foreign: BTreeMap<String, ForeignBookingSeen>,
}

impl Diary {
    pub fn booking(&self, booking: BookingId) -> Option<&Booking> {
        self.bookings.get(&booking)
    }
    pub fn bookings(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values()
    }
    /// Somebody else's booking, by its keyed hash.
    pub fn foreign(&self, foreign: &str) -> Option<&ForeignBookingSeen> {
        self.foreign.get(foreign)
    }
    /// What others have put into the calendar.
    pub fn foreign_bookings(&self) -> impl Iterator<Item = &ForeignBookingSeen> {
        self.foreign.values()
    }
    pub fn holds(&self) -> &[SlotHeld] {
        &self.holds
    }

    /// The one answer to "is it free?" and to "book it": who could serve the slot, or why it cannot be had. What the
    /// holder already keeps, and the booking's own place, do not stand in the way.
    pub fn free(
        &self,
        slot: &Slot,
        terms: &Terms,
        wanted: Option<&StaffId>,
        holder: Option<&Holder>,
        now: Timestamp,
    ) -> Result<Vec<StaffId>, Rejection> {
        let asked = Asked { slot, terms, now };
        for rule in RULES {
            rule(&asked)?;
        }
        let mut staff = terms.at_work(slot);
        staff.retain(|person| wanted.is_none_or(|wanted| wanted == person));
        if staff.is_empty() {
            return Err(Rejection::Closed);
        }
        let booking = holder.and_then(Holder::booking);
        let new = Item { from: slot.from(), to: slot.to(), staff: &staff, fixed: false, booking };
        let others: Vec<Item<'_>> = self.items(holder, now).collect();
        if fit::fits(&new, &others) { Ok(staff) } else { Err(Rejection::SlotTaken) }
    }

    fn items<'a>(&'a self, holder: Option<&'a Holder>, now: Timestamp) -> impl Iterator<Item = Item<'a>> {
        let held = self.holds.iter().filter(move |hold| hold.until > now && Some(&hold.holder) != holder);
        self.standing_items().chain(held.map(SlotHeld::item))
    }

    /// What takes time without being a mere hold.
    fn standing_items(&self) -> impl Iterator<Item = Item<'_>> {
        let bookings = self.bookings.values().filter_map(Booking::item);
        bookings.chain(self.foreign.values().map(ForeignBookingSeen::item))
    }

    /// Whether what truly stands at the calendar needs a person whom something else there needs at the same time.
    pub(super) fn clashes(&self, new: &Item<'_>, leaving_out: Option<&str>) -> bool {
        let bookings = self.bookings.values().filter_map(Booking::item);
        let foreign = self.foreign.values().filter(|foreign| Some(foreign.foreign.as_str()) != leaving_out);
        bookings.chain(foreign.map(ForeignBookingSeen::item)).any(|other| fit::clashes(&[new.clone(), other]) > 0)
    }

    pub(super) fn known(&self, booking: BookingId) -> Result<&Booking, Rejection> {
        self.bookings.get(&booking).ok_or(Rejection::BookingUnknown)
    }

    /// The booking, if it stands on this page and has not moved on.
    pub(super) fn here(&self, booking: BookingId) -> Option<&Booking> {
        self.booking(booking).filter(|booking| booking.standing != Standing::Moved)
    }
}

impl Holder {
    /// The booking for whose move the time is kept.
    pub(super) fn booking(&self) -> Option<BookingId> {
        match self {
            Self::Move(booking) => Some(*booking),
            Self::Call(_) => None,
        }
    }
}

impl SlotHeld {
    fn item(&self) -> Item<'_> {
        let Self { holder, slot, staff, .. } = self;
        Item { from: slot.from(), to: slot.to(), staff, fixed: false, booking: holder.booking() }
    }
}

impl ForeignBookingSeen {
    pub(super) fn item(&self) -> Item<'_> {
        Item { from: self.slot.from(), to: self.slot.to(), staff: &self.staff, fixed: true, booking: None }
    }
}
