//! What is asked of a projection: to rest, to be built anew, to try again what it set aside. Kept in the database, so that
//! whichever node leads it hears of it, now or when it starts.

use crate::rows::{ReadModels, RowsError, Statement, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Control {
    pub paused: bool,
    pub rebuild: bool,
    pub retry: bool,
    /// The position that a copy which is being built has come to.
    pub built: Option<u64>,
}

/// What is asked of each projection by name; of one that is not named nothing is asked.
pub async fn all(rows: &dyn ReadModels) -> Result<BTreeMap<String, Control>, RowsError> {
    let found = rows.query("SELECT name, paused, rebuild, retry, built FROM projection_controls", &[]).await?;
    let control = |row: &crate::rows::Row| Control {
        paused: row.bool(1),
        rebuild: row.bool(2),
        retry: row.bool(3),
        built: row.opt_int(4).and_then(|position| position.try_into().ok()),
    };
    Ok(found.iter().map(|row| (row.text(0), control(row))).collect())
}

pub fn pause(name: &str, paused: bool) -> Statement {
    let sql = "INSERT INTO projection_controls (name, paused) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET paused = excluded.paused";
    Statement { sql, args: vec![name.into(), paused.into()] }
}

pub fn rebuild(name: &str) -> Statement {
    let sql = "INSERT INTO projection_controls (name, rebuild) VALUES ($1, 1)
               ON CONFLICT (name) DO UPDATE SET rebuild = 1";
    Statement { sql, args: vec![name.into()] }
}

pub fn retry(name: &str) -> Statement {
    let sql = "INSERT INTO projection_controls (name, retry) VALUES ($1, 1)
               ON CONFLICT (name) DO UPDATE SET retry = 1";
    Statement { sql, args: vec![name.into()] }
}

/// How far a copy has come.
pub fn built(name: &str, position: u64) -> Statement {
    let sql = "INSERT INTO projection_controls (name, built) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET built = excluded.built";
    Statement { sql, args: vec![name.into(), Value::Int(i64::try_from(position).unwrap_or(i64::MAX))] }
}

/// The copy stands in the place of the old rows; nobody asks for it any more.
pub fn rebuilt(name: &str) -> Statement {
    let sql = "UPDATE projection_controls SET rebuild = 0, built = NULL WHERE name = $1";
    Statement { sql, args: vec![name.into()] }
}

/// Nothing is left of a copy that was being built.
pub fn not_building(name: &str) -> Statement {
    Statement { sql: "UPDATE projection_controls SET built = NULL WHERE name = $1", args: vec![name.into()] }
}

pub fn retried(name: &str) -> Statement {
    Statement { sql: "UPDATE projection_controls SET retry = 0 WHERE name = $1", args: vec![name.into()] }
}
