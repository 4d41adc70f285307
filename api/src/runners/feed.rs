//! The log as projections are fed with it: events in order, each readable or with the reason why it is not. One that
//! cannot be read holds nobody up.

use crate::journal::{Journal, JournalError};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::recorded::{Envelope, Recorded, StreamId};
use ringbuch_projections::engine::set_aside::Identity;
use uuid::Uuid;

/// How often the same event's private part is tried to be opened before it counts as one that cannot be.
const TRIES: u32 = 8;

/// An event as it is followed.
#[derive(Debug)]
pub struct Followed {
    pub position: u64,
    pub stream: StreamId,
    pub id: Uuid,
    pub kind: String,
    /// Or what to say of it, without anything that it holds.
    pub data: Result<Recorded<AnyEvent>, String>,
}

impl Followed {
    pub fn identity(&self) -> Identity<'_> {
        Identity { position: self.position, stream: &self.stream, event: self.id, kind: &self.kind }
    }
}

/// Reads on, and remembers what it could not open: what stands in the way may pass.
#[derive(Debug, Default)]
pub struct Feed {
    stuck_at: u64,
    tries: u32,
}

impl Feed {
    /// Up to so many events after a position. Fails while the first of them cannot be opened, for some times.
    pub async fn read(&mut self, journal: &Journal, after: u64, limit: usize) -> Result<Vec<Followed>, JournalError> {
        let envelopes = journal.log().read_all(after, limit).await?;
        let mut events = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            let (event, closed) = open(journal, envelope).await;
            match closed {
                Some(_) if !events.is_empty() => break,
                Some(error) if self.may_pass(event.position) => return Err(error),
                _ => events.push(event),
            }
        }
        Ok(events)
    }

    fn may_pass(&mut self, position: u64) -> bool {
        self.tries = if self.stuck_at == position { self.tries.saturating_add(1) } else { 1 };
        self.stuck_at = position;
        self.tries < TRIES
    }
}

/// The event, and the error where its private part could not be opened.
pub async fn open(journal: &Journal, envelope: Envelope) -> (Followed, Option<JournalError>) {
    let Envelope { position, id, .. } = envelope;
    let (stream, kind) = (envelope.stream.clone(), envelope.kind.clone());
    let (data, closed) = match journal.open_any(envelope).await {
        Ok(Recorded { position, stream, revision, id, cause, company, time, data }) => {
            let whole = |data| Recorded { position, stream, revision, id, cause, company, time, data };
            (data.map(whole).map_err(|error| error.to_string()), None)
        }
        Err(error) => (Err("its private part cannot be opened".to_owned()), Some(error)),
    };
    (Followed { position, stream, id, kind, data }, closed)
}
