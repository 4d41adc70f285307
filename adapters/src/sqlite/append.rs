//! Group commit: a batch of appends in one transaction with one flush. The write lock comes first, then what the batch
//! expects is checked, so nothing can change in between. A batch that fails is split until what cannot be stored is
//! alone, and a commit that failed is tried once more after looking whether it had not succeeded after all.

use super::event_log::head;
use crate::store::{Batch, Decision, News, Planner, Stored, Waiting, number, subject_text, unsigned};
use ringbuch_domain::ports::{Append, AppendError, Appended};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

const REVISION: &str = "SELECT revision FROM events WHERE stream = ?1 ORDER BY revision DESC LIMIT 1";
const COMMAND: &str = "
    SELECT id, kind, revision, position FROM events WHERE stream = ?1 AND revision = 1 AND command = ?2
    UNION ALL
    SELECT id, kind, revision, position FROM events WHERE command = ?2 AND +stream = ?1 AND revision > 1
    ORDER BY revision";
const INSERT: &str = "
    INSERT INTO events (position, stream, revision, id, command, correlation, causation, company, time, kind, version,
                        private_subject, public, private)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

type Outcomes = Vec<Result<Appended, AppendError>>;

enum Failure {
    /// Nothing was stored.
    Before(rusqlite::Error),
    /// The commit itself failed.
    AtCommit(rusqlite::Error),
}

/// Stores what can be stored and answers everyone.
pub(super) fn commit(connection: &mut Connection, batch: Batch, news: &News) {
    let mut left = vec![(batch, false)];
    while let Some((batch, again)) = left.pop() {
        match store(connection, &batch.0, again) {
            Ok((outcomes, head)) => {
                news.announce(head);
                batch.answer(outcomes);
            }
            Err(Failure::AtCommit(error)) if !again => {
                tracing::warn!(%error, "a commit to the event log failed; looking whether it was stored");
                left.push((batch, true));
            }
            Err(Failure::Before(error)) if batch.0.len() > 1 && is_of_one_append(&error) => {
                let (first, second) = batch.split();
                left.push((second, again));
                left.push((first, again));
            }
            Err(Failure::Before(error) | Failure::AtCommit(error)) => {
                tracing::error!(%error, appends = batch.0.len(), "appends could not be stored");
                batch.give_up(&format!("the event log could not be written: {error}"));
            }
        }
    }
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

fn store(connection: &mut Connection, batch: &[Waiting], again: bool) -> Result<(Outcomes, u64), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Failure::Before)?;
    let (outcomes, head) = write(&transaction, batch, again).map_err(Failure::Before)?;
    transaction.commit().map_err(Failure::AtCommit)?;
    Ok((outcomes, head))
}

fn write(transaction: &Transaction<'_>, batch: &[Waiting], again: bool) -> rusqlite::Result<(Outcomes, u64)> {
    let mut plan = Planner::new(head(transaction)?, again);
    let mut outcomes = Vec::with_capacity(batch.len());
    for waiting in batch {
        let append = &waiting.append;
        look(transaction, &mut plan, append)?;
        outcomes.push(match plan.decide(append) {
            Decision::Answer(answer) => answer,
            Decision::Write { revision, position, answer } => {
                insert(transaction, append, revision, position)?;
                Ok(answer)
            }
        });
    }
    Ok((outcomes, plan.head()))
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

fn insert(transaction: &Transaction<'_>, append: &Append, revision: u64, position: u64) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(INSERT)?;
    for (nth, event) in (0u64..).zip(&append.events) {
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
            event.private.as_ref().map(|private| subject_text(&private.subject)),
            event.public.as_slice(),
            event.private.as_ref().map(|private| private.bytes.as_slice()),
        ])?;
    }
    Ok(())
}
