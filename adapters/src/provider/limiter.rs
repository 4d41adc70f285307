//! The limit of one key: never more requests than the provider allows all nodes together, callers on the phone before work
//! in the background, and silence while the provider has blocked the key.

use super::Told;
use super::pool::{Pool, Taken};
use crate::budget::{BudgetError, Budgets, Draw, KeyHash, Purse, Rate, Seen};
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::Clock;
use ringbuch_domain::webhook::Provider;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is drawn at most for requests that may follow.
const SPARE: u32 = 8;
/// How long counting a request may take, beside what it may wait for its turn.
pub const COUNTED_WITHIN: Duration = Duration::from_secs(2);
/// When it is worth asking again a budget that could not say.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The limit of one class of requests, as it is assumed until the provider's headers name another.
#[derive(Debug, Clone, Copy)]
pub struct LimitSettings {
    pub class: &'static str,
    /// Below what the key is allowed, since requests do not arrive as they were sent.
    pub rate: Rate,
    /// How many of them work in the background leaves free for callers on the phone.
    pub kept_for_callers: u32,
    pub caller_waits: Duration,
    pub background_waits: Duration,
    /// How long a key that went over its limit is refused, where the provider does not say.
    pub block: Duration,
}

/// Whom a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Somebody on the telephone.
    Caller,
    Background,
}

/// The limits of all keys at one provider.
pub(crate) struct Limits {
    provider: Provider,
    clock: Arc<dyn Clock>,
    budgets: Arc<dyn Budgets>,
    by_purse: Mutex<BTreeMap<(KeyHash, &'static str), Arc<Limiter>>>,
}

impl Limits {
    pub(crate) fn new(provider: Provider, clock: Arc<dyn Clock>, budgets: Arc<dyn Budgets>) -> Self {
        Self { provider, clock, budgets, by_purse: Mutex::default() }
    }

    pub(crate) fn of(&self, key: KeyHash, settings: LimitSettings) -> Arc<Limiter> {
        let purse = Purse { provider: self.provider, key, class: settings.class };
        let fresh = || Limiter::new(self.clock.clone(), self.budgets.clone(), purse, settings);
        let mut all = self.by_purse.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry((key, settings.class)).or_insert_with(|| Arc::new(fresh())).clone()
    }
}

pub(crate) struct Limiter {
    clock: Arc<dyn Clock>,
    budgets: Arc<dyn Budgets>,
    purse: Purse,
    settings: LimitSettings,
    pool: Mutex<Pool>,
    /// One draws for all that wait.
    drawing: tokio::sync::Mutex<()>,
}

struct Waiting<'a>(&'a Limiter, Priority);

impl<'a> Waiting<'a> {
    fn on(limiter: &'a Limiter, priority: Priority) -> Self {
        *limiter.pool().waiting(priority) += 1;
        Self(limiter, priority)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut pool = self.0.pool();
        let waiting = pool.waiting(self.1);
        *waiting = waiting.saturating_sub(1);
    }
}

impl Limiter {
    fn new(clock: Arc<dyn Clock>, budgets: Arc<dyn Budgets>, purse: Purse, settings: LimitSettings) -> Self {
        Self { clock, budgets, purse, settings, pool: Mutex::default(), drawing: tokio::sync::Mutex::default() }
    }

    /// How long it would take until a request is sent, as far as is known here, if that is longer than it may wait.
    pub(crate) fn full_for(&self, priority: Priority) -> Option<Duration> {
        let now = self.clock.now();
        let mut pool = self.pool();
        pool.forget(now, self.settings.rate);
        let wait = Duration::try_from(pool.resting(priority)?.duration_since(now)).ok()?;
        (wait > self.waits(priority)).then_some(wait)
    }

    /// How many requests a caller could still send now.
    pub(crate) fn remaining(&self) -> u32 {
        let now = self.clock.now();
        let mut pool = self.pool();
        pool.forget(now, self.settings.rate);
        pool.remaining(now, self.settings.rate)
    }

    /// Waits until one request may be sent, or says how long it would take if that is longer than this request may wait.
    pub(crate) async fn place(&self, priority: Priority) -> Result<(), Duration> {
        let patience = later(self.clock.now(), self.waits(priority));
        let _waiting = Waiting::on(self, priority);
        loop {
            let taken = match self.take(priority) {
                Taken::Draw => self.take_or_draw(priority).await?,
                taken => taken,
            };
            match taken {
                Taken::Token => return Ok(()),
                Taken::NotBefore(at) if at > patience => {
                    return Err(Duration::try_from(at.duration_since(self.clock.now())).unwrap_or_default());
                }
                Taken::NotBefore(at) => self.clock.sleep_until(at).await,
                Taken::Draw => {}
            }
        }
    }

    /// Takes in what the headers of an answer said.
    pub(crate) fn heard(&self, told: Told) {
        let Some(remaining) = told.remaining else { return };
        let window = Duration::try_from(self.settings.rate.window).unwrap_or_default();
        let until = later(self.clock.now(), told.reset.unwrap_or(window));
        self.pool().see(Seen { limit: told.limit, remaining, until });
    }

    /// The provider refuses the key for a while; other nodes are told at once. Gives how long.
    pub(crate) async fn blocked(&self, told: Told) -> Duration {
        let block = told.block(self.settings.block);
        self.pool().block(later(self.clock.now(), block));
        let _turn = self.drawing.lock().await;
        // Who could not be told now is told with the next draw.
        let _ = self.draw(Priority::Background, true).await;
        block
    }

    fn take(&self, priority: Priority) -> Taken {
        self.pool().take(self.clock.now(), self.settings.rate, priority)
    }

    /// Whoever had the turn before may have drawn enough, or found that there is nothing.
    async fn take_or_draw(&self, priority: Priority) -> Result<Taken, Duration> {
        let _turn = self.drawing.lock().await;
        match self.take(priority) {
            Taken::Draw => {}
            taken => return Ok(taken),
        }
        self.draw(priority, false).await.map_err(|error| {
            tracing::warn!(provider = self.purse.provider.as_str(), %error, "a request is not sent");
            ASK_AGAIN
        })?;
        Ok(self.take(priority))
    }

    /// Asks the budget; only to say what is new, or for all that wait.
    async fn draw(&self, priority: Priority, only_tell: bool) -> Result<(), BudgetError> {
        let now = self.clock.now();
        let (wish, spare, news) = self.pool().wishes(priority);
        let kept = if priority == Priority::Background { self.settings.kept_for_callers } else { 0 };
        let (wish, spare) = if only_tell { (0, 0) } else { (wish.max(1), spare.min(SPARE)) };
        let draw = Draw { now, rate: self.settings.rate, wish, spare, kept, news: news.clone() };
        let asked = self.budgets.draw(&self.purse, draw);
        match tokio::time::timeout(COUNTED_WITHIN, asked).await {
            Ok(Ok(drawn)) => {
                self.pool().fill(now, priority, drawn);
                Ok(())
            }
            failed => {
                self.pool().keep_news(&news);
                let slow = || BudgetError("the database does not answer in time".to_owned());
                Err(failed.map_or_else(|_| slow(), |failed| failed.err().unwrap_or_else(slow)))
            }
        }
    }

    fn waits(&self, priority: Priority) -> Duration {
        match priority {
            Priority::Caller => self.settings.caller_waits,
            Priority::Background => self.settings.background_waits,
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
