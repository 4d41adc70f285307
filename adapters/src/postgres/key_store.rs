//! The key store on PostgreSQL. Its commits wait for the disk, since it does not come back from the log.

use super::Postgres;
use super::failure::Failure;
use super::read_models::writing;
use crate::key_store::{DataKey, Erasure, KeyRow, KeyRows, KeyStore, KeyStoreError, SealedSecret};
use async_trait::async_trait;
use deadpool_postgres::Client;
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use tokio::sync::mpsc;
use uuid::Uuid;

mod data_keys;
mod rows;

/// Two who set the same secret at once go one after the other, so that neither keeps what the other dropped.
const PUT_LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 5289316402773223))";
const PUT: &str = "INSERT INTO secrets (owner, name, bytes, set_at) VALUES ($1, $2, $3, $4)";
const DROP_OLD: &str = "
    DELETE FROM secrets WHERE owner = $1 AND name = $2 AND id NOT IN
        (SELECT id FROM secrets WHERE owner = $1 AND name = $2 ORDER BY id DESC LIMIT $3)";
const SECRETS: &str = "SELECT bytes, set_at FROM secrets WHERE owner = $1 AND name = $2 ORDER BY id DESC";
const PERSON: &str = "SELECT person FROM people WHERE company = $1 AND fingerprint = $2";
const NEW_PERSON: &str = "INSERT INTO people (company, fingerprint, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const WRITE_ONCE: &str = "INSERT INTO written_once (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const WRITTEN: &str = "SELECT value FROM written_once WHERE name = $1";

impl From<Failure> for KeyStoreError {
    fn from(failure: Failure) -> Self {
        Self { what: failure.what.clone(), source: Some(Box::new(failure)) }
    }
}

/// The driver's errors quote values in their details; only what [`Failure`] keeps of them goes on.
impl From<tokio_postgres::Error> for KeyStoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure::from(error).into()
    }
}

#[async_trait]
impl KeyStore for Postgres {
    async fn put_secret(
        &self,
        owner: &str,
        name: &str,
        bytes: Vec<u8>,
        now: Timestamp,
        keep: usize,
    ) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.execute(PUT_LOCK, &[&owner, &name]).await?;
        transaction.execute(PUT, &[&owner, &name, &bytes, &now.as_microsecond()]).await?;
        transaction.execute(DROP_OLD, &[&owner, &name, &i64::try_from(keep).unwrap_or(i64::MAX)]).await?;
        Ok(transaction.commit().await?)
    }

    async fn secrets(&self, owner: &str, name: &str) -> Result<Vec<SealedSecret>, KeyStoreError> {
        let client = self.rows().await?;
        let statement = client.prepare_cached(SECRETS).await?;
        let rows = client.query(&statement, &[&owner, &name]).await?;
        let secret = |row: &tokio_postgres::Row| {
            let set_at = Timestamp::from_microsecond(row.try_get(1)?).map_err(|error| KeyStoreError {
                what: "a stored time is out of range".to_owned(),
                source: Some(error.into()),
            })?;
            Ok(SealedSecret { bytes: row.try_get(0)?, set_at })
        };
        rows.iter().map(secret).collect()
    }

    async fn person(
        &self,
        company: &CompanyId,
        fingerprint: &str,
        fresh: CustomerId,
    ) -> Result<CustomerId, KeyStoreError> {
        let mut client = self.rows().await?;
        if let Some(known) = person(&client, company, fingerprint).await? {
            return Ok(known);
        }
        let transaction = writing(&mut client).await?;
        // Waits for whoever is about to insert the same; what stands afterwards is read by a statement of its own.
        let inserted = transaction.execute(NEW_PERSON, &[&company.as_str(), &fingerprint, &fresh.0]).await?;
        transaction.commit().await?;
        if inserted == 1 {
            return Ok(fresh);
        }
        person(&client, company, fingerprint).await?.ok_or_else(|| KeyStoreError {
            what: "a person was erased while being looked up; ask again".to_owned(),
            source: None,
        })
    }

    async fn write_once(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.execute(WRITE_ONCE, &[&name, &value]).await?;
        transaction.commit().await?;
        Ok(client.query_one(WRITTEN, &[&name]).await?.try_get(0)?)
    }

    async fn add_data_keys(&self, keys: Vec<(Uuid, Vec<u8>)>) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        data_keys::add(&transaction, keys).await?;
        Ok(transaction.commit().await?)
    }

    async fn data_keys(&self, ids: Vec<Uuid>) -> Result<Vec<(Uuid, DataKey)>, KeyStoreError> {
        data_keys::find(&self.rows().await?, &ids).await
    }

    async fn destroy_data_keys(&self, ids: Vec<Uuid>) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        data_keys::destroy(&transaction, &ids).await?;
        Ok(transaction.commit().await?)
    }

    async fn erase(&self, erasure: Erasure) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        data_keys::erase(&transaction, &erasure).await?;
        Ok(transaction.commit().await?)
    }

    async fn erasures(&self) -> Result<Vec<Erasure>, KeyStoreError> {
        data_keys::erasures(&self.rows().await?).await
    }

    async fn erasure_count(&self) -> Result<u64, KeyStoreError> {
        data_keys::erasure_count(&self.rows().await?).await
    }

    async fn export(&self) -> Result<KeyRows, KeyStoreError> {
        let mut client = self.rows().await?;
        let (sender, rows) = mpsc::channel(rows::AHEAD);
        tokio::spawn(async move {
            if let Err(error) = rows::send_all(&mut client, &sender).await {
                let _ = sender.send(Err(error)).await;
            }
        });
        Ok(rows)
    }

    async fn import(&self, imported: Vec<KeyRow>) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        for row in &imported {
            rows::put(&transaction, row).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn reseal(&self, resealed: Vec<(KeyRow, Vec<u8>)>) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        for (row, to) in &resealed {
            rows::reseal(&transaction, row, to).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl Postgres {
    /// Rewrites what is not the log, so that no free space holds what was deleted.
    pub async fn compact(&self) -> Result<(), KeyStoreError> {
        data_keys::compact(&self.rows().await?).await
    }
}

async fn person(client: &Client, company: &CompanyId, fingerprint: &str) -> Result<Option<CustomerId>, KeyStoreError> {
    let statement = client.prepare_cached(PERSON).await?;
    let row = client.query_opt(&statement, &[&company.as_str(), &fingerprint]).await?;
    let id: Option<Uuid> = row.map(|row| row.try_get(0)).transpose()?;
    Ok(id.map(CustomerId))
}
