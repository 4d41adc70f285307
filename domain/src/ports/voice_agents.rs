//! The provider whose voice agents answer the telephone.

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

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VoiceAgentsFailure {
    #[error("the account at the voice provider has no usable key: {0}")]
    NoKey(String),
    #[error("the voice provider does not know it")]
    NotFound,
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
