//! What can happen about mail to customers.

use super::settings::MailSettings;
use crate::ids::{BookingId, CompanyId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::events! {
    /// The events of `mail-<company>`.
    pub enum MailingEvent {
        CustomerMailSet v 1,
    }
}

crate::events! {
    /// The events of `mail-<company>-<booking>`.
    pub enum MailEvent {
        MailSent v 1 about booking,
        MailFailed v 1 about booking,
        MailSkipped v 1 about booking,
    }
}

/// The whole settings as they read from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CustomerMailSet {
    pub company: CompanyId,
    pub settings: MailSettings,
    pub by: String,
}

/// What a mail tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    Confirmation,
    Move,
    Cancellation,
    /// What was noted on the phone did not come about.
    Regret,
    Reminder,
}

impl MailKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Move => "move",
            Self::Cancellation => "cancellation",
            Self::Regret => "regret",
            Self::Reminder => "reminder",
        }
    }
}

/// Why somebody may have to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// Something happened to the booking.
    News,
    /// It begins soon.
    Reminder,
}

impl Occasion {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Reminder => "reminder",
        }
    }
}

/// The mail server has taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MailSent {
    pub booking: BookingId,
    pub occasion: Occasion,
    /// The event that it is about.
    pub news: Uuid,
    pub mail: MailKind,
    /// Counts what the customer's calendar was told of this appointment, from 0.
    pub sequence: u32,
    /// Of the appointment as the mail tells it.
    pub start: Timestamp,
    pub attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MailFailed {
    pub booking: BookingId,
    pub occasion: Occasion,
    pub news: Uuid,
    pub attempt: u32,
    /// A stable word, never an address.
    pub reason: String,
    /// Absent where it is given up.
    pub next_attempt_at: Option<Timestamp>,
}

/// Nobody is written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MailSkipped {
    pub booking: BookingId,
    pub occasion: Occasion,
    pub news: Uuid,
    /// A stable word: `no_address`, `forgotten`, `past`, ….
    pub reason: String,
}
