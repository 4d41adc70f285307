//! The log as projections are fed with it: events in order, each readable or with the reason why it is not. One that
//! cannot be read holds nobody up.

use crate::journal::{Journal, JournalError};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::event::DecodeError;
use ringbuch_domain::recorded::{Envelope, Recorded, StreamId};
use ringbuch_projections::engine::set_aside::Identity;
use uuid::Uuid;

/// An event as it is followed.
#[derive(Debug)]
pub struct Followed {
    pub position: u64,
    pub stream: StreamId,
    pub id: Uuid,
    pub kind: String,
    /// Or why it cannot be read, without anything that it holds.
    pub data: Result<Recorded<AnyEvent>, String>,
}

impl Followed {
    pub fn identity(&self) -> Identity<'_> {
        Identity { position: self.position, stream: &self.stream, event: self.id, kind: &self.kind }
    }
}

/// Up to so many events after a position.
pub async fn read(journal: &Journal, after: u64, limit: usize) -> Result<Vec<Followed>, JournalError> {
    open(journal, journal.log().read_all(after, limit).await?).await
}

/// Fails where keys could not be had; then none of the events can be told yet.
pub async fn open(journal: &Journal, envelopes: Vec<Envelope>) -> Result<Vec<Followed>, JournalError> {
    let kinds: Vec<String> = envelopes.iter().map(|envelope| envelope.kind.clone()).collect();
    let events = journal.open_any(envelopes).await?;
    Ok(kinds.into_iter().zip(events).map(|(kind, event)| followed(kind, event)).collect())
}

fn followed(kind: String, event: Recorded<Result<AnyEvent, DecodeError>>) -> Followed {
    let Recorded { position, stream, revision, id, cause, company, time, data } = event;
    let named = stream.clone();
    let data = data.map(|data| Recorded { position, stream, revision, id, cause, company, time, data });
    Followed { position, stream: named, id, kind, data: data.map_err(|error| error.to_string()) }
}
