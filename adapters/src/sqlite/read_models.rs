//! Read models on SQLite. Their commits are not flushed one by one: rows and checkpoint are lost together or not at all,
//! and what was lost comes back from the log.

use super::Sqlite;
use super::readers::NoReader;
use super::values::{execute, failure, query};
use super::writer::{Closed, Durability};
use crate::store::{number, unsigned};
use async_trait::async_trait;
use ringbuch_projections::rows::{Fence, ReadModels, Row, RowsError, Statement, Step, Value};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

const CHECKPOINT: &str = "SELECT position FROM projection_checkpoints WHERE name = $1 AND version = $2";
const NEWEST: &str = "SELECT COALESCE(MAX(version), 0) FROM projection_checkpoints WHERE name = $1";
const FENCE: &str = "SELECT COALESCE(MAX(fence), 0) FROM leases WHERE name = $1";
const MOVE: &str = "
    INSERT INTO projection_checkpoints (name, version, position, changed) VALUES ($1, $2, $3, $3 * $4)
    ON CONFLICT (name, version) DO UPDATE
    SET position = excluded.position, changed = MAX(projection_checkpoints.changed, excluded.changed)";

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

    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError> {
        let statements = statements.to_vec();
        let work = move |connection: &mut Connection| whole(connection, |transaction| run(transaction, &statements));
        self.writer.run(Durability::Full, work).await
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        let (sql, args) = (sql.to_owned(), args.to_vec());
        self.readers.read(move |connection| query(connection, &sql, &args)).await
    }
}

impl Sqlite {
    pub(super) async fn write(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<(), RowsError> + Send + 'static,
    ) -> Result<(), RowsError> {
        self.writer.run(Durability::Normal, move |connection: &mut Connection| whole(connection, work)).await
    }
}

/// Does work in one transaction.
pub(super) fn whole(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<(), RowsError>,
) -> Result<(), RowsError> {
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(|error| failure(error, "BEGIN"))?;
    work(&transaction)?;
    transaction.commit().map_err(|error| failure(error, "COMMIT"))
}

/// One step of one projection.
pub(super) fn take(transaction: &Transaction<'_>, step: &Step) -> Result<(), RowsError> {
    let newest = number_of(transaction, NEWEST, step.projection)?;
    if newest > u64::from(step.version) {
        return Err(RowsError::Superseded { projection: step.projection.to_owned() });
    }
    check(transaction, step.fence.as_ref())?;
    let actual = checkpoint(transaction, step.projection, step.version)?;
    if actual != step.from {
        return Err(RowsError::CheckpointMoved { projection: step.projection.to_owned(), actual });
    }
    run(transaction, &step.statements)?;
    advance(transaction, step)
}

/// Moves the checkpoint to where the step ends.
pub(super) fn advance(transaction: &Transaction<'_>, step: &Step) -> Result<(), RowsError> {
    let changes = Value::from(!step.statements.is_empty());
    let to = Value::Int(number(step.to));
    execute(transaction, MOVE, &[step.projection.into(), step.version.into(), to, changes])
}

/// Whether the one who writes leads still.
pub(super) fn check(transaction: &Transaction<'_>, fence: Option<&Fence>) -> Result<(), RowsError> {
    let Some(fence) = fence else { return Ok(()) };
    if number_of(transaction, FENCE, &fence.lease)? == fence.number {
        return Ok(());
    }
    Err(RowsError::TakenOver { lease: fence.lease.clone() })
}

pub(super) fn run(transaction: &Transaction<'_>, statements: &[Statement]) -> Result<(), RowsError> {
    statements.iter().try_for_each(|statement| execute(transaction, statement.sql, &statement.args))
}

fn number_of(connection: &Connection, sql: &str, name: &str) -> Result<u64, RowsError> {
    let found: rusqlite::Result<i64> =
        connection.prepare_cached(sql).and_then(|mut statement| statement.query_row([name], |row| row.get(0)));
    found.map(unsigned).map_err(|error| failure(error, sql))
}

pub(super) fn checkpoint(connection: &Connection, projection: &str, version: u32) -> Result<u64, RowsError> {
    let found: rusqlite::Result<Option<i64>> = connection
        .prepare_cached(CHECKPOINT)
        .and_then(|mut statement| statement.query_row((projection, version), |row| row.get(0)).optional());
    found.map(|position| position.map_or(0, unsigned)).map_err(|error| failure(error, CHECKPOINT))
}
