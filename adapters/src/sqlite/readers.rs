//! Connections that read, opened when first needed and kept. A reader never waits for the writer.

use super::connect;
use ringbuch_domain::ports::LogError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Reading did not come so far as to ask the database.
#[derive(Debug, thiserror::Error)]
#[error("the database could not be read: {0}")]
pub(super) struct NoReader(String);

impl From<NoReader> for LogError {
    fn from(error: NoReader) -> Self {
        Self::message(error.to_string())
    }
}

#[derive(Debug, Clone)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    places: Arc<Semaphore>,
}

impl Readers {
    pub fn new(path: PathBuf, count: usize) -> Self {
        Self { path, idle: Arc::default(), places: Arc::new(Semaphore::new(count)) }
    }

    /// Runs a read on a thread where it may block. Whatever it reads in one statement is one state of the database.
    pub async fn read<T, E>(&self, read: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<NoReader> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| NoReader(error.to_string()))?;
        let (idle, path) = (Arc::clone(&self.idle), self.path.clone());
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match kept {
                Some(connection) => connection,
                None => connect::reader(&path).map_err(|error| NoReader(error.to_string()))?,
            };
            let outcome = read(&connection);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            outcome
        });
        task.await.unwrap_or_else(|error| Err(E::from(NoReader(error.to_string()))))
    }
}
