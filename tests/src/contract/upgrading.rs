//! A database of an older release is brought up to date while a node of that release goes on with its work: it appends,
//! reads what it has appended, and writes checkpoints as they were known then.

use super::database::{Database, Stranger};
use super::follow::{follow, whole};
use super::write::{append, several};
use futures_util::future::join_all;
use ringbuch_adapters::chain::Verifier;
use ringbuch_adapters::store::Store;
use ringbuch_domain::ports::{AppendError, Expected};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Senders of appends, each of which waits for its answer.
const WRITERS: usize = 8;
/// Appends that must be acknowledged before something goes on.
const SOME: u64 = 40;
/// The version that knew no more of a checkpoint than name, version and position.
const CHECKPOINTS: usize = 2;
/// The last version whose successor changes a table that older nodes write to.
const BEFORE_A_CHANGE: usize = 5;

pub async fn every_older_schema_is_brought_up_to_date_under_load(database: &Database) {
    for version in 1..scripts(database).len() {
        let fresh = database.fresh().await;
        let store = opened_at(&fresh, version).await;
        let load = Load::on(&store);
        load.goes_on().await;
        let mut old = (version >= CHECKPOINTS).then_some(OldNode { written: 0 });
        let stranger = fresh.stranger().await;
        let mut migrating = tokio::spawn(migrate(fresh.url.clone()));
        let applied = loop {
            if let Some(old) = &mut old {
                old.checkpoint(&stranger).await;
            }
            match tokio::time::timeout(Duration::from_millis(5), &mut migrating).await {
                Ok(applied) => break applied.unwrap(),
                Err(_) => load.goes_on().await,
            }
        };
        assert_eq!(applied.len(), scripts(&fresh).len() - version, "from version {version}");
        load.goes_on().await;
        if let Some(old) = &mut old {
            old.checkpoint(&stranger).await;
            old.is_known(&stranger).await;
        }
        load.ends(&fresh, store).await;
    }
}

