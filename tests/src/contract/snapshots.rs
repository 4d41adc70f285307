//! States of long streams: kept beside the log, continued from the log, and never believed without it.

use super::database::Database;
use async_trait::async_trait;
use ringbuch_adapters::store::Store;
use ringbuch_api::clock::SystemClock;
use ringbuch_api::journal::{Journal, Loaded};
use ringbuch_api::metrics::Metrics;
use ringbuch_domain::company::{BranchOpened, Command, Company, CompanyRegistered};
use ringbuch_domain::event::DecodeError;
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId};
use ringbuch_domain::ports::{
    Append, AppendError, Appended, Codec, CodecError, EventLog, KeptState, LogError, SealContext, Unlocked,
};
use ringbuch_domain::recorded::{Cause, Envelope, Sealed, StreamId, Subject};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// Events after which a state is kept here.
const EVERY: usize = 5;

/// A company's events have nothing to seal.
struct NothingToSeal;

#[async_trait]
impl Codec for NothingToSeal {
    async fn seal(&self, _: SealContext<'_>, _: Subject, _: Vec<u8>) -> Result<Sealed, CodecError> {
        Err(CodecError("there is nothing to seal".into()))
    }
    async fn unlock(&self, _: &[&Sealed]) -> Result<Box<dyn Unlocked>, CodecError> {
        Ok(Box::new(Self))
    }
    async fn destroy(&self, _: &[&Sealed]) -> Result<(), CodecError> {
        Ok(())
    }
    fn forget(&self) {}
}

impl Unlocked for NothingToSeal {
    fn open(&self, _: SealContext<'_>, _: &Sealed) -> Result<Option<Vec<u8>>, DecodeError> {
        Ok(None)
    }
}

/// A log that counts what is read from it.
struct Counted {
    log: Arc<dyn EventLog>,
    read: AtomicUsize,
}

#[async_trait]
impl EventLog for Counted {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.log.append(append).await
    }
    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        let events = self.log.read_stream(stream, after).await?;
        self.read.fetch_add(events.len(), Ordering::SeqCst);
        Ok(events)
    }
    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        self.log.read_all(after, limit).await
    }
    async fn head(&self) -> Result<u64, LogError> {
        self.log.head().await
    }
    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.log.wait_for_news(position).await
    }
}

/// A process that has just started.
pub(super) struct Process {
    pub(super) journal: Journal,
    log: Arc<Counted>,
}

impl Process {
    fn of(store: &Store) -> Self {
        let mut process = Self::without_snapshots(store);
        process.journal = process.journal.with_snapshots(Arc::clone(&store.snapshots), EVERY);
        process
    }

    pub(super) fn without_snapshots(store: &Store) -> Self {
        let log = Arc::new(Counted { log: Arc::clone(&store.log), read: AtomicUsize::new(0) });
        let port: Arc<dyn EventLog> = Arc::<Counted>::clone(&log);
        let journal = Journal::new(port, Arc::new(NothingToSeal), Arc::new(SystemClock), Metrics::new().unwrap());
        Self { journal, log }
    }

    pub(super) async fn company(&self) -> Arc<Loaded<Company>> {
        self.journal.load(&stream()).await.unwrap()
    }

    pub(super) fn read(&self) -> usize {
        self.log.read.load(Ordering::SeqCst)
    }

    pub(super) async fn open_branch(&self, nth: usize, command: Uuid) -> Option<Appended> {
        let branch = BranchId::new(&format!("b{nth}")).unwrap();
        let opened = BranchOpened { name: branch.to_string(), branch, default_event_type: None };
        let cause = Cause::first(command);
        let (stream, salon) = (stream(), salon());
        let executed = self.journal.execute::<Company>(&stream, Some(&salon), cause, Command::OpenBranch(opened));
        executed.await.unwrap().appended
    }
}

pub(super) fn salon() -> CompanyId {
    CompanyId::new("salon").unwrap()
}
pub(super) fn stream() -> StreamId {
    StreamId::company(&salon())
}

