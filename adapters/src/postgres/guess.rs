//! Most appends come to a log that nobody else has written to since, and say exactly where their stream ends. Then one
//! statement is the whole transaction: it takes the lock and inserts what it should if all of that still holds, and nothing
//! otherwise. A wrong guess costs a round trip and is followed by the sure way.
//!
//! The statement looks at the log as it was before it had the lock. That does: what it looks for stands at or before the
//! assumed head, which this connection has seen committed, and whoever wrote behind the head meanwhile has taken the very
//! position that the statement inserts first, which the key refuses.

use super::append::{LOCKED, Outcomes, decide};
use super::columns::{Arg, Columns, INTO, INTO_ONE};
use super::failure::{Failure, Kind};
use crate::store::{Planner, Waiting, number};
use ringbuch_domain::ports::Expected;
use ringbuch_domain::recorded::EventHash;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

/// What must not be there for a guess to hold: an event behind the assumed end of a stream, or one of the same command;
/// and what must: the event at the assumed end. In this shape no part can become a look through the whole table.
const WRONG: &str = "
    SELECT FROM unnest($17::text[], $18::bigint[], $19::uuid[]) AS assumed (stream, revision, command)
    CROSS JOIN LATERAL (
        (SELECT FROM events WHERE stream = assumed.stream AND revision = assumed.revision + 1 LIMIT 1)
        UNION ALL
        (SELECT WHERE assumed.revision > 0 AND
            (SELECT revision FROM events WHERE stream = assumed.stream AND revision = assumed.revision LIMIT 1) IS NULL)
        UNION ALL
        (SELECT FROM events WHERE assumed.revision > 0
            AND stream = assumed.stream AND revision = 1 AND command = assumed.command LIMIT 1)
        UNION ALL
        (SELECT FROM events WHERE assumed.revision > 0
            AND command = assumed.command AND revision > 1 AND stream || '' = assumed.stream LIMIT 1)
    ) AS met";

/// Single events are inserted without columns that have to be taken apart, which takes longer than all else: the first of a
/// stream, and one that follows another.
const FIRST: &str = "NOT EXISTS (SELECT FROM events WHERE stream = $2 AND revision = $3)";
const NEXT: &str = "
    NOT EXISTS (SELECT FROM events WHERE stream = $2 AND revision = $3)
    AND EXISTS (SELECT FROM events WHERE stream = $2 AND revision = $3 - 1)
    AND NOT EXISTS (SELECT FROM events WHERE stream = $2 AND revision = 1 AND command = $5)
    AND NOT EXISTS (SELECT FROM events WHERE command = $5 AND revision > 1 AND stream || '' = $2)";

/// Batches that take the sure way after the log was found to end elsewhere: other nodes are writing.
const CAUTION: u32 = 50;

pub(super) struct Guess {
    first: Statement,
    next: Statement,
    many: Statement,
    /// Where the log ended when this node last looked, and with which hash: the log being dense, nothing else can end there.
    end: Option<(u64, EventHash)>,
    caution: u32,
}

impl Guess {
    pub async fn prepare(client: &Client) -> Result<Self, Failure> {
        let [first, next] =
            [FIRST, NEXT].map(|right| format!("INSERT INTO events {INTO_ONE} WHERE {LOCKED} AND {right}"));
        let many = format!(
            "WITH right_guess AS MATERIALIZED (SELECT 1 WHERE {LOCKED}
                 AND $16 = COALESCE((SELECT MAX(position) FROM events), 0) AND NOT EXISTS ({WRONG}))
             INSERT INTO events {INTO} WHERE EXISTS (SELECT FROM right_guess)"
        );
        let (first, next) = (client.prepare(&first).await?, client.prepare(&next).await?);
        Ok(Self { first, next, many: client.prepare(&many).await?, end: None, caution: 0 })
    }

    /// Learns where the log ended before a batch that went the sure way, and where it ends now.
    pub fn learn(&mut self, began: u64, ends: (u64, EventHash)) {
        if self.end.is_some_and(|(head, _)| head != began) {
            self.caution = CAUTION;
        }
        self.end = Some(ends);
    }

    /// Stores the batch if nothing has to be looked up and nothing is other than assumed.
    pub async fn store(&mut self, client: &Client, batch: &[Waiting]) -> Result<Option<(Outcomes, u64)>, Failure> {
        if self.caution > 0 {
            self.caution -= 1;
            return Ok(None);
        }
        let (Some((head, last)), Some(assumed)) = (self.end, Assumed::by(batch)) else { return Ok(None) };
        let mut plan = assumed.plan(head);
        let mut columns = Columns::behind(last);
        let outcomes: Outcomes = batch.iter().map(|waiting| decide(&mut plan, waiting, &mut columns)).collect();
        if columns.len() == 0 {
            return Ok(None);
        }
        match self.insert(client, &assumed, &columns, number(head)).await {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(failure) if failure.kind == Kind::Taken => return Ok(None),
            Err(failure) => return Err(failure),
        }
        self.end = Some((plan.head(), columns.last()));
        Ok(Some((outcomes, plan.head())))
    }

    /// How many events are stored: all of them if the guess was right, none otherwise.
    async fn insert(
        &self,
        client: &Client,
        assumed: &Assumed<'_>,
        columns: &Columns<'_>,
        head: i64,
    ) -> Result<u64, Failure> {
        if let (Some(event), [revision]) = (columns.only(), assumed.revisions.as_slice()) {
            let insert = if *revision == 0 { &self.first } else { &self.next };
            return Ok(client.execute(insert, &event).await?);
        }
        let more: [Arg<'_>; 4] = [&head, &assumed.streams, &assumed.revisions, &assumed.commands];
        Ok(client.execute(&self.many, &columns.args(more)).await?)
    }
}

/// What the appends of a batch say of their streams, one row an append.
#[derive(Default)]
struct Assumed<'a> {
    streams: Vec<&'a str>,
    revisions: Vec<i64>,
    commands: Vec<Uuid>,
}

impl<'a> Assumed<'a> {
    /// Nothing if the first append to some stream leaves open where it ends.
    fn by(batch: &'a [Waiting]) -> Option<Self> {
        let mut ends = std::collections::HashMap::new();
        let mut assumed = Self::default();
        for waiting in batch {
            let stream = waiting.append.stream.as_str();
            let end = match (ends.get(stream), waiting.append.expected) {
                (Some(end), _) => *end,
                (None, Expected::NoStream) => 0,
                (None, Expected::Revision(revision)) => revision,
                (None, Expected::Any) => return None,
            };
            ends.insert(stream, end);
            assumed.streams.push(stream);
            assumed.revisions.push(number(end));
            assumed.commands.push(waiting.append.cause.command);
        }
        Some(assumed)
    }

    fn plan(&self, head: u64) -> Planner<'a> {
        let mut plan = Planner::new(head, false);
        for (stream, revision) in self.streams.iter().zip(&self.revisions) {
            plan.stream_ends(stream, crate::store::unsigned(*revision));
        }
        plan
    }
}
