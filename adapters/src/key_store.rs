//! Rows that lie beside the log and must not be in it: sealed secrets, and the one tie between a number and a person.
//! What is stored here is sealed or hashed already; the store knows no key.

use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use thiserror::Error;

/// The database below did not do what was asked.
#[derive(Debug, Error)]
#[error("the key store is not available: {what}")]
pub struct KeyStoreError {
    pub what: String,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// One sealed secret. Of the same owner and name up to two are valid while a key is being rotated, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    pub bytes: Vec<u8>,
    pub set_at: Timestamp,
}

#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Adds a secret as the newest of its owner and name (`account:main`, `retell_api_key`) and keeps at most `keep`.
    async fn put_secret(
        &self,
        owner: &str,
        name: &str,
        bytes: Vec<u8>,
        now: Timestamp,
        keep: usize,
    ) -> Result<(), KeyStoreError>;

    /// The secrets of that owner and name, newest first.
    async fn secrets(&self, owner: &str, name: &str) -> Result<Vec<SealedSecret>, KeyStoreError>;

    /// The person behind a keyed hash, or `fresh` if there was none; two who ask at once get the same.
    async fn person(
        &self,
        company: &CompanyId,
        fingerprint: &str,
        fresh: CustomerId,
    ) -> Result<CustomerId, KeyStoreError>;

    /// A named value that is written once, such as the check value of the master key: returns what stands there now.
    async fn write_once(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, KeyStoreError>;
}
