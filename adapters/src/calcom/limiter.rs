//! The limit of one API key: never more requests in any sixty seconds than Cal.com allows, callers on the phone before
//! work in the background, and silence while Cal.com has blocked the key.

use super::told::Told;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::Clock;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Cal.com counts requests of this long (facts: 120 in 60 s).
const WINDOW: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub struct LimitSettings {
    /// Requests in any sixty seconds, below what the key is allowed.
    pub per_minute: u32,
    /// How many of them work in the background leaves free for callers on the phone.
    pub kept_for_callers: u32,
    pub caller_waits: Duration,
    pub background_waits: Duration,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            per_minute: 110,
            kept_for_callers: 30,
            caller_waits: Duration::from_secs(2),
            background_waits: Duration::from_secs(20),
        }
    }
}

/// Whom a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Somebody on the telephone.
    Caller,
    Background,
}

/// What Cal.com's headers said last: so many may still be sent before that time.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    left: usize,
    until: Timestamp,
}

#[derive(Default)]
struct Window {
    /// When each request of the last sixty seconds was sent. A bucket that refills while it empties would let nearly
    /// twice the limit through in one of Cal.com's minutes; this never does.
    sent: VecDeque<Timestamp>,
    under_way: usize,
    callers_waiting: usize,
    allowance: Option<Allowance>,
    blocked_until: Option<Timestamp>,
}

pub(super) struct Limiter {
    clock: Arc<dyn Clock>,
    settings: LimitSettings,
    window: Mutex<Window>,
}

/// A request on its way; told or not, it counts as sent.
pub(super) struct OnItsWay<'a> {
    limiter: &'a Limiter,
}

impl OnItsWay<'_> {
    /// Takes in what the answer's headers said, and whether the key is blocked now.
    pub(super) fn answered(self, told: Told, blocked: bool) {
        let now = self.limiter.clock.now();
        let mut window = self.limiter.window();
        let reset = now.saturating_add(told.reset.map_or(WINDOW, signed)).unwrap_or(Timestamp::MAX);
        if let Some(remaining) = told.remaining {
            // Those under way (this one is not any more) may not be counted there yet.
            let left = remaining.saturating_sub(window.under_way.saturating_sub(1));
            window.allowance = Some(Allowance { left, until: reset });
        }
        if blocked {
            let until = now.saturating_add(signed(told.block())).unwrap_or(Timestamp::MAX);
            window.blocked_until = window.blocked_until.max(Some(until));
        }
    }
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        let mut window = self.limiter.window();
        window.under_way = window.under_way.saturating_sub(1);
    }
}

struct Waiting<'a>(&'a Limiter);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut window = self.0.window();
        window.callers_waiting = window.callers_waiting.saturating_sub(1);
    }
}

impl Limiter {
    pub(super) fn new(clock: Arc<dyn Clock>, settings: LimitSettings) -> Self {
        Self { clock, settings, window: Mutex::default() }
    }

    fn waits(&self, priority: Priority) -> Duration {
        match priority {
            Priority::Caller => self.settings.caller_waits,
            Priority::Background => self.settings.background_waits,
        }
    }

    /// How long it would take to get a place, if that is longer than such a request may wait.
    pub(super) fn full_for(&self, priority: Priority) -> Option<Duration> {
        let now = self.clock.now();
        let mut window = self.window();
        window.forget_before(now);
        let free_at = window.free_at(now, self.per_minute(), self.kept(&window, priority))?;
        let wait = Duration::try_from(free_at.duration_since(now)).ok()?;
        (wait > self.waits(priority)).then_some(wait)
    }

