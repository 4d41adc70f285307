//! States of long streams, kept beside the log and never believed without it: the event that a state ends with must stand
//! in the stream still. A state holds every command that the stream knows, since a command that comes again gets its first
//! result whoever has read what.

use super::{Loaded, Stored};
use ringbuch_domain::ports::{Appended, EventLog, KeptState, LogError, SnapshotStore};
use ringbuch_domain::recorded::{Envelope, Link, StreamId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Reading so many events takes longer than finding a snapshot and reading it.
pub const SNAPSHOT_EVERY: usize = 200;

pub(super) struct Snapshots {
    store: Arc<dyn SnapshotStore>,
    every: usize,
}

/// A state as it is written.
#[derive(Serialize, Deserialize)]
struct Body<A, C> {
    aggregate: A,
    /// Command, revision and position of its last event.
    commands: C,
    newest: Link,
    newest_about: HashMap<Uuid, Link>,
}

impl Snapshots {
    pub fn new(store: Arc<dyn SnapshotStore>, every: usize) -> Self {
        Self { store, every }
    }

    /// What was kept of a stream and what came after it; nothing where nothing usable is kept. Only a log that cannot be
    /// read is an error.
    pub async fn recall<A: Stored>(
        &self,
        log: &dyn EventLog,
        stream: &StreamId,
    ) -> Result<Option<(Loaded<A>, Vec<Envelope>)>, LogError> {
        let Some(shape) = A::SHAPE else { return Ok(None) };
        let kept = self.store.kept(stream).await.unwrap_or_else(|error| {
            tracing::warn!(%stream, %error, "a snapshot cannot be read; the stream is read instead");
            None
        });
        let Some((kept, loaded)) = kept.filter(|kept| kept.shape == shape).and_then(read) else { return Ok(None) };
        let mut events = log.read_stream(stream, kept.revision.saturating_sub(1)).await?.into_iter();
        let stands = events.next().is_some_and(|last| (last.revision, last.id) == (kept.revision, kept.event));
        if !stands {
            tracing::warn!(%stream, revision = kept.revision, "a snapshot is not of this stream; it is made anew");
        }
        Ok(stands.then(|| (loaded, events.collect())))
    }

    /// Keeps a state that took long to read. What fails is tried again after the next long read.
    pub async fn keep<A: Stored>(&self, stream: &StreamId, loaded: &Loaded<A>, read: usize) {
        const { A::HOLDS_NOTHING_PRIVATE };
        let Some(state) = A::SHAPE.filter(|_| read > self.every).and_then(|shape| written(shape, loaded)) else {
            return;
        };
        if let Err(error) = self.store.keep_state(stream, &state).await {
            tracing::warn!(%stream, %error, "a snapshot could not be kept");
        }
    }
}

fn written<A: Stored>(shape: u16, loaded: &Loaded<A>) -> Option<KeptState> {
    let newest = loaded.newest?;
    let commands: Vec<_> = loaded.commands.iter().map(|(id, at)| (*id, at.revision, at.position)).collect();
    let body = Body { aggregate: &loaded.aggregate, commands, newest, newest_about: loaded.newest_about.clone() };
    let body = serde_json::to_vec(&body).ok()?;
    Some(KeptState { shape, revision: loaded.revision, event: newest.event, body })
}

fn read<A: Stored>(kept: KeptState) -> Option<(KeptState, Loaded<A>)> {
    let body: Body<A, Vec<(Uuid, u64, u64)>> = serde_json::from_slice(&kept.body).ok()?;
    let place = |revision, position| Appended { revision, position, repeated: true };
    let loaded = Loaded {
        aggregate: body.aggregate,
        revision: kept.revision,
        commands: body.commands.into_iter().map(|(id, revision, position)| (id, place(revision, position))).collect(),
        newest: Some(body.newest),
        newest_about: body.newest_about,
    };
    Some((kept, loaded))
}

#[cfg(test)]
mod tests;
