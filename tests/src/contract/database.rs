//! A database of its own for each case: a file in a folder that goes, or a database with a random name on the server that
//! `tests/run` started. No other server is ever touched: it must carry the mark that `tests/run` put there. The log may be
//! elsewhere: in a stand-in for KurrentDB of the case's own, or in the KurrentDB that somebody names, which cases share.

use super::apart::Apart;
use crate::kurrent_server::KurrentServer;
use ringbuch_adapters::store::{Options, Store};
use ringbuch_domain::recorded::{Envelope, StreamId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

const SERVER: &str = "RINGBUCH_TEST_POSTGRES_URL";
const MARK: &str = "SELECT 1 FROM pg_database WHERE datname = 'ringbuch_test_marker'";

/// Names a KurrentDB for the suite, such as the one that `deploy/compose.kurrentdb.yaml` starts.
const KURRENTDB: &str = "RINGBUCH_TEST_KURRENTDB_URL";

pub struct Database {
    pub url: String,
    engine: Engine,
    log: Log,
}

enum Log {
    Here,
    StandIn(KurrentServer),
    /// The address of a server, what the case's streams begin with there, and where its log ended when the case began.
    Shared {
        url: String,
        prefix: String,
        from: u64,
    },
}

enum Engine {
    Sqlite(TempDir),
    Postgres { server: String, name: String },
}

impl Database {
    /// An empty one that is up to date.
    pub async fn sqlite() -> Self {
        let database = Self::sqlite_not_migrated();
        Store::migrate(&database.url, false).await.unwrap();
        database
    }

    /// An empty one that is up to date.
    pub async fn postgres() -> Self {
        let database = Self::postgres_not_migrated().await;
        Store::migrate(&database.url, false).await.unwrap();
        database
    }

    /// An empty one with its log in a stand-in for KurrentDB.
    pub async fn stand_in() -> Self {
        Self::sqlite().await.with_stand_in().await
    }

    pub async fn with_stand_in(self) -> Self {
        Self { log: Log::StandIn(KurrentServer::start().await), ..self }
    }

    /// An empty one with its log in the KurrentDB that somebody named.
    pub async fn kurrentdb() -> Self {
        let url = std::env::var(KURRENTDB).unwrap_or_else(|_| panic!("{KURRENTDB} is not set"));
        let database = Self::sqlite().await;
        let store = Store::open(&database.url, Options::default()).await.unwrap().with_log_at(&url).await.unwrap();
        let from = store.log.head().await.unwrap();
        Self { log: Log::Shared { url, prefix: format!("{}-", Uuid::new_v4().simple()), from }, ..database }
    }

    /// The stand-in that the log is kept in.
    pub fn server(&self) -> &KurrentServer {
        match &self.log {
            Log::StandIn(server) => server,
            _ => panic!("there is no stand-in"),
        }
    }

    /// An event as its hash knows it, with the name that its stream truly has.
    pub fn as_hashed(&self, event: &Envelope) -> Envelope {
        match &self.log {
            Log::Shared { prefix, .. } => {
                let stream = StreamId::from_stored(format!("{prefix}{}", event.stream));
                Envelope { stream, ..event.clone() }
            }
            _ => event.clone(),
        }
    }

    /// Another of the same engine, with nothing in it at all.
    pub async fn fresh(&self) -> Self {
        match &self.engine {
            Engine::Sqlite(_) => Self::sqlite_not_migrated(),
            Engine::Postgres { .. } => Self::postgres_not_migrated().await,
        }
    }

    /// An empty one that is up to date, where nothing waits for a disk.
    pub async fn sqlite_in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let database = Self::sqlite_in(folder.unwrap());
        Store::migrate(&database.url, false).await.unwrap();
        database
    }

    fn sqlite_not_migrated() -> Self {
        Self::sqlite_in(TempDir::new().unwrap())
    }

    fn sqlite_in(folder: TempDir) -> Self {
        let url = format!("sqlite:{}", folder.path().join("log.db").display());
        Self { url, engine: Engine::Sqlite(folder), log: Log::Here }
    }

    async fn postgres_not_migrated() -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set; run tests/run"));
        let admin = connect(&server).await;
        let marked = admin.query_opt(MARK, &[]).await.unwrap();
        assert!(marked.is_some(), "the server of {SERVER} was not made by tests/run; it is left alone");
        let name = format!("case_{}", Uuid::new_v4().simple());
        admin.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        Self { url, engine: Engine::Postgres { server, name }, log: Log::Here }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// Other processes may append as well, but seldom do.
    pub fn one_process_writes(&self) -> bool {
        self.is_sqlite() && matches!(self.log, Log::Here)
    }

    /// Where the server listens, for whoever stands in between.
    pub fn host_and_port(&self) -> &str {
        self.url.rsplit_once('@').unwrap().1.split_once('/').unwrap().0
    }

    /// Another node on this database.
    pub async fn store(&self) -> Store {
        self.store_at(&self.url).await
    }

    pub async fn store_at(&self, url: &str) -> Store {
        let store = Store::open(url, Options::default()).await.unwrap();
        match &self.log {
            Log::Here => store,
            Log::StandIn(server) => store.with_log_at(&server.url).await.unwrap(),
            Log::Shared { url, prefix, from } => {
                let mut store = store.with_log_at(url).await.unwrap();
                store.log = Arc::new(Apart::new(Arc::clone(&store.log), prefix.clone(), *from));
                store
            }
        }
    }

    /// Every file that may hold bytes of this database, and of its log of changes.
    pub async fn files(&self) -> Vec<PathBuf> {
        match &self.engine {
            Engine::Sqlite(folder) => files_below(folder.path()),
            Engine::Postgres { name, .. } => {
                let client = connect(&self.url).await;
                let place = "SELECT current_setting('data_directory'), oid::bigint FROM pg_database WHERE datname = $1";
                let row = client.query_one(place, &[name]).await.unwrap();
                let (data, oid): (String, i64) = (row.get(0), row.get(1));
                let data = PathBuf::from(data);
                [files_below(&data.join(format!("base/{oid}"))), files_below(&data.join("pg_wal"))].concat()
            }
        }
    }

    /// Brings what was written to its place, and has PostgreSQL drop the log of changes that it needs no more.
    pub async fn checkpoint(&self) {
        if let Engine::Postgres { .. } = &self.engine {
            let client = connect(&self.url).await;
            client.batch_execute("SELECT pg_switch_wal()").await.unwrap();
            client.batch_execute("CHECKPOINT").await.unwrap();
        }
    }

    /// A connection that knows nothing of Ringbuch.
    pub async fn stranger(&self) -> Stranger {
        match &self.engine {
            Engine::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(folder.path().join("log.db")).unwrap();
                connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
                Stranger::Sqlite(connection)
            }
            Engine::Postgres { .. } => Stranger::Postgres(connect(&self.url).await),
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            let (server, name) = (server.clone(), name.clone());
            let dropped = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
                    connect(&server).await.batch_execute(&drop).await.unwrap();
                });
            });
            assert!(dropped.join().is_ok() || std::thread::panicking(), "the case's database was not dropped");
        }
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

