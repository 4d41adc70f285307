//! Brings a file up to date with the numbered SQL of `migrations/sqlite`.

use super::connect;
use crate::store::{OpenError, migrations};
use refinery::Runner;
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

pub(crate) async fn migrate(path: &Path, dry_run: bool) -> Result<Vec<String>, OpenError> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || if dry_run { missing(&path) } else { apply(&path) })
        .await
        .map_err(|error| OpenError::Unreachable { place: "sqlite".to_owned(), what: error.to_string() })?
}

/// What an opened file lacks.
pub(super) fn pending(connection: &mut Connection, path: &Path) -> Result<Vec<String>, OpenError> {
    let runner = runner();
    let began = connection
        .query_row("SELECT 1 FROM sqlite_master WHERE name = 'refinery_schema_history'", [], |_| Ok(()))
        .optional()
        .map_err(|error| unreachable(path, &error))?;
    let applied = match began {
        None => Vec::new(),
        Some(()) => runner.get_applied_migrations(connection).map_err(|error| failed(path, &error))?,
    };
    migrations::missing(&runner, &applied).map_err(|what| failed(path, &what))
}

fn missing(path: &Path) -> Result<Vec<String>, OpenError> {
    if !path.exists() {
        return migrations::missing(&runner(), &[]).map_err(|what| failed(path, &what));
    }
    let mut connection = connect::visitor(path).map_err(|error| unreachable(path, &error))?;
    pending(&mut connection, path)
}

fn apply(path: &Path) -> Result<Vec<String>, OpenError> {
    create_private(path).map_err(|error| unmade(path, &error))?;
    let mut connection = connect::creator(path).map_err(|error| unreachable(path, &error))?;
    let mut applied = Vec::new();
    let mut left = pending(&mut connection, path)?;
    while !left.is_empty() {
        let outcome = runner().run(&mut connection);
        let report = outcome.as_ref().map_or_else(refinery::Error::report, Some);
        applied.extend(report.into_iter().flat_map(|report| migrations::names(report.applied_migrations())));
        let before = std::mem::replace(&mut left, pending(&mut connection, path)?);
        // Several processes may migrate one file at once: whoever comes second fails, and finds that step done.
        match outcome {
            Err(error) if left.len() == before.len() => return Err(failed(path, &error)),
            _ => {}
        }
    }
    Ok(applied)
}

/// The file holds personal data: only its owner may read it. Its write-ahead log gets the same mode from SQLite.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn runner() -> Runner {
    migrations::sqlite()
}

fn unmade(path: &Path, error: &std::io::Error) -> OpenError {
    match path.parent() {
        Some(folder) if error.kind() == std::io::ErrorKind::NotFound => {
            unreachable(path, &format!("the folder {} does not exist; make it first", folder.display()))
        }
        _ => unreachable(path, error),
    }
}

fn unreachable(path: &Path, error: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unreachable { place: path.display().to_string(), what: error.to_string() }
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> OpenError {
    OpenError::Migration { place: path.display().to_string(), what: error.to_string() }
}
