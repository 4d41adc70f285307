//! Questions in SQL that a stranger writes, answered from a copy in memory that holds nothing but what they may see. What
//! a statement can do is bounded by the engine: an authorizer, limits, a deadline; no text is ever judged by its look.

mod allowed;
mod copy;
mod cut;

pub use allowed::FUNCTIONS;
pub use copy::{Copy, Table};
pub use cut::Cut;

use ringbuch_projections::rows::Value;
use std::time::Duration;
use thiserror::Error;

/// What one question may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub time: Duration,
    pub rows: usize,
    /// Of all values of the answer together.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(2), rows: 500, bytes: 200 * 1024 }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    /// There is more than was taken.
    pub cut: Option<Cut>,
}

/// Why a question got no answer. The texts may quote what was asked, so they are for whoever asked and for no log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    #[error("only one SELECT is answered, and it may not change anything")]
    NotASelect,
    #[error("one statement at a time is answered; leave out what stands behind the first")]
    Several,
    #[error(
        "this is not allowed: only the tables and columns of the schema can be read, with the functions that it lists"
    )]
    NotAllowed,
    #[error("the answer took longer than {0:?}; ask for less, or group and limit earlier")]
    TookTooLong(Duration),
    #[error("a value or the statement is too large; ask for less")]
    TooLarge,
    #[error("the statement cannot be read: {0}")]
    Unreadable(String),
    #[error("the copy cannot be asked")]
    Broken,
}

#[cfg(test)]
mod tests;