pub enum Stranger {
    Sqlite(rusqlite::Connection),
    Postgres(Client),
}

impl Stranger {
    /// Runs statements; the error is the engine's own words.
    pub async fn run(&self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| error.to_string()),
            Self::Postgres(client) => client.batch_execute(sql).await.map_err(|error| {
                error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned())
            }),
        }
    }

    /// A number that a query answers with.
    pub async fn number(&self, sql: &str) -> i64 {
        match self {
            Self::Sqlite(connection) => connection.query_row(sql, [], |row| row.get(0)).unwrap(),
            Self::Postgres(client) => client.query_one(sql, &[]).await.unwrap().get(0),
        }
    }

    /// Appends an event as another node would, and stops before its commit.
    pub async fn park(&self, stream: &str, position: u64) {
        let id = Uuid::new_v4();
        let columns = "position, stream, revision, id, command, correlation, time, kind, version, public, hash";
        let steps = match self {
            Self::Sqlite(_) => {
                let id = format!("x'{}'", id.simple());
                format!(
                    "BEGIN IMMEDIATE;
                     INSERT INTO events ({columns}) VALUES
                         ({position}, '{stream}', 1, {id}, {id}, {id}, 0, 'Noted', 1, x'7b7d', zeroblob(32))"
                )
            }
            Self::Postgres(_) => format!(
                "BEGIN;
                 SELECT pg_advisory_xact_lock(5289316402773220);
                 INSERT INTO events ({columns}) VALUES
                     ({position}, '{stream}', 1, '{id}', '{id}', '{id}', 0, 'Noted', 1, '\\x7b7d', decode(repeat('00', 32), 'hex'))"
            ),
        };
        self.run(&steps).await.unwrap();
    }
}
