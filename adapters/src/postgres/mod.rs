//! PostgreSQL: log and read models of any number of nodes in one database. One connection of a node appends, one listens
//! for what others append, and two small pools read, one set for the log and one for read models.

mod append;
mod budget;
mod builds;
mod columns;
mod connect;
mod counters;
mod dialect;
mod event_log;
mod failure;
mod guess;
mod key_store;
mod leases;
mod listener;
mod migrate;
mod pipeline;
mod read_models;
mod session;
mod shapes;
mod snapshots;
mod tickets;
mod values;
mod writer;

pub(crate) use migrate::migrate;

use crate::store::{News, OpenError, Options};
use connect::{Endpoint, Role};
use deadpool_postgres::Pool;
use failure::Failure;
use shapes::Shapes;
use std::sync::Arc;
use tokio_util::sync::DropGuard;
use writer::Writer;

pub(crate) struct Postgres {
    news: Arc<News>,
    writer: Writer,
    log: Pool,
    rows: Pool,
    shapes: Shapes,
    /// Ends the listener with the store.
    _listener: DropGuard,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Postgres {
    pub async fn open(config: tokio_postgres::Config, options: &Options) -> Result<Self, OpenError> {
        let endpoint = Endpoint::new(config)?;
        let unreachable = |error: Failure| endpoint.unreachable(&error);
        let log = endpoint.pool(Role::LogReader, options.readers.max(1))?;
        let rows = endpoint.pool(Role::Rows, options.readers.max(1))?;
        let mut client = log.get().await.map_err(|error| unreachable(error.into()))?;
        let pending = migrate::pending(&mut client, &endpoint).await?;
        if !pending.is_empty() {
            return Err(OpenError::Behind { pending });
        }
        let head = event_log::head(&client).await.map_err(unreachable)?;
        let news = Arc::new(News::since(head));
        let writer = Writer::start(endpoint.clone(), Arc::clone(&news));
        let listener = listener::start(endpoint.clone(), Arc::clone(&news));
        drop(client);
        Ok(Self { news, writer, log, rows, shapes: Shapes::default(), _listener: listener })
    }

    /// What this process knows of the log's end.
    pub fn news(&self) -> Arc<News> {
        Arc::clone(&self.news)
    }

    pub async fn close(&self) {
        self.writer.close().await;
    }
}
