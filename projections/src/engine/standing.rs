//! How far each projection has come, as the database says.

use crate::rows::{ReadModels, RowsError};
use std::collections::BTreeMap;

/// The rows of one projection that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The newest, if several have left a checkpoint.
    pub version: u32,
    /// Position of the last event that was absorbed.
    pub checkpoint: u64,
    /// Position of the last event that changed a row.
    pub changed: u64,
}

/// By name; a projection that has absorbed nothing yet is not there.
pub async fn all(rows: &dyn ReadModels) -> Result<BTreeMap<String, Stored>, RowsError> {
    let sql = "SELECT name, version, position, changed FROM projection_checkpoints ORDER BY name, version";
    let found = rows.query(sql, &[]).await?;
    let stored = |row: &crate::rows::Row| Stored {
        version: row.int(1).try_into().unwrap_or(u32::MAX),
        checkpoint: row.int(2).unsigned_abs(),
        changed: row.int(3).unsigned_abs(),
    };
    Ok(found.iter().map(|row| (row.text(0), stored(row))).collect())
}
