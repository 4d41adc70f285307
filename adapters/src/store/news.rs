//! The newest position that this process knows of, and waiting for a newer one.

use std::time::Duration;
use tokio::sync::watch;

/// A wait ends after this time at the latest, so that a lost signal costs a reader no more than that.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct News {
    newest: watch::Sender<u64>,
}

impl News {
    pub fn since(position: u64) -> Self {
        Self { newest: watch::Sender::new(position) }
    }

    /// Wakes whoever waits for something at or before this position. Older news changes nothing.
    pub fn announce(&self, position: u64) {
        self.newest.send_if_modified(|newest| {
            let newer = position > *newest;
            *newest = position.max(*newest);
            newer
        });
    }

    /// The newest position known; the log may hold more.
    pub fn newest(&self) -> u64 {
        *self.newest.borrow()
    }

    /// Returns once something after `position` is known, or when patience ends.
    pub async fn wait(&self, position: u64) {
        let mut newest = self.newest.subscribe();
        let news = newest.wait_for(|newest| *newest > position);
        // Neither a time-out nor a closed store is an error: the caller looks for itself and asks again.
        let _ = tokio::time::timeout(PATIENCE, news).await;
    }
}
