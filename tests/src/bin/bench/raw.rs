//! The yardstick: rows as large as ours, written without an event store. On SQLite one connection behind a lock, as a
//! program without a writer of its own would have it; on PostgreSQL every sender has a connection.

use super::place::{Place, connect};
use super::turns::{Order, Sender, Side, Turn};
use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use uuid::Uuid;

pub const SINGLE: &str = "BEGIN, INSERT, COMMIT of one row";
pub const HUNDRED: &str = "100 rows a transaction, one connection";
/// Bytes of a row's payload.
pub const BODY: usize = 950;
const KIND: &str = "CallEnded";

#[derive(Clone)]
pub enum Raw {
    Sqlite(Arc<Mutex<Connection>>),
    Postgres(Arc<Vec<(tokio_postgres::Client, tokio_postgres::Statement)>>),
}

impl Raw {
    /// Makes the table. `senders` is how many there will be at most.
    pub async fn open(place: &Place, senders: usize) -> Result<Self> {
        if place.is_postgres() {
            return Self::postgres(&place.peer_url, senders).await;
        }
        Ok(Self::Sqlite(Arc::new(Mutex::new(sqlite(place)?))))
    }

    async fn postgres(url: &str, senders: usize) -> Result<Self> {
        let table = "CREATE TABLE raw (position BIGSERIAL PRIMARY KEY, stream TEXT COLLATE \"C\" NOT NULL, revision BIGINT NOT NULL,
                                       id UUID NOT NULL, command UUID NOT NULL, time BIGINT NOT NULL, kind TEXT NOT NULL,
                                       public BYTEA NOT NULL, UNIQUE (stream, revision))";
        connect(url).await?.batch_execute(table).await?;
        let insert =
            "INSERT INTO raw (stream, revision, id, command, time, kind, public) VALUES ($1, 1, $2, $2, 0, $3, $4)";
        let clients = try_join_all((0..senders).map(async |_| {
            let client = connect(url).await?;
            let statement = client.prepare(insert).await?;
            anyhow::Ok((client, statement))
        }))
        .await?;
        Ok(Self::Postgres(Arc::new(clients)))
    }
}

/// The settings that serve it best: keys in the order of time, and the write-ahead log copied back rarely.
fn sqlite(place: &Place) -> Result<Connection> {
    let raw = Connection::open(place.peer_file())?;
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 20000;
         CREATE TABLE IF NOT EXISTS raw (
             position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
             command BLOB NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, public BLOB NOT NULL,
             UNIQUE (stream, revision))",
    )?;
    Ok(raw)
}

impl Sender for Raw {
    async fn do_one(&self, sender: usize) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                let connection = Arc::clone(connection);
                tokio::task::spawn_blocking(move || {
                    let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                    in_one_transaction(&mut connection, 1)
                })
                .await?
            }
            Self::Postgres(clients) => {
                let (client, statement) = clients.get(sender).context("a connection for each sender")?;
                let (stream, id) = next();
                client.batch_execute("BEGIN").await?;
                client.execute(statement, &[&stream, &id, &KIND, &vec![b'x'; BODY]]).await?;
                client.batch_execute("COMMIT").await?;
                Ok(())
            }
        }
    }
}

/// SQLite at its best: one connection that has always a hundred rows at hand.
pub struct Hundreds(Connection);

impl Hundreds {
    pub fn open(place: &Place) -> Result<Self> {
        Ok(Self(sqlite(place)?))
    }
}

impl Side for Hundreds {
    async fn turn(&mut self, order: Order) -> Result<Turn> {
        let (started, mut done) = (Instant::now(), 0);
        tokio::task::block_in_place(|| {
            while started.elapsed() < order.length {
                in_one_transaction(&mut self.0, 100)?;
                done += 100;
            }
            anyhow::Ok(())
        })?;
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done, took: Vec::new() })
    }
}

fn in_one_transaction(connection: &mut Connection, rows: usize) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    (0..rows).try_for_each(|_| insert(&transaction))?;
    Ok(transaction.commit()?)
}

fn insert(transaction: &Transaction<'_>) -> Result<()> {
    let (stream, id) = next();
    let sql = "INSERT INTO raw (stream, revision, id, command, time, kind, public) VALUES (?1, 1, ?2, ?2, 0, ?3, ?4)";
    transaction.prepare_cached(sql)?.execute((stream, id.as_bytes(), KIND, vec![b'x'; BODY]))?;
    Ok(())
}

/// A new stream and an id.
fn next() -> (String, Uuid) {
    (format!("call-bench-{}", Uuid::now_v7().simple()), Uuid::now_v7())
}
