//! One account: its keys, agents, phone numbers and calls.

use std::collections::BTreeMap;

use super::calls::Calls;

pub(super) struct Organization {
    pub(super) name: String,
    pub(super) keys: Vec<String>,
    pub(super) agents: Vec<Agent>,
    pub(super) numbers: Vec<PhoneNumber>,
    pub(super) calls: Calls,
}

/// An agent whose prompt lives in a Retell LLM of the same version numbers.
#[derive(Clone, Debug)]
pub struct Agent {
    pub id: String,
    pub llm_id: String,
    pub name: String,
    pub voice_id: String,
    pub language: String,
    pub time_zone: String,
    pub webhook_url: Option<String>,
    pub tags: BTreeMap<String, u64>,
    /// In ascending order, the first is 0.
    pub versions: Vec<AgentVersion>,
}

#[derive(Clone, Debug)]
pub struct AgentVersion {
    pub version: u64,
    pub base: Option<u64>,
    pub published: bool,
    pub prompt: String,
    pub modified_ms: i64,
}

impl Agent {
    /// By number, tag, `latest` or `latest_published`; the newest one when none is named.
    pub(super) fn version(&self, reference: Option<&str>) -> Option<&AgentVersion> {
        let newest = || self.versions.last();
        match reference {
            None | Some("latest") => newest(),
            Some("latest_published") => self.versions.iter().rev().find(|version| version.published),
            Some(word) => {
                let number = word.parse().ok().or_else(|| self.tags.get(word).copied())?;
                self.versions.iter().find(|version| version.version == number)
            }
        }
    }
}

#[derive(Clone, Debug)]
pub struct PhoneNumber {
    /// In E.164; also its id.
    pub number: String,
    pub nickname: String,
    pub inbound_agents: Vec<WeightedAgent>,
    pub inbound_webhook_url: Option<String>,
    pub modified_ms: i64,
}

/// Weights of one number sum to 1.
#[derive(Clone, Debug)]
pub struct WeightedAgent {
    pub agent_id: String,
    pub version: Option<u64>,
    pub weight: f64,
}
