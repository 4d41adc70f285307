//! Keys for deliveries, made ahead and stored many at a time: a delivery that comes in takes one from the pile and waits
//! for no write but its own.

use super::data_key::DataKey;
use super::master_keys::{MasterKeys, SealFault};
use super::random;
use crate::key_store::{KeyStore, KeyStoreError};
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use uuid::{Builder, Uuid};

const AT_ONCE: usize = 512;
/// With so few left, more are made beside the work.
const LOW: usize = 256;

#[derive(Debug, Error)]
pub(super) enum FreshKeyFault {
    #[error(transparent)]
    Seal(#[from] SealFault),
    #[error(transparent)]
    Store(#[from] KeyStoreError),
}

#[derive(Clone)]
pub(super) struct FreshKeys(Arc<Inner>);

struct Inner {
    store: Arc<dyn KeyStore>,
    master: Arc<MasterKeys>,
    pile: Mutex<VecDeque<DataKey>>,
    /// Whoever makes keys holds this.
    making: tokio::sync::Mutex<()>,
}

impl FreshKeys {
    pub fn new(store: Arc<dyn KeyStore>, master: Arc<MasterKeys>) -> Self {
        Self(Arc::new(Inner { store, master, pile: Mutex::default(), making: tokio::sync::Mutex::default() }))
    }

    /// A key that nobody else gets, and that is stored.
    pub async fn take(&self, now: Timestamp) -> Result<DataKey, FreshKeyFault> {
        loop {
            let (taken, left) = self.pop();
            if left == LOW {
                let (more, now) = (self.clone(), now);
                tokio::spawn(async move { more.make(now, LOW).await });
            }
            if let Some(key) = taken {
                return Ok(key);
            }
            self.make(now, 0).await?;
        }
    }

    fn pop(&self) -> (Option<DataKey>, usize) {
        let mut pile = self.0.pile.lock().unwrap_or_else(PoisonError::into_inner);
        (pile.pop_front(), pile.len())
    }

    /// Makes more unless somebody else did meanwhile.
    async fn make(&self, now: Timestamp, enough: usize) -> Result<(), FreshKeyFault> {
        let _making = self.0.making.lock().await;
        if self.left() > enough {
            return Ok(());
        }
        let (mut keys, mut wrapped) = (Vec::with_capacity(AT_ONCE), Vec::with_capacity(AT_ONCE));
        for _ in 0..AT_ONCE {
            let id = fresh_id(now)?;
            let (key, bytes) = DataKey::draw(id, &self.0.master)?;
            keys.push(key);
            wrapped.push((id, bytes));
        }
        self.0.store.add_data_keys(wrapped).await?;
        self.0.pile.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
        Ok(())
    }

    fn left(&self) -> usize {
        self.0.pile.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Ordered by time, so that keys made together lie together.
fn fresh_id(now: Timestamp) -> Result<Uuid, SealFault> {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    Ok(Builder::from_unix_timestamp_millis(millis, &random::bytes()?).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::super::master_keys::tests::{OLD, keys};
    use super::super::memory_store::MemoryStore;
    use super::*;
    use std::collections::HashSet;

    #[tokio::test]
    async fn every_key_is_handed_out_once_and_is_stored_before() {
        let store = Arc::new(MemoryStore::default());
        let fresh = FreshKeys::new(store.clone(), Arc::new(keys(OLD)));
        let mut ids = HashSet::new();
        for _ in 0..3 * AT_ONCE {
            let key = fresh.take(Timestamp::UNIX_EPOCH).await.unwrap();
            assert_eq!(store.data_keys(vec![key.id]).await.unwrap().len(), 1);
            assert!(ids.insert(key.id));
        }
        let made = store.data_key_count();
        assert!(made <= 5 * AT_ONCE, "{made} were made");
    }
}
