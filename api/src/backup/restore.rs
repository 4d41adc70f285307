//! Reading the two files back. The log is appended anew, event by event: an event that comes out at another place or with
//! another hash than it had ends the restore.

use super::BackupError;
use crate::app::{App, StartError};
use crate::journal::{ExecuteError, Journal, JournalError};
use crate::privacy::{self, ForgetError};
use futures_util::poll;
use jiff::Timestamp;
use ringbuch_adapters::backup::{BackupFault, BackupReader, End};
use ringbuch_adapters::key_store::{Erasure, KeyRow};
use ringbuch_adapters::sealing::{self, CheckFault, MasterKeys};
use ringbuch_adapters::store::Store;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::diary::{Command, Diary};
use ringbuch_domain::ids::{CompanyId, derived};
use ringbuch_domain::ports::{Append, AppendError, Appended, EventLog, Expected};
use ringbuch_domain::recorded::{Cause, Envelope, NewEvent, StreamId};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::io::BufRead;
use std::pin::Pin;
use std::task::Poll;
use thiserror::Error;
use uuid::Uuid;

/// Appends on their way at once; they share a commit.
const AT_ONCE: usize = 256;
/// Rows of the key store that are put in at once.
const ROWS_AT_ONCE: usize = 500;

#[derive(Debug, Error)]
pub enum RestoreError {
    #[error("the database already holds {0} events; restore into one that holds none")]
    NotEmpty(u64),
    #[error("position {position} holds an event '{kind}', which only a newer Ringbuch knows")]
    UnknownKind { position: u64, kind: String },
    #[error("the event of position {expected} came to stand at {actual}: something else writes to this database")]
    Misplaced { expected: u64, actual: u64 },
    #[error("the log was read back and ends with the hash {actual}, not with {expected}")]
    OtherHash { expected: String, actual: String },
    #[error("an event could not be stored: {0}")]
    Append(#[from] AppendError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    MasterKey(#[from] CheckFault),
    #[error(transparent)]
    Forget(#[from] ForgetError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<BackupFault> for RestoreError {
    fn from(fault: BackupFault) -> Self {
        Self::Backup(fault.into())
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    pub events: u64,
    pub hash: String,
    pub keys: u64,
    /// Persons who were forgotten again.
    pub erasures: u64,
    /// Bookings that were under way at the calendar, and are looked for there before anything else.
    pub in_doubt: u64,
}

/// Puts the rows of a file of keys in, if they are those of the master keys, and destroys what the erasures had
/// destroyed; returns how many rows there were.
pub async fn import_keys(
    store: &Store,
    master: &MasterKeys,
    from: impl BufRead,
    erasures: &[Erasure],
) -> Result<u64, RestoreError> {
    let count = import_rows(store, from).await?;
    sealing::check(&*store.keys, master).await?;
    for erasure in erasures {
        store.keys.erase(erasure.clone()).await.map_err(BackupError::from)?;
    }
    Ok(count)
}

async fn import_rows(store: &Store, from: impl BufRead) -> Result<u64, BackupError> {
    let (mut batch, mut count) = (Vec::new(), 0);
    for (line, text) in (1..).zip(from.lines()) {
        let unreadable = |_| BackupFault::Unreadable { line, why: "it is no row of a key store".to_owned() };
        batch.push(serde_json::from_str::<KeyRow>(&text?).map_err(unreadable)?);
        count += 1;
        if batch.len() == ROWS_AT_ONCE {
            store.keys.import(std::mem::take(&mut batch)).await?;
        }
    }
    store.keys.import(batch).await?;
    Ok(count)
}

/// Appends the events of a backup to an empty log.
pub async fn import_log(
    log: &dyn EventLog,
    mut backup: BackupReader<impl BufRead>,
    watch: &(dyn Fn(u64) + Sync),
) -> Result<End, RestoreError> {
    let head = log.head().await.map_err(BackupError::from)?;
    if head > 0 {
        return Err(RestoreError::NotEmpty(head));
    }
    let kinds: HashMap<&str, &'static str> = AnyEvent::kinds().into_iter().map(|(kind, _)| (kind, kind)).collect();
    let mut on_the_way = OnTheWay::default();
    let mut command: Option<(Append, u64)> = None;
    while let Some(event) = backup.read()? {
        let unknown = || RestoreError::UnknownKind { position: event.position, kind: event.kind.clone() };
        let kind = kinds.get(event.kind.as_str()).copied().ok_or_else(unknown)?;
        command = match command.take() {
            Some((mut append, _)) if of_the_same_command(&append, &event) => {
                let position = event.position;
                append.events.push(new_event(event, kind));
                Some((append, position))
            }
            other => {
                if let Some((append, position)) = other {
                    on_the_way.send(log, append, position).await?;
                    watch(position);
                }
                Some(begun(event, kind))
            }
        };
    }
    if let Some((append, position)) = command {
        on_the_way.send(log, append, position).await?;
    }
    on_the_way.rest().await?;
    let end = backup.end().cloned().unwrap_or_else(|| End { position: 0, hash: String::new() });
    let last = log.read_all(end.position.saturating_sub(1), 1).await.map_err(BackupError::from)?;
    match last.last() {
        Some(last) if last.hash.to_string() != end.hash => {
            Err(RestoreError::OtherHash { expected: end.hash, actual: last.hash.to_string() })
        }
        _ => Ok(end),
    }
}

fn of_the_same_command(append: &Append, event: &Envelope) -> bool {
    append.stream == event.stream && append.cause == event.cause && append.time == event.time
}

fn begun(event: Envelope, kind: &'static str) -> (Append, u64) {
    let position = event.position;
    let append = Append {
        stream: event.stream.clone(),
        expected: match event.revision {
            0 | 1 => Expected::NoStream,
            revision => Expected::Revision(revision - 1),
        },
        cause: event.cause,
        company: event.company.clone(),
        time: event.time,
        events: vec![new_event(event, kind)],
    };
    (append, position)
}

fn new_event(event: Envelope, kind: &'static str) -> NewEvent {
    let Envelope { id, version, public, private, .. } = event;
    NewEvent { id, kind, version, public, private }
}

type Appending<'a> = Pin<Box<dyn Future<Output = Result<Appended, AppendError>> + Send + 'a>>;

/// Appends that were handed over in their order, and what place each must get.
#[derive(Default)]
struct OnTheWay<'a>(VecDeque<(Appending<'a>, u64)>);

impl<'a> OnTheWay<'a> {
    async fn send(&mut self, log: &'a dyn EventLog, append: Append, position: u64) -> Result<(), RestoreError> {
        let mut appending: Appending<'a> = Box::pin(async move { log.append(append).await });
        // Polled once it stands in the log's queue, so that the next one comes behind it.
        match poll!(appending.as_mut()) {
            Poll::Ready(answer) => placed(answer?, position)?,
            Poll::Pending => self.0.push_back((appending, position)),
        }
        if self.0.len() >= AT_ONCE
            && let Some((first, position)) = self.0.pop_front()
        {
            placed(first.await?, position)?;
        }
        Ok(())
    }

