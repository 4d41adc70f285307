//! A stretch of the log, hashed where it was read: a verifier is handed hashes, and no event is made for it.

use super::{Fields, START};
use ringbuch_domain::recorded::EventHash;

#[derive(Debug)]
pub(crate) struct Stretch {
    after: u64,
    /// Of the event that the first one follows.
    pub behind: EventHash,
    pub links: Vec<Link>,
}

/// The hash that an event has, and the one that it must have behind the event before it.
#[derive(Debug)]
pub(crate) struct Link {
    pub position: u64,
    pub stored: EventHash,
    pub computed: EventHash,
}

impl Stretch {
    /// Of at most that many events behind a position.
    pub fn behind(after: u64, limit: usize) -> Self {
        Self { after, behind: START, links: Vec::with_capacity(limit) }
    }

    /// Takes in the next event, from the one at that position on.
    pub fn add(&mut self, position: u64, event: &Fields<'_>, stored: EventHash) {
        if position == self.after {
            self.behind = stored;
            return;
        }
        let previous = self.links.last().map_or(self.behind, |link| link.stored);
        let computed = event.hash(&previous);
        self.links.push(Link { position, stored, computed });
    }
}
