//! What stands around every request to a provider, whichever it is: a breaker that keeps silence while the provider fails,
//! and a limit for each key that all nodes keep together.

mod breaker;
mod limiter;
mod pool;
mod told;

pub use breaker::{BreakerSettings, BreakerState, BreakerWatch, Turn};
pub use limiter::{COUNTED_WITHIN, LimitSettings, Priority};

pub(crate) use breaker::{Breakers, Verdict};
pub(crate) use limiter::{Limiter, Limits};
pub(crate) use told::Told;

use crate::budget::Budgets;
use ringbuch_domain::ports::Clock;
use std::sync::Arc;

/// What clients of a provider share with each other, and with other nodes; `K` is whose connection a breaker is about.
pub struct Around<K> {
    pub clock: Arc<dyn Clock>,
    pub budgets: Arc<dyn Budgets>,
    pub watch: Arc<dyn BreakerWatch<K>>,
}

impl<K> Clone for Around<K> {
    fn clone(&self) -> Self {
        Self { clock: Arc::clone(&self.clock), budgets: Arc::clone(&self.budgets), watch: Arc::clone(&self.watch) }
    }
}

#[cfg(test)]
impl<K> Around<K> {
    /// One process, and nobody watches.
    pub fn alone(clock: Arc<dyn Clock>) -> Self {
        Self { clock, budgets: Arc::<crate::budget::fake::Alone>::default(), watch: Arc::new(()) }
    }
}
