//! postgres-es as its guide shows it: the framework's `execute` on a new aggregate for every event, and its `QueryReplay`.
//! The event is as large as ours.

use crate::order::{Order, Peer, Turn, crowd};
use anyhow::Result;
use async_trait::async_trait;
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventStore, QueryReplay};
use cqrs_es::{Aggregate, CqrsFramework, DomainEvent, EventEnvelope, Query};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgPool, PgPoolOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use uuid::Uuid;

/// Connections: as many as senders at most, so that none waits for one.
const CONNECTIONS: u32 = 64;
/// The table of its guide.
const TABLE: &str = "
    CREATE TABLE events (
        aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence bigint CHECK (sequence >= 0) NOT NULL,
        event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, metadata json NOT NULL,
        PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Event {
    CallEnded {
        call: String,
        customer: Uuid,
        rank: String,
        status: String,
        disconnection: Option<String>,
        started_at: Option<String>,
        ended_at: Option<String>,
        duration_ms: Option<i64>,
        cost: Option<f64>,
        transcript: Option<String>,
        recording_url: Option<String>,
    },
}

impl Event {
    fn of(call: String) -> Self {
        Self::CallEnded {
            call,
            customer: Uuid::from_u128(1),
            rank: "ended".into(),
            status: "ended".into(),
            disconnection: Some("user_hangup".into()),
            started_at: Some("1970-01-01T00:00:00Z".into()),
            ended_at: Some("1970-01-01T00:00:00Z".into()),
            duration_ms: Some(300_000),
            cost: Some(70.0),
            transcript: Some("Guten Tag, ich hätte gern einen Termin. ".repeat(14)),
            recording_url: Some("https://example.com/recording.wav".into()),
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        "CallEnded".into()
    }
    fn event_version(&self) -> String {
        "1.0".into()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("never")]
struct Never;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Call {
    ended: bool,
}

impl Aggregate for Call {
    const TYPE: &'static str = "call";
    type Command = Event;
    type Event = Event;
    type Error = Never;
    type Services = ();

    async fn handle(&mut self, command: Event, _: &(), sink: &EventSink<Self>) -> Result<(), Never> {
        sink.write(command, self).await;
        Ok(())
    }

    fn apply(&mut self, _: Event) {
        self.ended = true;
    }
}

type Framework = CqrsFramework<Call, PersistedEventStore<PostgresEventRepository, Call>>;

/// Appends one event to a new aggregate, again and again.
pub struct Appending(Arc<Framework>);

impl Appending {
    pub async fn open(url: &str) -> Result<Self> {
        let pool = pool(url).await?;
        sqlx::query(TABLE).execute(&pool).await?;
        Ok(Self(Arc::new(postgres_es::postgres_cqrs(pool, vec![], ()))))
    }
}

async fn pool(url: &str) -> Result<PgPool> {
    Ok(PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await?)
}

async fn append(framework: Arc<Framework>) -> Result<()> {
    let call = Uuid::now_v7().simple().to_string();
    Ok(framework.execute(&call.clone(), Event::of(call)).await?)
}

impl Peer for Appending {
    async fn turn(&self, order: Order) -> Result<Turn> {
        crowd(&self.0, order, append).await
    }
}

/// Reads everything that was appended into a query that counts.
pub struct Replaying(PgPool);

#[derive(Clone, Default)]
struct Counting(Arc<AtomicU64>);

#[async_trait]
impl Query<Call> for Counting {
    async fn dispatch(&self, _: &str, events: &[EventEnvelope<Call>]) {
        self.0.fetch_add(events.len() as u64, Ordering::Relaxed);
    }
}

impl Replaying {
    /// Fills the table first, as its own append would have left it.
    pub async fn open(url: &str, events: i64) -> Result<Self> {
        let pool = pool(url).await?;
        sqlx::query(TABLE).execute(&pool).await?;
        let fill = "INSERT INTO events
            SELECT 'call', md5(n::text), 1, 'CallEnded', '1.0', $1::json, '{}' FROM generate_series(1, $2::bigint) AS n";
        let payload = serde_json::to_value(Event::of(Uuid::now_v7().simple().to_string()))?;
        sqlx::query(fill).bind(payload).bind(events).execute(&pool).await?;
        sqlx::query("VACUUM (ANALYZE, FREEZE) events").execute(&pool).await?;
        Ok(Self(pool))
    }
}

impl Peer for Replaying {
    async fn turn(&self, _: Order) -> Result<Turn> {
        let (counting, started) = (Counting::default(), Instant::now());
        let replay = QueryReplay::<_, _, Call>::new(PostgresEventRepository::new(self.0.clone()), counting.clone());
        replay.replay_all().await?;
        let done = counting.0.load(Ordering::Relaxed);
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done, took: Vec::new() })
    }
}
