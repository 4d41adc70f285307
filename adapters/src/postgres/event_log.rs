//! The event log on PostgreSQL. Positions are given under a lock that is held until the commit shows:
//! what one statement sees is a prefix of the log.

use super::Postgres;
use super::failure::Failure;
use crate::chain::{self, Stretch};
use crate::store::{Chained, EventRow, Waiting, checked, events, number, rows_of_a_stretch, unsigned};
use async_trait::async_trait;
use futures_util::TryStreamExt;
use ringbuch_domain::ports::{About, Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, StreamId};
use std::pin::pin;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

/// The position of the newest event.
const HEAD: &str = "SELECT COALESCE(MAX(position), 0) FROM events";
/// The newest event's position and hash, unless there is none.
pub(super) const END: &str = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1";
const STREAM: &str = events!("WHERE stream = $1 AND revision > $2 ORDER BY revision");
/// A stream's first events are looked through; behind them there are indexes, which short streams have no part in.
const ABOUT: &str = events!(
    "WHERE position IN (
         SELECT position FROM events WHERE stream = $1 AND revision <= 32 AND (correlation = $2 OR booking_in(public) = ANY($3))
         UNION SELECT position FROM events WHERE stream = $1 AND revision > 32 AND correlation = $2
         UNION SELECT position FROM events WHERE stream = $1 AND revision > 32 AND booking_in(public) = ANY($3))
     ORDER BY revision"
);
const ALL: &str = events!("WHERE position > $1 ORDER BY position LIMIT $2");
const STRETCH: &str = events!("WHERE position >= $1 ORDER BY position LIMIT $2");

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
        self.envelopes(STREAM, &[&stream.as_str(), &number(after)]).await
    }

    async fn read_about(&self, stream: &StreamId, about: &About) -> Result<Vec<Envelope>, LogError> {
        if stream.as_str().contains('\0') {
            return Ok(Vec::new());
        }
        let bookings: Vec<String> = about.bookings.iter().map(Uuid::to_string).collect();
        let bookings: Vec<&[u8]> = bookings.iter().map(String::as_bytes).collect();
        self.envelopes(ABOUT, &[&stream.as_str(), &about.correlation, &bookings]).await
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        self.envelopes(ALL, &[&number(after), &number(limit as u64)]).await
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

#[async_trait]
impl Chained for Postgres {
    async fn stretch(&self, after: u64, limit: usize) -> Result<Stretch, LogError> {
        let mut stretch = Stretch::behind(after, limit);
        self.read(STRETCH, &[&number(after), &rows_of_a_stretch(after, limit)], |event| {
            event.link(&mut stretch);
            Ok(())
        })
        .await?;
        Ok(stretch)
    }
}

impl Postgres {
    async fn envelopes(&self, sql: &str, args: &[&(dyn ToSql + Sync)]) -> Result<Vec<Envelope>, LogError> {
        let mut events = Vec::new();
        self.read(sql, args, |event| {
            events.push(event.envelope()?);
            Ok(())
        })
        .await?;
        Ok(events)
    }

    /// Hands over each row as it comes in.
    async fn read(
        &self,
        sql: &str,
        args: &[&(dyn ToSql + Sync)],
        mut each: impl FnMut(&EventRow<'_>) -> Result<(), LogError> + Send,
    ) -> Result<(), LogError> {
        let client = self.log.get().await.map_err(Failure::from)?;
        let statement = client.prepare_cached(sql).await.map_err(Failure::from)?;
        let rows = client.query_raw(&statement, args.iter().copied()).await.map_err(Failure::from)?;
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(Failure::from)? {
            each(&event(&row)?)?;
        }
        Ok(())
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

fn event(row: &Row) -> Result<EventRow<'_>, LogError> {
    let version: i32 = column(row, 10)?;
    Ok(EventRow {
        position: column(row, 0)?,
        stream: column(row, 1)?,
        revision: column(row, 2)?,
        id: column(row, 3)?,
        cause: Cause { command: column(row, 4)?, correlation: column(row, 5)?, causation: column(row, 6)? },
        company: column(row, 7)?,
        time: column(row, 8)?,
        kind: column(row, 9)?,
        version: u16::try_from(version).map_err(|e| LogError::new("reading an event's version", e))?,
        subject: column(row, 11)?,
        public: column(row, 12)?,
        private: column(row, 13)?,
        hash: event_hash(column(row, 14)?)?,
    })
}

fn column<'a, T: FromSql<'a>>(row: &'a Row, place: usize) -> Result<T, LogError> {
    Ok(row.try_get(place).map_err(Failure::from)?)
}
