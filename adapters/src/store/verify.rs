//! Verifying the log of a store: where the whole log is one chain, its events are hashed where they are read, the pages ahead
//! on other threads.

use super::read_ahead::Ahead;
use super::{News, Store};
use crate::chain::{Broken, Chain, Stretch, Verifier};
use async_trait::async_trait;
use ringbuch_domain::ports::LogError;
use std::sync::Arc;
use thiserror::Error;

/// A log that is one chain.
#[async_trait]
pub(crate) trait Chained: Send + Sync {
    /// At most `limit` links behind a position (0 for all), in order.
    async fn stretch(&self, after: u64, limit: usize) -> Result<Stretch, LogError>;
}

#[derive(Debug, Error)]
pub enum VerifyError {
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(transparent)]
    Unreadable(#[from] LogError),
}

/// Stretches of a log's chain, the next ones on their way.
pub(super) struct Stretches {
    log: Arc<dyn Chained>,
    ahead: Ahead<Stretch>,
}

impl Stretches {
    pub fn of(log: Arc<dyn Chained>, news: Arc<News>) -> Self {
        Self { log, ahead: Ahead::new(news) }
    }

    async fn behind(&self, after: u64, limit: usize) -> Result<Stretch, LogError> {
        let read = |after| {
            let log = Arc::clone(&self.log);
            async move { log.stretch(after, limit).await }
        };
        self.ahead.page(after, limit, read).await
    }
}

impl Store {
    /// Takes the log's next events into the verifier, at most `limit` of them, and says whether there were any. The
    /// verifier must walk the chain that this store keeps.
    pub async fn verify_next(&self, verifier: &mut Verifier, limit: usize) -> Result<bool, VerifyError> {
        let after = verifier.reached().0;
        if self.chain == Chain::Log {
            let stretch = self.stretches.behind(after, limit).await?;
            verifier.take_stretch(&stretch)?;
            return Ok(!stretch.links.is_empty());
        }
        let events = self.log.read_all(after, limit).await?;
        events.iter().try_for_each(|event| verifier.take(event))?;
        Ok(!events.is_empty())
    }
}
