//! Opens connections, each set for what it is there for.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Result};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long another process may hold the file before we give up on it.
const BUSY: Duration = Duration::from_secs(10);
/// Until a file that another holds is tried again, where SQLite leaves that to us.
const AGAIN_AFTER: Duration = Duration::from_millis(10);
/// Statements kept prepared; a projection runs the same few texts thousands of times.
const STATEMENTS: usize = 256;

/// How much of the file a reader maps, at most.
const MAPPED: i64 = 64 << 30;

/// The one that writes. Copying the write-ahead log back is the caretaker's work; the figure here is a safety net.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::empty())?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 100_000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    // What an erasure takes away must not be found in the file: freed space is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// One that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -2_000)?;
    // Reading goes through the memory that the system has the file in anyhow, instead of copying every page.
    connection.pragma_update(None, "mmap_size", MAPPED)?;
    Ok(connection)
}

/// One that copies the write-ahead log back into the file.
pub(super) fn caretaker(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::empty())?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -256)?;
    Ok(connection)
}

/// One that may create the file, for migrations.
pub(super) fn creator(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_CREATE)?;
    keep_a_write_ahead_log(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// SQLite does not wait for others here by itself, as it does with a transaction.
#[expect(clippy::disallowed_methods, reason = "migrations have a thread that may block")]
fn keep_a_write_ahead_log(connection: &Connection) -> Result<()> {
    let began = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && began.elapsed() < BUSY => {
                thread::sleep(AGAIN_AFTER);
            }
            outcome => return outcome,
        }
    }
}

/// One that looks at a file without changing anything.
pub(super) fn visitor(path: &Path) -> Result<Connection> {
    open(path, OpenFlags::empty())
}

fn open(path: &Path, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without this a statement that compares a column with an argument is planned anew whenever it gets another one.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}
