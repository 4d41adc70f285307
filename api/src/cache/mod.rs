//! What a provider said last, kept for a while so that it need not be asked again, and for longer in case it cannot be.

mod follow;
mod known;
mod marks;
mod slots;

pub use slots::CachedSlots;

use crate::metrics::{CacheOutcome, Metrics};
use jiff::SignedDuration;
use known::{Failed, Known, Told};
use moka::future::Cache;
use ringbuch_domain::ports::Clock;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

/// What is cached, and for how long.
#[derive(Debug, Clone, Copy)]
struct Policy {
    /// The word of the metric.
    name: &'static str,
    fresh: SignedDuration,
    /// Older than this it is of no use even where the provider cannot be asked.
    stale_at_most: Duration,
    /// In the weight of values.
    capacity: u64,
}

/// An answer: how old, and whether it is told for want of a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer<V> {
    value: V,
    age: Duration,
    stale: bool,
}

/// A cache in which many who ask the same at once have it asked once. Changes are counted outside; what was asked before
/// the newest of them is not believed.
struct LastKnown<K, V, E> {
    policy: Policy,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    known: Cache<K, Known<V, E>>,
}

impl<K, V, E> LastKnown<K, V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    fn new(policy: Policy, clock: Arc<dyn Clock>, metrics: Metrics, weight: fn(&V) -> u32) -> Self {
        let known = Cache::builder()
            .max_capacity(policy.capacity)
            .weigher(move |_, known: &Known<V, E>| known.told().map_or(1, |told| weight(&told.value)))
            .time_to_live(policy.stale_at_most)
            .build();
        Self { policy, clock, metrics, known }
    }

    /// What is known under the key, or what `ask` says now. `changes` is the number of the last change; `outlasts` tells
    /// which failures are answered with the last good value.
    async fn get<A>(
        &self,
        key: &K,
        changes: impl Fn() -> u64 + Sync,
        ask: impl Fn() -> A + Sync,
        outlasts: fn(&E) -> bool,
    ) -> Result<Answer<V>, E>
    where
        A: Future<Output = Result<V, E>> + Send,
    {
        let newest = changes();
        if let Some(Known::Told(told)) = self.known.get(key).await
            && told.is_fresh(self.clock.now(), newest, self.policy.fresh)
        {
            self.metrics.cache_request(self.policy.name, CacheOutcome::Hit);
            return Ok(self.answer(told, false));
        }
        let mut known = self.share(key, newest, &changes, &ask).await;
        if known.change() < newest {
            // Whoever was asking already had begun before the last change.
            known = self.share(key, newest, &changes, &ask).await;
        }
        self.tell(known, outlasts)
    }

    /// Asks, or waits for whoever does.
    async fn share<A>(
        &self,
        key: &K,
        newest: u64,
        changes: &(impl Fn() -> u64 + Sync),
        ask: &(impl Fn() -> A + Sync),
    ) -> Known<V, E>
    where
        A: Future<Output = Result<V, E>> + Send,
    {
        let asking = async {
            let (at, change) = (self.clock.now(), changes());
            match ask().await {
                Ok(value) => Known::Told(Told { value, at, change }),
                Err(error) => {
                    let before = self.known.get(key).await.and_then(|known| known.told().cloned());
                    Known::Failed(Failed { error, at: self.clock.now(), change, before })
                }
            }
        };
        let now = self.clock.now();
        let old = |known: &Known<V, E>| !known.holds(now, newest, self.policy.fresh);
        self.known.entry_by_ref(key).or_insert_with_if(asking, old).await.into_value()
    }

    fn tell(&self, known: Known<V, E>, outlasts: fn(&E) -> bool) -> Result<Answer<V>, E> {
        let (outcome, told) = match known {
            Known::Told(told) => (CacheOutcome::Miss, Ok(self.answer(told, false))),
            Known::Failed(Failed { error, before, .. }) => {
                let before = before.filter(|_| outlasts(&error)).map(|told| self.answer(told, true));
                match before.filter(|answer| answer.age <= self.policy.stale_at_most) {
                    Some(answer) => (CacheOutcome::Stale, Ok(answer)),
                    None => (CacheOutcome::Miss, Err(error)),
                }
            }
        };
        self.metrics.cache_request(self.policy.name, outcome);
        told
    }

    fn answer(&self, told: Told<V>, stale: bool) -> Answer<V> {
        let age = Duration::try_from(self.clock.now().duration_since(told.at)).unwrap_or_default();
        Answer { value: told.value, age, stale }
    }
}
