//! Read models on SQLite. Their commits are not flushed one by one: rows and checkpoint are lost together or not at all,
//! and what was lost comes back from the log.

use super::Sqlite;
use super::readers::NoReader;
use super::values::{execute, failure, query};
use super::writer::{Closed, Durability};
use crate::store::unsigned;
use async_trait::async_trait;
use ringbuch_projections::rows::{ReadModels, Row, RowsError, Step, Value};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

const CHECKPOINT: &str = "SELECT position FROM projection_checkpoints WHERE name = $1 AND version = $2";
const MOVE: &str = "
    INSERT INTO projection_checkpoints (name, version, position) VALUES ($1, $2, $3)
    ON CONFLICT (name, version) DO UPDATE SET position = excluded.position";
const FORGET: &str = "DELETE FROM projection_checkpoints WHERE name = $1 AND version = $2";

impl From<NoReader> for RowsError {
    fn from(error: NoReader) -> Self {
        Self::Unavailable { what: error.to_string(), source: None }
    }
}

impl From<Closed> for RowsError {
    fn from(error: Closed) -> Self {
        Self::Unavailable { what: error.to_string(), source: None }
    }
}

#[async_trait]
impl ReadModels for Sqlite {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        let ddl = ddl.to_vec();
        self.write(move |transaction| {
            ddl.iter().try_for_each(|sql| transaction.execute_batch(sql).map_err(|error| failure(error, sql)))
        })
        .await
    }

    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        let projection = projection.to_owned();
        self.readers.read(move |connection| checkpoint(connection, &projection, version)).await
    }

    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        let steps = steps.to_vec();
        self.write(move |transaction| steps.iter().try_for_each(|step| take(transaction, step))).await
    }

    async fn reset(&self, projection: &str, version: u32, clear: &[&'static str]) -> Result<(), RowsError> {
        let (key, clear) = (key(projection, version), clear.to_vec());
        self.write(move |transaction| {
            execute(transaction, FORGET, &key)?;
            clear.iter().try_for_each(|sql| execute(transaction, sql, &[]))
        })
        .await
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        let (sql, args) = (sql.to_owned(), args.to_vec());
        self.readers.read(move |connection| query(connection, &sql, &args)).await
    }
}

impl Sqlite {
    async fn write(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<(), RowsError> + Send + 'static,
    ) -> Result<(), RowsError> {
        let work = move |connection: &mut Connection| {
            let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let transaction = begun.map_err(|error| failure(error, "BEGIN"))?;
            work(&transaction)?;
            transaction.commit().map_err(|error| failure(error, "COMMIT"))
        };
        self.writer.run(Durability::Normal, work).await
    }
}

fn take(transaction: &Transaction<'_>, step: &Step) -> Result<(), RowsError> {
    let actual = checkpoint(transaction, step.projection, step.version)?;
    if actual != step.from {
        return Err(RowsError::CheckpointMoved { projection: step.projection.to_owned(), actual });
    }
    step.statements.iter().try_for_each(|statement| execute(transaction, statement.sql, &statement.args))?;
    let [name, version] = key(step.projection, step.version);
    execute(transaction, MOVE, &[name, version, Value::Int(crate::store::number(step.to))])
}

fn checkpoint(connection: &Connection, projection: &str, version: u32) -> Result<u64, RowsError> {
    let found: rusqlite::Result<Option<i64>> = connection
        .prepare_cached(CHECKPOINT)
        .and_then(|mut statement| statement.query_row((projection, version), |row| row.get(0)).optional());
    found.map(|position| position.map_or(0, unsigned)).map_err(|error| failure(error, CHECKPOINT))
}

fn key(projection: &str, version: u32) -> [Value; 2] {
    [Value::from(projection), Value::from(version)]
}
