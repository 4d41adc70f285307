//! A new master key: whatever an older one had sealed is sealed anew under the first of the list, the data keys among it.
//! What those have sealed stays as it is, and so does the log.

use super::data_key;
use super::index_key;
use super::master_check;
use super::master_keys::{MasterKeys, OpenFault, SealFault};
use super::secrets;
use crate::chain::checkpoint as signing_key;
use crate::key_store::{KeyRow, KeyStore, KeyStoreError};
use secrecy::{ExposeSecret, SecretSlice};
use serde::Serialize;
use thiserror::Error;

const AT_ONCE: usize = 200;

#[derive(Debug, Error)]
pub enum RotationFault {
    #[error("{what} does not open: {source}")]
    Open { what: String, source: OpenFault },
    #[error("the key store holds a value '{0}', which only a newer Ringbuch knows")]
    Unknown(String),
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// The key that seals everything now.
    pub master_key: String,
    pub sealed_anew: u64,
    /// Sealed with it already.
    pub left: u64,
}

/// Seals everything under the first master key. Cut off in the middle, it goes on when it is begun again.
pub async fn rotate(store: &dyn KeyStore, master: &MasterKeys) -> Result<Rotated, RotationFault> {
    let mut rotated = Rotated { master_key: master.sealing_id().to_owned(), sealed_anew: 0, left: 0 };
    let mut rows = store.export().await?;
    let mut batch = Vec::new();
    while let Some(row) = rows.recv().await {
        let row = row?;
        match anew(&row, master)? {
            Some(bytes) => {
                rotated.sealed_anew += 1;
                batch.push((row, bytes));
            }
            None => rotated.left += 1,
        }
        if batch.len() == AT_ONCE {
            store.reseal(std::mem::take(&mut batch)).await?;
        }
    }
    store.reseal(batch).await?;
    Ok(rotated)
}

/// The row's bytes under the first key; nothing where they are so already, or there are none.
fn anew(row: &KeyRow, master: &MasterKeys) -> Result<Option<Vec<u8>>, RotationFault> {
    let Some((what, context, bytes)) = sealed(row)? else { return Ok(None) };
    if master.is_sealed_by_first(bytes) {
        return Ok(None);
    }
    let plain = master.open(&context, bytes).map_err(|source| RotationFault::Open { what, source })?;
    let plain = SecretSlice::from(plain);
    Ok(Some(master.seal(&context, plain.expose_secret())?))
}

type Part<'a> = (String, Vec<u8>, &'a [u8]);

fn sealed(row: &KeyRow) -> Result<Option<Part<'_>>, RotationFault> {
    Ok(match row {
        KeyRow::Secret { owner, name, bytes, .. } => {
            Some((format!("the secret '{name}' of {owner}"), secrets::context(owner, name), bytes))
        }
        KeyRow::DataKey { id, wrapped: Some(wrapped) } => Some((format!("key {id}"), data_key::context(*id), wrapped)),
        KeyRow::WrittenOnce { name, value } => {
            value_context(name)?.map(|context| (format!("the value '{name}'"), context.to_vec(), value.as_slice()))
        }
        KeyRow::DataKey { wrapped: None, .. } | KeyRow::Person { .. } | KeyRow::Erasure(_) => None,
    })
}

fn value_context(name: &str) -> Result<Option<&'static [u8]>, RotationFault> {
    match name {
        index_key::NAME => Ok(Some(index_key::CONTEXT)),
        master_check::FIRST => Ok(Some(master_check::CONTEXT)),
        signing_key::NAME => Ok(Some(signing_key::CONTEXT)),
        // Each of these tells whether one key is the right one, and stays under that.
        name if name.starts_with(master_check::FIRST) => Ok(None),
        other => Err(RotationFault::Unknown(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::codec::SealingCodec;
    use super::super::index_key::IndexKey;
    use super::super::master_check::check;
    use super::super::master_keys::tests::{NEW, OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::super::secrets::Secrets;
    use super::*;
    use crate::outbound::fake::TestClock;
    use ringbuch_domain::ids::{CompanyId, CustomerId};
    use ringbuch_domain::ports::{Codec, SealContext};
    use ringbuch_domain::recorded::{StreamId, Subject};
    use std::sync::Arc;
    use uuid::Uuid;

    #[tokio::test]
    async fn afterwards_the_new_key_is_enough_for_everything() {
        let (store, clock) = (Arc::new(MemoryStore::default()), TestClock::shared());
        let (old, both, new) = (keys(OLD), keys(&format!("{NEW},{OLD}")), keys(NEW));
        check(&*store, &old).await.unwrap();
        let company = CompanyId::new("salon").unwrap();
        let print = |index: &IndexKey| index.fingerprint(&company, "number", "+493023125000");
        let before = print(&IndexKey::load(&*store, &old).await.unwrap());
        let secrets = Secrets::new(store.clone(), Arc::new(keys(OLD)), clock.clone());
        secrets.set("account:main", "retell_api_key", "key_test".into(), jiff::Timestamp::UNIX_EPOCH).await.unwrap();
        let stream = StreamId::from_stored("customer-1");
        let place = SealContext { company: None, stream: &stream, event: Uuid::nil(), kind: "K" };
        let codec = SealingCodec::new(store.clone(), Arc::new(keys(OLD)), clock.clone());
        let person = Subject::Person(CustomerId(Uuid::from_u128(7)));
        let sealed = codec.seal(place, person, b"Max".to_vec()).await.unwrap();

        check(&*store, &both).await.unwrap();
        let rotated = rotate(&*store, &both).await.unwrap();
        assert_eq!((rotated.master_key.as_str(), rotated.sealed_anew), ("new", 4));
        assert_eq!(rotate(&*store, &both).await.unwrap().sealed_anew, 0);

        check(&*store, &new).await.unwrap();
        assert_eq!(print(&IndexKey::load(&*store, &new).await.unwrap()), before);
        let secrets = Secrets::new(store.clone(), Arc::new(keys(NEW)), clock.clone());
        assert_eq!(secrets.get("account:main", "retell_api_key").await.unwrap()[0].expose_secret(), "key_test");
        let codec = SealingCodec::new(store.clone(), Arc::new(keys(NEW)), clock);
        let opened = codec.unlock(&[&sealed]).await.unwrap().open(place, &sealed).unwrap();
        assert_eq!(opened, Some(b"Max".to_vec()), "the log was not touched");
        let fault = check(&*store, &old).await.unwrap_err().to_string();
        assert!(fault.contains("'new'"), "{fault}");
    }

    #[tokio::test]
    async fn without_the_old_key_nothing_is_changed() {
        let store = MemoryStore::default();
        check(&store, &keys(OLD)).await.unwrap();
        let fault = rotate(&store, &keys(NEW)).await.unwrap_err().to_string();
        assert!(fault.contains("'old'"), "{fault}");
    }
}
