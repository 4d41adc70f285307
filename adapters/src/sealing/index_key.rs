//! The index key: a random key, drawn once for an installation and kept sealed, under which names are hashed. It is not
//! the master key itself, so that a new master key leaves every hash as it is.

use super::master_keys::{MasterKeys, OpenFault, SealFault};
use super::random;
use crate::key_store::{KeyStore, KeyStoreError};
use hmac::{Hmac, KeyInit, Mac};
use ringbuch_domain::ids::{AccountId, CompanyId, DeliveryId, UnusableId};
use secrecy::{ExposeSecret, SecretBox, SecretSlice};
use sha2::Sha256;
use std::fmt;
use thiserror::Error;

pub(super) const NAME: &str = "index_key";
pub(super) const CONTEXT: &[u8] = b"ringbuch index key";
const KEY_BYTES: usize = 32;
/// 160 bits are too many for two names to meet, and still short in a stream's name.
const HASH_CHARACTERS: usize = 40;

#[derive(Debug, Error)]
pub enum IndexKeyFault {
    #[error("the index key does not open: {0}")]
    Open(#[from] OpenFault),
    #[error("the stored index key has not the length of a key; restore it from a backup of the keys")]
    Unreadable,
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

/// Hashes names. Without it nobody can tell which number a fingerprint stands for, not even by trying them all.
#[derive(Clone)]
pub struct IndexKey(Hmac<Sha256>);

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey")
    }
}

impl IndexKey {
    /// The installation's key; drawn if this is the first start. Two that start at once get the same.
    pub async fn load(store: &dyn KeyStore, master: &MasterKeys) -> Result<Self, IndexKeyFault> {
        let fresh = random::bytes::<KEY_BYTES>().map_err(SealFault::from)?;
        let fresh = SecretBox::new(Box::new(fresh));
        let proposal = master.seal(CONTEXT, fresh.expose_secret())?;
        let stored = store.write_once(NAME, proposal).await?;
        let key = SecretSlice::from(master.open(CONTEXT, &stored)?);
        if key.expose_secret().len() != KEY_BYTES {
            return Err(IndexKeyFault::Unreadable);
        }
        Hmac::new_from_slice(key.expose_secret()).map(Self).map_err(|_| IndexKeyFault::Unreadable)
    }

    /// What a person of a company is known by: `kind` says what the value is (a number, a call).
    pub fn fingerprint(&self, company: &CompanyId, kind: &str, value: &str) -> String {
        self.hash(&[b"person", company.as_str().as_bytes(), kind.as_bytes(), value.as_bytes()])
    }

    /// The id of a delivery: the same bytes for the same account are the same delivery.
    pub fn delivery(&self, provider: &str, account: &AccountId, body: &[u8]) -> Result<DeliveryId, UnusableId> {
        DeliveryId::new(&self.hash(&[b"delivery", provider.as_bytes(), account.as_str().as_bytes(), body]))
    }

    /// What somebody else's booking is known by: its uid is a bearer secret and must not stand in the log.
    pub fn foreign(&self, company: &CompanyId, uid: &str) -> String {
        self.hash(&[b"foreign", company.as_str().as_bytes(), uid.as_bytes()])
    }

    /// Every part goes in behind its length, so that no two lists of parts read the same.
    fn hash(&self, parts: &[&[u8]]) -> String {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let mut hash = hex::encode(mac.finalize().into_bytes());
        hash.truncate(HASH_CHARACTERS);
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{NEW, OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::*;

    fn company(id: &str) -> CompanyId {
        CompanyId::new(id).unwrap()
    }

    #[tokio::test]
    async fn a_rotation_of_the_master_key_leaves_every_hash_as_it_is() {
        let store = MemoryStore::default();
        let of = |key: &IndexKey| key.fingerprint(&company("salon"), "number", "+493023125000");
        let before = of(&IndexKey::load(&store, &keys(OLD)).await.unwrap());
        let after = of(&IndexKey::load(&store, &keys(&format!("{NEW},{OLD}"))).await.unwrap());
        assert_eq!(before, after);
        let fault = IndexKey::load(&store, &keys(NEW)).await.unwrap_err();
        assert!(matches!(fault, IndexKeyFault::Open(OpenFault::KeyMissing { .. })), "{fault}");
    }

    #[tokio::test]
    async fn another_installation_hashes_differently() {
        let (one, two) = (MemoryStore::default(), MemoryStore::default());
        let one = IndexKey::load(&one, &keys(OLD)).await.unwrap();
        let two = IndexKey::load(&two, &keys(OLD)).await.unwrap();
        assert_ne!(one.foreign(&company("salon"), "uid"), two.foreign(&company("salon"), "uid"));
    }

    #[tokio::test]
    async fn hashes_differ_by_every_part_and_parts_do_not_run_together() {
        let key = IndexKey::load(&MemoryStore::default(), &keys(OLD)).await.unwrap();
        let account = |id: &str| AccountId::new(id).unwrap();
        let deliveries = [
            key.delivery("retell", &account("main"), b"{}").unwrap(),
            key.delivery("calcom", &account("main"), b"{}").unwrap(),
            key.delivery("retell", &account("other"), b"{}").unwrap(),
            key.delivery("retell", &account("main"), b"{ }").unwrap(),
            key.delivery("retell", &account("mainx"), b"").unwrap(),
            key.delivery("retell", &account("main"), b"x").unwrap(),
        ];
        for (at, one) in deliveries.iter().enumerate() {
            assert_eq!(one.as_str().len(), 40);
            assert!(one.as_str().chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')));
            assert!(deliveries.iter().skip(at + 1).all(|two| one != two));
        }
        let people = [
            key.fingerprint(&company("a"), "number", "x"),
            key.fingerprint(&company("b"), "number", "x"),
            key.fingerprint(&company("a"), "call", "x"),
            key.foreign(&company("a"), "x"),
        ];
        for (at, one) in people.iter().enumerate() {
            assert!(people.iter().skip(at + 1).all(|two| one != two));
        }
    }
}