    /// Waits for a place, or says how long it would take if that is longer than this request may wait.
    pub(super) async fn place(&self, priority: Priority) -> Result<OnItsWay<'_>, Duration> {
        let waits = self.waits(priority);
        let patience = self.clock.now().saturating_add(signed(waits)).unwrap_or(Timestamp::MAX);
        let mut waiting = None;
        loop {
            let now = self.clock.now();
            let free_at = match self.take(now, priority) {
                Ok(()) => return Ok(OnItsWay { limiter: self }),
                Err(free_at) if free_at > patience => {
                    return Err(Duration::try_from(free_at.duration_since(now)).unwrap_or_default());
                }
                Err(free_at) => free_at,
            };
            if priority == Priority::Caller && waiting.is_none() {
                self.window().callers_waiting += 1;
                waiting = Some(Waiting(self));
            }
            self.clock.sleep_until(free_at).await;
        }
    }

    /// How many requests a caller could still send now.
    pub(super) fn remaining(&self) -> usize {
        let now = self.clock.now();
        let mut window = self.window();
        window.forget_before(now);
        if window.blocked_until.is_some() {
            return 0;
        }
        let own = self.per_minute().saturating_sub(window.sent.len());
        window.allowance.map_or(own, |allowance| own.min(allowance.left))
    }

    /// Takes a place now, or says when to try again.
    fn take(&self, now: Timestamp, priority: Priority) -> Result<(), Timestamp> {
        let mut window = self.window();
        window.forget_before(now);
        let kept = self.kept(&window, priority);
        if let Some(free_at) = window.free_at(now, self.per_minute(), kept) {
            return Err(free_at);
        }
        window.sent.push_back(now);
        window.under_way += 1;
        if let Some(allowance) = &mut window.allowance {
            allowance.left = allowance.left.saturating_sub(1);
        }
        Ok(())
    }

    /// Places that such a request leaves free.
    fn kept(&self, window: &Window, priority: Priority) -> usize {
        match priority {
            Priority::Caller => 0,
            Priority::Background => {
                usize::try_from(self.settings.kept_for_callers).unwrap_or(0) + window.callers_waiting
            }
        }
    }

    fn per_minute(&self) -> usize {
        usize::try_from(self.settings.per_minute).unwrap_or(usize::MAX).max(1)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn forget_before(&mut self, now: Timestamp) {
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= WINDOW) {
            self.sent.pop_front();
        }
        self.allowance = self.allowance.filter(|allowance| now < allowance.until);
        self.blocked_until = self.blocked_until.filter(|until| now < *until);
    }

    /// When there may be a place if there is none now; `kept` places are for others.
    fn free_at(&self, now: Timestamp, per_minute: usize, kept: usize) -> Option<Timestamp> {
        let places = per_minute.saturating_sub(kept).max(1);
        let too_many = self.sent.len().checked_sub(places);
        let oldest = too_many.and_then(|at| self.sent.get(at));
        let by_window = oldest.map(|sent| sent.saturating_add(WINDOW).unwrap_or(now));
        let by_allowance = self.allowance.filter(|allowance| allowance.left <= kept).map(|allowance| allowance.until);
        [by_window, by_allowance, self.blocked_until].into_iter().flatten().max()
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::Priority::{Background, Caller};
    use super::*;
    use crate::outbound::fake::TestClock;
    use futures_util::FutureExt;

    fn setting(per_minute: u32, kept_for_callers: u32) -> (Arc<TestClock>, Limiter) {
        let clock = TestClock::shared();
        let settings = LimitSettings { per_minute, kept_for_callers, ..LimitSettings::default() };
        (clock.clone(), Limiter::new(clock, settings))
    }

    fn seconds(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    impl Limiter {
        /// Whether a request could be sent at once.
        fn sends(&self, priority: Priority) -> bool {
            self.place(priority).now_or_never().is_some_and(|place| place.is_ok())
        }
        fn refusal(&self, priority: Priority) -> Option<Duration> {
            self.place(priority).now_or_never()?.err()
        }
        fn told(&self, remaining: Option<usize>, reset: Option<u64>, blocked: bool) {
            let place = self.place(Caller).now_or_never().unwrap().ok().unwrap();
            place.answered(Told { remaining, reset: reset.map(Duration::from_secs), retry_after: None }, blocked);
        }
    }

    #[test]
    fn no_sixty_seconds_ever_hold_more_than_the_limit() {
        let (clock, limiter) = setting(10, 0);
        let mut sent: Vec<Timestamp> = Vec::new();
        for step in 0..2_000 {
            // As impatient as can be, in bursts and in trickles.
            for _ in 0..=(step % 7) {
                if limiter.sends(Caller) {
                    sent.push(clock.now());
                }
            }
            clock.advance(SignedDuration::from_millis(300 * (step % 5)));
        }
        assert!(sent.len() > 100);
        for window in sent.windows(11) {
            assert!(window[10].duration_since(window[0]) >= WINDOW, "{} and {}", window[0], window[10]);
        }
    }

    #[test]
    fn the_background_leaves_places_for_callers() {
        let (_, limiter) = setting(5, 2);
        assert_eq!((0..9).filter(|_| limiter.sends(Background)).count(), 3);
        assert_eq!((0..9).filter(|_| limiter.sends(Caller)).count(), 2);
        assert_eq!(limiter.remaining(), 0);
    }

    #[tokio::test]
    async fn a_caller_who_waits_goes_before_the_background() {
        let (clock, limiter) = setting(2, 0);
        assert!(limiter.sends(Caller));
        clock.advance(seconds(30));
        assert!(limiter.sends(Caller));
        clock.advance(seconds(29));
        // One place is free in a second, the next only in 31.
        let (background, caller, ()) =
            tokio::join!(limiter.place(Background), limiter.place(Caller), clock.advance_when_slept_on(2, seconds(1)));
        assert!(caller.is_ok());
        assert_eq!(background.err(), Some(Duration::from_secs(30)));
    }

    #[tokio::test]
    async fn it_waits_for_a_place_as_long_as_it_may() {
        let (clock, limiter) = setting(1, 0);
        assert!(limiter.sends(Caller));
        clock.advance(seconds(30));
        assert_eq!(limiter.refusal(Caller), Some(Duration::from_secs(30)));
        assert_eq!(limiter.refusal(Background), Some(Duration::from_secs(30)));
        clock.advance(seconds(28));
        let (place, ()) = tokio::join!(limiter.place(Caller), clock.advance_when_slept_on(1, seconds(2)));
        assert!(place.is_ok());
    }

    #[test]
    fn what_the_headers_say_lowers_the_limit_until_their_reset() {
        let (clock, limiter) = setting(100, 0);
        limiter.told(Some(2), Some(20), false);
        assert_eq!(limiter.remaining(), 2);
        assert_eq!((0..9).filter(|_| limiter.sends(Caller)).count(), 2);
        assert_eq!(limiter.refusal(Caller), Some(Duration::from_secs(20)));
        clock.advance(seconds(20));
        assert!(limiter.sends(Caller));
    }

    #[test]
    fn requests_under_way_are_taken_off_what_the_headers_say() {
        let (_, limiter) = setting(100, 0);
        let under_way: Vec<_> = (0..3).map(|_| limiter.place(Caller).now_or_never().unwrap().ok()).collect();
        limiter.told(Some(5), Some(20), false);
        assert_eq!(limiter.remaining(), 2);
        drop(under_way);
        limiter.told(Some(5), Some(20), false);
        assert_eq!(limiter.remaining(), 5);
    }

    #[test]
    fn after_a_block_nothing_is_sent_until_it_is_over() {
        let (clock, limiter) = setting(100, 0);
        limiter.told(None, None, true);
        for priority in [Caller, Background] {
            assert_eq!(limiter.refusal(priority), Some(Duration::from_mins(1)));
        }
        assert_eq!(limiter.remaining(), 0);
        clock.advance(seconds(59));
        assert!(!limiter.sends(Caller));
        clock.advance(seconds(1));
        assert!(limiter.sends(Caller));
    }
}
