//! The event log: every write of the system goes through `append` with an expected revision, and nothing stored is ever
//! changed. Readers see one order and never a later event before an earlier one.

use crate::ids::CompanyId;
use crate::recorded::{Cause, Envelope, NewEvent, StreamId};
use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;

/// What the writer believes about the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It holds nothing yet.
    NoStream,
    /// Its last event has this revision.
    Revision(u64),
    /// Whatever it holds, this comes after.
    Any,
}

/// Events of one command for one stream; all of them are stored, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    pub stream: StreamId,
    pub expected: Expected,
    pub cause: Cause,
    pub company: Option<CompanyId>,
    pub time: Timestamp,
    /// At least one.
    pub events: Vec<NewEvent>,
}

/// Where the events of a command stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Revision of the command's last event.
    pub revision: u64,
    /// Position of the command's last event.
    pub position: u64,
    /// The command had been stored before; these are its first results and nothing was written now.
    pub repeated: bool,
}

#[derive(Debug, Error)]
pub enum AppendError {
    /// Somebody was faster: load again and decide again.
    #[error("stream {stream} stands at revision {actual}, not where the writer expected it")]
    Conflict { stream: StreamId, actual: u64 },
    /// The same command id came with other events.
    #[error("command {command} is already stored in {stream} with other events")]
    CommandReused { stream: StreamId, command: Uuid },
    /// An append without events, or of more than a log takes at once.
    #[error("an append to {stream} cannot be stored: {why}")]
    Unusable { stream: StreamId, why: &'static str },
    /// It may or may not be stored; asking again with the same command is safe.
    #[error("the event log is not available: {0}")]
    Unavailable(#[source] LogError),
}

/// Some of a stream's events: those of one chain, and those that are about one of these bookings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub correlation: Option<Uuid>,
    pub bookings: Vec<Uuid>,
}

impl About {
    pub fn covers(&self, event: &Envelope) -> bool {
        let is_told_of = |booking: &Uuid| {
            let mut text = Uuid::encode_buffer();
            let booking = booking.as_hyphenated().encode_lower(&mut text).as_bytes();
            booking_in(&event.public).is_some_and(|told| told.starts_with(booking))
        };
        Some(event.cause.correlation) == self.correlation || self.bookings.iter().any(is_told_of)
    }
}

/// From the booking on that a public part is about: named as such, or, where a time is held for a booking that moves, as its
/// holder. Stores that keep an index of it look for the same.
fn booking_in(public: &[u8]) -> Option<&[u8]> {
    let behind = |name: &str| {
        let begin = public.windows(name.len()).position(|part| part == name.as_bytes())?;
        public.get(begin + name.len()..)
    };
    [r#""booking":""#, r#""move":""#].into_iter().find_map(behind)
}

/// Something broke below the port.
#[derive(Debug, Error)]
#[error("{what}")]
pub struct LogError {
    /// What was being done.
    pub what: String,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl LogError {
    pub fn new(what: impl Into<String>, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { what: what.into(), source: Some(Box::new(source)) }
    }
    pub fn message(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }
}

#[async_trait]
pub trait EventLog: Send + Sync {
    /// Stores the events behind the expected revision, durably before it returns. A command that the stream already
    /// holds gets its first result, whatever revision it expects now.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// The stream's events after a revision (0 for all), in order.
    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError>;

    /// Those of a stream's events, in order. A store that can tell them by itself does not hand over the rest, which the
    /// page of a busy day has thousands of.
    async fn read_about(&self, stream: &StreamId, about: &About) -> Result<Vec<Envelope>, LogError> {
        let mut events = self.read_stream(stream, 0).await?;
        events.retain(|event| about.covers(event));
        Ok(events)
    }

    /// At most `limit` events of the whole log after a position (0 for all), in order.
    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError>;

    /// Position of the newest event, 0 while the log is empty.
    async fn head(&self) -> Result<u64, LogError>;

    /// The newest events up to and including a position, at most `limit`, in order. What is written here holds where
    /// positions are dense; a store whose positions have holes looks for itself.
    async fn read_back(&self, until: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        let until = until.min(self.head().await?);
        let after = until.saturating_sub(limit as u64);
        let mut events = self.read_all(after, limit).await?;
        events.retain(|event| event.position <= until);
        Ok(events)
    }

    /// How many events come after a position: what whoever has read so far has still to read. Exact where positions are
    /// dense; elsewhere a store may estimate large numbers.
    async fn behind(&self, position: u64) -> Result<u64, LogError> {
        Ok(self.head().await?.saturating_sub(position))
    }

    /// Returns as soon as the log holds something after `position`, or when it has waited for long enough that asking
    /// again costs nothing (at most some seconds).
    async fn wait_for_news(&self, position: u64) -> Result<(), LogError>;
}
