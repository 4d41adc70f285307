//! What an aggregate was at a moment, from its events up to then.

use crate::journal::{Journal, JournalError};
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::any_state::AnyState;
use ringbuch_domain::event::{DecodeError, Opened};
use ringbuch_domain::recorded::{Envelope, StreamId, Subject};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;
use std::str::FromStr;
use thiserror::Error;

/// A moment of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Position(u64),
    Time(Timestamp),
}

impl FromStr for Moment {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let told = "a position such as 42, or a time with its offset such as 2026-03-01T00:00:00Z, is expected";
        let position = text.parse().ok().map(Self::Position);
        position.or_else(|| text.parse().ok().map(Self::Time)).ok_or_else(|| told.into())
    }
}

impl Moment {
    fn holds(self, event: &Envelope) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Time(time) => event.time <= time,
        }
    }
}

/// How a stream stood.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "StreamState")]
pub struct Stood {
    pub stream: StreamId,
    /// `call`, `diary`, ….
    pub kind: &'static str,
    /// Of the last event that it holds.
    pub revision: u64,
    pub position: u64,
    pub time: Timestamp,
    /// Public parts only.
    #[schemars(with = "Value")]
    pub state: AnyState,
    /// What belongs to persons, event by event.
    pub private: Vec<Part>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PrivatePart")]
pub struct Part {
    pub revision: u64,
    pub kind: String,
    pub subject: Subject,
    /// `hidden` where it was not asked for, `erased` where nothing opens it any more.
    pub holds: Value,
}

#[derive(Debug, Error)]
pub enum PastError {
    #[error("there is no such stream")]
    NoStream,
    #[error("the stream did not exist then; it began at position {position}, on {time}")]
    NotYet { position: u64, time: Timestamp },
    #[error("event {revision} of the stream cannot be read: {why}")]
    Unreadable { revision: u64, why: String },
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Takes all events of a stream. Without a journal nothing private is opened, and no key is needed.
pub async fn stand(
    journal: Option<&Journal>,
    stream: StreamId,
    mut events: Vec<Envelope>,
    at: Option<Moment>,
) -> Result<Stood, PastError> {
    let began = events.first().map(|event| (event.position, event.time));
    let (position, time) = began.ok_or(PastError::NoStream)?;
    if let Some(moment) = at {
        events.retain(|event| moment.holds(event));
    }
    let Some(last) = events.last() else { return Err(PastError::NotYet { position, time }) };
    let (revision, position, time) = (last.revision, last.position, last.time);
    let (state, private) = replay(journal, events).await?;
    Ok(Stood { stream, kind: state.kind(), revision, position, time, state, private })
}

async fn replay(journal: Option<&Journal>, envelopes: Vec<Envelope>) -> Result<(AnyState, Vec<Part>), PastError> {
    let (mut state, mut private) = (None, Vec::new());
    let events = read(journal, &envelopes).await?;
    for (Envelope { revision, kind, private: sealed, .. }, event) in envelopes.into_iter().zip(events) {
        let event = event.map_err(|error| unreadable(revision, &error))?;
        if let Some(sealed) = sealed {
            let holds = holds(journal.is_some(), &event).map_err(|error| unreadable(revision, &error))?;
            private.push(Part { revision, kind, subject: sealed.subject, holds });
        }
        if !state.get_or_insert_with(|| AnyState::before(&event)).apply(event) {
            return Err(unreadable(revision, &"it belongs to another kind of stream"));
        }
    }
    state.map(|state| (state, private)).ok_or(PastError::NoStream)
}

async fn read(
    journal: Option<&Journal>,
    envelopes: &[Envelope],
) -> Result<Vec<Result<AnyEvent, DecodeError>>, JournalError> {
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

fn unreadable(revision: u64, why: &dyn Display) -> PastError {
    PastError::Unreadable { revision, why: why.to_string() }
}
