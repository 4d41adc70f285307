//! Group commit: a batch of appends in one transaction, in two round trips, with one flush. The row that holds the head of
//! the log is locked first; across nodes it is the queue. What the batch expects is looked up by a statement of its own
//! behind that lock, since under READ COMMITTED a statement sees what was committed before it began: a statement that
//! locked and looked at once would look at the state before the lock.

use super::connect::{Endpoint, Role};
use super::failure::Failure;
use super::pipeline::Sent;
use crate::store::{Decision, Planner, Stored, Waiting, number, subject_text, unsigned};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{Append, AppendError, Appended};
use std::collections::HashMap;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

const LOCK: &str = "SELECT position FROM log_head FOR UPDATE";

/// For each append: where its stream ends, and what the stream holds of its command. Streams that hold nothing are left
/// out. The empty text keeps the planner from looking through the whole of a long stream for a command.
const FIND: &str = "
    SELECT asked.place, newest.revision, held.id, held.kind, held.revision, held.position
    FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS asked (stream, command, place)
    CROSS JOIN LATERAL
        (SELECT revision FROM events WHERE stream = asked.stream ORDER BY revision DESC LIMIT 1) AS newest
    LEFT JOIN LATERAL (
        SELECT id, kind, revision, position FROM events
        WHERE stream = asked.stream AND revision = 1 AND command = asked.command
        UNION ALL
        SELECT id, kind, revision, position FROM events
        WHERE command = asked.command AND revision > 1 AND stream || '' = asked.stream
    ) AS held ON TRUE";

/// Moves the head and inserts behind it.
const INSERT: &str = "
    WITH moved AS (UPDATE log_head SET position = $15)
    INSERT INTO events (position, stream, revision, id, command, correlation, causation, company, time, kind, version,
                        private_subject, public, private)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
                         $8::text[], $9::bigint[], $10::text[], $11::int[], $12::text[], $13::bytea[], $14::bytea[])";

/// Whoever listens on this channel is told the newest position.
pub(super) const CHANNEL: &str = "ringbuch_log";
const TELL: &str = "SELECT pg_notify('ringbuch_log', $1)";

pub(super) type Outcomes = Vec<Result<Appended, AppendError>>;

/// The connection that appends, with its statements prepared.
pub(super) struct Session {
    client: Client,
    lock: Statement,
    find: Statement,
    insert: Statement,
    tell: Statement,
}

impl Session {
    pub async fn open(endpoint: &Endpoint) -> Result<Self, Failure> {
        let client = endpoint.connect(Role::Writer).await?;
        let lock = client.prepare(LOCK).await?;
        let find = client.prepare(FIND).await?;
        let insert = client.prepare(INSERT).await?;
        let tell = client.prepare(TELL).await?;
        Ok(Self { client, lock, find, insert, tell })
    }

    pub fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    /// Ends a transaction that failed. False if the connection is of no use any more.
    pub async fn roll_back(&self) -> bool {
        self.client.batch_execute("ROLLBACK").await.is_ok()
    }

    /// Tells other nodes how far the log goes, without waiting for it: in the transaction it would hold up whoever waits
    /// for the commit, and whoever misses it looks for himself soon.
    pub async fn tell(&self, head: u64) {
        let news = head.to_string();
        let news: [&(dyn ToSql + Sync); 1] = [&news];
        drop(Sent::send(self.client.query(&self.tell, &news)).await);
    }

    /// Stores a batch and returns each append's outcome and where the log ends. After an error nothing is stored, unless
    /// the connection broke: then the log must be asked.
    pub async fn store(&self, batch: &[Waiting], again: bool) -> Result<(Outcomes, u64), Failure> {
        let (head, found) = self.lock_and_find(batch).await?;
        let mut plan = Planner::new(head, again);
        feed(&mut plan, batch, &found)?;
        let mut columns = Columns::default();
        let outcomes = batch.iter().map(|waiting| decide(&mut plan, &waiting.append, &mut columns)).collect();
        if plan.head() == head {
            self.client.batch_execute("COMMIT").await?;
        } else {
            self.write(&columns, plan.head()).await?;
        }
        Ok((outcomes, plan.head()))
    }

