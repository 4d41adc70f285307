//! What was done about a company's set-up: runs that compared it with the providers, and what somebody here changed there.

use super::synced::BoundAgent;
use crate::ids::StaffId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The providers were asked and what they said was taken in. The changes of the run stand right before it in the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SyncFinished {
    /// One run may go over many companies.
    pub run: Uuid,
    pub scope: SyncScope,
    pub by: String,
    pub tallies: Vec<Tally>,
    /// Sentences that name what could not be taken in, and why.
    pub failures: Vec<String>,
    /// How many events before this one belong to the run.
    pub changes: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncScope {
    Calcom,
    Retell,
    All,
}

impl SyncScope {
    pub fn covers_calendar(self) -> bool {
        matches!(self, Self::Calcom | Self::All)
    }

    pub fn covers_agents(self) -> bool {
        matches!(self, Self::Retell | Self::All)
    }
}

/// How many of a kind the provider has, and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    pub kind: SyncKind,
    pub found: u32,
    pub added: u32,
    pub changed: u32,
    pub gone: u32,
    pub failed: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncKind {
    EventTypes,
    Staff,
    Schedules,
    Agents,
    PhoneNumbers,
}

/// A run was taken back; what it had changed stands before this event as it was put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SyncUndone {
    pub run: Uuid,
    pub by: String,
    /// How many events before this one belong to it.
    pub changes: u32,
    /// What was changed by somebody else since, and was left so.
    pub left: Vec<String>,
}

/// Somebody wrote new words for an agent; callers hear them once they are published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PromptDrafted {
    pub agent: String,
    pub version: u32,
    /// The published version that the draft was made from.
    pub base: Option<u32>,
    pub prompt: String,
    pub by: String,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PromptPublished {
    pub agent: String,
    pub version: u32,
    pub by: String,
    pub why: String,
}

/// Somebody said which agents answer a number. The provider has taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NumberBound {
    /// E.164.
    pub number: String,
    pub before: Vec<BoundAgent>,
    pub inbound: Vec<BoundAgent>,
    pub by: String,
    pub why: String,
}

/// Somebody said which agents speak in calls from a number. The provider has taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OutboundBound {
    /// E.164.
    pub number: String,
    pub before: Vec<BoundAgent>,
    /// Empty: no calls are made from it.
    pub outbound: Vec<BoundAgent>,
    pub by: String,
    pub why: String,
}

/// Somebody changed a person's hours here, and the calendar has taken them. The hours themselves stand in the event before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HoursPushed {
    pub staff: StaffId,
    pub schedule: i64,
    pub by: String,
    pub why: String,
}
