//! What a provider's answers say about its limits, in their headers. The limiter's name may stand in the header's name,
//! and the reset is seconds to go in one version and a time in another, so both are read.

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use std::time::Duration;

/// No header may silence a key for longer.
const LONGEST: Duration = Duration::from_mins(10);
/// Numbers from here on are a time of day and not a span.
const EPOCH_SECONDS: u64 = 1_000_000_000;
const EPOCH_MILLISECONDS: u64 = 100_000_000_000;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Requests in a window, where there is one limiter.
    pub limit: Option<u32>,
    /// The fewest requests that any limiter still allows.
    pub remaining: Option<u32>,
    /// When the last of them starts to count anew.
    pub reset: Option<Duration>,
    pub retry_after: Option<Duration>,
}

impl Told {
    pub(crate) fn by(headers: &HeaderMap, now: Timestamp) -> Self {
        let named = |prefix: &'static str| {
            let of_name = headers.iter().filter(move |(name, _)| name.as_str().starts_with(prefix));
            of_name.filter_map(|(_, value)| value.to_str().ok()?.trim().parse::<u64>().ok())
        };
        let (mut limits, remaining) = (named("x-ratelimit-limit"), named("x-ratelimit-remaining").min());
        let limit = limits.next().filter(|_| limits.next().is_none());
        Self {
            limit: limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX)),
            remaining: remaining.map(|left| u32::try_from(left).unwrap_or(u32::MAX)),
            reset: named("x-ratelimit-reset").map(|reset| from_now(reset, now)).max(),
            retry_after: retry_after(headers, now),
        }
    }

    /// How long the key is blocked, if it is; where no header says so, `otherwise`.
    pub(crate) fn block(self, otherwise: Duration) -> Duration {
        self.retry_after.or(self.reset.filter(|reset| !reset.is_zero())).unwrap_or(otherwise)
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

/// `retry-after-ms`, else `retry-after` in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let milliseconds = headers.get("retry-after-ms").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    if let Some(milliseconds) = milliseconds {
        return Some(Duration::from_millis(milliseconds).min(LONGEST));
    }
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
            (vec![("Retry-After-Ms", "1500"), ("Retry-After", "2")], None, Duration::from_millis(1500)),
        ] {
            let told = told(&headers);
            assert_eq!((told.remaining, told.block(seconds(60))), (remaining, block), "{headers:?}");
        }
    }
    #[test]
    fn of_several_limiters_none_is_the_limit() {
        for (headers, limit) in [
            (vec![("X-RateLimit-Limit-Default", "120")], Some(120)),
            (vec![("X-RateLimit-Limit", "30")], Some(30)),
            (vec![("X-RateLimit-Limit-Default", "120"), ("X-RateLimit-Limit-Short", "10")], None),
            (vec![("X-RateLimit-Limit-Default", "many")], None),
        ] {
            assert_eq!(told(&headers).limit, limit, "{headers:?}");
        }
    }
}
