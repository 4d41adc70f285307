//! What went wrong, without the values that PostgreSQL puts into its details: those may be personal.

use deadpool_postgres::PoolError;
use ringbuch_domain::ports::LogError;
use ringbuch_projections::rows::RowsError;
use thiserror::Error;
use tokio_postgres::error::DbError;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub(super) struct Failure {
    pub what: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The connection broke or there was none. Whatever was asked may have been done.
    Gone,
    /// Somebody stood in the way; nothing was done, and asking again helps.
    Busy,
    /// A prepared statement no longer fits its tables; it has to be prepared anew.
    Stale,
    /// A key was there already; nothing was done.
    Taken,
    /// Asking again gives the same answer.
    Refused,
}

impl Failure {
    pub fn gone(what: impl Into<String>) -> Self {
        Self { what: what.into(), kind: Kind::Gone }
    }

    /// Asking again would lead to nothing else.
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Taken | Kind::Refused)
    }

    pub fn refused(what: impl Into<String>) -> Self {
        Self { what: what.into(), kind: Kind::Refused }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) => Self { what: words(said), kind: kind(said) },
            None => Self::gone(chain(&error)),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(_) => Self::gone("no connection became free in time"),
            other => Self::gone(other.to_string()),
        }
    }
}

impl From<Failure> for LogError {
    fn from(failure: Failure) -> Self {
        Self::new("the event log could not be read", failure)
    }
}

impl From<Failure> for RowsError {
    fn from(failure: Failure) -> Self {
        let (what, kind) = (failure.what.clone(), failure.kind);
        let source = Some(Box::new(failure) as _);
        match kind {
            Kind::Gone | Kind::Busy | Kind::Stale => Self::Unavailable { what, source },
            Kind::Taken | Kind::Refused => Self::Statement { what, source },
        }
    }
}

/// The message and its code. Messages of class 22 quote the value that was refused.
fn words(said: &DbError) -> String {
    let code = said.code().code();
    if code.starts_with("22") {
        return format!("a value was refused (SQLSTATE {code})");
    }
    format!("{} (SQLSTATE {code})", said.message())
}

fn kind(said: &DbError) -> Kind {
    let code = said.code().code();
    match code {
        // Serialization, deadlock, lock time-out, statement time-out.
        "40001" | "40P01" | "55P03" | "57014" => Kind::Busy,
        "23505" => Kind::Taken,
        "0A000" if said.message().starts_with("cached plan") => Kind::Stale,
        // Connection, resources, an operator or the system: the server is going, coming or full.
        _ if ["08", "53", "57", "58", "25P03"].iter().any(|class| code.starts_with(class)) => Kind::Gone,
        _ => Kind::Refused,
    }
}

/// An error that did not come from the server, with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
