//! A key store in memory for the tests of this folder.

use crate::key_store::{DataKey, Erasure, KeyRow, KeyRows, KeyStore, KeyStoreError, SealedSecret};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc;
use uuid::Uuid;

#[derive(Default)]
pub(crate) struct MemoryStore {
    values: Mutex<BTreeMap<String, Vec<u8>>>,
    secrets: Mutex<BTreeMap<(String, String), Vec<SealedSecret>>>,
    people: Mutex<BTreeMap<(String, String), CustomerId>>,
    data_keys: Mutex<BTreeMap<Uuid, Option<Vec<u8>>>>,
    erasures: Mutex<Vec<Erasure>>,
    pub(super) secret_reads: AtomicUsize,
}

impl MemoryStore {
    pub(super) fn names(&self) -> Vec<String> {
        self.values.lock().unwrap().keys().cloned().collect()
    }
    pub(super) fn fingerprints(&self) -> Vec<String> {
        self.people.lock().unwrap().keys().map(|(_, fingerprint)| fingerprint.clone()).collect()
    }
    pub(super) fn data_key_count(&self) -> usize {
        self.data_keys.lock().unwrap().len()
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

    async fn add_data_keys(&self, keys: Vec<(Uuid, Vec<u8>)>) -> Result<(), KeyStoreError> {
        let mut kept = self.data_keys.lock().unwrap();
        for (id, wrapped) in keys {
            kept.entry(id).or_insert(Some(wrapped));
        }
        Ok(())
    }

    async fn data_keys(&self, ids: Vec<Uuid>) -> Result<Vec<(Uuid, DataKey)>, KeyStoreError> {
        let kept = self.data_keys.lock().unwrap();
        let key = |id: &Uuid| Some((*id, kept.get(id)?.clone().map_or(DataKey::Destroyed, DataKey::Wrapped)));
        Ok(ids.iter().filter_map(key).collect())
    }

    async fn destroy_data_keys(&self, ids: Vec<Uuid>) -> Result<(), KeyStoreError> {
        self.data_keys.lock().unwrap().extend(ids.into_iter().map(|id| (id, None)));
        Ok(())
    }

    async fn erase(&self, erasure: Erasure) -> Result<(), KeyStoreError> {
        self.destroy_data_keys(erasure.keys.clone()).await?;
        self.destroy_data_keys(vec![erasure.customer.0]).await?;
        self.people.lock().unwrap().retain(|_, person| *person != erasure.customer);
        self.erasures.lock().unwrap().push(erasure);
        Ok(())
    }

    async fn erasures(&self) -> Result<Vec<Erasure>, KeyStoreError> {
        Ok(self.erasures.lock().unwrap().clone())
    }

    async fn erasure_count(&self) -> Result<u64, KeyStoreError> {
        Ok(self.erasures.lock().unwrap().len() as u64)
    }

    async fn export(&self) -> Result<KeyRows, KeyStoreError> {
        let mut rows = Vec::new();
        for (name, value) in self.values.lock().unwrap().iter() {
            rows.push(KeyRow::WrittenOnce { name: name.clone(), value: value.clone() });
        }
        for ((owner, name), secrets) in self.secrets.lock().unwrap().iter() {
            rows.extend(secrets.iter().rev().map(|secret| KeyRow::Secret {
                owner: owner.clone(),
                name: name.clone(),
                bytes: secret.bytes.clone(),
                set_at: secret.set_at,
            }));
        }
        for (id, wrapped) in self.data_keys.lock().unwrap().iter() {
            rows.push(KeyRow::DataKey { id: *id, wrapped: wrapped.clone() });
        }
        let (sender, receiver) = mpsc::channel(rows.len().max(1));
        for row in rows {
            sender.try_send(Ok(row)).unwrap();
        }
        Ok(receiver)
    }

    async fn import(&self, _: Vec<KeyRow>) -> Result<(), KeyStoreError> {
        unreachable!("nothing in this folder puts rows back")
    }

    async fn reseal(&self, rows: Vec<(KeyRow, Vec<u8>)>) -> Result<(), KeyStoreError> {
        for (row, to) in rows {
            match row {
                KeyRow::WrittenOnce { name, .. } => drop(self.values.lock().unwrap().insert(name, to)),
                KeyRow::Secret { owner, name, bytes, .. } => {
                    let mut secrets = self.secrets.lock().unwrap();
                    let of = secrets.get_mut(&(owner, name)).unwrap();
                    of.iter_mut()
                        .filter(|secret| secret.bytes == bytes)
                        .for_each(|secret| secret.bytes.clone_from(&to));
                }
                KeyRow::DataKey { id, .. } => drop(self.data_keys.lock().unwrap().insert(id, Some(to))),
                KeyRow::Person { .. } | KeyRow::Erasure(_) => {}
            }
        }
        Ok(())
    }
}
