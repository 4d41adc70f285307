//! All rows of the key store on their way out, back in, and under a new master key.

use super::data_keys;
use crate::key_store::{Erasure, KeyRow, KeyStoreError};
use deadpool_postgres::{Client, Transaction};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use std::pin::pin;
use tokio::sync::mpsc::Sender;
use tokio_postgres::{IsolationLevel, Row};

/// Rows read ahead of whoever takes them.
pub(super) const AHEAD: usize = 1_000;

type Read = fn(&Row) -> Result<KeyRow, KeyStoreError>;

const TABLES: [(&str, Read); 5] = [
    ("SELECT name, value FROM written_once ORDER BY name", written_once),
    ("SELECT owner, name, bytes, set_at FROM secrets ORDER BY id", secret),
    ("SELECT company, fingerprint, person FROM people ORDER BY company, fingerprint", person),
    ("SELECT id, wrapped FROM data_keys ORDER BY id", data_key),
    ("SELECT record FROM erasures ORDER BY id", erasure),
];

const PUT_VALUE: &str =
    "INSERT INTO written_once (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const PUT_SECRET: &str = "
    INSERT INTO secrets (owner, name, bytes, set_at) SELECT $1, $2, $3, $4
    WHERE NOT EXISTS (SELECT 1 FROM secrets WHERE owner = $1 AND name = $2 AND bytes = $3)";
const PUT_PERSON: &str = "
    INSERT INTO people (company, fingerprint, person) VALUES ($1, $2, $3)
    ON CONFLICT (company, fingerprint) DO UPDATE SET person = excluded.person";
const PUT_KEY: &str = "
    INSERT INTO data_keys (id, wrapped) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped WHERE data_keys.wrapped IS NOT NULL";
const PUT_ERASURE: &str =
    "INSERT INTO erasures (record) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE record = $1)";

const RESEAL_VALUE: &str = "UPDATE written_once SET value = $3 WHERE name = $1 AND value = $2";
const RESEAL_SECRET: &str = "UPDATE secrets SET bytes = $4 WHERE owner = $1 AND name = $2 AND bytes = $3";
const RESEAL_KEY: &str = "UPDATE data_keys SET wrapped = $3 WHERE id = $1 AND wrapped = $2";

/// Sends every row as it stands at one moment; ends early if nobody takes them any more.
pub(super) async fn send_all(
    client: &mut Client,
    sender: &Sender<Result<KeyRow, KeyStoreError>>,
) -> Result<(), KeyStoreError> {
    let moment = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let moment = moment.start().await?;
    for (sql, read) in TABLES {
        let nothing: [&str; 0] = [];
        let mut rows = pin!(moment.query_raw(sql, nothing).await?);
        while let Some(row) = rows.try_next().await? {
            if sender.send(read(&row)).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(moment.commit().await?)
}

pub(super) async fn put(transaction: &Transaction<'_>, row: &KeyRow) -> Result<(), KeyStoreError> {
    match row {
        KeyRow::WrittenOnce { name, value } => {
            transaction.execute(PUT_VALUE, &[name, value]).await?;
        }
        KeyRow::Secret { owner, name, bytes, set_at } => {
            let statement = transaction.prepare_cached(PUT_SECRET).await?;
            transaction.execute(&statement, &[owner, name, bytes, &set_at.as_microsecond()]).await?;
        }
        KeyRow::Person { company, fingerprint, person } => {
            let statement = transaction.prepare_cached(PUT_PERSON).await?;
            transaction.execute(&statement, &[&company.as_str(), fingerprint, &person.0]).await?;
        }
        KeyRow::DataKey { id, wrapped: Some(wrapped) } => {
            let statement = transaction.prepare_cached(PUT_KEY).await?;
            transaction.execute(&statement, &[id, wrapped]).await?;
        }
        KeyRow::DataKey { id, wrapped: None } => data_keys::destroy(transaction, &[*id]).await?,
        KeyRow::Erasure(erasure) => {
            transaction.execute(PUT_ERASURE, &[&erasure.to_record()?]).await?;
        }
    }
    Ok(())
}

pub(super) async fn reseal(transaction: &Transaction<'_>, row: &KeyRow, to: &[u8]) -> Result<(), KeyStoreError> {
    match row {
        KeyRow::WrittenOnce { name, value } => {
            transaction.execute(RESEAL_VALUE, &[name, value, &to]).await?;
        }
        KeyRow::Secret { owner, name, bytes, .. } => {
            transaction.execute(RESEAL_SECRET, &[owner, name, bytes, &to]).await?;
        }
        KeyRow::DataKey { id, wrapped: Some(wrapped) } => {
            let statement = transaction.prepare_cached(RESEAL_KEY).await?;
            transaction.execute(&statement, &[id, wrapped, &to]).await?;
        }
        KeyRow::DataKey { wrapped: None, .. } | KeyRow::Person { .. } | KeyRow::Erasure(_) => {}
    }
    Ok(())
}

fn written_once(row: &Row) -> Result<KeyRow, KeyStoreError> {
    Ok(KeyRow::WrittenOnce { name: row.try_get(0)?, value: row.try_get(1)? })
}

fn secret(row: &Row) -> Result<KeyRow, KeyStoreError> {
    let set_at = Timestamp::from_microsecond(row.try_get(3)?).map_err(KeyStoreError::unreadable)?;
    Ok(KeyRow::Secret { owner: row.try_get(0)?, name: row.try_get(1)?, bytes: row.try_get(2)?, set_at })
}

fn person(row: &Row) -> Result<KeyRow, KeyStoreError> {
    let company = CompanyId::new(row.try_get(0)?).map_err(KeyStoreError::unreadable)?;
    Ok(KeyRow::Person { company, fingerprint: row.try_get(1)?, person: CustomerId(row.try_get(2)?) })
}

fn data_key(row: &Row) -> Result<KeyRow, KeyStoreError> {
    Ok(KeyRow::DataKey { id: row.try_get(0)?, wrapped: row.try_get(1)? })
}

fn erasure(row: &Row) -> Result<KeyRow, KeyStoreError> {
    Ok(KeyRow::Erasure(Erasure::from_record(row.try_get(0)?)?))
}
