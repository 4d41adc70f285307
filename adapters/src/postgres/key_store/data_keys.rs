//! Data keys and erasures on PostgreSQL.

use crate::key_store::{DataKey, Erasure, KeyStoreError};
use deadpool_postgres::{Client, Transaction};
use uuid::Uuid;

const ADD: &str = "
    INSERT INTO data_keys (id, wrapped) SELECT * FROM unnest($1::uuid[], $2::bytea[]) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT id, wrapped FROM data_keys WHERE id = ANY($1)";
const DESTROY: &str = "
    INSERT INTO data_keys (id, wrapped) SELECT DISTINCT id, NULL::bytea FROM unnest($1::uuid[]) AS t (id)
    ON CONFLICT (id) DO UPDATE SET wrapped = NULL";
const FORGET_NUMBER: &str = "DELETE FROM people WHERE person = $1";
const RECORD: &str = "INSERT INTO erasures (record) VALUES ($1)";
const RECORDS: &str = "SELECT record FROM erasures ORDER BY id";
const COUNT: &str = "SELECT COUNT(*) FROM erasures";

pub(super) async fn add(transaction: &Transaction<'_>, keys: Vec<(Uuid, Vec<u8>)>) -> Result<(), KeyStoreError> {
    let (ids, wrapped): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
    let statement = transaction.prepare_cached(ADD).await?;
    transaction.execute(&statement, &[&ids, &wrapped]).await?;
    Ok(())
}

pub(super) async fn find(client: &Client, ids: &[Uuid]) -> Result<Vec<(Uuid, DataKey)>, KeyStoreError> {
    let statement = client.prepare_cached(FIND).await?;
    let rows = client.query(&statement, &[&ids]).await?;
    let key = |row: &tokio_postgres::Row| {
        let wrapped: Option<Vec<u8>> = row.try_get(1)?;
        Ok((row.try_get(0)?, wrapped.map_or(DataKey::Destroyed, DataKey::Wrapped)))
    };
    rows.iter().map(key).collect()
}

pub(super) async fn destroy(transaction: &Transaction<'_>, ids: &[Uuid]) -> Result<(), KeyStoreError> {
    transaction.execute(DESTROY, &[&ids]).await?;
    Ok(())
}

pub(super) async fn erase(transaction: &Transaction<'_>, erasure: &Erasure) -> Result<(), KeyStoreError> {
    destroy(transaction, &[erasure.customer.0]).await?;
    destroy(transaction, &erasure.keys).await?;
    transaction.execute(FORGET_NUMBER, &[&erasure.customer.0]).await?;
    transaction.execute(RECORD, &[&erasure.to_record()?]).await?;
    Ok(())
}

/// All tables of ours but the log, which holds nothing that was deleted.
const TABLES: &str = "
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'events' ORDER BY 1";

pub(super) async fn compact(client: &Client) -> Result<(), KeyStoreError> {
    for row in client.query(TABLES, &[]).await? {
        let table: &str = row.try_get(0)?;
        client.batch_execute(&format!("VACUUM (FULL) {table}")).await?;
    }
    Ok(())
}

pub(super) async fn erasures(client: &Client) -> Result<Vec<Erasure>, KeyStoreError> {
    let rows = client.query(RECORDS, &[]).await?;
    rows.iter().map(|row| Erasure::from_record(row.try_get(0)?)).collect()
}

pub(super) async fn erasure_count(client: &Client) -> Result<u64, KeyStoreError> {
    Ok(crate::store::unsigned(client.query_one(COUNT, &[]).await?.try_get(0)?))
}
