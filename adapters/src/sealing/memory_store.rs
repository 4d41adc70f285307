//! A key store in memory for the tests of this folder.

use crate::key_store::{KeyStore, KeyStoreError, SealedSecret};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Default)]
pub(crate) struct MemoryStore {
    values: Mutex<BTreeMap<String, Vec<u8>>>,
    secrets: Mutex<BTreeMap<(String, String), Vec<SealedSecret>>>,
    people: Mutex<BTreeMap<(String, String), CustomerId>>,
    pub(super) secret_reads: AtomicUsize,
}

impl MemoryStore {
    pub(super) fn names(&self) -> Vec<String> {
        self.values.lock().unwrap().keys().cloned().collect()
    }
    pub(super) fn fingerprints(&self) -> Vec<String> {
        self.people.lock().unwrap().keys().map(|(_, fingerprint)| fingerprint.clone()).collect()
    }
    pub(super) fn move_secret(&self, from: (&str, &str), to: (&str, &str)) {
        let mut secrets = self.secrets.lock().unwrap();
        let moved = secrets.remove(&(from.0.into(), from.1.into())).unwrap();
        secrets.insert((to.0.into(), to.1.into()), moved);
    }
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn put_secret(
        &self,
        owner: &str,
        name: &str,
        bytes: Vec<u8>,
        now: Timestamp,
        keep: usize,
    ) -> Result<(), KeyStoreError> {
        let mut secrets = self.secrets.lock().unwrap();
        let kept = secrets.entry((owner.into(), name.into())).or_default();
        kept.insert(0, SealedSecret { bytes, set_at: now });
        kept.truncate(keep);
        Ok(())
    }

    async fn secrets(&self, owner: &str, name: &str) -> Result<Vec<SealedSecret>, KeyStoreError> {
        self.secret_reads.fetch_add(1, Ordering::SeqCst);
        let secrets = self.secrets.lock().unwrap();
        Ok(secrets.get(&(owner.into(), name.into())).cloned().unwrap_or_default())
    }

    async fn person(
        &self,
        company: &CompanyId,
        fingerprint: &str,
        fresh: CustomerId,
    ) -> Result<CustomerId, KeyStoreError> {
        let mut people = self.people.lock().unwrap();
        Ok(*people.entry((company.to_string(), fingerprint.into())).or_insert(fresh))
    }

    async fn write_once(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, KeyStoreError> {
        Ok(self.values.lock().unwrap().entry(name.into()).or_insert(value).clone())
    }
}
