//! The two clocks: the machine's own, and one that tests and trials set by hand.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::Clock;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The machine's clock; the one place that asks it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// A machine's clock may be corrected while somebody sleeps; nobody sleeps on an old reading for longer than this.
const LONGEST_NAP: Duration = Duration::from_mins(1);

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is handed")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, time: Timestamp) {
        loop {
            let left = time.duration_since(self.now());
            let Ok(left) = Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_NAP)).await;
        }
    }
}

/// A clock that stands still until it is moved. Whoever sleeps on it wakes when it is moved to or past their time.
#[derive(Debug)]
pub struct SteppedClock {
    now: watch::Sender<Timestamp>,
    sleepers: Mutex<Sleepers>,
}

#[derive(Debug, Default)]
struct Sleepers {
    /// Wake time, and a number that keeps two sleepers of one time apart.
    waiting: BTreeSet<(Timestamp, u64)>,
    next: u64,
}

impl SteppedClock {
    pub fn at(now: Timestamp) -> Self {
        Self { now: watch::Sender::new(now), sleepers: Mutex::default() }
    }

    /// Moves the clock, also backwards.
    pub fn set(&self, now: Timestamp) {
        self.now.send_replace(now);
    }

    pub fn advance(&self, by: SignedDuration) {
        self.now.send_modify(|now| *now = now.saturating_add(by).unwrap_or(*now));
    }

    /// When the earliest sleeper wants to wake; absent while nobody sleeps. Somebody whose time has come but who has not
    /// run yet no longer counts.
    pub fn next_wake(&self) -> Option<Timestamp> {
        let now = self.now();
        self.lock().waiting.iter().map(|(time, _)| *time).find(|time| *time > now)
    }

    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves the list when its sleeper wakes or gives up.
struct Bed<'a> {
    clock: &'a SteppedClock,
    entry: (Timestamp, u64),
}

impl<'a> Bed<'a> {
    fn new(clock: &'a SteppedClock, time: Timestamp) -> Self {
        let mut sleepers = clock.lock();
        let entry = (time, sleepers.next);
        sleepers.next += 1;
        sleepers.waiting.insert(entry);
        Self { clock, entry }
    }
}

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        self.clock.lock().waiting.remove(&self.entry);
    }
}

#[async_trait]
impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    async fn sleep_until(&self, time: Timestamp) {
        let _bed = Bed::new(self, time);
        let mut moved = self.now.subscribe();
        // The sender lives in self, so the wait cannot fail while anybody is here to sleep.
        let _ = moved.wait_for(|now| *now >= time).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_passes_its_time_and_not_before() {
        let clock = Arc::new(SteppedClock::at(time("2026-03-01T10:00:00Z")));
        let (early, late) = (time("2026-03-01T10:00:10Z"), time("2026-03-01T10:01:00Z"));
        let mut first = asleep(&clock, early);
        let mut second = asleep(&clock, late);
        assert!(poll(&mut first) && poll(&mut second));
        assert_eq!(clock.next_wake(), Some(early));

        clock.advance(SignedDuration::from_secs(30));
        assert_eq!(clock.next_wake(), Some(late), "one whose time has come no longer counts");
        first.await;
        assert!(poll(&mut second));

        clock.set(time("2026-03-02T00:00:00Z"));
        second.await;
        assert_eq!(clock.next_wake(), None);
    }

    #[tokio::test]
    async fn a_sleeper_who_gives_up_is_forgotten() {
        let clock = Arc::new(SteppedClock::at(time("2026-03-01T10:00:00Z")));
        let mut sleeper = asleep(&clock, time("2026-03-01T11:00:00Z"));
        assert!(poll(&mut sleeper));
        drop(sleeper);
        assert_eq!(clock.next_wake(), None);
    }

    #[tokio::test]
    async fn a_time_that_has_passed_is_not_waited_for() {
        let clock = SteppedClock::at(time("2026-03-01T10:00:00Z"));
        clock.sleep_until(time("2026-03-01T10:00:00Z")).await;
        SystemClock.sleep_until(time("2020-01-01T00:00:00Z")).await;
        assert!(SystemClock.now() > time("2026-01-01T00:00:00Z"));
    }

    type Sleep = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

    fn asleep(clock: &Arc<SteppedClock>, time: Timestamp) -> Sleep {
        let clock = clock.clone();
        Box::pin(async move { clock.sleep_until(time).await })
    }

    /// True while it still sleeps.
    fn poll(sleep: &mut Sleep) -> bool {
        sleep.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_pending()
    }
}
