//! Group commit: a batch of appends in one transaction with one flush. The lock of the log comes first; across nodes it is
//! the queue, and it is held until the commit shows. What the batch expects is looked up by statements of their own behind
//! that lock, since under READ COMMITTED a statement sees what was committed before it began: a statement that locked and
//! looked at once would look at the state before the lock.

use super::columns::{Columns, INTO};
use super::event_log::{END, end};
use super::failure::Failure;
use super::guess::Guess;
use super::pipeline::Sent;
use super::writer::Arrivals;
use crate::store::{Batch, Decision, Planner, Stored, Waiting, unsigned};
use ringbuch_domain::ports::{AppendError, Appended};
use ringbuch_domain::recorded::EventHash;
use std::collections::HashMap;
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

/// Begins a transaction and takes the lock of the log; the number only has to be ours, and the same on every node.
pub(super) const LOCK: &str = "BEGIN; SELECT pg_advisory_xact_lock(5289316402773220)";
/// The same lock, taken by a statement that has this among its conditions; always true.
pub(super) const LOCKED: &str = "pg_advisory_xact_lock(5289316402773220) IS NOT NULL";

/// For each append: where its stream ends, and what the stream holds of its command. Streams that hold nothing are left
/// out. The empty text keeps the planner from looking through the whole of a long stream for a command, and the limits
/// keep it from reading a table as a whole that was small when the statement was planned.
const FIND: &str = "
    SELECT asked.place, newest.revision, held.id, held.kind, held.revision, held.position
    FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS asked (stream, command, place)
    CROSS JOIN LATERAL
        (SELECT revision FROM events WHERE stream = asked.stream ORDER BY revision DESC LIMIT 1) AS newest
    LEFT JOIN LATERAL (
        (SELECT id, kind, revision, position FROM events
         WHERE stream = asked.stream AND revision = 1 AND command = asked.command LIMIT 1)
        UNION ALL
        (SELECT id, kind, revision, position FROM events
         WHERE command = asked.command AND revision > 1 AND stream || '' = asked.stream LIMIT 1000)
    ) AS held ON TRUE";

pub(super) type Outcomes = Vec<Result<Appended, AppendError>>;

/// The statements of an append, prepared.
pub(super) struct Appending {
    end: Statement,
    find: Statement,
    insert: Statement,
    guess: Guess,
}

/// One try at a batch.
pub(super) struct Attempt<'a> {
    pub batch: Batch,
    /// Whence others may join; not while a failure is being narrowed down.
    pub joined: Option<&'a mut Arrivals>,
    /// An earlier try may have been stored.
    pub again: bool,
}

impl Appending {
    pub async fn prepare(client: &Client) -> Result<Self, Failure> {
        let insert = format!("INSERT INTO events {INTO}");
        Ok(Self {
            end: client.prepare(END).await?,
            find: client.prepare(FIND).await?,
            insert: client.prepare(&insert).await?,
            guess: Guess::prepare(client).await?,
        })
    }

    /// Stores a batch and returns each append's outcome and where the log ends. After an error nothing is stored, unless
    /// the connection broke: then the log must be asked.
    pub async fn store(&mut self, client: &Client, attempt: &mut Attempt<'_>) -> Result<(Outcomes, u64), Failure> {
        if !attempt.again
            && let Some(stored) = self.guess.store(client, &attempt.batch.appends).await?
        {
            return Ok(stored);
        }
        let (began, outcomes, ends) = self.look_and_store(client, attempt).await?;
        self.guess.learn(began, ends);
        Ok((outcomes, ends.0))
    }

