//! Kept states on SQLite.

use super::Sqlite;
use crate::key_store::KeyStoreError;
use crate::store::{number, unsigned};
use async_trait::async_trait;
use ringbuch_domain::ports::{KeptState, LogError, SnapshotStore};
use ringbuch_domain::recorded::StreamId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

const KEPT: &str = "SELECT shape, revision, event, body FROM snapshots WHERE stream = ?1";
const KEEP: &str = "
    INSERT INTO snapshots (stream, shape, revision, event, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (stream) DO UPDATE
    SET shape = excluded.shape, revision = excluded.revision, event = excluded.event, body = excluded.body";

#[async_trait]
impl SnapshotStore for Sqlite {
    async fn kept(&self, stream: &StreamId) -> Result<Option<KeptState>, LogError> {
        let stream = stream.as_str().to_owned();
        self.readers.read(move |connection| kept(connection, &stream)).await
    }

    async fn keep_state(&self, stream: &StreamId, state: &KeptState) -> Result<(), LogError> {
        let (stream, state) = (stream.as_str().to_owned(), state.clone());
        let KeptState { shape, revision, event, body } = state;
        let kept = self.keep(move |transaction| {
            let mut statement = transaction.prepare_cached(KEEP)?;
            statement.execute(params![stream, shape, number(revision), event.as_bytes(), body])?;
            Ok(())
        });
        kept.await.map_err(|error: KeyStoreError| LogError::new("a snapshot cannot be kept", error))
    }
}

fn kept(connection: &Connection, stream: &str) -> Result<Option<KeptState>, LogError> {
    let found = connection.prepare_cached(KEPT).and_then(|mut it| it.query_row([stream], of).optional());
    found.map_err(|error| LogError::new("a snapshot cannot be read", error))
}

fn of(row: &Row<'_>) -> rusqlite::Result<KeptState> {
    let event = Uuid::from_bytes(row.get(2)?);
    Ok(KeptState { shape: row.get(0)?, revision: unsigned(row.get(1)?), event, body: row.get(3)? })
}
