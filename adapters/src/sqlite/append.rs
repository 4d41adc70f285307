//! Group commit: a batch of appends in one transaction with one flush. The write lock comes first, then what the batch
//! expects is checked, so nothing can change in between. A batch that fails is split until what cannot be stored is
//! alone, and a commit that failed is tried once more after looking whether it had not succeeded after all.

use super::event_log::end;
use super::writer::Inbox;
use crate::chain::link;
use crate::store::{Batch, Decision, News, Planner, Stored, Waiting, number, unsigned};
use ringbuch_domain::ports::{Append, AppendError, Appended};
use ringbuch_domain::recorded::EventHash;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};
use std::sync::Arc;
use tokio::runtime::Handle;

const REVISION: &str = "SELECT revision FROM events WHERE stream = ?1 ORDER BY revision DESC LIMIT 1";
const COMMAND: &str = "
    SELECT id, kind, revision, position FROM events WHERE stream = ?1 AND revision = 1 AND command = ?2
    UNION ALL
    SELECT id, kind, revision, position FROM events WHERE command = ?2 AND +stream = ?1 AND revision > 1
    ORDER BY revision";
const INSERT: &str = "
    INSERT INTO events (position, stream, revision, id, command, correlation, causation, company, time, kind, version,
                        private_subject, public, private, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

type Outcomes = Vec<Result<Appended, AppendError>>;

/// Who is told what came of a batch.
pub(super) struct Told {
    pub news: Arc<News>,
    /// Where those who appended wait.
    pub runtime: Handle,
}

impl Told {
    /// Waking many from a thread outside costs as much as storing for them, so that one of theirs does it.
    fn stored(&self, head: u64, batch: Batch, outcomes: Outcomes) {
        self.news.announce(head);
        if batch.appends.len() > 1 {
            self.runtime.spawn(async move { batch.answer(outcomes) });
        } else {
            batch.answer(outcomes);
        }
    }
}

enum Failure {
    /// Nothing was stored.
    Before(rusqlite::Error),
    /// The commit itself failed.
    AtCommit(rusqlite::Error),
}

/// Stores what can be stored and answers everyone. What arrives before the commit travels along.
pub(super) fn commit(connection: &mut Connection, batch: Batch, inbox: &mut Inbox, told: &Told) {
    let mut attempt = Attempt { batch, joined: Some(inbox), again: false };
    let mut left = Vec::new();
    loop {
        match store(connection, &mut attempt) {
            Ok((outcomes, head)) => {
                told.stored(head, attempt.batch, outcomes);
            }
            Err(Failure::AtCommit(error)) if !attempt.again => {
                tracing::warn!(%error, "a commit to the event log failed; looking whether it was stored");
                left.push((attempt.batch, true));
            }
            Err(Failure::Before(error)) if attempt.batch.appends.len() > 1 && is_of_one_append(&error) => {
                let (first, second) = attempt.batch.split();
                left.push((second, attempt.again));
                left.push((first, attempt.again));
            }
            Err(Failure::Before(error) | Failure::AtCommit(error)) => {
                tracing::error!(%error, appends = attempt.batch.appends.len(), "appends could not be stored");
                attempt.batch.give_up(&format!("the event log could not be written: {error}"));
            }
        }
        match left.pop() {
            Some((batch, again)) => attempt = Attempt { batch, joined: None, again },
            None => return,
        }
    }
}

/// One try at a batch.
struct Attempt<'a> {
    batch: Batch,
    /// Whence others may join; not while a failure is being narrowed down.
    joined: Option<&'a mut Inbox>,
    /// An earlier try may have been stored.
    again: bool,
}

/// Whether an append of the batch may be at fault, rather than the file or another process.
fn is_of_one_append(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    !matches!(
        code,
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
        )
    )
}

fn store(connection: &mut Connection, attempt: &mut Attempt<'_>) -> Result<(Outcomes, u64), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Failure::Before)?;
    let (outcomes, head) = write(&transaction, attempt).map_err(Failure::Before)?;
    transaction.commit().map_err(Failure::AtCommit)?;
    Ok((outcomes, head))
}

fn write(transaction: &Transaction<'_>, attempt: &mut Attempt<'_>) -> rusqlite::Result<(Outcomes, u64)> {
    let (mut head, mut last) = end(transaction)?;
    let mut outcomes = Vec::new();
    while outcomes.len() < attempt.batch.appends.len() {
        let mut plan = Planner::new(head, attempt.again);
        for waiting in attempt.batch.appends.iter().skip(outcomes.len()) {
            let append = &waiting.append;
            look(transaction, &mut plan, append)?;
            outcomes.push(match plan.decide(append) {
                Decision::Answer(answer) => answer,
                Decision::Write { revision, position, answer } => {
                    last = insert(transaction, waiting, revision, position, last)?;
                    Ok(answer)
                }
            });
        }
        head = plan.head();
        if let Some(inbox) = &mut attempt.joined {
            inbox.join(&mut attempt.batch);
        }
    }
    Ok((outcomes, head))
}

/// Feeds in what the log holds of the append's stream and command.
fn look<'a>(transaction: &Transaction<'_>, plan: &mut Planner<'a>, append: &'a Append) -> rusqlite::Result<()> {
    let stream = append.stream.as_str();
    if !plan.knows_stream(stream) {
        let revision: Option<i64> =
            transaction.prepare_cached(REVISION)?.query_row([stream], |row| row.get(0)).optional()?;
        plan.stream_ends(stream, unsigned(revision.unwrap_or(0)));
    }
    if plan.must_look_for(append) {
        let command = append.cause.command;
        let mut statement = transaction.prepare_cached(COMMAND)?;
        let rows = statement.query_map(params![stream, command.as_bytes()], |row| {
            Ok(Stored {
                id: uuid::Uuid::from_bytes(row.get(0)?),
                kind: row.get::<_, String>(1)?.into(),
                revision: unsigned(row.get(2)?),
                position: unsigned(row.get(3)?),
            })
        })?;
        plan.command_holds(stream, command, rows.collect::<rusqlite::Result<_>>()?);
    }
    Ok(())
}

/// Stores the events of an append behind the last one, and returns the hash that they end with.
fn insert(
    transaction: &Transaction<'_>,
    waiting: &Waiting,
    revision: u64,
    position: u64,
    mut last: EventHash,
) -> rusqlite::Result<EventHash> {
    let mut statement = transaction.prepare_cached(INSERT)?;
    let append = &waiting.append;
    for (nth, (event, part)) in (0u64..).zip(waiting.events()) {
        last = link(&last, append, (event, part), position + nth, revision + nth);
        statement.execute(params![
            number(position + nth),
            append.stream.as_str(),
            number(revision + nth),
            event.id.as_bytes(),
            append.cause.command.as_bytes(),
            append.cause.correlation.as_bytes(),
            append.cause.causation.as_ref().map(uuid::Uuid::as_bytes),
            append.company.as_ref().map(ringbuch_domain::ids::CompanyId::as_str),
            append.time.as_microsecond(),
            event.kind,
            event.version,
            part.map(|part| part.subject.as_str()),
            event.public.as_slice(),
            event.private.as_ref().map(|private| private.bytes.as_slice()),
            last.0,
        ])?;
    }
    Ok(last)
}
