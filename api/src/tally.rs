//! Counts of what is never appended: added up in memory and written down every second, so that a flood of worthless
//! requests costs the database nothing.

use crate::pace::hour_of;
use jiff::Timestamp;
use ringbuch_adapters::counters::{Count, Counters};
use ringbuch_domain::ports::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(1);
/// Names come from a short list and scopes from our accounts; whatever exceeds this is counted under no scope.
const AT_MOST: usize = 4096;

pub struct Tally {
    store: Arc<dyn Counters>,
    clock: Arc<dyn Clock>,
    counts: Mutex<HashMap<(String, String), u64>>,
}

impl Tally {
    pub fn new(store: Arc<dyn Counters>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, counts: Mutex::default() }
    }

    pub fn count(&self, name: &str, scope: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = if counts.len() < AT_MOST { scope } else { "" };
        *counts.entry((name.to_owned(), scope.to_owned())).or_default() += 1;
    }

    /// Writes down what was counted since the last time; what cannot be written is kept.
    pub async fn flush(&self) {
        let counted = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        if counted.is_empty() {
            return;
        }
        let hour = hour_of(self.clock.now());
        let count = |((name, scope), count): (&(String, String), &u64)| Count {
            name: name.clone(),
            scope: scope.clone(),
            hour,
            count: *count,
        };
        let counts: Vec<Count> = counted.iter().map(count).collect();
        if let Err(error) = self.store.add(&counts).await {
            tracing::warn!(%error, "counters could not be written down; trying again");
            let mut kept = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, count) in counted {
                *kept.entry(key).or_default() += count;
            }
        }
    }

    /// Writes down every second, and once more at the end.
    pub async fn run(&self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            self.flush().await;
        }
    }

    /// What was counted since a time, the part in memory written down first.
    pub async fn since(&self, time: Timestamp) -> Result<Vec<Count>, ringbuch_adapters::key_store::KeyStoreError> {
        self.flush().await;
        self.store.since(hour_of(time)).await
    }
}
