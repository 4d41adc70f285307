//! Signed checkpoints by a schedule: where the log stands is signed again and again and written into a folder that is to
//! lie elsewhere, where nobody who can write to the database can write.

use crate::app::App;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ringbuch_adapters::chain::{Chain, Checkpoint, SigningKey, Verifier};
use ringbuch_adapters::store::Store;
use ringbuch_domain::booking::later;
use ringbuch_domain::ports::{Clock, LogError};
use ringbuch_domain::recorded::EventHash;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// How the names of files with checkpoints begin and end; between stands the day, in UTC.
const FILES_BEGIN: &str = "checkpoints-";
pub const FILES_END: &str = ".jsonl";

/// What could not be written is tried again sooner than the schedule says.
const AGAIN: Duration = Duration::from_mins(1);

/// More than one line takes.
const LAST_LINE: u64 = 4_096;

/// Events that are read at once.
const AT_ONCE: usize = 1_000;

/// Signs where the log stands; nothing while it is empty.
pub async fn sign(store: &Store, key: &SigningKey, now: Timestamp) -> Result<Option<Checkpoint>, LogError> {
    sign_from(store, &mut Verifier::default().along(store.chain), key, now).await
}

/// As `sign`; where each stream has a chain of its own, the log is read from where it was read to before.
async fn sign_from(
    store: &Store,
    walked: &mut Verifier,
    key: &SigningKey,
    now: Timestamp,
) -> Result<Option<Checkpoint>, LogError> {
    let (position, hash) = match store.chain {
        Chain::Log => {
            let newest = store.log.read_back(u64::MAX, 1).await?;
            newest.first().map_or((0, EventHash([0; 32])), |newest| (newest.position, newest.hash))
        }
        Chain::Streams => walk(store, walked).await?,
    };
    Ok((position > 0).then(|| key.checkpoint_along(store.chain, position, &hash, now)))
}

/// Reads what the log holds beyond what was read before. What does not hold is not signed.
async fn walk(store: &Store, walked: &mut Verifier) -> Result<(u64, EventHash), LogError> {
    loop {
        let events = store.log.read_all(walked.reached().0, AT_ONCE).await?;
        if events.is_empty() {
            return Ok(walked.reached());
        }
        for event in &events {
            let unsigned = |broken| LogError::message(format!("{broken}; a broken log is not signed"));
            walked.take(event).map_err(unsigned)?;
        }
    }
}

#[derive(Debug, Error)]
enum Fault {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("{path}: {why}", path = .path.display())]
    File { path: PathBuf, why: io::Error },
    #[error("writing was given up: {0}")]
    GivenUp(#[from] tokio::task::JoinError),
}

/// Where checkpoints go, how often, and what keeps them from going there.
pub struct Schedule {
    folder: PathBuf,
    every: Duration,
    key: SigningKey,
    /// How far the log has been read, where that is what a checkpoint takes.
    walked: tokio::sync::Mutex<Option<Verifier>>,
    trouble: Mutex<Option<String>>,
}

impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schedule").field("folder", &self.folder).field("every", &self.every).finish_non_exhaustive()
    }
}

impl Schedule {
    pub fn new(folder: PathBuf, every: Duration, key: SigningKey) -> Self {
        Self { folder, every, key, walked: tokio::sync::Mutex::default(), trouble: Mutex::default() }
    }

    /// Why the newest checkpoint could not be written, if it could not.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes a checkpoint at once and then again and again, until it is told to stop.
    pub async fn run(self: Arc<Self>, app: App, shutdown: CancellationToken) {
        loop {
            let wait = match self.checkpoint(&app.store, &*app.clock).await {
                Ok(()) => self.every,
                Err(fault) => {
                    tracing::error!(%fault, "a signed checkpoint could not be written; the log is not proven by it");
                    AGAIN.min(self.every)
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = app.clock.sleep_until(later(app.clock.now(), wait)) => {}
            }
        }
    }

    async fn checkpoint(&self, store: &Store, clock: &dyn Clock) -> Result<(), Fault> {
        let written = self.write(store, clock.now()).await;
        let trouble = written.as_ref().err().map(ToString::to_string);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
        written
    }

    /// Only what is new is written, whichever node or start has written what is there.
    async fn write(&self, store: &Store, now: Timestamp) -> Result<(), Fault> {
        let mut walked = self.walked.lock().await;
        let walked = walked.get_or_insert_with(|| Verifier::default().along(store.chain));
        let Some(signed) = sign_from(store, walked, &self.key, now).await? else { return Ok(()) };
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || {
            let newest = newest(&folder)?;
            if newest.is_some_and(|known| (known.position, &known.hash) == (signed.position, &signed.hash)) {
                return Ok(());
            }
            append(&folder, &signed)
        })
        .await?
    }
}

fn fault(path: &Path) -> impl Fn(io::Error) -> Fault {
    let path = path.to_owned();
    move |why| Fault::File { path: path.clone(), why }
}

/// The last checkpoint of the newest file; nothing where there is none, or none that can be read.
fn newest(folder: &Path) -> Result<Option<Checkpoint>, Fault> {
    let entries = fs::read_dir(folder).map_err(fault(folder))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let ours = |name: &String| name.starts_with(FILES_BEGIN) && name.ends_with(FILES_END);
    let Some(name) = names.filter(ours).max() else { return Ok(None) };
    let path = folder.join(name);
    let end = end_of(&path).map_err(fault(&path))?;
    Ok(end.lines().next_back().and_then(|line| serde_json::from_str(line).ok()))
}

fn end_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LAST_LINE)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).into_owned())
}

/// Appends a line to the file of the day, on the disk when this returns. Behind a line that was cut off a new one begins.
fn append(folder: &Path, signed: &Checkpoint) -> Result<(), Fault> {
    let day = signed.time.to_zoned(TimeZone::UTC).date();
    let path = folder.join(format!("{FILES_BEGIN}{day}{FILES_END}"));
    let write = || -> io::Result<()> {
        let is_new = !path.exists();
        let mut file = File::options().append(true).create(true).open(&path)?;
        let cut_off = !is_new && !end_of(&path)?.ends_with('\n') && file.metadata()?.len() > 0;
        let line = serde_json::to_string(signed)?;
        file.write_all(format!("{}{line}\n", if cut_off { "\n" } else { "" }).as_bytes())?;
        file.sync_all()?;
        if is_new { File::open(folder)?.sync_all() } else { Ok(()) }
    };
    write().map_err(fault(&path))
}

#[cfg(test)]
mod tests;
