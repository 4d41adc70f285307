//! A node that has nothing but a projector, and projections made for looking at what it does.

use crate::contract::database::Database;
use crate::contract::write::{append, event, one};
use jiff::Timestamp;
use ringbuch_adapters::sealing::{MasterKeys, SealingCodec};
use ringbuch_adapters::store::Store;
use ringbuch_api::clock::SystemClock;
use ringbuch_api::journal::Journal;
use ringbuch_api::metrics::Metrics;
use ringbuch_api::runners::{Projector, Rush};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::number::NumberEvent;
use ringbuch_domain::ports::{Append, Expected};
use ringbuch_domain::recorded::{NewEvent, Recorded};
use ringbuch_projections::Projection;
use ringbuch_projections::engine::set_aside;
use ringbuch_projections::rows::{Rows, Statement, Step, Value};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Numbers in the order in which they were taken; none twice.
pub const SEEN: Projection = Projection {
    name: "seen",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS seen (
            position BIGINT PRIMARY KEY, stream TEXT NOT NULL, number TEXT NOT NULL UNIQUE, nth BIGINT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS seen_nth
         ON seen (nth)",
    ],
    tables: &["seen"],
    project: |event, rows| {
        if let Some(released) = released(event) {
            rows.statements.push(number(event.position, event.stream.as_str(), released));
        }
    },
};

const COUNTED: Projection = Projection {
    name: "counted",
    version: 1,
    ddl: &["CREATE TABLE IF NOT EXISTS counted (stream TEXT PRIMARY KEY, events BIGINT NOT NULL)"],
    tables: &["counted"],
    project: |event, rows| {
        rows.execute(
            "INSERT INTO counted (stream, events) VALUES ($1, 1)
             ON CONFLICT (stream) DO UPDATE SET events = counted.events + 1",
            [Value::from(event.stream.as_str())],
        );
    },
};

static BOTH: [Projection; 2] = [SEEN, COUNTED];

/// The next release of the program: the same table with another column.
pub static SEEN_2: [Projection; 1] = [Projection {
    version: 2,
    ddl: &["CREATE TABLE IF NOT EXISTS seen (
                position BIGINT PRIMARY KEY, number TEXT NOT NULL UNIQUE, length BIGINT NOT NULL, nth BIGINT)"],
    project: second,
    ..SEEN
}];

fn second(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    if let Some(released) = released(event) {
        let (position, length) = (event.position.cast_signed(), released.len().try_into().unwrap());
        let args = [Value::Int(position), released.into(), Value::Int(length)];
        rows.execute("INSERT INTO seen (position, number, length) VALUES ($1, $2, $3)", args);
    }
}

fn released(event: &Recorded<AnyEvent>) -> Option<&str> {
    match &event.data {
        AnyEvent::Number(NumberEvent::NumberReleased(it)) => Some(&it.number),
        _ => None,
    }
}

/// The row of one.
pub fn number(position: u64, stream: &str, number: &str) -> Statement {
    let sql = "INSERT INTO seen (position, stream, number, nth) SELECT $1, $2, $3, COALESCE(MAX(nth), 0) + 1 FROM seen";
    Statement { sql, args: vec![Value::Int(position.cast_signed()), stream.into(), number.into()] }
}

pub fn still(from: u64, to: u64) -> Step {
    SEEN.still(from, to)
}

pub struct Node {
    pub store: Store,
    pub projector: Arc<Projector>,
}

impl Node {
    pub async fn on(database: &Database) -> Self {
        Self::with(database, &BOTH).await
    }

    pub async fn with(database: &Database, projections: &'static [Projection]) -> Self {
        let store = database.store().await;
        let clock = Arc::new(SystemClock);
        let master = Arc::new(MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap());
        let codec = SealingCodec::new(Arc::clone(&store.keys), master, Arc::<SystemClock>::clone(&clock));
        let journal = Journal::new(Arc::clone(&store.log), Arc::new(codec), clock, Metrics::new().unwrap());
        let ports = (Arc::clone(&store.rows), Arc::clone(&store.builds), Arc::clone(&store.leases));
        let projector = Projector::new(Arc::new(journal), ports, projections, "none", Rush::default());
        projector.prepare().await.unwrap();
        Self { store, projector: Arc::new(projector) }
    }

    pub fn run(&self) -> Running {
        let shutdown = CancellationToken::new();
        let (projector, token) = (Arc::clone(&self.projector), shutdown.clone());
        Running { task: tokio::spawn(async move { projector.run(token).await }), shutdown }
    }

    pub async fn reaches(&self, position: u64) {
        self.projector.progress().wait_for(|progress| *progress >= position).await.unwrap();
    }

    pub async fn until(&self, holds: impl AsyncFn() -> bool) {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub struct Running {
    task: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl Running {
    pub async fn end(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
    }

    /// Gives nothing up.
    pub fn kill(self) {
        self.task.abort();
    }
}

/// Appends `stream:number`, one after the other.
pub async fn numbers(store: &Store, all: &[&str]) {
    for it in all {
        let (stream, number) = it.split_once(':').unwrap();
        let public = json!({ "number": number, "company": "salon_mitte" }).to_string().into_bytes();
        let events = vec![NewEvent { public, ..event("NumberReleased") }];
        let new = Append { events, time: Timestamp::UNIX_EPOCH, ..one(&format!("number-{stream}"), Expected::Any) };
        append(store, new).await.unwrap();
    }
}

/// Takes a number's place, so that the number is refused.
pub async fn squat(store: &Store, taken: &str) {
    let place = taken.len() as u64 + 1_000_000;
    store.rows.execute(&[number(place, "nobody", taken)]).await.unwrap();
}

pub async fn unsquat(store: &Store, taken: &str) {
    let sql = "DELETE FROM seen WHERE number = $1 AND stream = 'nobody'";
    store.rows.execute(&[Statement { sql, args: vec![taken.into()] }]).await.unwrap();
}

/// The numbers, in the order in which they were taken where that is known.
pub async fn seen(store: &Store) -> Vec<String> {
    let sql = "SELECT number FROM seen WHERE position < 1000000 ORDER BY nth, position";
    store.rows.query(sql, &[]).await.unwrap().iter().map(|row| row.text(0)).collect()
}

pub async fn count(store: &Store) -> i64 {
    let sql = "SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT) FROM counted";
    store.rows.query(sql, &[]).await.unwrap()[0].int(0)
}

pub async fn head(store: &Store) -> u64 {
    store.log.head().await.unwrap()
}

/// What `seen` has set aside.
pub async fn aside(store: &Store) -> Vec<String> {
    let word = |it: &set_aside::SetAside| if it.error.is_some() { "refused" } else { "waits" };
    let all = set_aside::list(&*store.rows, "seen", 0).await.unwrap();
    all.iter().map(|it| format!("{} {}", it.position, word(it))).collect()
}

pub async fn bad(store: &Store) -> Vec<i64> {
    set_aside::list(&*store.rows, "seen", 0).await.unwrap().iter().map(|it| it.position).collect()
}

/// How many copies stand beside.
pub async fn beside(database: &Database) -> i64 {
    let sql = if database.is_sqlite() {
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'beside_%'"
    } else {
        "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'ringbuch_beside'"
    };
    database.stranger().await.number(sql).await
}
