//! The yardstick for reading: one streaming SELECT over the whole log, as bytes.

use super::ours::ended;
use super::place::{Place, connect};
use super::turns::{Order, Side, Turn};
use anyhow::{Context, Result};
use futures_util::TryStreamExt;
use ringbuch_domain::call::{CallEnded, Spoken};
use ringbuch_domain::event::EventFamily;
use ringbuch_domain::ids::CallId;
use rusqlite::types::ValueRef;
use std::hint::black_box;
use std::pin::pin;
use std::time::Instant;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

pub const BYTES: &str = "one SELECT of all columns, as bytes";
pub const DECODED: &str = "one SELECT, and serde_json of its payloads";
const ALL: &str = "
    SELECT position, stream, revision, id, command, correlation, causation, company, time, kind, version,
           private_subject, public, private, hash FROM events ORDER BY position";
const COLUMNS: usize = 15;
const PUBLIC: usize = 12;
const PRIVATE: usize = 13;

enum Source {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

/// Reads a log of ours column by column and does nothing with it, or parses what its payloads held before they were sealed.
pub struct Reading {
    source: Source,
    decode: bool,
    /// As long as what is sealed in a row, and readable.
    private: Vec<u8>,
}

impl Reading {
    pub async fn open(place: &Place, decode: bool) -> Result<Self> {
        let source = if place.is_postgres() {
            Source::Postgres(connect(&place.url).await?)
        } else {
            Source::Sqlite(rusqlite::Connection::open(place.url.trim_start_matches("sqlite:"))?)
        };
        let call = CallId::new(&Uuid::now_v7().simple().to_string())?;
        let encoded = ringbuch_domain::call::CallEvent::from(ended(call, 0)).encode()?;
        Ok(Self { source, decode, private: encoded.private.context("a private part")?.1 })
    }

    fn row<'a>(&self, column: impl Fn(usize) -> Result<Option<&'a [u8]>>) -> Result<()> {
        if !self.decode {
            return (0..COLUMNS).try_for_each(|place| {
                black_box(column(place)?);
                Ok(())
            });
        }
        let public: CallEnded = serde_json::from_slice(column(PUBLIC)?.unwrap_or_default())?;
        black_box(column(PRIVATE)?);
        let private: Spoken = serde_json::from_slice(&self.private)?;
        black_box((public, private));
        Ok(())
    }

    fn sqlite(&self, connection: &rusqlite::Connection) -> Result<u64> {
        let mut statement = connection.prepare_cached(ALL)?;
        let mut rows = statement.query([])?;
        let mut done = 0;
        while let Some(row) = rows.next()? {
            self.row(|place| {
                Ok(match row.get_ref(place)? {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes),
                    ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => None,
                })
            })?;
            done += 1;
        }
        Ok(done)
    }

    async fn postgres(&self, client: &tokio_postgres::Client) -> Result<u64> {
        let rows = client.query_raw(ALL, std::iter::empty::<i64>()).await?;
        let (mut rows, mut done) = (pin!(rows), 0);
        while let Some(row) = rows.try_next().await? {
            self.row(|place| Ok(row.try_get::<_, Option<Bytes<'_>>>(place)?.map(|bytes| bytes.0)))?;
            done += 1;
        }
        Ok(done)
    }
}

impl Side for Reading {
    async fn turn(&mut self, _: Order) -> Result<Turn> {
        let started = Instant::now();
        let done = match &self.source {
            Source::Sqlite(connection) => tokio::task::block_in_place(|| self.sqlite(connection))?,
            Source::Postgres(client) => self.postgres(client).await?,
        };
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done, took: Vec::new() })
    }
}

/// A column as it came, whatever its type.
struct Bytes<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Bytes<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
