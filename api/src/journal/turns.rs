//! Commands to one stream queue within the process, so that they do not lose their work to each other.

use ringbuch_domain::recorded::StreamId;
use std::hash::{BuildHasher, RandomState};
use tokio::sync::{Mutex, MutexGuard};

/// Two streams may share a turn; that costs a short wait and nothing else.
const LANES: usize = 1024;

pub struct Turns {
    lanes: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self { lanes: (0..LANES).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }
}

impl Turns {
    /// Waits for the stream's turn, which lasts as long as the guard.
    pub async fn take(&self, stream: &StreamId) -> Option<MutexGuard<'_, ()>> {
        let hash = self.hasher.hash_one(stream);
        let lane = usize::try_from(hash % LANES as u64).unwrap_or_default();
        match self.lanes.get(lane) {
            Some(lane) => Some(lane.lock().await),
            None => None,
        }
    }
}
