//! Rows that lie beside the log and must not be in it: sealed secrets, and the one tie between a number and a person.
//! What is stored here is sealed or hashed already; the store knows no key.

use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::mpsc;
use uuid::Uuid;

/// The database below did not do what was asked.
#[derive(Debug, Error)]
#[error("the key store is not available: {what}")]
pub struct KeyStoreError {
    pub what: String,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl KeyStoreError {
    pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { what: "a stored row cannot be read".to_owned(), source: Some(Box::new(error)) }
    }
}

/// One sealed secret. Of the same owner and name up to two are valid while a key is being rotated, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    pub bytes: Vec<u8>,
    pub set_at: Timestamp,
}

/// A data key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataKey {
    /// Sealed under a master key.
    Wrapped(Vec<u8>),
    /// Whatever it sealed is gone for ever. Its id stays, so that no key is made under it again.
    Destroyed,
}

/// What erasing a person took away. Holds nothing that could lead back to somebody, so it may be kept anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    pub company: CompanyId,
    pub customer: CustomerId,
    /// The person's calls; none of them is to come back.
    pub calls: Vec<CallId>,
    /// Keys of the deliveries that were about the person.
    pub keys: Vec<Uuid>,
    pub erased_at: Timestamp,
    /// Who had it done: `cli`, `key:…`
    pub by: String,
}

impl Erasure {
    pub(crate) fn to_record(&self) -> Result<String, KeyStoreError> {
        serde_json::to_string(self).map_err(KeyStoreError::unreadable)
    }

    pub(crate) fn from_record(record: &str) -> Result<Self, KeyStoreError> {
        serde_json::from_str(record).map_err(KeyStoreError::unreadable)
    }
}

/// One row of whatever a key store holds, for those who copy or renew all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "snake_case")]
pub enum KeyRow {
    Secret {
        owner: String,
        name: String,
        #[serde(with = "hex")]
        bytes: Vec<u8>,
        set_at: Timestamp,
    },
    Person {
        company: CompanyId,
        fingerprint: String,
        person: CustomerId,
    },
    WrittenOnce {
        name: String,
        #[serde(with = "hex")]
        value: Vec<u8>,
    },
    /// Without `wrapped` it was destroyed.
    DataKey {
        id: Uuid,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "hex_or_nothing")]
        wrapped: Option<Vec<u8>>,
    },
    Erasure(Erasure),
}

/// Rows of a key store on their way out of it.
pub type KeyRows = mpsc::Receiver<Result<KeyRow, KeyStoreError>>;

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

    /// Adds wrapped data keys under their ids. Where an id is known already, destroyed or not, what is there stays.
    async fn add_data_keys(&self, keys: Vec<(Uuid, Vec<u8>)>) -> Result<(), KeyStoreError>;

    /// Those of the data keys that were ever added, in any order.
    async fn data_keys(&self, ids: Vec<Uuid>) -> Result<Vec<(Uuid, DataKey)>, KeyStoreError>;

    /// Destroys data keys; ids that were never added are destroyed as well.
    async fn destroy_data_keys(&self, ids: Vec<Uuid>) -> Result<(), KeyStoreError>;

    /// Destroys the person's key and those of the deliveries, drops the tie between number and person, and keeps the
    /// record: all of it or nothing.
    async fn erase(&self, erasure: Erasure) -> Result<(), KeyStoreError>;

    /// The records of everybody who was erased, oldest first.
    async fn erasures(&self) -> Result<Vec<Erasure>, KeyStoreError>;

    /// How many records of erasures there are; cheap enough to ask every few seconds.
    async fn erasure_count(&self) -> Result<u64, KeyStoreError>;

    /// Everything, as it stands at one moment.
    async fn export(&self) -> Result<KeyRows, KeyStoreError>;

    /// Puts rows in as they are; a row that is there already is replaced, but what was destroyed stays destroyed.
    async fn import(&self, rows: Vec<KeyRow>) -> Result<(), KeyStoreError>;

    /// Replaces sealed bytes (of a secret, a value written once, a data key) with others, each only where the row still
    /// stands as it was read.
    async fn reseal(&self, rows: Vec<(KeyRow, Vec<u8>)>) -> Result<(), KeyStoreError>;
}

/// Bytes as hexadecimal text where there are any.
mod hex_or_nothing {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => serializer.serialize_some(&hex::encode(bytes)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| hex::decode(text).map_err(serde::de::Error::custom)).transpose()
    }
}