pub async fn a_migration_that_has_to_wait_holds_up_no_append(database: &Database) {
    if database.is_sqlite() {
        // Its file has one writer at a time, so that a migration waits for nobody once it has begun.
        return;
    }
    let fresh = database.fresh().await;
    let store = opened_at(&fresh, BEFORE_A_CHANGE).await;
    let (load, reader, watcher) = (Load::on(&store), fresh.stranger().await, fresh.stranger().await);
    // As a long query or a backup of the old release has it.
    reader.run("BEGIN; LOCK TABLE projection_checkpoints IN ACCESS SHARE MODE").await.unwrap();
    let migrating = tokio::spawn(migrate(fresh.url.clone()));
    let waiting = "SELECT count(*) FROM pg_locks
                   WHERE relation = 'projection_checkpoints'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted";
    while watcher.number(waiting).await == 0 {
        assert!(!migrating.is_finished(), "it did not wait");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    load.goes_on().await;
    load.goes_on().await;
    assert!(!migrating.is_finished(), "it waits still");
    reader.run("COMMIT").await.unwrap();
    assert_eq!(migrating.await.unwrap().len(), scripts(&fresh).len() - BEFORE_A_CHANGE);
    load.ends(&fresh, store).await;
}

async fn migrate(url: String) -> Vec<String> {
    Store::migrate(&url, false).await.unwrap()
}

/// The numbered SQL of the engine, in order.
fn scripts(database: &Database) -> Vec<PathBuf> {
    let engine = if database.is_sqlite() { "sqlite" } else { "postgres" };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort_by_key(|path| number(path));
    found
}

fn number(script: &Path) -> u32 {
    let name = script.file_name().unwrap().to_string_lossy().into_owned();
    name.strip_prefix('V').and_then(|rest| rest.split_once("__")).unwrap().0.parse().unwrap()
}

/// A node of an older release, opened on a database of its time: this program opens what is up to date alone, so that the
/// note of what was applied is ahead of the tables while it does.
async fn opened_at(fresh: &Database, version: usize) -> Store {
    migrate(fresh.url.clone()).await;
    let stranger = fresh.stranger().await;
    stranger.run(&everything_goes(&stranger)).await.unwrap();
    for script in &scripts(fresh)[..version] {
        stranger.run(&std::fs::read_to_string(script).unwrap()).await.unwrap();
    }
    let store = fresh.store().await;
    let forget = format!("DELETE FROM refinery_schema_history WHERE version > {version}");
    stranger.run(&forget).await.unwrap();
    assert_eq!(Store::migrate(&fresh.url, true).await.unwrap().len(), scripts(fresh).len() - version);
    store
}

/// Takes everything away but the note of what was applied.
fn everything_goes(stranger: &Stranger) -> String {
    match stranger {
        Stranger::Sqlite(connection) => {
            let tables = "SELECT group_concat('DROP TABLE ' || name, ';') FROM sqlite_master
                          WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'refinery_schema_history'";
            connection.query_row(tables, [], |row| row.get(0)).unwrap()
        }
        Stranger::Postgres(_) => "CREATE SCHEMA kept; ALTER TABLE refinery_schema_history SET SCHEMA kept;
             DROP SCHEMA public CASCADE; CREATE SCHEMA public;
             ALTER TABLE kept.refinery_schema_history SET SCHEMA public; DROP SCHEMA kept"
            .to_owned(),
    }
}

/// What a node of the release before `changed` was added tells of a read model.
struct OldNode {
    written: i64,
}

impl OldNode {
    async fn checkpoint(&mut self, stranger: &Stranger) {
        self.written += 1;
        let sql = format!(
            "INSERT INTO projection_checkpoints (name, version, position) VALUES ('old', 1, {})
             ON CONFLICT (name, version) DO UPDATE SET position = excluded.position",
            self.written
        );
        stranger.run(&sql).await.unwrap();
    }

    async fn is_known(&self, stranger: &Stranger) {
        let sql = "SELECT position FROM projection_checkpoints WHERE name = 'old'";
        assert_eq!(stranger.number(sql).await, self.written);
    }
}

/// Writers that never rest.
struct Load {
    writers: Vec<JoinHandle<Vec<(Uuid, u64)>>>,
    acknowledged: Arc<AtomicU64>,
    ending: Arc<AtomicBool>,
}

impl Load {
    fn on(store: &Store) -> Self {
        let (acknowledged, ending) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let write = |nth| {
            let (store, acknowledged, ending) = (store.clone(), Arc::clone(&acknowledged), Arc::clone(&ending));
            tokio::spawn(async move {
                let mut places = Vec::new();
                while !ending.load(Ordering::SeqCst) {
                    places.push(stored(&store, nth).await);
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
                places
            })
        };
        Self { writers: (0..WRITERS).map(write).collect(), acknowledged, ending }
    }

    /// Waits until some more were acknowledged.
    async fn goes_on(&self) {
        let before = self.acknowledged.load(Ordering::SeqCst);
        while self.acknowledged.load(Ordering::SeqCst) < before + SOME {
            assert!(self.writers.iter().all(|writer| !writer.is_finished()), "a writer has given up");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// What was acknowledged is in the log, once, at its place, for those who read on and for those who come anew.
    async fn ends(self, database: &Database, old: Store) {
        self.ending.store(true, Ordering::SeqCst);
        let places = join_all(self.writers).await.into_iter().flat_map(Result::unwrap);
        let mut places: Vec<(u64, Uuid)> = places.map(|(command, position)| (position, command)).collect();
        places.sort();
        let read_on = follow(&old, places.len() as u64).await;
        old.close().await;
        let log = whole(&database.store().await).await;
        assert_eq!(log, read_on);
        let in_log: Vec<_> = log.iter().map(|event| (event.position, event.cause.command)).collect();
        assert_eq!(in_log, places);
        let mut chain = Verifier::default();
        log.iter().try_for_each(|event| chain.take(event)).expect("the chain holds");
    }
}

/// Appends until it is answered, and reads that back. Whoever hears that nothing is known asks again with the same command;
/// nothing else may come in the way.
async fn stored(store: &Store, writer: usize) -> (Uuid, u64) {
    let command = Uuid::new_v4();
    let asked = several(&format!("s-{writer}"), Expected::Any, command, &["Noted"]);
    loop {
        match append(store, asked.clone()).await {
            Ok(stored) => {
                let read = store.log.read_all(stored.position - 1, 1).await.unwrap();
                assert!(read.iter().any(|event| event.cause.command == command), "it is not read where it stands");
                return (command, stored.position);
            }
            Err(AppendError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
}
