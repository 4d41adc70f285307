//! What the providers say of a company's set-up beyond what booking needs, as it is compared, shown and put back.

use crate::ids::{EventTypeId, StaffId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far ahead a service can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingWindow {
    /// So many days from today; with `rolling`, days without a free time are not counted.
    CalendarDays {
        days: u32,
        rolling: bool,
    },
    BusinessDays {
        days: u32,
        rolling: bool,
    },
    /// Both days included.
    Range {
        from: Date,
        to: Date,
    },
}

/// At most so many bookings, or so many minutes, in a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingLimit {
    pub per: Per,
    pub of: LimitOf,
    pub value: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Per {
    Day,
    Week,
    Month,
    Year,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitOf {
    Bookings,
    Minutes,
    /// Bookings of one customer that lie ahead; its span means nothing.
    ActivePerCustomer,
}

/// A question that the calendar asks whoever books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BookingField {
    pub slug: String,
    /// `text`, `phone`, `email`, `select`, …; an open set.
    pub kind: String,
    pub label: String,
    pub required: bool,
    /// What may be answered, where there is a choice.
    pub options: Vec<String>,
}

/// An agent that answers a number, and for which part of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BoundAgent {
    pub agent: String,
    /// A number, a tag, `latest` or `latest_published`; absent: the provider's default.
    pub version: Option<String>,
    /// Thousandths; those of one number sum up to 1000.
    pub weight: u32,
}

/// The rules of a service as the calendar keeps them, beyond what the diary judges by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EventTypeRulesSynced {
    pub event_type: EventTypeId,
    pub slug: String,
    /// Lengths in minutes that a caller may choose from; empty where there is one.
    pub lengths: Vec<u32>,
    /// Minutes from one offered start to the next; absent: the length.
    pub slot_interval: Option<u32>,
    pub window: Option<BookingWindow>,
    pub limits: Vec<BookingLimit>,
    pub requires_confirmation: bool,
    pub hidden: bool,
    /// False for what only exists so that others are made of it.
    pub bookable: bool,
    pub fields: Vec<BookingField>,
    /// A schedule of its own, where it does not follow its hosts'.
    pub schedule: Option<i64>,
}

/// The calendar has it no more. What was booked of it stays; nothing new is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EventTypeGone {
    pub event_type: EventTypeId,
}

/// The calendar knows this person no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StaffGone {
    pub staff: StaffId,
}

/// A voice agent as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgentSynced {
    pub agent: String,
    pub name: String,
    /// The newest, draft or not.
    pub version: u32,
    /// The newest that is published.
    pub published: Option<u32>,
    pub voice: String,
    pub language: Option<String>,
    /// Where the published version (the newest, where none is) sends its webhooks; absent: where the account says.
    pub webhook_url: Option<String>,
    /// Absent: the provider's own choice.
    pub webhook_events: Option<Vec<String>>,
    /// `retell_llm`, `conversation_flow` or `custom`.
    pub engine: String,
    pub engine_id: Option<String>,
    /// In milliseconds, after which the provider ends a call.
    pub max_call_ms: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgentGone {
    pub agent: String,
}

/// A telephone number of the company as the voice provider has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PhoneNumberSynced {
    /// E.164.
    pub number: String,
    pub nickname: Option<String>,
    pub inbound: Vec<BoundAgent>,
    pub inbound_webhook_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PhoneNumberGone {
    pub number: String,
}
