//! A booking changes its place: asked for where it stands, written where it arrives, and only then taken off where it
//! stood. Each step can be taken again.

use super::{Decision, wrong_state};
use crate::diary::aggregate::Diary;
use crate::diary::booking::Standing;
use crate::diary::command::Arrival;
use crate::diary::event::{
    Act, BookingArrived, BookingMoveFailed, BookingMoveRequested, BookingMoved, BookingSettled, DiaryEvent, Holder,
    ProviderRef, Slot,
};
use crate::diary::rejection::Rejection;
use crate::ids::{BookingId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;

impl Diary {
    pub(super) fn request_move(
        &self,
        id: BookingId,
        to: Slot,
        page: Date,
        staff: Vec<StaffId>,
        by: String,
    ) -> Decision {
        let booking = self.known(id)?;
        if let Some(errand) = &booking.errand {
            let same = errand.target.as_ref().is_some_and(|target| target.slot == to);
            return if same { Ok(vec![]) } else { Err(Rejection::AttemptUnderWay) };
        }
        if booking.standing != Standing::Confirmed {
            return Err(wrong_state(booking, "moved"));
        }
        if booking.slot == to {
            return Ok(vec![]);
        }
        // A twin that comes late is looked for where the booking stands; it must not move away before.
        if !booking.settled {
            return Err(Rejection::AttemptUnderWay);
        }
        Ok(vec![BookingMoveRequested { booking: id, to, page, staff, by }.into()])
    }

    /// The provider has moved it to a time on this page, from here or from another one.
    pub(super) fn arrive(&self, arrival: Arrival) -> Vec<DiaryEvent> {
        let Arrival { request, from, from_page, page, confirmation } = arrival;
        let booking = request.booking;
        // Whoever tells it late, after it has arrived or even moved on, tells nothing new.
        if self.booking(booking).is_some_and(|known| known.has_heard(&confirmation)) {
            return vec![];
        }
        let here = self.here(booking);
        let mut events = self.release(&Holder::Move(booking));
        let to = confirmation.start;
        match here {
            // At the same time only somebody else serves it, or it takes longer.
            Some(known) if known.slot.start == to => {}
            Some(_) => events.push(BookingMoved { booking, from, to, page, stays: true }.into()),
            None => events.push(BookingArrived::new(request.clone(), from_page).into()),
        }
        let slot = request.slot;
        events.extend(self.stands(request, slot, confirmation, Some(from_page)));
        // The page that it comes from closes its file, when it lets it go.
        if here.is_some() {
            events.push(BookingSettled { booking }.into());
        }
        events
    }

    /// It has arrived on another page. Whoever tells it late, after it has come back, tells nothing new.
    pub(super) fn leave(&self, id: BookingId, to: Timestamp, page: Date) -> Decision {
        let booking = self.known(id)?;
        let target = booking.errand.as_ref().and_then(|errand| errand.target.as_ref());
        if target.is_none_or(|target| target.page != page) {
            return Ok(vec![]);
        }
        let moved = BookingMoved { booking: id, from: booking.slot.start, to, page, stays: false };
        Ok(vec![moved.into(), BookingSettled { booking: id }.into()])
    }

    /// Somebody has moved it at the provider, and it has arrived on another page. Whoever tells it late, when it has come
    /// back under another name, tells nothing new.
    pub(super) fn moved_away(&self, id: BookingId, to: Timestamp, page: Date, name: &ProviderRef) -> Decision {
        let booking = self.known(id)?;
        if !booking.standing.is_at_the_calendar() || !booking.is_named(name) {
            return Ok(vec![]);
        }
        let moved = BookingMoved { booking: id, from: booking.slot.start, to, page, stays: false };
        Ok(vec![moved.into(), BookingSettled { booking: id }.into()])
    }

    pub(super) fn move_failed(&self, id: BookingId, attempt: Option<u32>, reason: String) -> Decision {
        let booking = self.known(id)?;
        let over = attempt.is_some_and(|attempt| !booking.is_attempting(attempt));
        if booking.act() != Some(Act::Move) || over {
            return Ok(vec![]);
        }
        Ok(vec![BookingMoveFailed { booking: id, attempt, reason }.into()])
    }
}
