//! Why a database could not be opened or brought up to date. Never holds a password.

use std::path::PathBuf;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum OpenError {
    /// The address is not one that this program understands.
    #[error("{key} is '{value}', which cannot be used: {why}. Allowed are {allowed}")]
    Unusable { key: &'static str, value: String, why: String, allowed: &'static str },
    /// There is no SQLite file at that place.
    #[error("there is no database at {}; `ringbuch migrate` makes one", path.display())]
    Absent { path: PathBuf },
    /// The database lacks migrations that this program needs.
    #[error("the database is behind by {} ({}); `ringbuch migrate` brings it up to date", pending.len(), pending.join(", "))]
    Behind { pending: Vec<String> },
    /// It is not there, refuses us, or broke.
    #[error("the database {place} cannot be used: {what}")]
    Unreachable { place: String, what: String },
    /// A migration failed, or the stored ones are not those of this program.
    #[error("the database {place} could not be migrated: {what}")]
    Migration { place: String, what: String },
    /// Its read models follow a log in a KurrentDB, and none is named.
    #[error("the log of this database is kept in a KurrentDB; set RINGBUCH_EVENT_STORE_URL to its address")]
    LogIsElsewhere,
    /// It holds a log of its own, and another is named.
    #[error(
        "this database keeps its log itself; leave RINGBUCH_EVENT_STORE_URL unset, or set RINGBUCH_DATABASE_URL to an \
         empty database"
    )]
    LogIsHere,
    /// A log in a KurrentDB is named, and this program cannot speak with one.
    #[error("this program was built without KurrentDB; build it with `--features kurrentdb`")]
    LeftOut,
}
