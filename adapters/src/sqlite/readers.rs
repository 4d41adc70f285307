//! Threads that read, each with a connection of its own; started when first needed and kept. A reader never waits for the
//! writer. The last to have read reads next, so that what is seldom needed keeps little in memory.

use super::connect;
use ringbuch_domain::ports::LogError;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Reading did not come so far as to ask the database.
#[derive(Debug, thiserror::Error)]
#[error("the database could not be read: {0}")]
pub(super) struct NoReader(String);

impl From<NoReader> for LogError {
    fn from(error: NoReader) -> Self {
        Self::message(error.to_string())
    }
}

type Work = Box<dyn FnOnce(Result<&Connection, NoReader>) + Send>;
type Idle = Mutex<Vec<Sender<Work>>>;

#[derive(Debug, Clone)]
pub(super) struct Readers {
    path: PathBuf,
    /// Threads end when nobody can hand them work any more.
    idle: Arc<Idle>,
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
        let turn = self.turn().await?;
        let thread = turn.thread.clone();
        let (answer, outcome) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let read = connection.map_err(E::from).and_then(read);
            // Whoever reads on after the answer finds this thread again.
            turn.end();
            let _ = answer.send(read);
        });
        let _ = thread.send(work);
        outcome.await.unwrap_or_else(|_| Err(E::from(NoReader("the thread that read broke off".to_owned()))))
    }

    async fn turn(&self) -> Result<Turn, NoReader> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| NoReader(error.to_string()))?;
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let thread = kept.map_or_else(|| start(&self.path), Ok)?;
        Ok(Turn { thread, idle: Arc::downgrade(&self.idle), _place: place })
    }
}

/// The use of one thread. If it is dropped instead of ended, as where a read panics, the thread goes with it.
struct Turn {
    thread: Sender<Work>,
    idle: Weak<Idle>,
    _place: OwnedSemaphorePermit,
}

impl Turn {
    fn end(self) {
        if let Some(idle) = self.idle.upgrade() {
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.thread);
        }
    }
}

fn start(path: &Path) -> Result<Sender<Work>, NoReader> {
    let (sender, works) = channel();
    let path = path.to_owned();
    let run = move || serve(&path, &works);
    thread::Builder::new().name("sqlite-reader".to_owned()).spawn(run).map_err(|error| NoReader(error.to_string()))?;
    Ok(sender)
}

fn serve(path: &Path, works: &Receiver<Work>) {
    let mut kept = None;
    for work in works {
        let connection = kept.map_or_else(|| connect::reader(path), Ok);
        work(connection.as_ref().map_err(|error| NoReader(error.to_string())));
        kept = connection.ok();
    }
}
