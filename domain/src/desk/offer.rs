//! A time that was offered: what it is is fixed with the offer, so that nothing else can be booked in its name.

use crate::ids::{BookingId, BranchId, CallId, CompanyId, EventTypeId, StaffId, derived};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub branch: BranchId,
    pub event_type: EventTypeId,
    /// Only this one; absent: whoever is free.
    pub staff: Option<StaffId>,
    pub start: Timestamp,
    /// How many bookings the call had asked for before. Somebody who cancels and wants the same time back is offered it
    /// anew, while the same offer always means the same booking.
    pub round: u32,
}

impl Offer {
    /// The booking that taking the offer leads to, the same however often it is taken.
    pub fn booking(&self, company: &CompanyId, call: &CallId) -> BookingId {
        let Self { branch, event_type, staff, start, round } = self;
        let staff = staff.as_ref().map_or("", StaffId::as_str);
        let (event_type, start, round) =
            (event_type.to_string(), start.as_microsecond().to_string(), round.to_string());
        let parts = ["desk", company.as_str(), call.as_str(), branch.as_str(), &event_type, staff, &start, &round];
        BookingId(derived(&parts))
    }
}
