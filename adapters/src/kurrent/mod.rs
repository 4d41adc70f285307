//! KurrentDB (EventStoreDB before): the log alone, on a server or a cluster that others run. Many write at once there,
//! each stream behind an expected revision, so every stream has a chain of its own; positions are the server's commit
//! positions, in order and with holes. Keys, counters and read models lie in the database beside it.

mod address;
mod connection;
mod failure;
mod follower;
mod form;
mod reader;
mod tails;
mod writer;

pub use address::{KEY, check};

use crate::store::{News, OpenError, checked};
use async_trait::async_trait;
use connection::Connection;
use reader::Reader;
use ringbuch_domain::ports::{Append, AppendError, Appended, EventLog, LogError};
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::sync::Arc;
use tokio_util::sync::DropGuard;
use tokio_util::task::TaskTracker;
use writer::Writer;

pub(crate) struct Kurrent {
    reader: Reader,
    writer: Arc<Writer>,
    /// Appends on their way; they come to their end whether or not somebody still waits for them.
    appends: TaskTracker,
    news: Arc<News>,
    /// Ends the follower with the store.
    _follower: DropGuard,
}

impl std::fmt::Debug for Kurrent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kurrent").finish_non_exhaustive()
    }
}

impl Kurrent {
    /// Opens `kurrentdb://…` or `esdb://…`. The server must answer.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let settings = address::settings(url)?;
        let place = address::place(&settings);
        let unreachable = |what: String| OpenError::Unreachable { place: place.clone(), what };
        let connection = Arc::new(Connection::new(settings).map_err(unreachable)?);
        let reader = Reader::new(Arc::clone(&connection));
        let head = reader.head().await.map_err(|failure| unreachable(failure.to_string()))?;
        let news = Arc::new(News::since(head));
        let writer = Arc::new(Writer::new(Arc::clone(&connection), reader.clone(), Arc::clone(&news)));
        let follower = follower::start(connection, reader.clone(), Arc::clone(&news));
        Ok(Self { reader, writer, appends: TaskTracker::new(), news, _follower: follower })
    }

    /// Takes nothing more and returns once everything taken is answered.
    pub async fn close(&self) {
        self.appends.close();
        self.appends.wait().await;
    }
}

#[async_trait]
impl EventLog for Kurrent {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let append = checked(append)?;
        if append.stream.as_str().starts_with('$') {
            let why = "streams whose name begins with $ are the event store's own";
            return Err(AppendError::Unusable { stream: append.stream, why });
        }
        if self.appends.is_closed() {
            return Err(AppendError::Unavailable(LogError::message("the event log is closed")));
        }
        let writer = Arc::clone(&self.writer);
        let outcome = self.appends.spawn(async move { writer.append(append).await }).await;
        outcome.unwrap_or_else(|error| Err(AppendError::Unavailable(LogError::new("an append was cut off", error))))
    }

    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        Ok(self.reader.stream(stream, after).await?)
    }

    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        Ok(self.reader.all(after, limit).await?)
    }

    async fn head(&self) -> Result<u64, LogError> {
        Ok(self.reader.head().await?)
    }

    async fn read_back(&self, until: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        Ok(self.reader.back(until, limit).await?)
    }

    async fn behind(&self, position: u64) -> Result<u64, LogError> {
        Ok(self.reader.behind(position).await?)
    }

    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.news.wait(position).await;
        Ok(())
    }
}
