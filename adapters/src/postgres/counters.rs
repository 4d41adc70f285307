//! Counters on PostgreSQL.

use super::Postgres;
use super::read_models::writing;
use crate::counters::{Count, Counters};
use crate::key_store::KeyStoreError;
use crate::store::{number, unsigned};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use tokio_postgres::Row;

const ADD: &str = "
    INSERT INTO counters AS stored (hour, name, scope, count)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
    ON CONFLICT (hour, name, scope) DO UPDATE SET count = stored.count + excluded.count";
const SINCE: &str = "SELECT hour, name, scope, count FROM counters WHERE hour >= $1 ORDER BY hour, name, scope";
const FORGET: &str = "DELETE FROM counters WHERE hour < $1 AND starts_with(name, $2)";

#[async_trait]
impl Counters for Postgres {
    async fn add(&self, counts: &[Count]) -> Result<(), KeyStoreError> {
        // One row a statement may be met only once, and nodes that add at the same time meet them in the same order.
        let mut sums: BTreeMap<(i64, &str, &str), u64> = BTreeMap::new();
        for count in counts {
            *sums.entry((count.hour.as_microsecond(), &count.name, &count.scope)).or_default() += count.count;
        }
        let hours: Vec<i64> = sums.keys().map(|key| key.0).collect();
        let names: Vec<&str> = sums.keys().map(|key| key.1).collect();
        let scopes: Vec<&str> = sums.keys().map(|key| key.2).collect();
        let added: Vec<i64> = sums.values().map(|sum| number(*sum)).collect();
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        let statement = transaction.prepare_cached(ADD).await?;
        transaction.execute(&statement, &[&hours, &names, &scopes, &added]).await?;
        Ok(transaction.commit().await?)
    }

    async fn since(&self, hour: Timestamp) -> Result<Vec<Count>, KeyStoreError> {
        let client = self.rows().await?;
        let statement = client.prepare_cached(SINCE).await?;
        let rows = client.query(&statement, &[&hour.as_microsecond()]).await?;
        rows.iter().map(count).collect()
    }

    async fn forget(&self, beginning: &str, before: Timestamp) -> Result<(), KeyStoreError> {
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        let statement = transaction.prepare_cached(FORGET).await?;
        transaction.execute(&statement, &[&before.as_microsecond(), &beginning]).await?;
        Ok(transaction.commit().await?)
    }
}

fn count(row: &Row) -> Result<Count, KeyStoreError> {
    let hour = Timestamp::from_microsecond(row.try_get(0)?).map_err(|error| KeyStoreError {
        what: "a stored hour is out of range".to_owned(),
        source: Some(error.into()),
    })?;
    Ok(Count { hour, name: row.try_get(1)?, scope: row.try_get(2)?, count: unsigned(row.try_get(3)?) })
}
