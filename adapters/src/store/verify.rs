//! Verifying the log of a store: where the whole log is one chain, its events are hashed where they are read, the pages ahead
//! on other threads.

use super::read_ahead::Ahead;
use super::{News, Store};
use crate::chain::{Broken, Chain, Stretch, Verifier};
use async_trait::async_trait;
use ringbuch_domain::ports::{EventLog, LogError};
use std::sync::Arc;
use thiserror::Error;

/// A log that is one chain.
#[async_trait]
pub(crate) trait Chained: Send + Sync {
    /// At most `limit` links behind a position (0 for all), in order.
    async fn stretch(&self, after: u64, limit: usize) -> Result<Stretch, LogError>;
}

/// One chain, and what is known of its end.
#[derive(Clone)]
pub(super) struct Source {
    pub log: Arc<dyn Chained>,
    pub news: Arc<News>,
}

#[derive(Debug, Error)]
pub enum VerifyError {
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(transparent)]
    Unreadable(#[from] LogError),
}

/// One walk along the chain that a store keeps. What is read ahead goes with it: another walk reads for itself.
pub struct Walk(Along);

enum Along {
    Log { log: Arc<dyn Chained>, ahead: Ahead<Stretch> },
    Streams(Arc<dyn EventLog>),
}

impl Store {
    /// Begins a walk, for a verifier of this store's chain.
    pub fn walk(&self) -> Walk {
        let Source { log, news } = self.source.clone();
        Walk(match self.chain {
            Chain::Log => Along::Log { log, ahead: Ahead::new(news) },
            Chain::Streams => Along::Streams(Arc::clone(&self.log)),
        })
    }
}

impl Walk {
    /// Takes the events behind what the verifier has reached into it, at most `limit` of them, and says whether there were
    /// any.
    pub async fn next(&self, verifier: &mut Verifier, limit: usize) -> Result<bool, VerifyError> {
        let after = verifier.reached().0;
        match &self.0 {
            Along::Log { log, ahead } => {
                let read = |after| {
                    let log = Arc::clone(log);
                    async move { log.stretch(after, limit).await }
                };
                let stretch = ahead.page(after, limit, read).await?;
                verifier.take_stretch(&stretch)?;
                Ok(!stretch.links.is_empty())
            }
            Along::Streams(log) => {
                let events = log.read_all(after, limit).await?;
                events.iter().try_for_each(|event| verifier.take(event))?;
                Ok(!events.is_empty())
            }
        }
    }
}
