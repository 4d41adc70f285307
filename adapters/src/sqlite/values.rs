//! Values on their way into and out of SQLite.

use ringbuch_projections::rows::{Row, RowsError, Value};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql};

struct Arg<'a>(&'a Value);

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Owned(Owned::Null),
            Value::Int(value) => ToSqlOutput::Owned(Owned::Integer(*value)),
            Value::Real(value) => ToSqlOutput::Owned(Owned::Real(*value)),
            Value::Text(value) => ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes())),
        })
    }
}

/// Runs a statement for its effect.
pub(super) fn execute(connection: &Connection, sql: &str, args: &[Value]) -> Result<(), RowsError> {
    run(connection, sql, args, |_| Ok(()))
}

/// Runs a statement and returns its rows.
pub(super) fn query(connection: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
    let mut found = Vec::new();
    run(connection, sql, args, |row| {
        found.push(row);
        Ok(())
    })?;
    Ok(found)
}

fn run(
    connection: &Connection,
    sql: &str,
    args: &[Value],
    mut each: impl FnMut(Row) -> Result<(), RowsError>,
) -> Result<(), RowsError> {
    let refused = |error| failure(error, sql);
    let mut statement = connection.prepare_cached(sql).map_err(refused)?;
    bind(&mut statement, sql, args)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(refused)? {
        // Counted here, since a step prepares the statement anew when a table was altered.
        let columns = row.as_ref().column_count();
        let values = (0..columns).map(|column| value(row.get_ref(column).map_err(refused)?, sql));
        each(Row(values.collect::<Result<_, _>>()?))?;
    }
    Ok(())
}

/// SQLite counts a `$3` by where it first stands, so that arguments go by the number in its name.
fn bind(statement: &mut CachedStatement<'_>, sql: &str, args: &[Value]) -> Result<(), RowsError> {
    let count = statement.parameter_count();
    if count != args.len() {
        return Err(wrong(format!("{} arguments for {count} places in: {sql}", args.len())));
    }
    for index in 1..=count {
        let place = statement.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let arg = place.and_then(|place| args.get(place.checked_sub(1)?));
        let arg = arg.ok_or_else(|| wrong(format!("a place that no argument fills in: {sql}")))?;
        statement.raw_bind_parameter(index, Arg(arg)).map_err(|error| failure(error, sql))?;
    }
    Ok(())
}

fn value(column: ValueRef<'_>, sql: &str) -> Result<Value, RowsError> {
    match column {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Int(value)),
        ValueRef::Real(value) => Ok(Value::Real(value)),
        ValueRef::Text(bytes) => Ok(Value::Text(String::from_utf8_lossy(bytes).into_owned())),
        ValueRef::Blob(_) => Err(wrong(format!("a column of bytes in: {sql}"))),
    }
}

fn wrong(what: String) -> RowsError {
    RowsError::Statement { what, source: None }
}

/// What an error means to the caller. SQLite's messages name tables and columns, never values.
pub(super) fn failure(error: rusqlite::Error, sql: &str) -> RowsError {
    let what = format!("{error} in: {sql}");
    let code = error.sqlite_error_code();
    let source = Some(Box::new(error) as _);
    match code {
        Some(
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull | ErrorCode::SystemIoFailure,
        ) => RowsError::Unavailable { what, source },
        _ => RowsError::Statement { what, source },
    }
}
