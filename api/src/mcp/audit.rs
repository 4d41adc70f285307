//! Which tools were called, in the log. What changes something is noted before its answer goes out. Notes of what only
//! reads are gathered for a moment, so that reading costs no write of its own: a crash can lose that moment and nothing
//! else, and it shows, since every run of a node counts its calls without a gap and says when it has ended in order.

use crate::journal::{Journal, JournalError};
use jiff::tz::TimeZone;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::access::{AccessEvent, ToolCalled, ToolCallsEnded, ToolOutcome};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::{Cause, StreamId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What a crash can lose of the notes of readers.
pub const MOMENT: Duration = Duration::from_millis(250);

/// While the log cannot be written, readers are turned away once so many notes wait.
const AT_MOST: usize = 10_000;

/// Events of one append.
const AT_ONCE: usize = 500;

pub struct Audit {
    journal: Arc<Journal>,
    run: Uuid,
    notes: Mutex<Notes>,
    /// One writer at a time, so that numbers stand in the log in their order.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Notes {
    counted: BTreeMap<CompanyId, u64>,
    waiting: Vec<Batch>,
}

/// Notes that become one append under one command, however often that is tried.
#[derive(Clone)]
struct Batch {
    stream: StreamId,
    company: CompanyId,
    command: Uuid,
    events: Vec<AnyEvent>,
    /// It takes no more: it is being written, or has been tried, and its events have their ids.
    closed: bool,
}

/// One call of a tool.
pub struct Called {
    pub company: CompanyId,
    /// `key:…`
    pub by: String,
    pub server: &'static str,
    pub tool: &'static str,
    pub outcome: ToolOutcome,
}

impl Audit {
    pub fn new(journal: Arc<Journal>) -> Self {
        Self { journal, run: Uuid::now_v7(), notes: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }

    /// Takes a note of something that has only read, to be written within the moment. Where the log has been away for
    /// long it takes none, and the reader is told nothing.
    pub async fn note(&self, called: Called) -> Result<(), JournalError> {
        if self.waiting() >= AT_MOST {
            self.flush().await?;
        }
        self.put(called);
        Ok(())
    }

    /// Takes a note of something that has changed the world, and returns once it is durable, with all before it.
    pub async fn note_now(&self, called: Called) -> Result<(), JournalError> {
        self.put(called);
        self.flush().await
    }

    /// Returns once everything noted until now is durable.
    pub async fn flush(&self) -> Result<(), JournalError> {
        let _turn = self.writing.lock().await;
        while let Some(batch) = self.first() {
            let Batch { stream, company, command, events, .. } = &batch;
            let (cause, now) = (Cause::first(*command), self.journal.clock().now());
            self.journal.tell(stream.clone(), Some(company), cause, now, events).await?;
            self.locked().waiting.retain(|kept| kept.command != *command);
        }
        Ok(())
    }

    /// Writes every moment, and at the end what is left, with the word that it is the end.
    pub async fn run(&self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(MOMENT) => {}
            }
            self.try_to_flush().await;
        }
        self.end();
        self.try_to_flush().await;
    }

    async fn try_to_flush(&self) {
        if let Err(error) = self.flush().await {
            tracing::warn!(%error, "tool calls could not be noted; trying again");
        }
    }

    fn waiting(&self) -> usize {
        self.locked().waiting.iter().map(|batch| batch.events.len()).sum()
    }

    fn put(&self, called: Called) {
        let (at, run) = (self.journal.clock().now(), self.run);
        let stream = StreamId::tool_calls(&called.company, at.to_zoned(TimeZone::UTC).date());
        let mut notes = self.locked();
        let number = notes.next_number(&called.company);
        let Called { company, by, server, tool, outcome } = called;
        let event = ToolCalled {
            company: company.clone(),
            by,
            server: server.to_owned(),
            tool: tool.to_owned(),
            outcome,
            at,
            run,
            number,
        };
        notes.add(stream, company, event.into());
    }

    fn end(&self) {
        let today = self.journal.clock().now().to_zoned(TimeZone::UTC).date();
        let mut notes = self.locked();
        for (company, number) in std::mem::take(&mut notes.counted) {
            let ended = ToolCallsEnded { company: company.clone(), run: self.run, number };
            notes.add(StreamId::tool_calls(&company, today), company, ended.into());
        }
    }

    /// The oldest batch, which takes no more from here on.
    fn first(&self) -> Option<Batch> {
        let mut notes = self.locked();
        let first = notes.waiting.first_mut()?;
        first.closed = true;
        Some(first.clone())
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn next_number(&mut self, company: &CompanyId) -> u64 {
        let counted = self.counted.entry(company.clone()).or_default();
        *counted += 1;
        *counted
    }

    /// To the newest batch of the stream, or to a new one.
    fn add(&mut self, stream: StreamId, company: CompanyId, event: AccessEvent) {
        let event = AnyEvent::Access(event);
        let newest = self.waiting.iter_mut().rev().find(|batch| batch.stream == stream);
        if let Some(batch) = newest.filter(|batch| !batch.closed && batch.events.len() < AT_ONCE) {
            batch.events.push(event);
        } else {
            let (command, events) = (Uuid::now_v7(), vec![event]);
            self.waiting.push(Batch { stream, company, command, events, closed: false });
        }
    }
}
