//! Where streams end and which commands they hold, as far as this process has read them: an append then reads only what is
//! new in its stream. What lies here may be behind; the server holds every append against the expected revision.

use crate::chain::START;
use crate::store::Stored;
use ringbuch_domain::recorded::{Envelope, EventHash, StreamId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Streams kept, those in use twice as long as those that were written to once.
const CAPACITY: usize = 2_000;

/// The end of a stream.
#[derive(Debug)]
pub(super) struct Tail {
    /// 0 while the stream holds nothing.
    pub revision: u64,
    pub hash: EventHash,
    commands: HashMap<Uuid, Vec<Stored<'static>>>,
}

impl Default for Tail {
    fn default() -> Self {
        Self { revision: 0, hash: START, commands: HashMap::new() }
    }
}

impl Tail {
    /// What the stream holds of a command, in order.
    pub fn held(&self, command: Uuid) -> Vec<Stored<'static>> {
        self.commands.get(&command).cloned().unwrap_or_default()
    }

    pub fn absorb(&mut self, event: Envelope) {
        (self.revision, self.hash) = (event.revision, event.hash);
        let stored =
            Stored { id: event.id, kind: event.kind.into(), revision: event.revision, position: event.position };
        self.commands.entry(event.cause.command).or_default().push(stored);
    }
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<StreamId, Tail>,
    old: HashMap<StreamId, Tail>,
}

#[derive(Debug, Default)]
pub(super) struct Tails(Mutex<Generations>);

impl Tails {
    /// Takes a tail out; whoever has it puts it back.
    pub fn take(&self, stream: &StreamId) -> Tail {
        let mut kept = self.lock();
        kept.young.remove(stream).or_else(|| kept.old.remove(stream)).unwrap_or_default()
    }

    pub fn put(&self, stream: &StreamId, tail: Tail) {
        if tail.revision == 0 {
            return;
        }
        let mut kept = self.lock();
        if kept.young.len() >= CAPACITY {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(stream.clone(), tail);
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
