//! Where states of long streams are kept. Nothing depends on it: what is lost, stale or unreadable is made anew from the
//! log.

use super::LogError;
use crate::recorded::StreamId;
use async_trait::async_trait;
use uuid::Uuid;

/// A state as it stood behind an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    /// The version of the state's shape.
    pub shape: u16,
    /// The last event that it holds, by revision and by id: only where that one stands there still is it a state of this
    /// stream.
    pub revision: u64,
    pub event: Uuid,
    pub body: Vec<u8>,
}

#[async_trait]
pub trait SnapshotStore: Send + Sync {
    /// What is kept of a stream.
    async fn kept(&self, stream: &StreamId) -> Result<Option<KeptState>, LogError>;
    /// Keeps a state in place of the one before.
    async fn keep_state(&self, stream: &StreamId, state: &KeptState) -> Result<(), LogError>;
}
