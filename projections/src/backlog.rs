//! How much work waits in a to-do list, and for how long.

use crate::rows::{ReadModels, RowsError};
use crate::select::Select;
use jiff::Timestamp;
use serde::Serialize;

/// Age = now − `oldest_due`, where that lies in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Everything that is not done, due or not.
    pub count: i64,
    pub oldest_due: Option<Timestamp>,
}

/// How many rows there are, and the earliest time of the column that says when each falls due.
pub(crate) async fn of(rows: &dyn ReadModels, todo: Select, due: &str) -> Result<Backlog, RowsError> {
    let found = todo.computed(rows, &format!("COUNT(*), MIN({due})"), "").await?;
    let first = found.first();
    Ok(Backlog { count: first.map_or(0, |row| row.int(0)), oldest_due: first.and_then(|row| row.opt_time(1)) })
}
