//! Durable appends of one event each to a stream of its own, against one raw INSERT transaction each on the same engine.
//!
//! `bench-append [SECONDS]`: SQLite in a temporary folder, and PostgreSQL if `RINGBUCH_TEST_POSTGRES_URL` names a server
//! that `tests/run` made. Both sides take turns of a third of a second, since the speed of a flush changes within
//! minutes, and each is judged over all of its turns; SECONDS is how long each side works in all. Raw on SQLite is one connection
//! behind a lock, as a program without a writer of its own would have it; on PostgreSQL every sender has a connection.

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use ringbuch_adapters::store::{Options, Store};
use ringbuch_domain::ports::{Append, Expected};
use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;
use uuid::Uuid;

const TURN: Duration = Duration::from_millis(330);
const SENDERS: [usize; 3] = [1, 32, 128];
const BODY: usize = 900;

/// One side of the comparison: something that stores one event durably.
#[derive(Clone)]
enum Side {
    Ours(Store),
    RawSqlite(Arc<Mutex<rusqlite::Connection>>),
    RawPostgres(Arc<Vec<(tokio_postgres::Client, tokio_postgres::Statement)>>),
}

#[tokio::main]
async fn main() -> Result<()> {
    let seconds = std::env::args().nth(1).map_or(Ok(5.0), |word| word.parse()).context("SECONDS is a number")?;
    let length = Duration::from_secs_f64(seconds);
    let mut out = std::io::stdout().lock();
    writeln!(out, "engine     senders    ours/s  p50 ms  p99 ms     raw/s  p50 ms  p99 ms   ratio  p50 ratio")?;
    let folder = tempfile::tempdir()?;
    let (ours, raw) = sqlite(folder.path()).await?;
    compare(&mut out, "sqlite", &ours, &raw, length).await?;
    if let Ok(server) = std::env::var("RINGBUCH_TEST_POSTGRES_URL") {
        let (ours, raw) = postgres(&server).await?;
        compare(&mut out, "postgres", &ours, &raw, length).await?;
    }
    Ok(())
}

async fn compare(out: &mut impl Write, engine: &str, ours: &Side, raw: &Side, length: Duration) -> Result<()> {
    for senders in SENDERS {
        let (mut our_turns, mut raw_turns) = (Turns::default(), Turns::default());
        while raw_turns.worked < length {
            our_turns.take(ours, senders).await?;
            raw_turns.take(raw, senders).await?;
        }
        let (o, r) = (our_turns, raw_turns);
        let figures = (o.rate(), o.at(50), o.at(99), r.rate(), r.at(50), r.at(99));
        let (our_rate, our_p50, our_p99, raw_rate, raw_p50, raw_p99) = figures;
        writeln!(
            out,
            "{engine:<10} {senders:>7} {our_rate:>9.0} {our_p50:>7.2} {our_p99:>7.2} {raw_rate:>9.0} {raw_p50:>7.2} \
             {raw_p99:>7.2} {:>7.2} {:>10.2}",
            our_rate / raw_rate,
            our_p50 / raw_p50
        )?;
    }
    Ok(())
}

/// What one side did in all of its turns.
#[derive(Default)]
struct Turns {
    worked: Duration,
    took: Vec<f64>,
}

impl Turns {
    async fn take(&mut self, side: &Side, senders: usize) -> Result<()> {
        let started = Instant::now();
        let tasks = (0..senders).map(|sender| {
            let side = side.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                while started.elapsed() < TURN {
                    let begun = Instant::now();
                    side.store_one(sender).await?;
                    took.push(begun.elapsed().as_secs_f64() * 1e3);
                }
                anyhow::Ok(took)
            })
        });
        for task in try_join_all(tasks).await? {
            self.took.extend(task?);
        }
        self.took.sort_by(f64::total_cmp);
        self.worked += started.elapsed();
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of some seconds")]
    fn rate(&self) -> f64 {
        self.took.len() as f64 / self.worked.as_secs_f64()
    }

    /// Milliseconds that this part of a hundred stayed below.
    fn at(&self, part: usize) -> f64 {
        self.took.get(self.took.len() * part / 100).copied().unwrap_or(0.0)
    }
}

impl Side {
    async fn store_one(&self, sender: usize) -> Result<()> {
        let (stream, id) = (format!("webhook-{}", Uuid::now_v7().simple()), Uuid::now_v7());
        match self {
            Self::Ours(store) => {
                let event =
                    NewEvent { id, kind: "WebhookReceived", version: 1, public: vec![b'x'; BODY], private: None };
                let append = Append {
                    stream: StreamId::from_stored(stream),
                    expected: Expected::NoStream,
                    cause: Cause::first(id),
                    company: None,
                    time: jiff::Timestamp::UNIX_EPOCH,
                    events: vec![event],
                };
                store.log.append(append).await?;
                Ok(())
            }
            Self::RawSqlite(connection) => {
                let connection = Arc::clone(connection);
                tokio::task::spawn_blocking(move || {
                    let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
                    let sql = "INSERT INTO raw (stream, revision, id, command, time, kind, public) VALUES (?1, 1, ?2, ?2, 0, ?3, ?4)";
                    transaction
                        .prepare_cached(sql)?
                        .execute((stream, id.as_bytes(), "WebhookReceived", vec![b'x'; BODY]))?;
                    transaction.commit()?;
                    Ok(())
                })
                .await?
            }
            Self::RawPostgres(clients) => {
                let (client, statement) = clients.get(sender).context("a connection for each sender")?;
                client.batch_execute("BEGIN").await?;
                client.execute(statement, &[&stream, &id, &"WebhookReceived", &vec![b'x'; BODY]]).await?;
                client.batch_execute("COMMIT").await?;
                Ok(())
            }
        }
    }
}

async fn sqlite(folder: &std::path::Path) -> Result<(Side, Side)> {
    let url = format!("sqlite:{}", folder.join("ours.db").display());
    Store::migrate(&url, false).await?;
    let ours = Store::open(&url, Options::default()).await?;
    let raw = rusqlite::Connection::open(folder.join("raw.db"))?;
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE raw (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
                           command BLOB NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, public BLOB NOT NULL,
                           UNIQUE (stream, revision))",
    )?;
    Ok((Side::Ours(ours), Side::RawSqlite(Arc::new(Mutex::new(raw)))))
}

async fn postgres(server: &str) -> Result<(Side, Side)> {
    let admin = connect(server).await?;
    admin.query_one("SELECT 1 FROM pg_database WHERE datname = 'ringbuch_test_marker'", &[]).await?;
    let name = format!("bench_{}", Uuid::new_v4().simple());
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    let url = format!("{}/{name}", server.rsplit_once('/').context("an address with a database")?.0);
    Store::migrate(&url, false).await?;
    let ours = Store::open(&url, Options::default()).await?;
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
    Ok((Side::Ours(ours), Side::RawPostgres(Arc::new(clients))))
}

async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
