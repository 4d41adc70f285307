//! SQLite, the embedded default: one file with log and read models. One thread of ours writes, so that nothing in a
//! process ever waits for the lock of another connection of the same process; a few connections read; a caretaker
//! copies the write-ahead log back and notices what other processes wrote.

mod append;
mod budget;
mod builds;
mod caretaker;
mod connect;
mod counters;
mod event_log;
mod key_store;
mod leases;
mod migrate;
mod read_models;
mod readers;
mod scratch;
mod serve_lock;
mod snapshots;
mod tickets;
mod values;
mod writer;

pub(crate) use migrate::migrate;
pub use scratch::Scratch;
pub use serve_lock::{ServeLock, ServeLockError};

use crate::store::{News, OpenError, Options};
use caretaker::Caretaker;
use readers::Readers;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writer::Writer;

#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    news: Arc<News>,
    writer: Writer,
    readers: Readers,
    /// Ends with the store.
    _caretaker: Caretaker,
}

impl Sqlite {
    pub async fn open(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let (path, readers) = (path.to_owned(), options.readers.max(1));
        tokio::task::spawn_blocking(move || Self::open_blocking(path, readers))
            .await
            .map_err(|error| OpenError::Unreachable { place: "sqlite".to_owned(), what: error.to_string() })?
    }

    fn open_blocking(path: PathBuf, readers: usize) -> Result<Self, OpenError> {
        if !path.exists() {
            return Err(OpenError::Absent { path });
        }
        let unreachable = |error: &dyn std::fmt::Display| OpenError::Unreachable {
            place: path.display().to_string(),
            what: error.to_string(),
        };
        let mut connection = connect::writer(&path).map_err(|error| unreachable(&error))?;
        let pending = migrate::pending(&mut connection, &path)?;
        if !pending.is_empty() {
            return Err(OpenError::Behind { pending });
        }
        let head = event_log::head(&connection).map_err(|error| unreachable(&error))?;
        let news = Arc::new(News::since(head));
        let writer = Writer::start(connection, Arc::clone(&news)).map_err(|error| unreachable(&error))?;
        let caretaker = connect::caretaker(&path).map_err(|error| unreachable(&error))?;
        let caretaker =
            Caretaker::start(caretaker, Arc::clone(&news), writer.clone()).map_err(|error| unreachable(&error))?;
        let readers = Readers::new(path.clone(), readers);
        Ok(Self { path, news, writer, readers, _caretaker: caretaker })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What this process knows of the log's end.
    pub fn news(&self) -> Arc<News> {
        Arc::clone(&self.news)
    }

    pub async fn close(&self) {
        self.writer.close().await;
    }
}
