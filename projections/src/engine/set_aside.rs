//! Events that a projection could not take. They stand here with the error, and with them whatever came later in the same
//! stream, so that no later event of a stream is ever taken before an earlier one; everything else goes on.

use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, RowsError, Statement, Value};
use jiff::Timestamp;
use ringbuch_domain::recorded::StreamId;
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

record! {
    pub struct SetAside {
        pub position: i64,
        pub stream: String,
        pub event: String,
        pub kind: String,
        /// What the projection or the engine said, without personal data. Absent where the event only waits for the one
        /// before it in its stream.
        pub error: Option<String>,
        pub since: Timestamp,
    }
}

/// Read at once.
const AT_ONCE: u32 = 200;

const PUT: &str = "
    INSERT INTO projection_set_aside (name, version, position, stream, event, kind, error, since)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (name, position) DO UPDATE SET version = excluded.version, error = excluded.error";

/// An event by what identifies it.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    pub position: u64,
    pub stream: &'a StreamId,
    pub event: Uuid,
    pub kind: &'a str,
}

/// Sets an event aside. Set aside again, it keeps the time of the first.
pub fn put(name: &str, version: u32, event: &Identity<'_>, error: Option<&str>, now: Timestamp) -> Statement {
    let args = vec![
        name.into(),
        version.into(),
        number(event.position),
        event.stream.as_str().into(),
        event.event.to_string().into(),
        event.kind.into(),
        error.into(),
        now.into(),
    ];
    Statement { sql: PUT, args }
}

/// The event was taken after all.
pub fn taken(name: &str, position: u64) -> Statement {
    let sql = "DELETE FROM projection_set_aside WHERE name = $1 AND position = $2";
    Statement { sql, args: vec![name.into(), number(position)] }
}

/// Nothing of the projection is set aside any more.
pub fn forget(name: &str) -> Statement {
    Statement { sql: "DELETE FROM projection_set_aside WHERE name = $1", args: vec![name.into()] }
}

/// How many events each projection has set aside.
pub async fn counts(rows: &dyn ReadModels) -> Result<BTreeMap<String, u64>, RowsError> {
    let found = rows.query("SELECT name, COUNT(*) FROM projection_set_aside GROUP BY name", &[]).await?;
    Ok(found.iter().map(|row| (row.text(0), row.int(1).unsigned_abs())).collect())
}

/// The streams of which a projection takes nothing until it is told to try again.
pub async fn streams(rows: &dyn ReadModels, name: &str) -> Result<HashSet<StreamId>, RowsError> {
    let sql = "SELECT DISTINCT stream FROM projection_set_aside WHERE name = $1";
    let found = rows.query(sql, &[name.into()]).await?;
    Ok(found.iter().map(|row| StreamId::from_stored(row.text(0))).collect())
}

/// What a projection has set aside, in the order of the log, after a position.
pub async fn list(rows: &dyn ReadModels, name: &str, after: u64) -> Result<Vec<SetAside>, RowsError> {
    let columns = SetAside::columns().join(", ");
    let sql = format!(
        "SELECT {columns} FROM projection_set_aside WHERE name = $1 AND position > $2 ORDER BY position LIMIT {AT_ONCE}"
    );
    let found = rows.query(&sql, &[name.into(), number(after)]).await?;
    found.iter().map(|row| SetAside::read(&mut Columns::of(row))).collect()
}

/// What a projection has set aside of one stream, in order.
pub async fn of_stream(rows: &dyn ReadModels, name: &str, stream: &StreamId) -> Result<Vec<SetAside>, RowsError> {
    let columns = SetAside::columns().join(", ");
    let sql = format!("SELECT {columns} FROM projection_set_aside WHERE name = $1 AND stream = $2 ORDER BY position");
    let found = rows.query(&sql, &[name.into(), stream.as_str().into()]).await?;
    found.iter().map(|row| SetAside::read(&mut Columns::of(row))).collect()
}

/// Everything that a projection has set aside, as statements that set it aside elsewhere.
pub async fn copied(rows: &dyn ReadModels, projection: &Projection) -> Result<Vec<Statement>, RowsError> {
    let (mut statements, mut after) = (Vec::new(), 0);
    loop {
        let some = list(rows, projection.name, after).await?;
        let Some(last) = some.last() else { return Ok(statements) };
        after = last.position.unsigned_abs();
        statements.extend(some.into_iter().map(|it| copy(projection, it)));
    }
}

fn copy(projection: &Projection, it: SetAside) -> Statement {
    let args = vec![
        projection.name.into(),
        projection.version.into(),
        it.position.into(),
        it.stream.into(),
        it.event.into(),
        it.kind.into(),
        it.error.into(),
        it.since.into(),
    ];
    Statement { sql: PUT, args }
}

fn number(position: u64) -> Value {
    Value::Int(i64::try_from(position).unwrap_or(i64::MAX))
}
