//! A database in memory, filled once and then only read.

use super::allowed::reading_only;
use super::cut::{Growing, value};
use super::{Answer, Bounds, QueryError};
use ringbuch_projections::rows::{Row, Value};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, Value as Stored};
use rusqlite::{Connection, Error, ErrorCode, Statement, ToSql, params_from_iter};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// One table of a copy. Names are ours and never what somebody has sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub name: &'static str,
    /// Names with the types of the engine.
    pub columns: Vec<(&'static str, &'static str)>,
    pub rows: Vec<Row>,
}

/// A copy that can be asked. Its questions are answered one after the other.
pub struct Copy {
    connection: Mutex<Connection>,
}

/// Machine instructions between two looks at the clock; far below a millisecond.
const STEPS: i32 = 1_000;

/// No value, no row and no sorted key is larger.
const LONGEST_VALUE: i32 = 100_000;

/// What is sorted or remembered beyond this goes to a file of the engine's that has no name, not into memory.
const CACHE: &str = "PRAGMA temp_store = FILE; PRAGMA cache_size = -8000;";

const LIMITS: [(Limit, i32); 11] = [
    (Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 10_000),
    (Limit::SQLITE_LIMIT_COLUMN, 64),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 64),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 8),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 16),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 0),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

impl Copy {
    /// Fills a new copy and locks it.
    pub fn of(tables: &[Table]) -> Result<Self, QueryError> {
        let connection = filled(tables).and_then(|connection| locked(connection, tables));
        let connection = connection.map_err(|error| {
            tracing::error!(%error, "a copy for questions in SQL cannot be made");
            QueryError::Broken
        })?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Answers one SELECT. It blocks for as long as the bounds allow.
    pub fn ask(&self, sql: &str, bounds: Bounds) -> Result<Answer, QueryError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let deadline = Instant::now() + bounds.time;
        let watch = connection.progress_handler(STEPS, Some(move || Instant::now() >= deadline));
        watch.map_err(|_| QueryError::Broken)?;
        asked(&connection, sql, bounds)
    }
}

fn asked(connection: &Connection, sql: &str, bounds: Bounds) -> Result<Answer, QueryError> {
    let told = |error: Error| told(&error, bounds);
    if sql.contains('\0') {
        // The engine would stop reading there, and say nothing of the rest.
        return Err(QueryError::Unreadable("it holds a zero byte".into()));
    }
    let mut statement = connection.prepare(sql).map_err(told)?;
    if !is_a_select(&statement) {
        return Err(QueryError::NotASelect);
    }
    let columns = statement.column_names().map(str::to_owned).collect();
    let (mut answer, count) = (Growing::new(columns, bounds), statement.column_count());
    let mut rows = statement.query([]).map_err(told)?;
    while let Some(row) = rows.next().map_err(told)? {
        let values: Result<Vec<Value>, Error> = (0..count).map(|at| row.get_ref(at).map(value)).collect();
        if !answer.take(values.map_err(told)?) {
            break;
        }
    }
    Ok(answer.done())
}

/// The engine says itself what it has made of the text.
fn is_a_select(statement: &Statement<'_>) -> bool {
    statement.readonly() && statement.column_count() > 0 && statement.is_explain() == 0
}

fn told(error: &Error, bounds: Bounds) -> QueryError {
    match error {
        Error::MultipleStatement => QueryError::Several,
        Error::SqliteFailure(failure, why) => match failure.code {
            ErrorCode::AuthorizationForStatementDenied => QueryError::NotAllowed,
            ErrorCode::OperationInterrupted => QueryError::TookTooLong(bounds.time),
            ErrorCode::TooBig | ErrorCode::OutOfMemory | ErrorCode::DiskFull => QueryError::TooLarge,
            _ => unreadable(why.as_deref()),
        },
        Error::SqlInputError { error, msg, .. } => match error.code {
            ErrorCode::AuthorizationForStatementDenied => QueryError::NotAllowed,
            ErrorCode::OperationInterrupted => QueryError::TookTooLong(bounds.time),
            _ => unreadable(Some(msg)),
        },
        _ => unreadable(None),
    }
}

/// The engine tells of a function that it may not use by a sentence, not by its code.
fn unreadable(why: Option<&str>) -> QueryError {
    let why = why.unwrap_or("the engine does not say why");
    let denied = why.starts_with("not authorized") || why.contains("is prohibited");
    if denied { QueryError::NotAllowed } else { QueryError::Unreadable(why.chars().take(300).collect()) }
}

fn filled(tables: &[Table]) -> Result<Connection, Error> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(CACHE)?;
    for table in tables {
        let columns: Vec<_> = table.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        connection.execute_batch(&format!("CREATE TABLE {} ({}) STRICT", table.name, columns.join(", ")))?;
        let places = vec!["?"; table.columns.len()].join(", ");
        let transaction = connection.unchecked_transaction()?;
        let mut insert = transaction.prepare(&format!("INSERT INTO {} VALUES ({places})", table.name))?;
        for row in &table.rows {
            insert.execute(params_from_iter(row.0.iter().map(Held)))?;
        }
        drop(insert);
        transaction.commit()?;
    }
    Ok(connection)
}

/// From here on nothing but reading of these tables is possible.
fn locked(mut connection: Connection, tables: &[Table]) -> Result<Connection, Error> {
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(config, on)?;
    }
    connection.execute_batch("PRAGMA query_only = ON")?;
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most)?;
    }
    connection.authorizer(Some(reading_only(tables.iter().map(|table| table.name).collect())))?;
    Ok(connection)
}

struct Held<'a>(&'a Value);

impl ToSql for Held<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, Error> {
        Ok(ToSqlOutput::Owned(match self.0 {
            Value::Null => Stored::Null,
            Value::Int(number) => Stored::Integer(*number),
            Value::Real(number) => Stored::Real(*number),
            Value::Text(text) => Stored::Text(text.clone()),
        }))
    }
}
