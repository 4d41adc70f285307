//! Requests a window for each key, on the sandbox's clock. A window begins with its first request.

use std::{collections::HashMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    pub requests: u32,
    pub window: Duration,
    /// How long a key that went over the limit is refused, from the moment it did; zero: until its window ends.
    pub block: Duration,
}

#[derive(Default)]
pub(in super::super) struct Limiter {
    windows: HashMap<String, Window>,
}

struct Window {
    ends: Timestamp,
    used: u32,
    blocked: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    Allowed { remaining: u32, reset_seconds: i64 },
    Refused { reset_seconds: i64 },
}

impl Limiter {
    pub(in super::super) fn admit(&mut self, key: &str, limit: RateLimit, now: Timestamp) -> Verdict {
        let fresh = || Window { ends: later(now, limit.window), used: 0, blocked: false };
        let window = self.windows.entry(key.to_owned()).or_insert_with(fresh);
        if now >= window.ends {
            *window = fresh();
        }
        if !window.blocked && window.used < limit.requests {
            window.used += 1;
            return Verdict::Allowed {
                remaining: limit.requests - window.used,
                reset_seconds: seconds(now, window.ends),
            };
        }
        if !window.blocked {
            window.blocked = true;
            if !limit.block.is_zero() {
                window.ends = later(now, limit.block);
            }
        }
        Verdict::Refused { reset_seconds: seconds(now, window.ends) }
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_the_limit_the_key_is_blocked_from_then_on() {
        let limit = RateLimit { requests: 2, window: Duration::from_mins(1), block: Duration::from_mins(1) };
        let mut limiter = Limiter::default();
        let at = |second: i64| Timestamp::from_second(1_000_000 + second).unwrap();
        let table = [
            (0, Verdict::Allowed { remaining: 1, reset_seconds: 60 }),
            (50, Verdict::Allowed { remaining: 0, reset_seconds: 10 }),
            (55, Verdict::Refused { reset_seconds: 60 }),
            (61, Verdict::Refused { reset_seconds: 54 }),
            (114, Verdict::Refused { reset_seconds: 1 }),
            (115, Verdict::Allowed { remaining: 1, reset_seconds: 60 }),
        ];
        for (second, verdict) in table {
            assert_eq!(limiter.admit("key", limit, at(second)), verdict, "at second {second}");
        }
        assert_eq!(limiter.admit("other", limit, at(60)), Verdict::Allowed { remaining: 1, reset_seconds: 60 });
    }

    #[test]
    fn without_a_block_the_window_is_waited_out() {
        let limit = RateLimit { requests: 1, window: Duration::from_secs(10), block: Duration::ZERO };
        let mut limiter = Limiter::default();
        let mut at = |second: i64| limiter.admit("key", limit, Timestamp::from_second(1_000_000 + second).unwrap());
        let refused = |reset_seconds| Verdict::Refused { reset_seconds };
        assert_eq!(at(0), Verdict::Allowed { remaining: 0, reset_seconds: 10 });
        assert_eq!([at(1), at(2), at(9)], [refused(9), refused(8), refused(1)]);
        assert_eq!(at(10), Verdict::Allowed { remaining: 0, reset_seconds: 10 });
    }
}
