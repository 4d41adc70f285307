//! The event log on SQLite. What a transaction sees is a prefix of the log, since one writer at a time holds the file.

use super::Sqlite;
use crate::chain::{self, Stretch};
use crate::store::{Chained, EventRow, Waiting, checked, events, number, rows_of_a_stretch, unsigned};
use async_trait::async_trait;
use ringbuch_domain::ports::{About, Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, StreamId};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use uuid::Uuid;

const STREAM: &str = events!("WHERE stream = ?1 AND revision > ?2 ORDER BY revision");
/// Whether an event is about one of these bookings, written as the index has it.
macro_rules! is_about_a_booking {
    () => {
        "CASE
             WHEN instr(public, CAST('\"booking\":\"' AS BLOB)) > 0
             THEN substr(public, instr(public, CAST('\"booking\":\"' AS BLOB)) + 11, 36)
             WHEN instr(public, CAST('\"move\":\"' AS BLOB)) > 0
             THEN substr(public, instr(public, CAST('\"move\":\"' AS BLOB)) + 8, 36)
         END IN (SELECT CAST(value AS BLOB) FROM json_each(?3))"
    };
}
/// A stream's first events are looked through; behind them there are indexes, which short streams have no part in, and which
/// have to be named, since by its own guess SQLite would look through the rest of the stream.
const ABOUT: &str = events!(concat!(
    "WHERE position IN (
         SELECT position FROM events WHERE stream = ?1 AND revision <= 32 AND (correlation = ?2 OR ",
    is_about_a_booking!(),
    ")
         UNION SELECT position FROM events INDEXED BY events_of_chain
         WHERE stream = ?1 AND revision > 32 AND correlation = ?2
         UNION SELECT position FROM events INDEXED BY events_of_booking
         WHERE stream = ?1 AND revision > 32 AND ",
    is_about_a_booking!(),
    ")
     ORDER BY revision"
));
const ALL: &str = events!("WHERE position > ?1 ORDER BY position LIMIT ?2");
const STRETCH: &str = events!("WHERE position >= ?1 ORDER BY position LIMIT ?2");

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
        self.readers.read(move |connection| envelopes(connection, STREAM, (stream, number(after)))).await
    }

    async fn read_about(&self, stream: &StreamId, about: &About) -> Result<Vec<Envelope>, LogError> {
        let stream = stream.as_str().to_owned();
        let correlation = about.correlation.map(Uuid::into_bytes);
        let bookings = serde_json::json!(about.bookings).to_string();
        self.readers.read(move |connection| envelopes(connection, ABOUT, (stream, correlation, bookings))).await
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        let limit = number(limit as u64);
        self.readers.read(move |connection| envelopes(connection, ALL, (number(after), limit))).await
    }

    async fn head(&self) -> Result<u64, LogError> {
        self.readers.read(|connection| head(connection).map_err(broken)).await
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.news.wait(position).await;
        Ok(())
    }
}

#[async_trait]
impl Chained for Sqlite {
    async fn stretch(&self, after: u64, limit: usize) -> Result<Stretch, LogError> {
        let read = move |connection: &Connection| {
            let mut stretch = Stretch::behind(after, limit);
            read(connection, STRETCH, (number(after), rows_of_a_stretch(after, limit)), |event| {
                event.link(&mut stretch);
                Ok(())
            })?;
            Ok(stretch)
        };
        self.readers.read(read).await
    }
}

fn envelopes(connection: &Connection, sql: &str, params: impl Params) -> Result<Vec<Envelope>, LogError> {
    let mut events = Vec::new();
    read(connection, sql, params, |event| {
        events.push(event.envelope()?);
        Ok(())
    })?;
    Ok(events)
}

fn read(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    mut each: impl FnMut(&EventRow<'_>) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let mut rows = statement.query(params).map_err(broken)?;
    while let Some(row) = rows.next().map_err(broken)? {
        each(&event(row).map_err(broken)?)?;
    }
    Ok(())
}

fn broken(error: rusqlite::Error) -> LogError {
    LogError::new("the event log could not be read", error)
}

fn event<'a>(row: &'a Row<'_>) -> rusqlite::Result<EventRow<'a>> {
    let id = |column| row.get(column).map(Uuid::from_bytes);
    Ok(EventRow {
        position: row.get(0)?,
        stream: row.get_ref(1)?.as_str()?,
        revision: row.get(2)?,
        id: id(3)?,
        cause: Cause {
            command: id(4)?,
            correlation: id(5)?,
            causation: row.get::<_, Option<[u8; 16]>>(6)?.map(Uuid::from_bytes),
        },
        company: row.get_ref(7)?.as_str_or_null()?,
        time: row.get(8)?,
        kind: row.get_ref(9)?.as_str()?,
        version: row.get(10)?,
        subject: row.get_ref(11)?.as_str_or_null()?,
        public: row.get_ref(12)?.as_blob()?,
        private: row.get_ref(13)?.as_blob_or_null()?,
        hash: EventHash(row.get(14)?),
    })
}
