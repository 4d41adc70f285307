//! The yardstick: one row in one transaction. On SQLite one connection behind a lock, as a program without a writer of its
//! own would have it; on PostgreSQL every sender has a connection.

use super::turns::{SENDERS, Side};
use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_postgres::NoTls;
use uuid::Uuid;

pub const PEER: &str = "BEGIN, INSERT, COMMIT of one row";
/// Bytes of a row's payload.
pub const BODY: usize = 900;
const SERVER: &str = "RINGBUCH_TEST_POSTGRES_URL";

#[derive(Clone)]
pub enum Raw {
    Sqlite(Arc<Mutex<rusqlite::Connection>>),
    Postgres(Arc<Vec<(tokio_postgres::Client, tokio_postgres::Statement)>>),
}

/// A database of its own for each side's use, and the raw side in it.
pub struct Place {
    pub engine: &'static str,
    pub url: String,
    pub raw: Raw,
    _folder: Option<tempfile::TempDir>,
}

/// SQLite in a temporary folder, and PostgreSQL if `RINGBUCH_TEST_POSTGRES_URL` names a server that was made for tests.
pub async fn places() -> Result<Vec<Place>> {
    let mut places = vec![sqlite()?];
    if let Ok(server) = std::env::var(SERVER) {
        places.push(postgres(&server).await?);
    }
    Ok(places)
}

fn sqlite() -> Result<Place> {
    let folder = tempfile::tempdir()?;
    let raw = rusqlite::Connection::open(folder.path().join("raw.db"))?;
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE raw (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
                           command BLOB NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, public BLOB NOT NULL,
                           UNIQUE (stream, revision))",
    )?;
    let url = format!("sqlite:{}", folder.path().join("ours.db").display());
    Ok(Place { engine: "sqlite", url, raw: Raw::Sqlite(Arc::new(Mutex::new(raw))), _folder: Some(folder) })
}

async fn postgres(server: &str) -> Result<Place> {
    let admin = connect(server).await?;
    admin.query_one("SELECT 1 FROM pg_database WHERE datname = 'ringbuch_test_marker'", &[]).await?;
    let name = format!("bench_{}", Uuid::new_v4().simple());
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    let url = format!("{}/{name}", server.rsplit_once('/').context("an address with a database")?.0);
    let table = "CREATE TABLE raw (position BIGSERIAL PRIMARY KEY, stream TEXT COLLATE \"C\" NOT NULL, revision BIGINT NOT NULL,
                                   id UUID NOT NULL, command UUID NOT NULL, time BIGINT NOT NULL, kind TEXT NOT NULL,
                                   public BYTEA NOT NULL, UNIQUE (stream, revision))";
    connect(&url).await?.batch_execute(table).await?;
    let most = SENDERS.iter().copied().max().unwrap_or(1);
    let insert =
        "INSERT INTO raw (stream, revision, id, command, time, kind, public) VALUES ($1, 1, $2, $2, 0, $3, $4)";
    let clients = try_join_all((0..most).map(async |_| {
        let client = connect(&url).await?;
        let statement = client.prepare(insert).await?;
        anyhow::Ok((client, statement))
    }))
    .await?;
    Ok(Place { engine: "postgres", url, raw: Raw::Postgres(Arc::new(clients)), _folder: None })
}

async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

impl Side for Raw {
    async fn store_one(&self, sender: usize) -> Result<()> {
        let (stream, id) = (format!("webhook-{}", Uuid::now_v7().simple()), Uuid::now_v7());
        match self {
            Self::Sqlite(connection) => {
                let connection = Arc::clone(connection);
                tokio::task::spawn_blocking(move || insert(&connection, &stream, id)).await?
            }
            Self::Postgres(clients) => {
                let (client, statement) = clients.get(sender).context("a connection for each sender")?;
                client.batch_execute("BEGIN").await?;
                client.execute(statement, &[&stream, &id, &"WebhookReceived", &vec![b'x'; BODY]]).await?;
                client.batch_execute("COMMIT").await?;
                Ok(())
            }
        }
    }
}

fn insert(connection: &Mutex<rusqlite::Connection>, stream: &str, id: Uuid) -> Result<()> {
    let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let sql = "INSERT INTO raw (stream, revision, id, command, time, kind, public) VALUES (?1, 1, ?2, ?2, 0, ?3, ?4)";
    transaction.prepare_cached(sql)?.execute((stream, id.as_bytes(), "WebhookReceived", vec![b'x'; BODY]))?;
    transaction.commit()?;
    Ok(())
}