    async fn lock_and_find(&self, batch: &[Waiting]) -> Result<(u64, Vec<Row>), Failure> {
        let streams: Vec<&str> = batch.iter().map(|waiting| waiting.append.stream.as_str()).collect();
        let commands: Vec<Uuid> = batch.iter().map(|waiting| waiting.append.cause.command).collect();
        let asked: [&(dyn ToSql + Sync); 2] = [&streams, &commands];
        let begun = Sent::send(self.client.batch_execute("BEGIN")).await;
        let locked = Sent::send(self.client.query_one(&self.lock, &[])).await;
        let found = Sent::send(self.client.query(&self.find, &asked)).await;
        begun.answer().await?;
        let head: i64 = locked.answer().await?.try_get(0)?;
        Ok((unsigned(head), found.answer().await?))
    }

    async fn write(&self, columns: &Columns<'_>, head: u64) -> Result<(), Failure> {
        let inserted = Sent::send(columns.insert(&self.client, &self.insert, number(head))).await;
        let committed = Sent::send(self.client.batch_execute("COMMIT")).await;
        // A statement that failed makes the COMMIT behind it a rollback, which PostgreSQL does not call an error.
        inserted.answer().await?;
        committed.answer().await?;
        Ok(())
    }
}

/// Feeds what was found into the plan.
fn feed<'a>(plan: &mut Planner<'a>, batch: &'a [Waiting], found: &[Row]) -> Result<(), Failure> {
    let mut held: HashMap<usize, Vec<Stored<'a>>> = HashMap::new();
    for row in found {
        let place = usize::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0).wrapping_sub(1);
        let waiting = batch.get(place).ok_or_else(|| Failure::refused("an answer for an append that was not asked"))?;
        plan.stream_ends(waiting.append.stream.as_str(), unsigned(row.try_get(1)?));
        if let Some(id) = row.try_get::<_, Option<Uuid>>(2)? {
            held.entry(place).or_default().push(Stored {
                id,
                kind: row.try_get::<_, String>(3)?.into(),
                revision: unsigned(row.try_get(4)?),
                position: unsigned(row.try_get(5)?),
            });
        }
    }
    for (place, mut events) in held {
        events.sort_by_key(|event| event.revision);
        if let Some(waiting) = batch.get(place) {
            plan.command_holds(waiting.append.stream.as_str(), waiting.append.cause.command, events);
        }
    }
    Ok(())
}

fn decide<'a>(plan: &mut Planner<'a>, append: &'a Append, columns: &mut Columns<'a>) -> Result<Appended, AppendError> {
    match plan.decide(append) {
        Decision::Answer(answer) => answer,
        Decision::Write { revision, position, answer } => {
            columns.add(append, revision, position);
            Ok(answer)
        }
    }
}

/// The events of a batch, column by column.
#[derive(Default)]
struct Columns<'a> {
    position: Vec<i64>,
    stream: Vec<&'a str>,
    revision: Vec<i64>,
    id: Vec<Uuid>,
    command: Vec<Uuid>,
    correlation: Vec<Uuid>,
    causation: Vec<Option<Uuid>>,
    company: Vec<Option<&'a str>>,
    time: Vec<i64>,
    kind: Vec<&'a str>,
    version: Vec<i32>,
    subject: Vec<Option<String>>,
    public: Vec<&'a [u8]>,
    private: Vec<Option<&'a [u8]>>,
}

impl<'a> Columns<'a> {
    fn add(&mut self, append: &'a Append, revision: u64, position: u64) {
        for (nth, event) in (0u64..).zip(&append.events) {
            self.position.push(number(position + nth));
            self.stream.push(append.stream.as_str());
            self.revision.push(number(revision + nth));
            self.id.push(event.id);
            self.command.push(append.cause.command);
            self.correlation.push(append.cause.correlation);
            self.causation.push(append.cause.causation);
            self.company.push(append.company.as_ref().map(CompanyId::as_str));
            self.time.push(append.time.as_microsecond());
            self.kind.push(event.kind);
            self.version.push(event.version.into());
            self.subject.push(event.private.as_ref().map(|private| subject_text(&private.subject)));
            self.public.push(&event.public);
            self.private.push(event.private.as_ref().map(|private| private.bytes.as_slice()));
        }
    }

    async fn insert(&self, client: &Client, statement: &Statement, head: i64) -> Result<u64, tokio_postgres::Error> {
        let columns: [&(dyn ToSql + Sync); 15] = [
            &self.position,
            &self.stream,
            &self.revision,
            &self.id,
            &self.command,
            &self.correlation,
            &self.causation,
            &self.company,
            &self.time,
            &self.kind,
            &self.version,
            &self.subject,
            &self.public,
            &self.private,
            &head,
        ];
        client.execute(statement, &columns).await
    }
}
