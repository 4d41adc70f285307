//! What was requested on one page arrives whole on another: the same facts, under the name of what happened there.

use super::event::{BookingArrived, BookingRequested};
use jiff::civil::Date;

impl BookingArrived {
    /// The arrival of what was once requested.
    pub fn new(request: BookingRequested, from: Date) -> Self {
        let BookingRequested { booking, customer, call, source, branch, event_type, team, slot, .. } = request;
        let BookingRequested { staff, zone, language, requested_at, private, .. } = request;
        Self {
            booking,
            customer,
            call,
            source,
            branch,
            event_type,
            team,
            slot,
            staff,
            zone,
            language,
            requested_at,
            from,
            private,
        }
    }
}

impl From<BookingArrived> for BookingRequested {
    fn from(arrived: BookingArrived) -> Self {
        let BookingArrived { booking, customer, call, source, branch, event_type, team, slot, .. } = arrived;
        let BookingArrived { staff, zone, language, requested_at, private, .. } = arrived;
        Self {
            booking,
            customer,
            call,
            source,
            branch,
            event_type,
            team,
            slot,
            staff,
            zone,
            language,
            requested_at,
            private,
        }
    }
}
