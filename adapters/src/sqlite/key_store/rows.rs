//! All rows of the key store on their way out, back in, and under a new master key.

use super::data_keys;
use crate::key_store::{Erasure, KeyRow, KeyStoreError};
use jiff::Timestamp;
use ringbuch_domain::ids::{CompanyId, CustomerId};
use rusqlite::{Connection, Row, Transaction, params};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

/// Rows read ahead of whoever takes them.
pub(super) const AHEAD: usize = 1_000;

type Read = fn(&Row<'_>) -> Result<KeyRow, KeyStoreError>;

const TABLES: [(&str, Read); 5] = [
    ("SELECT name, value FROM written_once ORDER BY name", written_once),
    ("SELECT owner, name, bytes, set_at FROM secrets ORDER BY id", secret),
    ("SELECT company, fingerprint, person FROM people ORDER BY company, fingerprint", person),
    ("SELECT id, wrapped FROM data_keys ORDER BY id", data_key),
    ("SELECT record FROM erasures ORDER BY id", erasure),
];

const PUT_VALUE: &str =
    "INSERT INTO written_once (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const PUT_SECRET: &str = "
    INSERT INTO secrets (owner, name, bytes, set_at) SELECT ?1, ?2, ?3, ?4
    WHERE NOT EXISTS (SELECT 1 FROM secrets WHERE owner = ?1 AND name = ?2 AND bytes = ?3)";
const PUT_PERSON: &str = "
    INSERT INTO people (company, fingerprint, person) VALUES (?1, ?2, ?3)
    ON CONFLICT (company, fingerprint) DO UPDATE SET person = excluded.person";
const PUT_KEY: &str = "
    INSERT INTO data_keys (id, wrapped) VALUES (?1, ?2)
    ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped WHERE wrapped IS NOT NULL";
const PUT_ERASURE: &str =
    "INSERT INTO erasures (record) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE record = ?1)";

const RESEAL_VALUE: &str = "UPDATE written_once SET value = ?3 WHERE name = ?1 AND value = ?2";
const RESEAL_SECRET: &str = "UPDATE secrets SET bytes = ?4 WHERE owner = ?1 AND name = ?2 AND bytes = ?3";
const RESEAL_KEY: &str = "UPDATE data_keys SET wrapped = ?3 WHERE id = ?1 AND wrapped = ?2";

/// Sends every row as it stands at one moment; ends early if nobody takes them any more.
pub(super) fn send_all(
    connection: &Connection,
    sender: &Sender<Result<KeyRow, KeyStoreError>>,
) -> Result<(), KeyStoreError> {
    let moment = connection.unchecked_transaction()?;
    for (sql, read) in TABLES {
        let mut statement = moment.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if sender.blocking_send(read(row)).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

pub(super) fn put(transaction: &Transaction<'_>, row: &KeyRow) -> Result<(), KeyStoreError> {
    match row {
        KeyRow::WrittenOnce { name, value } => {
            transaction.prepare_cached(PUT_VALUE)?.execute(params![name, value])?;
        }
        KeyRow::Secret { owner, name, bytes, set_at } => {
            transaction.prepare_cached(PUT_SECRET)?.execute(params![owner, name, bytes, set_at.as_microsecond()])?;
        }
        KeyRow::Person { company, fingerprint, person } => {
            let values = params![company.as_str(), fingerprint, person.0.as_bytes()];
            transaction.prepare_cached(PUT_PERSON)?.execute(values)?;
        }
        KeyRow::DataKey { id, wrapped: Some(wrapped) } => {
            transaction.prepare_cached(PUT_KEY)?.execute(params![id.as_bytes(), wrapped])?;
        }
        KeyRow::DataKey { id, wrapped: None } => data_keys::destroy(transaction, &[*id])?,
        KeyRow::Erasure(erasure) => {
            transaction.prepare_cached(PUT_ERASURE)?.execute([erasure.to_record()?])?;
        }
    }
    Ok(())
}

pub(super) fn reseal(transaction: &Transaction<'_>, row: &KeyRow, to: &[u8]) -> Result<(), KeyStoreError> {
    match row {
        KeyRow::WrittenOnce { name, value } => {
            transaction.prepare_cached(RESEAL_VALUE)?.execute(params![name, value, to])?;
        }
        KeyRow::Secret { owner, name, bytes, .. } => {
            transaction.prepare_cached(RESEAL_SECRET)?.execute(params![owner, name, bytes, to])?;
        }
        KeyRow::DataKey { id, wrapped: Some(wrapped) } => {
            transaction.prepare_cached(RESEAL_KEY)?.execute(params![id.as_bytes(), wrapped, to])?;
        }
        KeyRow::DataKey { wrapped: None, .. } | KeyRow::Person { .. } | KeyRow::Erasure(_) => {}
    }
    Ok(())
}

fn written_once(row: &Row<'_>) -> Result<KeyRow, KeyStoreError> {
    Ok(KeyRow::WrittenOnce { name: row.get(0)?, value: row.get(1)? })
}

fn secret(row: &Row<'_>) -> Result<KeyRow, KeyStoreError> {
    let set_at = Timestamp::from_microsecond(row.get(3)?).map_err(KeyStoreError::unreadable)?;
    Ok(KeyRow::Secret { owner: row.get(0)?, name: row.get(1)?, bytes: row.get(2)?, set_at })
}

fn person(row: &Row<'_>) -> Result<KeyRow, KeyStoreError> {
    let company: String = row.get(0)?;
    let company = CompanyId::new(&company).map_err(KeyStoreError::unreadable)?;
    Ok(KeyRow::Person { company, fingerprint: row.get(1)?, person: CustomerId(Uuid::from_bytes(row.get(2)?)) })
}

fn data_key(row: &Row<'_>) -> Result<KeyRow, KeyStoreError> {
    Ok(KeyRow::DataKey { id: Uuid::from_bytes(row.get(0)?), wrapped: row.get(1)? })
}

fn erasure(row: &Row<'_>) -> Result<KeyRow, KeyStoreError> {
    let record: String = row.get(0)?;
    Ok(KeyRow::Erasure(Erasure::from_record(&record)?))
}
