//! Counters that survive a restart, for what is never appended: rejected requests and repeated deliveries. They are
//! bounded: a name from a short list, an hour, and nothing that an outsider can choose.

use crate::key_store::KeyStoreError;
use async_trait::async_trait;
use jiff::Timestamp;

/// How often something happened in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// `rejected:signature`, `duplicate:retell`, ….
    pub name: String,
    /// The company or account concerned, where one is known for certain; otherwise empty.
    pub scope: String,
    /// Start of the hour.
    pub hour: Timestamp,
    pub count: u64,
}

#[async_trait]
pub trait Counters: Send + Sync {
    /// Adds to the stored counts, all of them in one transaction.
    async fn add(&self, counts: &[Count]) -> Result<(), KeyStoreError>;
    /// The counts since an hour, by hour, name and scope.
    async fn since(&self, hour: Timestamp) -> Result<Vec<Count>, KeyStoreError>;
    /// Lets go the counts before an hour whose names begin like this.
    async fn forget(&self, beginning: &str, before: Timestamp) -> Result<(), KeyStoreError>;
}
