//! Data keys and erasures on SQLite.

use crate::key_store::{DataKey, Erasure, KeyStoreError};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

const ADD: &str = "INSERT INTO data_keys (id, wrapped) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT wrapped FROM data_keys WHERE id = ?1";
const DESTROY: &str =
    "INSERT INTO data_keys (id, wrapped) VALUES (?1, NULL) ON CONFLICT (id) DO UPDATE SET wrapped = NULL";
const FORGET_NUMBER: &str = "DELETE FROM people WHERE person = ?1";
const RECORD: &str = "INSERT INTO erasures (record) VALUES (?1)";
const RECORDS: &str = "SELECT record FROM erasures ORDER BY id";
const COUNT: &str = "SELECT COUNT(*) FROM erasures";

pub(super) fn add(transaction: &Transaction<'_>, keys: &[(Uuid, Vec<u8>)]) -> Result<(), KeyStoreError> {
    let mut statement = transaction.prepare_cached(ADD)?;
    for (id, wrapped) in keys {
        statement.execute(params![id.as_bytes(), wrapped])?;
    }
    Ok(())
}

pub(super) fn find(connection: &Connection, ids: &[Uuid]) -> Result<Vec<(Uuid, DataKey)>, KeyStoreError> {
    let mut statement = connection.prepare_cached(FIND)?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let row: Option<Option<Vec<u8>>> = statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        found.extend(row.map(|wrapped| (*id, wrapped.map_or(DataKey::Destroyed, DataKey::Wrapped))));
    }
    Ok(found)
}

pub(super) fn destroy(transaction: &Transaction<'_>, ids: &[Uuid]) -> Result<(), KeyStoreError> {
    let mut statement = transaction.prepare_cached(DESTROY)?;
    for id in ids {
        statement.execute([id.as_bytes()])?;
    }
    Ok(())
}

pub(super) fn erase(transaction: &Transaction<'_>, erasure: &Erasure) -> Result<(), KeyStoreError> {
    destroy(transaction, &[erasure.customer.0])?;
    destroy(transaction, &erasure.keys)?;
    transaction.execute(FORGET_NUMBER, [erasure.customer.0.as_bytes()])?;
    transaction.execute(RECORD, [erasure.to_record()?])?;
    Ok(())
}

pub(super) fn erasures(connection: &Connection) -> Result<Vec<Erasure>, KeyStoreError> {
    let mut statement = connection.prepare_cached(RECORDS)?;
    let records: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    records.iter().map(|record| Erasure::from_record(record)).collect()
}

pub(super) fn erasure_count(connection: &Connection) -> Result<u64, KeyStoreError> {
    let count: i64 = connection.prepare_cached(COUNT)?.query_row([], |row| row.get(0))?;
    Ok(crate::store::unsigned(count))
}
