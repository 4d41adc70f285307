//! When the calendar would take a booking, as the calendar itself sees it. What it says is old the moment it is said: the
//! diary decides, and the calendar decides again when it is asked to book.

use super::calendar::CalendarFailure;
use crate::ids::{CompanyId, EventTypeId};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use std::time::Duration;

/// What is asked for: local days of a zone, both included.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SlotQuery {
    pub event_type: EventTypeId,
    /// The team that owns the event type.
    pub team: Option<i64>,
    /// Only for event types with several lengths.
    pub minutes: Option<u32>,
    pub from: Date,
    pub to: Date,
    /// IANA name of the company's zone.
    pub zone: String,
}

/// A time that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenSlot {
    pub start: Timestamp,
    pub end: Timestamp,
}

/// The answer, in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSlots {
    pub slots: Vec<OpenSlot>,
    /// How long ago the calendar said so.
    pub age: Duration,
    /// The calendar could not be asked; this is the last that it said.
    pub stale: bool,
}

#[async_trait]
pub trait Slots: Send + Sync {
    /// The calendar's open times, from what it said a moment ago where nothing has happened since.
    async fn slots(&self, company: &CompanyId, query: &SlotQuery) -> Result<OpenSlots, CalendarFailure>;
}
