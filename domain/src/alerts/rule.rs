//! What is watched, and from when on somebody is told. Each kind has a rule that serves a business of usual size.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A provider is left alone, since it failed again and again. Measured in minutes.
    BreakerOpen,
    /// Appointments that could not be made.
    BookingFailures,
    /// Webhooks that were set aside or given up.
    DeliveriesLost,
    /// How long the oldest booking or webhook that is due has been waiting. Measured in minutes.
    BacklogAge,
    /// No webhook although this time of the week usually has some. Measured in minutes.
    Silence,
    /// Requests that claimed to be a provider's and proved nothing.
    InvalidSignatures,
    /// Two appointments for one person at the same time.
    OverlapSeen,
    /// Runs of `sync` that could not take everything in.
    SyncFailed,
    /// Things on which the log and a provider did not agree.
    Drift,
}

/// A word that names no kind of alert.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{0}' is no kind of alert; use one of {all}", all = AlertKind::ALL.map(AlertKind::as_str).join(", "))]
pub struct KindUnknown(String);

impl AlertKind {
    pub const ALL: [Self; 9] = [
        Self::BreakerOpen,
        Self::BookingFailures,
        Self::DeliveriesLost,
        Self::BacklogAge,
        Self::Silence,
        Self::InvalidSignatures,
        Self::OverlapSeen,
        Self::SyncFailed,
        Self::Drift,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BreakerOpen => "breaker_open",
            Self::BookingFailures => "booking_failures",
            Self::DeliveriesLost => "deliveries_lost",
            Self::BacklogAge => "backlog_age",
            Self::Silence => "silence",
            Self::InvalidSignatures => "invalid_signatures",
            Self::OverlapSeen => "overlap_seen",
            Self::SyncFailed => "sync_failed",
            Self::Drift => "drift",
        }
    }

    /// It is a number of things within a span of time; the others are a number of minutes.
    pub const fn is_counted(self) -> bool {
        !matches!(self, Self::BreakerOpen | Self::BacklogAge | Self::Silence)
    }

    /// What holds until a company says otherwise.
    pub const fn usual_rule(self) -> AlertRule {
        let (threshold, window_minutes, cooldown_minutes, escalate_after_minutes) = match self {
            Self::BreakerOpen => (2, 0, 30, 15),
            Self::BookingFailures => (3, 60, 60, 30),
            Self::DeliveriesLost => (1, 60, 60, 30),
            Self::BacklogAge => (10, 0, 30, 15),
            Self::Silence => (120, 0, 240, 60),
            Self::InvalidSignatures => (20, 60, 120, 0),
            Self::OverlapSeen => (1, 60, 60, 15),
            Self::SyncFailed => (2, 180, 360, 0),
            Self::Drift => (5, 60, 120, 0),
        };
        AlertRule { on: true, threshold, window_minutes, cooldown_minutes, escalate_after_minutes }
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AlertKind {
    type Err = KindUnknown;
    fn from_str(word: &str) -> Result<Self, KindUnknown> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        known.ok_or_else(|| KindUnknown(word.chars().take(40).collect()))
    }
}

/// From when on somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AlertRule {
    pub on: bool,
    /// So many of them, or so many minutes of it, fire.
    pub threshold: u32,
    /// How far back things are counted; 0 for what is measured in minutes.
    pub window_minutes: u32,
    /// How long after a firing the same is not told again.
    pub cooldown_minutes: u32,
    /// How long an acknowledgement is waited for before others hear of it; 0: others never do.
    pub escalate_after_minutes: u32,
}

/// Why a rule cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleUnusable {
    #[error("{field} takes {from} to {to}")]
    OutOfBounds { field: &'static str, from: u32, to: u32 },
    #[error("{0} is measured in minutes and counts nothing, so it takes no window_minutes")]
    CountsNothing(AlertKind),
}

const WEEK: u32 = 7 * 24 * 60;

impl AlertRule {
    pub fn check(&self, kind: AlertKind) -> Result<(), RuleUnusable> {
        within("threshold", self.threshold, 1, 100_000)?;
        within("cooldown_minutes", self.cooldown_minutes, 1, WEEK)?;
        within("escalate_after_minutes", self.escalate_after_minutes, 0, WEEK)?;
        match kind.is_counted() {
            true => within("window_minutes", self.window_minutes, 5, 24 * 60),
            false if self.window_minutes != 0 => Err(RuleUnusable::CountsNothing(kind)),
            false => Ok(()),
        }
    }
}

fn within(field: &'static str, value: u32, from: u32, to: u32) -> Result<(), RuleUnusable> {
    if (from..=to).contains(&value) { Ok(()) } else { Err(RuleUnusable::OutOfBounds { field, from, to }) }
}

/// What is to be otherwise; what is absent stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleChange {
    pub on: Option<bool>,
    pub threshold: Option<u32>,
    pub window_minutes: Option<u32>,
    pub cooldown_minutes: Option<u32>,
    pub escalate_after_minutes: Option<u32>,
}

impl RuleChange {
    pub fn applied_to(self, rule: AlertRule) -> AlertRule {
        AlertRule {
            on: self.on.unwrap_or(rule.on),
            threshold: self.threshold.unwrap_or(rule.threshold),
            window_minutes: self.window_minutes.unwrap_or(rule.window_minutes),
            cooldown_minutes: self.cooldown_minutes.unwrap_or(rule.cooldown_minutes),
            escalate_after_minutes: self.escalate_after_minutes.unwrap_or(rule.escalate_after_minutes),
        }
    }
}
