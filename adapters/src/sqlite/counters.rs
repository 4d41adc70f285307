//! Counters on SQLite.

use super::Sqlite;
use crate::counters::{Count, Counters};
use crate::key_store::KeyStoreError;
use crate::store::{number, unsigned};
use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, params};

const ADD: &str = "
    INSERT INTO counters (hour, name, scope, count) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (hour, name, scope) DO UPDATE SET count = count + excluded.count";
const SINCE: &str = "SELECT hour, name, scope, count FROM counters WHERE hour >= ?1 ORDER BY hour, name, scope";
const FORGET: &str = "DELETE FROM counters WHERE hour < ?1 AND substr(name, 1, length(?2)) = ?2";

#[async_trait]
impl Counters for Sqlite {
    async fn add(&self, counts: &[Count]) -> Result<(), KeyStoreError> {
        let counts = counts.to_vec();
        self.keep(move |transaction| {
            let mut statement = transaction.prepare_cached(ADD)?;
            for count in &counts {
                statement.execute(params![
                    count.hour.as_microsecond(),
                    count.name,
                    count.scope,
                    number(count.count)
                ])?;
            }
            Ok(())
        })
        .await
    }

    async fn since(&self, hour: Timestamp) -> Result<Vec<Count>, KeyStoreError> {
        self.readers.read(move |connection| since(connection, hour)).await
    }

    async fn forget(&self, beginning: &str, before: Timestamp) -> Result<(), KeyStoreError> {
        let beginning = beginning.to_owned();
        self.keep(move |transaction| {
            transaction.prepare_cached(FORGET)?.execute(params![before.as_microsecond(), beginning])?;
            Ok(())
        })
        .await
    }
}

fn since(connection: &Connection, hour: Timestamp) -> Result<Vec<Count>, KeyStoreError> {
    let mut statement = connection.prepare_cached(SINCE)?;
    let mut rows = statement.query([hour.as_microsecond()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let hour = Timestamp::from_microsecond(row.get(0)?).map_err(|error| KeyStoreError {
            what: "a stored hour is out of range".to_owned(),
            source: Some(error.into()),
        })?;
        found.push(Count { hour, name: row.get(1)?, scope: row.get(2)?, count: unsigned(row.get(3)?) });
    }
    Ok(found)
}
