//! How long the provider is waited for, and when it is asked again.

use crate::ids::BookingId;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// The spans of a booking's life outside. All of them are real time at the provider, so all can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From the start of an attempt to the moment at which its claim lapses; longer than the request's own time-out.
    pub attempt: Duration,
    /// After a claim has lapsed, before a look-up is believed that finds nothing.
    pub grace: Duration,
    /// After which a request that was given up cannot take effect any more.
    pub late: Duration,
    /// How long a wish is pursued while the provider cannot be reached.
    pub give_up: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(15),
            grace: Duration::from_secs(5),
            late: Duration::from_mins(2),
            give_up: Duration::from_hours(24),
        }
    }
}

/// Waits between attempts, in seconds; the last one repeats.
const BACKOFF: [u64; 8] = [2, 5, 10, 30, 60, 120, 240, 300];

/// A provider that asks for no wait at all gets this one, or its no would be answered without a breath.
const SHORTEST: Duration = Duration::from_secs(1);

impl Patience {
    /// When to ask again after a round that came to nothing, a fifth earlier or later so that many who failed together
    /// do not come back together. A provider that says how long to wait is taken at its word, and a little more. The
    /// spread depends on the booking and the round alone.
    pub fn again_after(
        &self,
        now: Timestamp,
        booking: BookingId,
        round: u32,
        asked_to_wait: Option<Duration>,
    ) -> Timestamp {
        let at = usize::try_from(round.saturating_sub(1)).unwrap_or(usize::MAX).min(BACKOFF.len() - 1);
        let seconds = BACKOFF.get(at).copied().unwrap_or(300);
        let spread = (booking.0.as_u128() ^ u128::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15)) % 401;
        let spread = u64::try_from(spread).unwrap_or(200);
        let usual = Duration::from_millis(seconds * (800 + spread));
        let at_its_word = |asked: Duration| asked.max(SHORTEST).saturating_add(Duration::from_millis(5 * spread));
        later(now, asked_to_wait.map_or(usual, at_its_word))
    }

    /// When a look-up that finds nothing may be believed.
    pub fn certain_at(&self, deadline: Timestamp) -> Timestamp {
        later(deadline, self.grace)
    }
}

/// A time some while on; the end of time at most.
pub fn later(time: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| time.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn waits_grow_and_never_leave_their_fifth() {
        let now = Timestamp::UNIX_EPOCH;
        for booking in 0..50 {
            for (attempt, seconds) in [(1, 2.0), (4, 30.0), (8, 300.0), (500, 300.0)] {
                let booking = BookingId(Uuid::from_u128(booking * 0x1234_5678_9abc_def1));
                let at = Patience::default().again_after(now, booking, attempt, None);
                let waited = at.duration_since(now).as_secs_f64();
                assert!((seconds * 0.8..=seconds * 1.2001).contains(&waited), "{attempt}: {waited}");
            }
        }
    }

    #[test]
    fn a_provider_that_asks_for_patience_gets_it() {
        let minute = Some(Duration::from_mins(1));
        let at = Patience::default().again_after(Timestamp::UNIX_EPOCH, BookingId(Uuid::nil()), 1, minute);
        assert!((60..=62).contains(&at.as_second()));
        for (asked, at_least) in [(Duration::ZERO, 1), (Duration::MAX, 1_000_000)] {
            let at = Patience::default().again_after(Timestamp::UNIX_EPOCH, BookingId(Uuid::nil()), 1, Some(asked));
            assert!(at.as_second() >= at_least, "{asked:?}");
        }
    }
}
