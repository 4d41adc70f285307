//! The read side's port. SQL is written once, in the dialect that SQLite and PostgreSQL both accept: BIGINT epoch
//! microseconds, text ids, 0/1 for truth, `$1` placeholders, `ON CONFLICT`, `RETURNING`, sums cast to BIGINT.

use async_trait::async_trait;
use jiff::Timestamp;
use std::fmt::Display;
use thiserror::Error;

/// A value that both engines store alike.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.as_microsecond())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// An id or another thing that is stored as its text.
pub fn text(value: &impl Display) -> Value {
    Value::Text(value.to_string())
}

/// One statement with its arguments in the order of `$1`, `$2`, ….
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub sql: &'static str,
    pub args: Vec<Value>,
}

/// What a projection makes of events: statements that will be committed together with its checkpoint.
#[derive(Debug, Default)]
pub struct Rows {
    pub statements: Vec<Statement>,
}

impl Rows {
    /// Adds a statement.
    pub fn execute(&mut self, sql: &'static str, args: impl Into<Vec<Value>>) {
        self.statements.push(Statement { sql, args: args.into() });
    }
}

/// One row of an answer, read by column place.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// An integer column; 0 where it is null or absent.
    pub fn int(&self, column: usize) -> i64 {
        self.opt_int(column).unwrap_or_default()
    }
    pub fn opt_int(&self, column: usize) -> Option<i64> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Some(*value),
            _ => None,
        }
    }
    /// A floating column, integers included; 0 where it is null or absent.
    pub fn real(&self, column: usize) -> f64 {
        match self.0.get(column) {
            Some(Value::Real(value)) => *value,
            #[expect(clippy::cast_precision_loss, reason = "averages and durations stay far below 2^53")]
            Some(Value::Int(value)) => *value as f64,
            _ => 0.0,
        }
    }
    /// A text column; empty where it is null or absent.
    pub fn text(&self, column: usize) -> String {
        self.opt_text(column).unwrap_or_default()
    }
    pub fn opt_text(&self, column: usize) -> Option<String> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Some(value.clone()),
            _ => None,
        }
    }
    pub fn bool(&self, column: usize) -> bool {
        self.int(column) != 0
    }
    /// A column of epoch microseconds.
    pub fn opt_time(&self, column: usize) -> Option<Timestamp> {
        self.opt_int(column).and_then(|micros| Timestamp::from_microsecond(micros).ok())
    }
}

#[derive(Debug, Error)]
pub enum RowsError {
    /// Another node has already committed past this checkpoint.
    #[error("projection {projection} stands at {actual}, not at the checkpoint that this batch started from")]
    CheckpointMoved { projection: String, actual: u64 },
    /// Somebody else leads by now; what whoever led before would still write is refused.
    #[error("{lease} has been taken over by another node; nothing is written by this one any more")]
    TakenOver { lease: String },
    /// The rows are those of a newer version of the projection, which this program does not know.
    #[error("the rows of projection {projection} are of a newer version than this program's")]
    Superseded { projection: String },
    /// The engine refused a statement; asking again will not help.
    #[error("a statement failed: {what}")]
    Statement {
        what: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The database could not be reached or was busy for too long.
    #[error("the database is not available: {what}")]
    Unavailable {
        what: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// By what right something is written: the lease, and its fencing number as it was when the writer got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    pub lease: String,
    pub number: u64,
}

/// A projection's step from one checkpoint to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub projection: &'static str,
    /// The version of its rows. What comes from an older version than the newest stored one is refused.
    pub version: u32,
    pub from: u64,
    /// Where nothing but rows change, the same as `from`.
    pub to: u64,
    pub statements: Vec<Statement>,
    /// Absent where nobody else can be writing.
    pub fence: Option<Fence>,
}

/// Where read models live.
#[async_trait]
pub trait ReadModels: Send + Sync {
    /// Creates what a projection needs; every statement is written so that running it again changes nothing.
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError>;
    /// The position that a projection has absorbed, 0 before its first step.
    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError>;
    /// Commits rows and checkpoints of all steps in one transaction, or nothing of them. A step whose `from` is not the
    /// stored checkpoint fails the whole with `CheckpointMoved`, one whose lease has a newer fence with `TakenOver`, one of
    /// an older version than the stored one with `Superseded`.
    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError>;
    /// Runs statements that belong to no step in one transaction, durably: they do not come back from the log.
    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError>;
    /// Reads. The SQL may be put together at run time from fixed pieces; values travel only as arguments.
    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError>;
    /// Reads what may be found in one way or another, and the values tell which is the shorter: failed deliveries are found
    /// by their state and processed ones by their time.
    async fn search(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        self.query(sql, args).await
    }
}
