//! The provider whose voice agents answer the telephone.

use crate::company::BoundAgent;
use crate::ids::AccountId;
use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

/// One row of the provider's own list of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSummary {
    pub call_id: String,
    /// `registered`, `not_connected`, `ongoing`, `ended`, `error`; an open set.
    pub status: String,
    pub analyzed: bool,
    pub started_at: Option<Timestamp>,
}

/// An agent in the provider's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSummary {
    pub agent: String,
    pub name: String,
    /// `voice` or `chat`; an open set.
    pub channel: String,
    pub modified_at: Option<Timestamp>,
}

/// One version of an agent, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentThere {
    pub agent: String,
    pub name: String,
    pub version: u32,
    /// What is published never changes again.
    pub published: bool,
    pub base_version: Option<u32>,
    pub voice: String,
    /// BCP 47, several with commas between, or `multi`.
    pub language: Option<String>,
    pub webhook_url: Option<String>,
    /// Absent: the provider's own three.
    pub webhook_events: Option<Vec<String>>,
    pub max_call_ms: Option<u64>,
    pub engine: Engine,
    pub modified_at: Option<Timestamp>,
}

/// Where an agent's words come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// The provider's language model; its `general_prompt`.
    Llm { id: String, version: Option<u32> },
    /// A conversation flow; its `global_prompt`.
    Flow { id: String, version: Option<u32> },
    /// Somebody's own server: the prompt is not the provider's to tell.
    Custom,
}

/// One row of an agent's history, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentVersion {
    pub version: u32,
    pub published: bool,
    pub base_version: Option<u32>,
    pub title: Option<String>,
    pub modified_at: Option<Timestamp>,
}

/// Which version is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionRef {
    Number(u32),
    /// The newest, draft or not.
    Latest,
    LatestPublished,
}

/// A telephone number as the provider has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberThere {
    /// E.164.
    pub number: String,
    pub nickname: Option<String>,
    /// Who answers; one is drawn by weight for each call.
    pub inbound: Vec<BoundAgent>,
    /// Who speaks in calls that are made from it.
    pub outbound: Vec<BoundAgent>,
    pub inbound_webhook_url: Option<String>,
    pub modified_at: Option<Timestamp>,
}

/// A voice that an agent can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    pub voice: String,
    pub name: String,
    pub provider: String,
    pub gender: String,
    pub accent: Option<String>,
}

/// What a key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    pub key_name: String,
    pub organization: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VoiceAgentsFailure {
    #[error("the account at the voice provider has no usable key: {0}")]
    NoKey(String),
    #[error("the voice provider does not know it")]
    NotFound,
    /// It said no for good; asking again gives the same answer.
    #[error("the voice provider refused: {reason}")]
    Refused {
        /// A stable word: `published` (that version cannot be changed any more), `invalid` (it does not take what was asked),
        /// `payment` (the account is in arrears), `conflict` (changed meanwhile), `weights` (shares that are no whole).
        reason: String,
    },
    /// The prompt is on somebody's own server and cannot be read or written through the provider.
    #[error("the agent's words come from a server of its own; its prompt cannot be read or changed here")]
    NoPrompt,
    #[error("the voice provider did not answer as it should: {0}")]
    Unavailable(String),
}

#[async_trait]
pub trait VoiceAgents: Send + Sync {
    /// Calls that started at or after `since`, oldest first, all pages.
    async fn list_calls(&self, account: &AccountId, since: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure>;
    /// The whole call object as JSON bytes.
    async fn get_call(&self, account: &AccountId, call_id: &str) -> Result<Vec<u8>, VoiceAgentsFailure>;
    /// Has the provider delete a call with all that belongs to it.
    async fn delete_call(&self, account: &AccountId, call_id: &str) -> Result<(), VoiceAgentsFailure>;
}

/// Agents, their words and their numbers, read and written at the provider.
#[async_trait]
pub trait AgentSetUp: Send + Sync {
    /// What the key opens; the cheapest way to see that it is valid.
    async fn key_info(&self, account: &AccountId) -> Result<KeyInfo, VoiceAgentsFailure>;
    /// Every agent of the account, all pages.
    async fn agents(&self, account: &AccountId) -> Result<Vec<AgentSummary>, VoiceAgentsFailure>;
    async fn agent(
        &self,
        account: &AccountId,
        agent: &str,
        version: VersionRef,
    ) -> Result<AgentThere, VoiceAgentsFailure>;
    /// Newest first, all pages.
    async fn versions(&self, account: &AccountId, agent: &str) -> Result<Vec<AgentVersion>, VoiceAgentsFailure>;
    /// The words of a version, wherever its engine keeps them.
    async fn prompt(&self, account: &AccountId, engine: &Engine) -> Result<String, VoiceAgentsFailure>;
    /// Changes the words of a draft; a published version refuses.
    async fn put_prompt(&self, account: &AccountId, engine: &Engine, prompt: &str) -> Result<(), VoiceAgentsFailure>;
    /// A draft made from a version, with its engine's draft; how an old version comes back. After `Unavailable` it may have
    /// been made all the same: the versions tell.
    async fn new_draft(&self, account: &AccountId, agent: &str, base: u32) -> Result<AgentThere, VoiceAgentsFailure>;
    /// Publishes a draft as it stands; it leaves no new draft behind. An empty title is none. After `Unavailable` it may
    /// have been done all the same: the versions tell.
    async fn publish(
        &self,
        account: &AccountId,
        agent: &str,
        version: u32,
        title: &str,
    ) -> Result<(), VoiceAgentsFailure>;
    /// Where an agent's draft sends its webhooks, and which.
    async fn put_webhook(
        &self,
        account: &AccountId,
        agent: &str,
        version: u32,
        url: &str,
        events: &[&str],
    ) -> Result<AgentThere, VoiceAgentsFailure>;
    /// Every number of the account, all pages.
    async fn numbers(&self, account: &AccountId) -> Result<Vec<NumberThere>, VoiceAgentsFailure>;
    async fn number(&self, account: &AccountId, number: &str) -> Result<NumberThere, VoiceAgentsFailure>;
    /// Replaces the whole list of who answers; their weights are a whole, or nobody answers.
    async fn bind(
        &self,
        account: &AccountId,
        number: &str,
        inbound: &[BoundAgent],
    ) -> Result<NumberThere, VoiceAgentsFailure>;
    /// The same of who speaks in calls that are made from it.
    async fn bind_outbound(
        &self,
        account: &AccountId,
        number: &str,
        outbound: &[BoundAgent],
    ) -> Result<NumberThere, VoiceAgentsFailure>;
    async fn voices(&self, account: &AccountId) -> Result<Vec<Voice>, VoiceAgentsFailure>;
}
