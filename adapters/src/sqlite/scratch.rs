//! Read models in a private SQLite database that nobody else sees and that is gone when it is dropped: where projections
//! are worked out anew, for whichever engine. SQLite removes its file as soon as it is open.

use super::read_models::{checkpoint, run, take, whole};
use super::values::{failure, query};
use async_trait::async_trait;
use ringbuch_projections::rows::{ReadModels, Row, RowsError, Statement, Step, Value};
use rusqlite::Connection;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a projection's rows stand beside in every database.
const TABLES: [&str; 2] = [
    include_str!("../../../migrations/sqlite/V2__projection_checkpoints.sql"),
    include_str!("../../../migrations/sqlite/V6__projection_engine.sql"),
];
/// Nothing in it has to survive anything; a transaction that fails is undone in memory.
const SETTINGS: &str = "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -64000;
                        PRAGMA locking_mode = EXCLUSIVE";
const STATEMENTS: usize = 512;

/// Its methods work at once, on the thread that polls them.
pub struct Scratch(Mutex<Connection>);

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch")
    }
}

impl Scratch {
    pub fn open() -> Result<Self, RowsError> {
        let connection = Connection::open("").map_err(|error| failure(error, "a private database"))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let scratch = Self(Mutex::new(connection));
        scratch.batch(SETTINGS)?;
        TABLES.iter().try_for_each(|sql| scratch.batch(sql))?;
        Ok(scratch)
    }

    /// Rows of a table from a place on (0 for its beginning), and the place behind them; no rows at its end.
    pub fn page(&self, table: &str, after: i64, limit: u32) -> Result<(Vec<Row>, i64), RowsError> {
        let sql = format!("SELECT *, rowid FROM {table} WHERE rowid > $1 ORDER BY rowid LIMIT {limit}");
        let mut rows = query(&self.connection(), &sql, &[Value::Int(after)])?;
        let mut place = after;
        for row in &mut rows {
            if let Some(Value::Int(rowid)) = row.0.pop() {
                place = rowid;
            }
        }
        Ok((rows, place))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn batch(&self, sql: &str) -> Result<(), RowsError> {
        self.connection().execute_batch(sql).map_err(|error| failure(error, sql))
    }
}

#[async_trait]
impl ReadModels for Scratch {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        ddl.iter().try_for_each(|sql| self.batch(sql))
    }

    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        checkpoint(&self.connection(), projection, version)
    }

    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        whole(&mut self.connection(), |transaction| steps.iter().try_for_each(|step| take(transaction, step)))
    }

    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError> {
        whole(&mut self.connection(), |transaction| run(transaction, statements))
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        query(&self.connection(), sql, args)
    }
}
