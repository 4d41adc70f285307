//! How often one address may ask, by what it asks for. Each node counts for itself. What a provider sends is not counted,
//! since only its signature tells a provider from a stranger and a signed webhook is never turned away; health and metrics
//! are not, since whoever asks for them decides whether this node gets any requests at all.

use super::Peer;
use super::origin::origin;
use crate::problem::{Kind, Problem};
use http::{Method, Request, header};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Webhooks and functions of the providers, and what proxies and orchestrators ask.
const UNCOUNTED: [&str; 4] = ["/api/mcp/", "/livez", "/readyz", "/api/metrics"];
/// Addresses that are remembered. Whoever has more of them than this starts everybody anew, which lets them ask more often
/// and keeps nobody out.
const AT_MOST: usize = 50_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    /// Pages, lists and details; a page asks for several things at once.
    Reading,
    /// What changes something, here or at a provider; signing in too, which has a limit of its own besides.
    Writing,
    /// The Model Context Protocol, where reading and writing look alike.
    Tools,
}

impl Class {
    fn of(method: &Method, path: &str) -> Option<Self> {
        if UNCOUNTED.iter().any(|uncounted| path.starts_with(uncounted)) {
            return None;
        }
        if path.starts_with("/mcp/") {
            return Some(Self::Tools);
        }
        Some(if method.is_safe() { Self::Reading } else { Self::Writing })
    }

    /// One request in so long a time, and so many ahead of it.
    const fn pace(self) -> (Duration, u32) {
        match self {
            Self::Reading => (Duration::from_millis(20), 600),
            Self::Writing => (Duration::from_millis(100), 200),
            Self::Tools => (Duration::from_millis(50), 300),
        }
    }
}

/// Until when each address has used up its time. Whoever asks takes one step ahead of the clock; who is too far ahead
/// waits.
#[derive(Default)]
pub struct Limits {
    used_until: Mutex<HashMap<(Class, IpAddr), Instant>>,
}

impl Limits {
    /// Counts a request; the answer to whoever asks too often. This machine itself may ask as often as it likes.
    pub fn refusal<B>(&self, request: &Request<B>) -> Option<Problem> {
        let from = origin(*request.extensions().get::<Peer>()?, request.headers());
        let class = Class::of(request.method(), request.uri().path()).filter(|_| !from.is_loopback())?;
        let wait = self.count(class, network(from), Instant::now()).err()?;
        let seconds = wait.as_secs().saturating_add(1).to_string();
        Some(Problem::new(Kind::RateLimited).header(header::RETRY_AFTER, &seconds))
    }

    fn count(&self, class: Class, from: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut used = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= AT_MOST {
            used.retain(|_, until| *until > now);
        }
        if used.len() >= AT_MOST {
            used.clear();
        }
        let (step, burst) = class.pace();
        let until = used.entry((class, from)).or_insert(now);
        let next = (*until).max(now) + step;
        match next.duration_since(now).checked_sub(step * burst) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *until = next;
                Ok(())
            }
        }
    }
}

/// Whoever has one address of version 6 has the whole network of 64 bits.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).into(),
        IpAddr::V4(_) => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, path: &str, peer: &str) -> Request<()> {
        let mut request = Request::builder().method(method).uri(path).body(()).unwrap();
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        request
    }

    #[test]
    fn who_asks_too_often_is_told_how_long_to_wait() {
        let (limits, start) = (Limits::default(), Instant::now());
        let from = "192.0.2.7".parse().unwrap();
        for class in [Class::Reading, Class::Writing, Class::Tools] {
            let (step, burst) = class.pace();
            for _ in 0..burst {
                assert_eq!(limits.count(class, from, start), Ok(()));
            }
            assert_eq!(limits.count(class, from, start), Err(step), "{class:?}");
            assert_eq!(limits.count(class, from, start + step), Ok(()));
            assert!(limits.count(class, from, start + step).is_err());
            assert_eq!(limits.count(class, "192.0.2.8".parse().unwrap(), start), Ok(()));
        }
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let limits = Limits::default();
        let ask = || limits.refusal(&request(Method::POST, "/api/v1/keys", "[2001:db8::1]:9"));
        let refused = (0..1_000).find_map(|_| ask()).unwrap();
        assert_eq!(refused.kind, Kind::RateLimited);
        let neighbour = request(Method::POST, "/api/v1/keys", "[2001:db8::ffff]:9");
        assert!(limits.refusal(&neighbour).is_some(), "the same network");
        assert!(limits.refusal(&request(Method::POST, "/api/v1/keys", "[2001:db8:1::1]:9")).is_none());
        assert!(limits.refusal(&request(Method::GET, "/api/v1/keys", "[2001:db8::1]:9")).is_none(), "another class");
    }

    #[test]
    fn providers_health_and_this_machine_are_never_turned_away() {
        let limits = Limits::default();
        for (path, peer) in [
            ("/api/mcp/retell/webhook", "192.0.2.7:9"),
            ("/api/mcp/retell/functions/book_appointment", "192.0.2.7:9"),
            ("/readyz", "192.0.2.7:9"),
            ("/api/metrics", "192.0.2.7:9"),
            ("/api/v1/calls", "127.0.0.1:9"),
        ] {
            let asked = (0..2_000).filter_map(|_| limits.refusal(&request(Method::POST, path, peer))).count();
            assert_eq!(asked, 0, "{path}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (limits, now) = (Limits::default(), Instant::now());
        for number in 0..=u32::try_from(AT_MOST).unwrap() {
            limits.count(Class::Reading, IpAddr::V4(number.into()), now).unwrap();
        }
        assert!(limits.used_until.lock().unwrap().len() <= AT_MOST);
    }
}
