//! How much work waits in a to-do list, and for how long.

use crate::rows::{ReadModels, RowsError};
use jiff::Timestamp;
use serde::Serialize;

/// Age = now − `oldest_due`, where that lies in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Everything that is not done, due or not.
    pub count: i64,
    pub oldest_due: Option<Timestamp>,
}

/// Runs a query whose only row is the count and the earliest due time.
pub(crate) async fn read(rows: &dyn ReadModels, sql: &str) -> Result<Backlog, RowsError> {
    let found = rows.query(sql, &[]).await?;
    let first = found.first();
    Ok(Backlog { count: first.map_or(0, |row| row.int(0)), oldest_due: first.and_then(|row| row.opt_time(1)) })
}
