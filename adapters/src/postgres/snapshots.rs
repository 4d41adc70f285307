//! Kept states on PostgreSQL. Their commits do not wait for the disk: what is lost is made anew.

use super::Postgres;
use super::failure::Failure;
use super::read_models::writing;
use crate::store::{number, unsigned};
use async_trait::async_trait;
use ringbuch_domain::ports::{KeptState, LogError, SnapshotStore};
use ringbuch_domain::recorded::StreamId;
use tokio_postgres::Row;

const KEPT: &str = "SELECT shape, revision, event, body FROM snapshots WHERE stream = $1";
const KEEP: &str = "
    INSERT INTO snapshots (stream, shape, revision, event, body) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (stream) DO UPDATE
    SET shape = excluded.shape, revision = excluded.revision, event = excluded.event, body = excluded.body";
const LAZY: &str = "SET LOCAL synchronous_commit = off";

#[async_trait]
impl SnapshotStore for Postgres {
    async fn kept(&self, stream: &StreamId) -> Result<Option<KeptState>, LogError> {
        self.kept_state(stream).await.map_err(|failure| LogError::new("a snapshot cannot be read", failure))
    }

    async fn keep_state(&self, stream: &StreamId, state: &KeptState) -> Result<(), LogError> {
        self.write_state(stream, state).await.map_err(|failure| LogError::new("a snapshot cannot be kept", failure))
    }
}

impl Postgres {
    async fn kept_state(&self, stream: &StreamId) -> Result<Option<KeptState>, Failure> {
        let client = self.rows().await?;
        let statement = client.prepare_cached(KEPT).await?;
        let row = client.query_opt(&statement, &[&stream.as_str()]).await?;
        Ok(row.as_ref().map(of).transpose()?)
    }

    async fn write_state(&self, stream: &StreamId, state: &KeptState) -> Result<(), Failure> {
        let KeptState { shape, revision, event, body } = state;
        let mut client = self.rows().await?;
        let transaction = writing(&mut client).await?;
        transaction.batch_execute(LAZY).await?;
        let statement = transaction.prepare_cached(KEEP).await?;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&stream.as_str(), &i32::from(*shape), &number(*revision), event, body];
        transaction.execute(&statement, &values).await?;
        Ok(transaction.commit().await?)
    }
}

fn of(row: &Row) -> Result<KeptState, tokio_postgres::Error> {
    let (shape, revision): (i32, i64) = (row.try_get(0)?, row.try_get(1)?);
    let shape = u16::try_from(shape).unwrap_or(u16::MAX);
    Ok(KeptState { shape, revision: unsigned(revision), event: row.try_get(2)?, body: row.try_get(3)? })
}
