//! What the providers say of a company's set-up beyond what booking needs, as it is compared, shown and put back.

use jiff::civil::Date;
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BoundAgent {
    pub agent: String,
    /// A number, a tag, `latest` or `latest_published`; absent: the provider's default.
    pub version: Option<String>,
    /// Thousandths; those of one number sum up to 1000.
    pub weight: u32,
}