    async fn rest(self) -> Result<(), RestoreError> {
        for (appending, position) in self.0 {
            placed(appending.await?, position)?;
        }
        Ok(())
    }
}

fn placed(appended: Appended, expected: u64) -> Result<(), RestoreError> {
    let actual = appended.position;
    if actual == expected { Ok(()) } else { Err(RestoreError::Misplaced { expected, actual }) }
}

/// What has to be done before a restored log is worked with: persons are forgotten again, and what was under way outside
/// is in doubt. Returns how many of each.
pub async fn settle(app: &App) -> Result<(u64, u64), RestoreError> {
    let forgotten = privacy::apply_all(app).await?;
    let in_doubt = doubt_all(&app.journal, app.clock.now()).await?;
    app.catch_up().await?;
    Ok((forgotten, in_doubt))
}

/// Marks everything that was under way at the calendar as unknown: it may have been done after the backup was made.
/// Returns how many bookings are looked for.
async fn doubt_all(journal: &Journal, now: Timestamp) -> Result<u64, JournalError> {
    let mut doubted = 0;
    for (page, company) in pages(journal).await? {
        let command = derived(&["restored", page.as_str(), &Uuid::now_v7().to_string()]);
        let cause = Cause::first(command);
        match journal.execute::<Diary>(&page, company.as_ref(), cause, Command::DoubtAll { now }).await {
            Ok(executed) => doubted += executed.events.len() as u64,
            Err(ExecuteError::Rejected(_)) => {}
            Err(ExecuteError::Failed(error)) => return Err(error),
        }
    }
    Ok(doubted)
}

/// Every page of every diary.
async fn pages(journal: &Journal) -> Result<BTreeMap<StreamId, Option<CompanyId>>, JournalError> {
    let (mut pages, mut after) = (BTreeMap::new(), 0);
    loop {
        let events = journal.log().read_all(after, 1_000).await?;
        let Some(last) = events.last() else { return Ok(pages) };
        after = last.position;
        let of_diaries = events.into_iter().filter(|event| event.stream.as_str().starts_with("diary-"));
        pages.extend(of_diaries.map(|event| (event.stream, event.company)));
    }
}
