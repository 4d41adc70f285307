//! Signed checkpoints: where the log stood and with which hash, to be kept where nobody who can write to the database can
//! write. Whoever holds one can tell a log that was rewritten, or cut off, from the one that was.

use super::Chain;
use crate::key_store::{KeyStore, KeyStoreError};
use crate::sealing::{MasterKeys, OpenFault, SealFault, random};
use jiff::Timestamp;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use ringbuch_domain::recorded::EventHash;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Stands before everything else in what is signed.
const LABEL: &[u8] = b"ringbuch.checkpoint.v1";
/// The same where what is signed is a digest of the whole log.
const LOG_LABEL: &[u8] = b"ringbuch.log-checkpoint.v1";
pub(crate) const NAME: &str = "checkpoint_signing_key";
pub(crate) const CONTEXT: &[u8] = b"ringbuch checkpoint signing key";

/// Why there is no key to sign with.
#[derive(Debug, Error)]
pub enum SigningFault {
    #[error("the key that signs checkpoints does not open: {0}")]
    Open(#[from] OpenFault),
    #[error("the key that signs checkpoints is not one")]
    Unusable,
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

/// Why a checkpoint says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointFault {
    #[error("its hash, key or signature is not hexadecimal of the right length")]
    Unreadable,
    #[error("its signature is not that of its key: it was changed")]
    Forged,
    #[error("it was signed with the key {found}, not with {expected}")]
    OtherKey { found: String, expected: String },
}

/// A statement that the log stood there. All bytes are hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    pub position: u64,
    pub hash: String,
    pub time: Timestamp,
    /// The public key.
    pub key: String,
    pub signature: String,
    /// Where streams have chains of their own, `hash` is the digest of the whole log up to the position.
    #[serde(default, skip_serializing_if = "runs_through_the_log")]
    pub chain: Chain,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn runs_through_the_log(chain: &Chain) -> bool {
    *chain == Chain::Log
}

impl Checkpoint {
    /// What the log is known to have had at the position, if the signature holds; `key` is the one to be trusted, where
    /// it is known from elsewhere.
    pub fn check(&self, key: Option<&str>) -> Result<(u64, EventHash), CheckpointFault> {
        if let Some(expected) = key.filter(|expected| !expected.eq_ignore_ascii_case(&self.key)) {
            return Err(CheckpointFault::OtherKey { found: self.key.clone(), expected: expected.to_owned() });
        }
        let bytes = |text: &str| hex::decode(text).map_err(|_| CheckpointFault::Unreadable);
        let hash = EventHash(bytes(&self.hash)?.try_into().map_err(|_| CheckpointFault::Unreadable)?);
        let signed = signed(self.chain, self.position, &hash, self.time);
        UnparsedPublicKey::new(&ED25519, bytes(&self.key)?)
            .verify(&signed, &bytes(&self.signature)?)
            .map_err(|_| CheckpointFault::Forged)?;
        Ok((self.position, hash))
    }
}

fn signed(chain: Chain, position: u64, hash: &EventHash, time: Timestamp) -> Vec<u8> {
    let label = match chain {
        Chain::Log => LABEL,
        Chain::Streams => LOG_LABEL,
    };
    [label, &position.to_be_bytes(), &hash.0, &time.as_microsecond().to_be_bytes()].concat()
}

/// The key of this installation that signs checkpoints; made when it is first asked for, and sealed beside the log.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    pub async fn of(store: &dyn KeyStore, master: &MasterKeys) -> Result<Self, SigningFault> {
        let fresh = random::bytes::<32>().map_err(SealFault::from)?;
        let sealed = store.write_once(NAME, master.seal(CONTEXT, &fresh)?).await?;
        let seed = master.open(CONTEXT, &sealed)?;
        Ed25519KeyPair::from_seed_unchecked(&seed).map(Self).map_err(|_| SigningFault::Unusable)
    }

    /// The public key, to be written down elsewhere.
    pub fn public(&self) -> String {
        hex::encode(self.0.public_key())
    }

    /// Signs where a log stands whose chain runs through it.
    pub fn checkpoint(&self, position: u64, hash: &EventHash, now: Timestamp) -> Checkpoint {
        self.checkpoint_along(Chain::Log, position, hash, now)
    }

    /// Signs where a log stands: what a [`super::Verifier`] along its chain has reached.
    pub fn checkpoint_along(&self, chain: Chain, position: u64, hash: &EventHash, now: Timestamp) -> Checkpoint {
        let time = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let signature = self.0.sign(&signed(chain, position, hash, time));
        let (hash, signature) = (hash.to_string(), hex::encode(signature));
        Checkpoint { position, hash, time, key: self.public(), signature, chain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::memory_store::MemoryStore;
    use secrecy::SecretString;

    async fn key(store: &MemoryStore) -> SigningKey {
        let master = SecretString::from("main:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        SigningKey::of(store, &MasterKeys::parse(&master).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn an_installation_signs_with_one_key() {
        let store = MemoryStore::default();
        assert_eq!(key(&store).await.public(), key(&store).await.public());
        assert_ne!(key(&store).await.public(), key(&MemoryStore::default()).await.public());
    }

    #[tokio::test]
    async fn a_checkpoint_holds_until_any_of_it_is_changed() {
        let key = key(&MemoryStore::default()).await;
        let hash = EventHash([7; 32]);
        let whole = key.checkpoint(42, &hash, Timestamp::UNIX_EPOCH);
        assert_eq!(whole.check(None), Ok((42, hash)));
        assert_eq!(whole.check(Some(&key.public())), Ok((42, hash)));
        assert!(matches!(whole.check(Some("00")), Err(CheckpointFault::OtherKey { .. })));
        let changed = |change: fn(&mut Checkpoint)| {
            let mut checkpoint = whole.clone();
            change(&mut checkpoint);
            checkpoint.check(None)
        };
        assert_eq!(changed(|it| it.position += 1), Err(CheckpointFault::Forged));
        assert_eq!(changed(|it| it.hash = EventHash([8; 32]).to_string()), Err(CheckpointFault::Forged));
        assert_eq!(changed(|it| it.time = Timestamp::MAX), Err(CheckpointFault::Forged));
        assert_eq!(changed(|it| it.signature = "00".repeat(64)), Err(CheckpointFault::Forged));
        assert_eq!(changed(|it| it.chain = Chain::Streams), Err(CheckpointFault::Forged));
        assert_eq!(changed(|it| it.hash.truncate(10)), Err(CheckpointFault::Unreadable));
    }
}
