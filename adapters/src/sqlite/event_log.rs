//! The event log on SQLite. What a transaction sees is a prefix of the log, since one writer at a time holds the file.

use super::Sqlite;
use crate::chain;
use crate::store::{Waiting, checked, company_from, number, subject_from, unsigned};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ports::{Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, Sealed, StreamId};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use uuid::Uuid;

const STREAM: &str = "
    SELECT position, stream, revision, id, command, correlation, causation, company, time, kind, version,
           private_subject, public, private, hash
    FROM events WHERE stream = ?1 AND revision > ?2 ORDER BY revision";
const ALL: &str = "
    SELECT position, stream, revision, id, command, correlation, causation, company, time, kind, version,
           private_subject, public, private, hash
    FROM events WHERE position > ?1 ORDER BY position LIMIT ?2";

/// The position of the newest event.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT COALESCE(MAX(position), 0) FROM events")?
        .query_row([], |row| row.get(0))
        .map(unsigned)
}

/// The newest event's position and hash: what the next one follows.
pub(super) fn end(connection: &Connection) -> rusqlite::Result<(u64, EventHash)> {
    let newest = connection
        .prepare_cached("SELECT position, hash FROM events ORDER BY position DESC LIMIT 1")?
        .query_row([], |row| Ok((unsigned(row.get(0)?), EventHash(row.get(1)?))))
        .optional()?;
    Ok(newest.unwrap_or((0, chain::START)))
}

#[async_trait]
impl EventLog for Sqlite {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (waiting, outcome) = Waiting::new(checked(append)?);
        self.writer.append(waiting).await;
        let closed = || AppendError::Unavailable(LogError::message("the event log is closed"));
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        let stream = stream.as_str().to_owned();
        self.readers.read(move |connection| read(connection, STREAM, (stream, number(after)))).await
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        let limit = number(limit as u64);
        self.readers.read(move |connection| read(connection, ALL, (number(after), limit))).await
    }

    async fn head(&self) -> Result<u64, LogError> {
        self.readers.read(|connection| head(connection).map_err(broken)).await
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.news.wait(position).await;
        Ok(())
    }
}

fn read(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<Envelope>, LogError> {
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let mut rows = statement.query(params).map_err(broken)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(broken)? {
        let columns = Columns::of(row).map_err(broken)?;
        events.push(columns.envelope()?);
    }
    Ok(events)
}

fn broken(error: rusqlite::Error) -> LogError {
    LogError::new("the event log could not be read", error)
}

/// An event as it lies in its row.
struct Columns<'a> {
    position: i64,
    stream: String,
    revision: i64,
    id: [u8; 16],
    command: [u8; 16],
    correlation: [u8; 16],
    causation: Option<[u8; 16]>,
    company: Option<&'a str>,
    time: i64,
    kind: String,
    version: u16,
    subject: Option<&'a str>,
    public: Vec<u8>,
    private: Option<Vec<u8>>,
    hash: [u8; 32],
}

impl<'a> Columns<'a> {
    fn of(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            stream: row.get(1)?,
            revision: row.get(2)?,
            id: row.get(3)?,
            command: row.get(4)?,
            correlation: row.get(5)?,
            causation: row.get(6)?,
            company: row.get_ref(7)?.as_str_or_null()?,
            time: row.get(8)?,
            kind: row.get(9)?,
            version: row.get(10)?,
            subject: row.get_ref(11)?.as_str_or_null()?,
            public: row.get(12)?,
            private: row.get(13)?,
            hash: row.get(14)?,
        })
    }

    fn envelope(self) -> Result<Envelope, LogError> {
        let subject = self.subject.map(subject_from).transpose()?;
        Ok(Envelope {
            position: unsigned(self.position),
            stream: StreamId::from_stored(self.stream),
            revision: unsigned(self.revision),
            id: Uuid::from_bytes(self.id),
            cause: Cause {
                command: Uuid::from_bytes(self.command),
                correlation: Uuid::from_bytes(self.correlation),
                causation: self.causation.map(Uuid::from_bytes),
            },
            company: company_from(self.company)?,
            time: Timestamp::from_microsecond(self.time).map_err(|e| LogError::new("reading an event's time", e))?,
            kind: self.kind,
            version: self.version,
            public: self.public,
            private: subject.zip(self.private).map(|(subject, bytes)| Sealed { subject, bytes }),
            hash: EventHash(self.hash),
        })
    }
}
