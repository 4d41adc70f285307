//! What Cal.com's answers say about its limits, in their headers. The limiter's name stands in the header's name, and the
//! reset is seconds to go in one version and a time in another, so both are read.

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use std::time::Duration;

/// Over its limit a key is blocked for this long, and no header has to say so.
const BLOCK: Duration = Duration::from_mins(1);
/// No header may silence a key for longer.
const LONGEST: Duration = Duration::from_mins(10);
/// Numbers from here on are a time of day and not a span.
const EPOCH_SECONDS: u64 = 1_000_000_000;
const EPOCH_MILLISECONDS: u64 = 100_000_000_000;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The fewest requests that any limiter still allows.
    pub remaining: Option<usize>,
    /// When the last of them starts to count anew.
    pub reset: Option<Duration>,
    pub retry_after: Option<Duration>,
}

impl Told {
    pub(super) fn by(headers: &HeaderMap, now: Timestamp) -> Self {
        let named = |prefix: &'static str| {
            let of_name = headers.iter().filter(move |(name, _)| name.as_str().starts_with(prefix));
            of_name.filter_map(|(_, value)| value.to_str().ok()?.trim().parse::<u64>().ok())
        };
        let remaining = named("x-ratelimit-remaining").min();
        Self {
            remaining: remaining.map(|left| usize::try_from(left).unwrap_or(usize::MAX)),
            reset: named("x-ratelimit-reset").map(|reset| from_now(reset, now)).max(),
            retry_after: retry_after(headers, now),
        }
    }

    /// How long the key is blocked, if it is.
    pub(super) fn block(self) -> Duration {
        self.retry_after.or(self.reset).filter(|wait| !wait.is_zero()).unwrap_or(BLOCK)
    }
}

fn from_now(reset: u64, now: Timestamp) -> Duration {
    let epoch_ms = match reset {
        EPOCH_MILLISECONDS.. => reset,
        EPOCH_SECONDS.. => reset.saturating_mul(1000),
        seconds => return Duration::from_secs(seconds).min(LONGEST),
    };
    let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Duration::from_millis(epoch_ms.saturating_sub(now_ms)).min(LONGEST)
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let at = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn told(headers: &[(&str, &str)]) -> Told {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        Told::by(&map, "2026-11-20T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn every_form_of_the_headers_is_read() {
        let seconds = Duration::from_secs;
        for (headers, remaining, block) in [
            (vec![], None, seconds(60)),
            (vec![("X-RateLimit-Remaining-Default", "17"), ("X-RateLimit-Reset-Default", "42")], Some(17), seconds(42)),
            (vec![("X-RateLimit-Remaining", "3"), ("X-RateLimit-Reset", "1795176042")], Some(3), seconds(42)),
            (vec![("X-RateLimit-Reset-Default", "1795176042500")], None, Duration::from_millis(42_500)),
            (vec![("X-RateLimit-Remaining-Default", "9"), ("X-RateLimit-Remaining-Short", "2")], Some(2), seconds(60)),
            (vec![("X-RateLimit-Reset-Default", "5"), ("X-RateLimit-Reset-Short", "50")], None, seconds(50)),
            (vec![("Retry-After", "30"), ("X-RateLimit-Reset-Default", "42")], None, seconds(30)),
            (vec![("Retry-After", "Fri, 20 Nov 2026 12:00:30 GMT")], None, seconds(30)),
            (vec![("Retry-After", "soon"), ("X-RateLimit-Remaining-Default", "-1")], None, seconds(60)),
            (vec![("X-RateLimit-Reset-Default", "1")], None, seconds(1)),
            (vec![("X-RateLimit-Reset-Default", "1795000000")], None, seconds(60)),
            (vec![("X-RateLimit-Reset-Default", "0")], None, seconds(60)),
            (vec![("Retry-After", "999999999")], None, LONGEST),
        ] {
            let told = told(&headers);
            assert_eq!((told.remaining, told.block()), (remaining, block), "{headers:?}");
        }
    }
}