    /// The sure way, in two round trips. Returns as well where the log ended before.
    async fn look_and_store(
        &self,
        client: &Client,
        attempt: &mut Attempt<'_>,
    ) -> Result<(u64, Outcomes, (u64, EventHash)), Failure> {
        let locked = Sent::send(client.batch_execute(LOCK)).await;
        let ended = Sent::send(client.query_opt(&self.end, &[])).await;
        let found = self.find(client, &attempt.batch.appends, 0).await;
        // If the lock was not got, that is the reason; whatever came behind it only failed with it.
        locked.answer().await?;
        let (head, last) = end(ended.answer().await?.as_ref())?;
        let mut found = found?;
        if let Some(arrivals) = &mut attempt.joined {
            // Another node may have held the lock for some time.
            let known = attempt.batch.appends.len();
            arrivals.join(&mut attempt.batch);
            found.extend(self.find(client, &attempt.batch.appends, known).await?);
        }
        let batch = &attempt.batch.appends;
        let mut plan = Planner::new(head, attempt.again);
        feed(&mut plan, batch, &found)?;
        let mut columns = Columns::behind(last);
        let outcomes = batch.iter().map(|waiting| decide(&mut plan, waiting, &mut columns)).collect();
        if plan.head() == head {
            client.batch_execute("COMMIT").await?;
        } else {
            self.write(client, &columns).await?;
        }
        Ok((head, outcomes, (plan.head(), columns.last())))
    }

    /// What the log holds for the appends from a place on.
    async fn find(&self, client: &Client, batch: &[Waiting], from: usize) -> Result<Vec<(usize, Row)>, Failure> {
        let asked = batch.get(from..).unwrap_or_default();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let streams: Vec<&str> = asked.iter().map(|waiting| waiting.append.stream.as_str()).collect();
        let commands: Vec<Uuid> = asked.iter().map(|waiting| waiting.append.cause.command).collect();
        let rows = client.query(&self.find, &[&streams, &commands]).await?;
        rows.into_iter().map(|row| Ok((from + usize::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0), row))).collect()
    }

    async fn write(&self, client: &Client, columns: &Columns<'_>) -> Result<(), Failure> {
        let args = columns.args([]);
        let inserted = Sent::send(client.execute(&self.insert, &args)).await;
        let committed = Sent::send(client.batch_execute("COMMIT")).await;
        // A statement that failed makes the COMMIT behind it a rollback, which PostgreSQL does not call an error.
        inserted.answer().await?;
        committed.answer().await?;
        Ok(())
    }
}

/// Feeds what was found into the plan. Places count from one.
fn feed<'a>(plan: &mut Planner<'a>, batch: &'a [Waiting], found: &[(usize, Row)]) -> Result<(), Failure> {
    let mut held: HashMap<(&str, Uuid), HashMap<u64, Stored<'a>>> = HashMap::new();
    for (place, row) in found {
        let waiting = place.checked_sub(1).and_then(|place| batch.get(place));
        let append = &waiting.ok_or_else(|| Failure::refused("an answer for an append that was not asked"))?.append;
        plan.stream_ends(append.stream.as_str(), unsigned(row.try_get(1)?));
        if let Some(id) = row.try_get::<_, Option<Uuid>>(2)? {
            let revision = unsigned(row.try_get(4)?);
            let (kind, position) = (row.try_get::<_, String>(3)?.into(), unsigned(row.try_get(5)?));
            let command = (append.stream.as_str(), append.cause.command);
            held.entry(command).or_default().insert(revision, Stored { id, kind, revision, position });
        }
    }
    for ((stream, command), events) in held {
        let mut events: Vec<_> = events.into_values().collect();
        events.sort_by_key(|event| event.revision);
        plan.command_holds(stream, command, events);
    }
    Ok(())
}

/// Decides one append and takes its events into the columns if they are to be written.
pub(super) fn decide<'a>(
    plan: &mut Planner<'a>,
    waiting: &'a Waiting,
    columns: &mut Columns<'a>,
) -> Result<Appended, AppendError> {
    match plan.decide(&waiting.append) {
        Decision::Answer(answer) => answer,
        Decision::Write { revision, position, answer } => {
            columns.add(waiting, revision, position);
            Ok(answer)
        }
    }
}
