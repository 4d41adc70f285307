//! Who leads what, among the nodes on one database. A lease is for a while and is renewed; of whoever dies, another takes
//! it over.

use async_trait::async_trait;
use std::time::Duration;
use thiserror::Error;
use uuid::Uuid;

/// The right to lead something, as it was given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    /// Grows whenever another takes the lease over, so that a write which carries an older one can be refused.
    pub fence: u64,
}

#[derive(Debug, Error)]
#[error("the leases cannot be kept: {0}")]
pub struct LeaseError(pub String);

#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes those of the named leases that are free or have lapsed, renews those that the holder has, and returns what it
    /// holds now. Time is the database's.
    async fn hold(&self, names: &[String], holder: Uuid, lasts: Duration) -> Result<Vec<Lease>, LeaseError>;

    /// Gives up those of the named leases that the holder has; anybody may take them at once.
    async fn release(&self, names: &[String], holder: Uuid) -> Result<(), LeaseError>;
}
