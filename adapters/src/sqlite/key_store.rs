//! The key store on SQLite. Unlike read models it does not come back from the log, so every commit is flushed.

use super::Sqlite;
use super::readers::NoReader;
use super::writer::{Closed, Durability};
use crate::key_store::{DataKey, Erasure, KeyRow, KeyRows, KeyStore, KeyStoreError, SealedSecret};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::mpsc;
use uuid::Uuid;

mod data_keys;
mod rows;

const PERSON: &str = "SELECT person FROM people WHERE company = ?1 AND fingerprint = ?2";
const NEW_PERSON: &str = "INSERT INTO people (company, fingerprint, person) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const PUT: &str = "INSERT INTO secrets (owner, name, bytes, set_at) VALUES (?1, ?2, ?3, ?4)";
const DROP_OLD: &str = "
    DELETE FROM secrets WHERE owner = ?1 AND name = ?2 AND id NOT IN
        (SELECT id FROM secrets WHERE owner = ?1 AND name = ?2 ORDER BY id DESC LIMIT ?3)";
const SECRETS: &str = "SELECT bytes, set_at FROM secrets WHERE owner = ?1 AND name = ?2 ORDER BY id DESC";
const WRITE_ONCE: &str = "INSERT INTO written_once (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const WRITTEN: &str = "SELECT value FROM written_once WHERE name = ?1";

impl From<rusqlite::Error> for KeyStoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self { what: error.to_string(), source: Some(Box::new(error)) }
    }
}

impl From<NoReader> for KeyStoreError {
    fn from(error: NoReader) -> Self {
        Self { what: error.to_string(), source: None }
    }
}

impl From<Closed> for KeyStoreError {
    fn from(error: Closed) -> Self {
        Self { what: error.to_string(), source: None }
    }
}

#[async_trait]
impl KeyStore for Sqlite {
    async fn put_secret(
        &self,
        owner: &str,
        name: &str,
        bytes: Vec<u8>,
        now: Timestamp,
        keep: usize,
    ) -> Result<(), KeyStoreError> {
        let (owner, name) = (owner.to_owned(), name.to_owned());
        self.keep(move |transaction| {
            transaction.execute(PUT, params![owner, name, bytes, now.as_microsecond()])?;
            transaction.execute(DROP_OLD, params![owner, name, i64::try_from(keep).unwrap_or(i64::MAX)])?;
            Ok(())
        })
        .await
    }

    async fn secrets(&self, owner: &str, name: &str) -> Result<Vec<SealedSecret>, KeyStoreError> {
        let (owner, name) = (owner.to_owned(), name.to_owned());
        self.readers.read(move |connection| secrets(connection, &owner, &name)).await
    }

    async fn person(
        &self,
        company: &CompanyId,
        fingerprint: &str,
        fresh: CustomerId,
    ) -> Result<CustomerId, KeyStoreError> {
        let key = (company.as_str().to_owned(), fingerprint.to_owned());
        let known = key.clone();
        if let Some(person) = self.readers.read(move |connection| person(connection, &known)).await? {
            return Ok(person);
        }
        self.keep(move |transaction| {
            transaction.execute(NEW_PERSON, params![key.0, key.1, fresh.0.as_bytes()])?;
            Ok(person(transaction, &key)?.unwrap_or(fresh))
        })
        .await
    }

    async fn write_once(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, KeyStoreError> {
        let name = name.to_owned();
        self.keep(move |transaction| {
            transaction.execute(WRITE_ONCE, params![name, value])?;
            Ok(transaction.query_row(WRITTEN, [name], |row| row.get(0))?)
        })
        .await
    }

    async fn add_data_keys(&self, keys: Vec<(Uuid, Vec<u8>)>) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| data_keys::add(transaction, &keys)).await
    }

    async fn data_keys(&self, ids: Vec<Uuid>) -> Result<Vec<(Uuid, DataKey)>, KeyStoreError> {
        self.readers.read(move |connection| data_keys::find(connection, &ids)).await
    }

    async fn destroy_data_keys(&self, ids: Vec<Uuid>) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| data_keys::destroy(transaction, &ids)).await
    }

    async fn erase(&self, erasure: Erasure) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| data_keys::erase(transaction, &erasure)).await
    }

    async fn erasures(&self) -> Result<Vec<Erasure>, KeyStoreError> {
        self.readers.read(data_keys::erasures).await
    }

    async fn erasure_count(&self) -> Result<u64, KeyStoreError> {
        self.readers.read(data_keys::erasure_count).await
    }

    async fn export(&self) -> Result<KeyRows, KeyStoreError> {
        let (sender, rows) = mpsc::channel(rows::AHEAD);
        let readers = self.readers.clone();
        tokio::spawn(async move {
            let told = sender.clone();
            let sent = readers.read(move |connection| rows::send_all(connection, &sender)).await;
            if let Err(error) = sent {
                let _ = told.send(Err(error)).await;
            }
        });
        Ok(rows)
    }

    async fn import(&self, imported: Vec<KeyRow>) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| imported.iter().try_for_each(|row| rows::put(transaction, row))).await
    }

    async fn reseal(&self, resealed: Vec<(KeyRow, Vec<u8>)>) -> Result<(), KeyStoreError> {
        self.keep(move |transaction| resealed.iter().try_for_each(|(row, to)| rows::reseal(transaction, row, to))).await
    }
}

impl Sqlite {
    /// Runs a short transaction that is on the disk when this returns.
    pub(super) async fn keep<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, KeyStoreError> + Send + 'static,
    ) -> Result<T, KeyStoreError> {
        let work = move |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let kept = work(&transaction)?;
            transaction.commit()?;
            Ok(kept)
        };
        self.writer.run(Durability::Full, work).await
    }

    /// Deleted bytes are overwritten in their page; this takes the older pages out of the write-ahead log as well. If a
    /// reader is still at work there, the caretaker does it later.
    pub async fn leave_no_trace(&self) -> Result<(), KeyStoreError> {
        let work = |connection: &mut Connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(())
        };
        self.writer.run(Durability::Full, work).await
    }
}

fn person(
    connection: &Connection,
    (company, fingerprint): &(String, String),
) -> Result<Option<CustomerId>, KeyStoreError> {
    let mut statement = connection.prepare_cached(PERSON)?;
    let found: Option<[u8; 16]> = statement.query_row([company, fingerprint], |row| row.get(0)).optional()?;
    Ok(found.map(|bytes| CustomerId(Uuid::from_bytes(bytes))))
}

fn secrets(connection: &Connection, owner: &str, name: &str) -> Result<Vec<SealedSecret>, KeyStoreError> {
    let mut statement = connection.prepare_cached(SECRETS)?;
    let rows = statement.query_map([owner, name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (bytes, set_at): (Vec<u8>, i64) = row?;
        let set_at = Timestamp::from_microsecond(set_at).map_err(|error| KeyStoreError {
            what: "a stored time is out of range".to_owned(),
            source: Some(error.into()),
        })?;
        found.push(SealedSecret { bytes, set_at });
    }
    Ok(found)
}
