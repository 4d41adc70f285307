//! A booking is wanted: the page says yes and keeps the time, or no and stays as it was.

use super::Decision;
use crate::diary::aggregate::Diary;
use crate::diary::command::RequestBooking;
use crate::diary::event::{BookingRequested, Holder};
use crate::ids::StaffId;
use crate::private::Private;

impl Diary {
    pub(super) fn request(&self, request: RequestBooking) -> Decision {
        if self.bookings.contains_key(&request.booking) {
            return Ok(vec![]);
        }
        let holder = request.call.clone().map(Holder::Call);
        let staff = self.free(&request.slot, &request.terms, request.wanted.as_ref(), holder.as_ref(), request.now)?;
        let mut events = holder.map(|holder| self.release(&holder)).unwrap_or_default();
        events.push(request.granted(staff).into());
        Ok(events)
    }
}

impl RequestBooking {
    fn granted(self, staff: Vec<StaffId>) -> BookingRequested {
        BookingRequested {
            booking: self.booking,
            customer: self.customer,
            call: self.call,
            source: self.source,
            branch: self.branch,
            event_type: self.event_type,
            team: self.team,
            slot: self.slot,
            staff,
            zone: self.zone,
            language: self.language,
            requested_at: self.now,
            private: Private::Known(self.contact),
        }
    }
}
