//! What can come of comparing a provider's list with the log.

use crate::ids::{AccountId, BookingId, CallId, CompanyId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `comparison-calls-<account>` and `comparison-calendar-<company>`.
    pub enum ComparisonEvent {
        Compared v 1,
    }
}

/// Whose list it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// The voice provider's calls.
    Calls(AccountId),
    /// The calendar's bookings.
    Calendar(CompanyId),
}

/// Everything that had changed there in a span of time was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Compared {
    pub list: List,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Entries that the list had.
    pub listed: u64,
    pub findings: Vec<Finding>,
}

/// One thing on which the two sides did not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub what: What,
    pub done: Done,
    pub call: Option<CallId>,
    /// Ours; absent for somebody else's booking, whose name is a bearer secret.
    pub booking: Option<BookingId>,
    /// When the call began, or the appointment begins.
    pub at: Option<Timestamp>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A call's end or analysis was never told.
    CallMissing,
    /// A call has been going on for longer than calls do.
    CallOpen,
    /// The calendar says something else of a booking than the book.
    BookingDiffers,
    /// The calendar knows nothing of a booking that the book has.
    BookingGone,
    /// The calendar has a booking that carries an id of ours which the book does not know.
    BookingUnknown,
    /// Somebody else's booking is missing in the book, or stands there still.
    ForeignDiffers,
}

impl What {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallMissing => "call_missing",
            Self::CallOpen => "call_open",
            Self::BookingDiffers => "booking_differs",
            Self::BookingGone => "booking_gone",
            Self::BookingUnknown => "booking_unknown",
            Self::ForeignDiffers => "foreign_differs",
        }
    }
}

/// What was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It was only looked at.
    Nothing,
    /// Filed as a delivery, which intake takes up like one that has arrived.
    Filed,
    /// The call was closed.
    Closed,
}

impl Done {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Filed => "filed",
            Self::Closed => "closed",
        }
    }
}
