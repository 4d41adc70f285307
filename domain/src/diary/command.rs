//! What may be asked of a page.

use super::event::{Act, BookingImported, BookingRequested, Contact, Holder, ProviderRef, Slot};
use super::slot::Terms;
use crate::ids::{BookingId, BranchId, CallId, CustomerId, EventTypeId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Keep time for a caller on the line, or for a booking on its way here; asked again, it is kept longer.
    Hold(Hold),
    ReleaseHold {
        holder: Holder,
    },
    /// As `ReleaseHold`, unless what the holder keeps is another hold than the one kept until then.
    ReleaseOldHold {
        holder: Holder,
        until: Timestamp,
    },
    ExpireHolds {
        now: Timestamp,
    },
    RequestBooking(Box<RequestBooking>),
    /// Take it over from another system; asked again, it follows to where that has brought it since.
    Import(Box<BookingImported>),
    /// Claim the right to ask the provider until the deadline.
    StartAttempt {
        booking: BookingId,
        act: Act,
        deadline: Timestamp,
        now: Timestamp,
        looked_up: Option<Timestamp>,
    },
    Postpone {
        booking: BookingId,
        attempt: u32,
        reason: String,
        next_attempt_at: Timestamp,
    },
    OutcomeUnknown {
        booking: BookingId,
        attempt: u32,
        reason: String,
        look_up_at: Timestamp,
    },
    /// The log was restored from a backup: what is under way outside is unknown.
    DoubtAll {
        now: Timestamp,
    },
    Confirm(Confirmation),
    Fail {
        booking: BookingId,
        attempt: Option<u32>,
        reason: String,
    },
    TwinCancelled {
        booking: BookingId,
        attempt: Option<u32>,
    },
    Settle {
        booking: BookingId,
    },
    RequestCancel {
        booking: BookingId,
        by: String,
        reason: Option<String>,
    },
    /// The provider will not cancel it.
    CancelFailed {
        booking: BookingId,
        attempt: Option<u32>,
        reason: String,
    },
    /// The provider says that it is cancelled.
    Cancelled {
        booking: BookingId,
        by: String,
    },
    RequestMove {
        booking: BookingId,
        to: Slot,
        page: Date,
        staff: Vec<StaffId>,
        by: String,
    },
    /// The provider has moved it to a time on this page, from wherever it stood.
    Arrive(Box<Arrival>),
    /// It has arrived on another page.
    Leave {
        booking: BookingId,
        to: Timestamp,
        page: Date,
    },
    /// Somebody has moved it at the provider, and it has arrived on another page; `name` is what it was called here.
    MovedAway {
        booking: BookingId,
        to: Timestamp,
        page: Date,
        name: ProviderRef,
    },
    MoveFailed {
        booking: BookingId,
        attempt: Option<u32>,
        reason: String,
    },
    Complete {
        booking: BookingId,
    },
    NoShow {
        booking: BookingId,
    },
    /// That they did not come was a mistake.
    Showed {
        booking: BookingId,
    },
    SeeForeign {
        foreign: String,
        slot: Slot,
        staff: Vec<StaffId>,
    },
    ForgetForeign {
        foreign: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    pub holder: Holder,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub slot: Slot,
    /// Only this one is wanted.
    pub wanted: Option<StaffId>,
    pub terms: Terms,
    pub until: Timestamp,
    pub now: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RequestBooking {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub call: Option<CallId>,
    pub source: String,
    pub branch: BranchId,
    pub event_type: EventTypeId,
    pub team: Option<i64>,
    pub slot: Slot,
    /// Only this one is wanted.
    pub wanted: Option<StaffId>,
    pub zone: String,
    pub language: String,
    pub contact: Contact,
    pub terms: Terms,
    pub now: Timestamp,
}

/// The provider's word that a booking stands, for sure or pending.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    pub booking: BookingId,
    pub attempt: Option<u32>,
    pub pending: bool,
    pub provider: ProviderRef,
    pub staff: Option<StaffId>,
    pub host: Option<i64>,
    pub start: Timestamp,
    pub end: Timestamp,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// As it was asked for; its slot is the new one.
    pub request: BookingRequested,
    pub from: Timestamp,
    pub from_page: Date,
    pub page: Date,
    pub confirmation: Confirmation,
}
