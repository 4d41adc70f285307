//! The event log on PostgreSQL. Positions are given under a lock that is held until the commit shows:
//! what one statement sees is a prefix of the log.

use super::Postgres;
use super::failure::Failure;
use crate::chain;
use crate::store::{Waiting, checked, company_from, number, subject_from, unsigned};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ports::{Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, Sealed, StreamId};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};

/// The position of the newest event.
const HEAD: &str = "SELECT COALESCE(MAX(position), 0) FROM events";
/// The newest event's position and hash, unless there is none.
pub(super) const END: &str = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1";
const STREAM: &str = "
    SELECT position, stream, revision, id, command, correlation, causation, company, time, kind, version,
           private_subject, public, private, hash
    FROM events WHERE stream = $1 AND revision > $2 ORDER BY revision";
const ALL: &str = "
    SELECT position, stream, revision, id, command, correlation, causation, company, time, kind, version,
           private_subject, public, private, hash
    FROM events WHERE position > $1 ORDER BY position LIMIT $2";

/// The position of the newest event.
pub(super) async fn head(client: &Client) -> Result<u64, Failure> {
    let head: i64 = client.query_one(HEAD, &[]).await?.try_get(0)?;
    Ok(unsigned(head))
}

#[async_trait]
impl EventLog for Postgres {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let (waiting, outcome) = Waiting::new(checked(append)?);
        self.writer.append(waiting).await;
        let closed = || AppendError::Unavailable(LogError::message("the event log is closed"));
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        // No stream is named so, and PostgreSQL would refuse to look.
        if stream.as_str().contains('\0') {
            return Ok(Vec::new());
        }
        self.read(STREAM, &[&stream.as_str(), &number(after)]).await
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        self.read(ALL, &[&number(after), &number(limit as u64)]).await
    }

    async fn head(&self) -> Result<u64, LogError> {
        let client = self.log.get().await.map_err(Failure::from)?;
        let statement = client.prepare_cached(HEAD).await.map_err(Failure::from)?;
        let row = client.query_one(&statement, &[]).await.map_err(Failure::from)?;
        Ok(unsigned(row.try_get(0).map_err(Failure::from)?))
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.news.wait(position).await;
        Ok(())
    }
}

impl Postgres {
    async fn read(&self, sql: &str, args: &[&(dyn ToSql + Sync)]) -> Result<Vec<Envelope>, LogError> {
        let client = self.log.get().await.map_err(Failure::from)?;
        let statement = client.prepare_cached(sql).await.map_err(Failure::from)?;
        let rows = client.query(&statement, args).await.map_err(Failure::from)?;
        rows.iter().map(envelope).collect()
    }
}

/// What the next event follows, from the row that `END` finds.
pub(super) fn end(row: Option<&Row>) -> Result<(u64, EventHash), Failure> {
    let Some(row) = row else { return Ok((0, chain::START)) };
    let hash = event_hash(row.try_get(1)?).map_err(|error| Failure::refused(error.to_string()))?;
    Ok((unsigned(row.try_get(0)?), hash))
}

fn event_hash(bytes: &[u8]) -> Result<EventHash, LogError> {
    bytes.try_into().map(EventHash).map_err(|error| LogError::new("reading an event's hash", error))
}

fn envelope(row: &Row) -> Result<Envelope, LogError> {
    let columns = Columns::of(row).map_err(Failure::from)?;
    let subject = columns.subject.map(subject_from).transpose()?;
    Ok(Envelope {
        position: unsigned(columns.position),
        stream: StreamId::from_stored(columns.stream),
        revision: unsigned(columns.revision),
        id: columns.id,
        cause: columns.cause,
        company: company_from(columns.company)?,
        time: Timestamp::from_microsecond(columns.time).map_err(|e| LogError::new("reading an event's time", e))?,
        kind: columns.kind,
        version: u16::try_from(columns.version).map_err(|e| LogError::new("reading an event's version", e))?,
        public: columns.public,
        private: subject.zip(columns.private).map(|(subject, bytes)| Sealed { subject, bytes }),
        hash: event_hash(columns.hash)?,
    })
}

/// An event as it lies in its row.
struct Columns<'a> {
    position: i64,
    stream: String,
    revision: i64,
    id: uuid::Uuid,
    cause: Cause,
    company: Option<&'a str>,
    time: i64,
    kind: String,
    version: i32,
    subject: Option<&'a str>,
    public: Vec<u8>,
    private: Option<Vec<u8>>,
    hash: &'a [u8],
}

impl<'a> Columns<'a> {
    fn of(row: &'a Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            position: row.try_get(0)?,
            stream: row.try_get(1)?,
            revision: row.try_get(2)?,
            id: row.try_get(3)?,
            cause: Cause { command: row.try_get(4)?, correlation: row.try_get(5)?, causation: row.try_get(6)? },
            company: row.try_get(7)?,
            time: row.try_get(8)?,
            kind: row.try_get(9)?,
            version: row.try_get(10)?,
            subject: row.try_get(11)?,
            public: row.try_get(12)?,
            private: row.try_get(13)?,
            hash: row.try_get(14)?,
        })
    }
}
