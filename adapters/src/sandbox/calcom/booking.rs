//! One booking as the stand-in's books keep it.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::instants::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Accepted,
    Pending,
    Cancelled,
    Rejected,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
        }
    }

    /// Whether the booking still stands or still may.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Accepted | Self::Pending)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    pub name: String,
    /// Who gave only a phone number has `<digits>@sms.cal.com`.
    pub email: String,
    pub phone: Option<String>,
    pub time_zone: String,
    pub language: String,
    pub absent: bool,
}

#[derive(Clone, Debug)]
pub struct Booking {
    pub id: u64,
    /// Opens the booking for anyone who knows it.
    pub uid: String,
    pub status: Status,
    pub event_type: u64,
    /// The organizer first; collective event types have several.
    pub hosts: Vec<u64>,
    pub title: String,
    pub start: Timestamp,
    pub end: Timestamp,
    pub attendee: Attendee,
    pub guests: Vec<String>,
    pub metadata: Map<String, Value>,
    pub responses: Map<String, Value>,
    pub location: String,
    pub cancellation_reason: Option<String>,
    pub rescheduling_reason: Option<String>,
    pub rescheduled_by: Option<String>,
    pub rescheduled_from: Option<String>,
    pub rescheduled_to: Option<String>,
    pub absent_host: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Booking {
    /// The organizer.
    pub fn host(&self) -> u64 {
        self.hosts.first().copied().unwrap_or_default()
    }

    pub(super) fn span(&self) -> Span {
        Span { start: self.start, end: self.end }
    }

    /// Whether the same person asks again: the address is the same and, if both are known, so is the number.
    pub(super) fn is_for(&self, attendee: &Attendee) -> bool {
        self.attendee.email == attendee.email && (attendee.phone.is_none() || self.attendee.phone == attendee.phone)
    }
}
