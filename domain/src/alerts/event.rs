//! What can happen about a company's alerts. No event says where a channel leads, and none names a person who called.

use super::channel::Channel;
use super::rule::{AlertKind, AlertRule};
use crate::ids::{AlertId, CompanyId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `alerts-<company>`.
    pub enum AlertEvent {
        AlertRuleSet v 1,
        AlertChannelSet v 1,
        AlertChannelRemoved v 1,
        AlertChannelTested v 1,
        AlertFired v 1 about alert,
        AlertEscalated v 1 about alert,
        AlertAcknowledged v 1 about alert,
        AlertResolved v 1 about alert,
        AlertDelivered v 1 about alert,
        AlertUndelivered v 1 about alert,
    }
}

/// The whole rule as it reads from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertRuleSet {
    pub kind: AlertKind,
    pub rule: AlertRule,
    pub by: String,
}

/// A channel leads somewhere, or somewhere else than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertChannelSet {
    pub channel: Channel,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertChannelRemoved {
    pub channel: Channel,
    pub by: String,
}

/// Somebody had a message sent to see whether it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertChannelTested {
    pub channel: Channel,
    pub by: String,
    /// A stable word; absent where the other side took it.
    pub failure: Option<String>,
}

/// A rule's threshold was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertFired {
    pub alert: AlertId,
    pub company: CompanyId,
    pub kind: AlertKind,
    /// What it is about where several can be: a provider; otherwise empty.
    pub subject: String,
    pub measured: u64,
    pub threshold: u32,
    pub fired_at: Timestamp,
    /// Who hears of it now.
    pub channels: Vec<Channel>,
    /// When others do, unless somebody acknowledges it.
    pub escalate_at: Option<Timestamp>,
}

/// Nobody has acknowledged it in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertEscalated {
    pub alert: AlertId,
    pub channels: Vec<Channel>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertAcknowledged {
    pub alert: AlertId,
    pub by: String,
}

/// What was wrong is so no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertResolved {
    pub alert: AlertId,
}

/// The other side has taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertDelivered {
    pub alert: AlertId,
    pub channel: Channel,
    pub attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AlertUndelivered {
    pub alert: AlertId,
    pub channel: Channel,
    pub attempt: u32,
    /// A stable word, never an address.
    pub reason: String,
    /// Absent where it is given up.
    pub next_attempt_at: Option<Timestamp>,
}
