//! The calendar where appointments are truly made. A failure says what is certain about the outcome, since that decides
//! whether it may be tried again.

use crate::diary::ProviderRef;
use crate::ids::{BookingId, CallId, CompanyId, EventTypeId};
use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;
use thiserror::Error;

/// A booking to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRequest {
    pub booking: BookingId,
    pub call: Option<CallId>,
    /// Counts from 1; travels as metadata so that a look-up can tell attempts apart.
    pub attempt: u32,
    pub event_type: EventTypeId,
    /// The team that owns the event type, for the routes that differ.
    pub team: Option<i64>,
    pub start: Timestamp,
    /// As the service's length has it; the calendar follows its own.
    pub end: Timestamp,
    pub attendee: Attendee,
    pub notes: String,
}

/// For whom it is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    pub name: String,
    /// Real or placeholder; never empty.
    pub email: String,
    /// E.164.
    pub phone: Option<String>,
    /// IANA name.
    pub zone: String,
    /// `de`, `en`, …
    pub language: String,
}

/// A booking as the calendar tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderBooking {
    /// A bearer secret: whoever has it can cancel.
    pub uid: String,
    pub number: i64,
    pub status: ProviderStatus,
    /// The host's user number at the provider.
    pub host: Option<i64>,
    pub start: Timestamp,
    pub end: Timestamp,
    /// From our metadata, if it carries any.
    pub booking: Option<BookingId>,
    pub attempt: Option<u32>,
    pub created_at: Option<Timestamp>,
    /// The uid of the booking that took its place.
    pub moved_to: Option<String>,
    /// Those who serve it beside the host, by their user numbers.
    pub co_hosts: Vec<i64>,
    /// Its guest was marked as absent.
    pub absent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderStatus {
    Accepted,
    /// Waits for the host's word; never to be spoken of as booked.
    Pending,
    Cancelled,
    Rejected,
}

impl ProviderBooking {
    /// Its names, by which it is asked for again.
    pub fn name(&self) -> ProviderRef {
        ProviderRef { uid: self.uid.clone(), number: self.number }
    }
}

impl ProviderStatus {
    /// It occupies the host's time.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Accepted | Self::Pending)
    }
}

/// Where to look for what an attempt may have left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    pub booking: BookingId,
    pub event_type: EventTypeId,
    pub team: Option<i64>,
    pub start: Timestamp,
    pub end: Timestamp,
}

/// Why the calendar did not do what was asked, by what is certain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarFailure {
    /// It says that the time is not free. That may be our own earlier success: look up before believing it.
    #[error("the calendar says the time is not free")]
    Taken,
    /// It said no for good; nothing was made and asking again gives the same answer.
    #[error("the calendar refused: {reason}")]
    Refused {
        /// A stable word: `event_type_unknown`, `field_missing`, `too_soon_or_too_far`, `in_the_past`, `gone`, …
        reason: String,
    },
    /// Certainly nothing was made: no connection, rate limit, key refused.
    #[error("the calendar was not reached: {reason}")]
    NotSent { reason: String, retry_after: Option<Duration> },
    /// It may have been made: time-out, cut connection, 5xx, an answer that cannot be read.
    #[error("the outcome at the calendar is unknown: {reason}")]
    Unknown { reason: String },
}

impl CalendarFailure {
    /// How long it asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::NotSent { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

#[async_trait]
pub trait Calendar: Send + Sync {
    /// How long nothing would be sent for that company, because the calendar keeps failing or has been asked too often.
    /// Whoever does not ask before then spares the log an attempt that comes to nothing.
    fn rests_for(&self, _company: &CompanyId) -> Option<Duration> {
        None
    }
    async fn book(&self, company: &CompanyId, request: &BookRequest) -> Result<ProviderBooking, CalendarFailure>;
    /// Every booking that carries our id in its metadata around that time, dead ones included.
    async fn find(&self, company: &CompanyId, look_up: &LookUp) -> Result<Vec<ProviderBooking>, CalendarFailure>;
    async fn get(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure>;
    /// Cancelling what is cancelled already succeeds.
    async fn cancel(&self, company: &CompanyId, name: &ProviderRef, reason: &str) -> Result<(), CalendarFailure>;
    /// The moved booking has a new uid.
    async fn reschedule(
        &self,
        company: &CompanyId,
        name: &ProviderRef,
        start: Timestamp,
        reason: &str,
    ) -> Result<ProviderBooking, CalendarFailure>;
}
