//! `ringbuch audit state`: what an aggregate was at a moment, from its events up to then.

use crate::cli::args::{AuditState, Moment};
use crate::cli::output::{Output, printable};
use crate::cli::{Exit, Failure};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::journal::Journal;
use crate::wiring;
use jiff::Timestamp;
use ringbuch_adapters::store::Store;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::any_state::AnyState;
use ringbuch_domain::event::{DecodeError, Opened};
use ringbuch_domain::recorded::{Envelope, StreamId, Subject};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// The answer.
#[derive(Debug, Serialize)]
struct Stood {
    stream: StreamId,
    /// `call`, `diary`, ….
    kind: &'static str,
    /// Of the last event that it holds.
    revision: u64,
    position: u64,
    time: Timestamp,
    /// Public parts only.
    state: AnyState,
    /// What belongs to persons, event by event.
    private: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    revision: u64,
    kind: String,
    subject: Subject,
    /// `hidden` where it was not asked for, `erased` where nothing opens it any more.
    holds: Value,
}

pub(super) async fn run(asked: &AuditState, config: &Config, output: Output) -> Result<Exit, Failure> {
    let stood = if asked.private {
        let app = wiring::open(config, Arc::new(SystemClock)).await?;
        let stood = stand(&app.store, Some(&app.journal), asked).await;
        app.store.close().await;
        stood?
    } else {
        let store = wiring::store(config).await?;
        let stood = stand(&store, None, asked).await;
        store.close().await;
        stood?
    };
    output.value(&stood, || serde_json::to_string_pretty(&stood).unwrap_or_default())?;
    Ok(Exit::Done)
}

async fn stand(store: &Store, journal: Option<&Arc<Journal>>, asked: &AuditState) -> Result<Stood, Failure> {
    let stream = StreamId::from_stored(&asked.stream);
    let mut events = store.log.read_stream(&stream, 0).await?;
    let Some(began) = events.first().map(|event| (event.position, event.time)) else {
        let hint = "streams are named like call-COMPANY-ID, diary-COMPANY-DATE or webhook-ID; `events tail` shows some";
        return Err(Failure::new(format!("there is no stream '{}'", printable(stream.as_str()))).hint(hint));
    };
    if let Some(moment) = asked.at {
        events.retain(|event| moment.holds(event));
    }
    let Some(last) = events.last() else {
        let (position, time) = began;
        return Err(Failure::new("the stream did not exist then")
            .hint(format!("it began at position {position}, on {time}; ask for a later moment")));
    };
    let (revision, position, time) = (last.revision, last.position, last.time);
    let (state, private) = replay(journal, events).await?;
    Ok(Stood { stream, kind: state.kind(), revision, position, time, state, private })
}

async fn replay(journal: Option<&Arc<Journal>>, envelopes: Vec<Envelope>) -> Result<(AnyState, Vec<Part>), Failure> {
    let (mut state, mut private) = (None, Vec::new());
    let events = read(journal, &envelopes).await?;
    for (Envelope { revision, kind, private: sealed, .. }, event) in envelopes.into_iter().zip(events) {
        let event = event.map_err(|error| unusable(revision, &error))?;
        if let Some(sealed) = sealed {
            let holds = holds(journal.is_some(), &event).map_err(|error| unusable(revision, &error))?;
            private.push(Part { revision, kind, subject: sealed.subject, holds });
        }
        if !state.get_or_insert_with(|| AnyState::before(&event)).apply(event) {
            return Err(unusable(revision, &"it belongs to another kind of stream"));
        }
    }
    state.map(|state| (state, private)).ok_or_else(|| Failure::new("the stream holds nothing"))
}

/// Without a journal nothing private is opened, and no key is needed.
async fn read(
    journal: Option<&Arc<Journal>>,
    envelopes: &[Envelope],
) -> Result<Vec<Result<AnyEvent, DecodeError>>, Failure> {
    let Some(journal) = journal else {
        let closed = |it: &Envelope| AnyEvent::decode(&it.kind, it.version, &it.public, Opened::Erased);
        return Ok(envelopes.iter().map(closed).collect());
    };
    Ok(journal.open_any(envelopes.to_vec()).await?.into_iter().map(|event| event.data).collect())
}

fn holds(asked_for: bool, event: &AnyEvent) -> Result<Value, serde_json::Error> {
    match event.encode()?.private {
        _ if !asked_for => Ok("hidden".into()),
        Some((_, part)) => serde_json::from_slice(&part),
        None => Ok("erased".into()),
    }
}

fn unusable(revision: u64, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("event {revision} of the stream cannot be read: {error}"))
}

impl Moment {
    fn holds(self, event: &Envelope) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Time(time) => event.time <= time,
        }
    }
}