/// A company with eleven branches; the command that opened the third, and where it stands.
pub(super) async fn grown(store: &Store) -> (Uuid, Appended) {
    let process = Process::without_snapshots(store);
    let profile = CompanyRegistered {
        company: salon(),
        account: AccountId::new("main").unwrap(),
        name: "Salon".into(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "anruf.example.com".into(),
    };
    let cause = Cause::first(Uuid::new_v4());
    process.journal.execute::<Company>(&stream(), None, cause, Command::Register(profile)).await.unwrap();
    let third = Uuid::new_v4();
    let mut first = None;
    for nth in 1..=11 {
        let command = if nth == 3 { third } else { Uuid::new_v4() };
        let appended = process.open_branch(nth, command).await;
        first = if nth == 3 { appended } else { first };
    }
    (third, first.unwrap())
}

pub async fn a_long_stream_is_continued_from_its_snapshot(database: &Database) {
    let store = database.store().await;
    let (third, first) = grown(&store).await;
    let replayed = Process::without_snapshots(&store).company().await;
    let reader = Process::of(&store);
    assert_eq!(reader.company().await.aggregate, replayed.aggregate);
    assert_eq!(reader.read(), 12, "nothing was kept before");
    let kept = store.snapshots.kept(&stream()).await.unwrap().unwrap();
    assert_eq!((kept.revision, Some(kept.event)), (12, replayed.newest().map(|link| link.event)));

    // Whoever starts now reads the event that the state ends with, to be sure of it, and nothing twice.
    let next = Process::of(&store);
    assert_eq!(next.company().await.aggregate, replayed.aggregate);
    assert_eq!(next.read(), 1);
    // A command from before the snapshot is known, whatever it would decide today.
    let again = next.open_branch(99, third).await.unwrap();
    assert_eq!(again, Appended { repeated: true, ..first });
    next.open_branch(12, Uuid::new_v4()).await.unwrap();

    let (later, whole) = (Process::of(&store), Process::without_snapshots(&store));
    assert_eq!(later.company().await.aggregate, whole.company().await.aggregate);
    assert_eq!((later.company().await.revision, later.read(), whole.read()), (13, 2, 13));
    assert_eq!(later.company().await.newest(), whole.company().await.newest());
    assert_eq!(store.snapshots.kept(&stream()).await.unwrap().unwrap().revision, 12, "two events are soon read");
}

pub async fn a_snapshot_that_does_not_fit_is_ignored_and_replaced(database: &Database) {
    let store = database.store().await;
    grown(&store).await;
    let whole = Process::without_snapshots(&store).company().await;
    Process::of(&store).company().await;
    let good = store.snapshots.kept(&stream()).await.unwrap().unwrap();
    for bad in [
        // Of another shape; unreadable; of another history; ahead of the log, as after a restore of an older backup.
        KeptState { shape: good.shape + 1, ..good.clone() },
        KeptState { body: b"{".to_vec(), ..good.clone() },
        KeptState { event: Uuid::new_v4(), ..good.clone() },
        KeptState { revision: 40, ..good.clone() },
        KeptState { revision: 11, ..good.clone() },
        KeptState { revision: 0, ..good.clone() },
    ] {
        store.snapshots.keep_state(&stream(), &bad).await.unwrap();
        assert_eq!(store.snapshots.kept(&stream()).await.unwrap().unwrap(), bad);
        let process = Process::of(&store);
        let loaded = process.company().await;
        assert_eq!((&loaded.aggregate, loaded.revision), (&whole.aggregate, 12));
        let now = store.snapshots.kept(&stream()).await.unwrap().unwrap();
        assert_eq!((now.shape, now.revision, now.event), (good.shape, good.revision, good.event));
    }
}

pub async fn an_event_behind_a_parked_writer_is_applied_once(database: &Database) {
    let store = database.store().await;
    grown(&store).await;
    let stranger = database.stranger().await;
    stranger.park("parked", 13).await;
    let writer = Process::of(&store);
    let late = writer.open_branch(12, Uuid::new_v4());
    tokio::pin!(late);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut late).await.is_err(), "it did not wait");
    // A state is read and is to be kept while its successor is on its way to the log. Where one writes at a time, keeping
    // waits as well.
    let reader = Process::of(&store);
    let reading = reader.company();
    tokio::pin!(reading);
    let _ = tokio::time::timeout(Duration::from_millis(300), &mut reading).await;
    stranger.run("COMMIT").await.unwrap();
    assert!(late.await.is_some_and(|place| !place.repeated));
    reader.company().await;
    assert_eq!(store.snapshots.kept(&stream()).await.unwrap().map(|kept| kept.revision), Some(12));

    let (later, whole) = (Process::of(&store), Process::without_snapshots(&store));
    assert_eq!(later.company().await.aggregate, whole.company().await.aggregate);
    assert_eq!((later.company().await.revision, later.read()), (13, 2), "what the snapshot held was not read again");
}
