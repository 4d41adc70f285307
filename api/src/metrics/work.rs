//! What the overview tells the pace of: kinds of requests and the processes behind them. Times are counted by bucket until
//! somebody takes the counts away, so that their memory does not grow with the number of requests.

use super::SECONDS;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

macro_rules! works {
    ($( $work:ident $word:literal )+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Work { $( $work ),+ }

        impl Work {
            pub const ALL: &'static [Self] = &[$( Self::$work ),+];

            pub fn as_str(self) -> &'static str {
                match self { $( Self::$work => $word ),+ }
            }
        }
    };
}

works! {
    Webhooks "webhooks"
    Functions "functions"
    Pages "pages"
    Api "api"
    Tools "tools"
    Intake "intake"
    Booking "booking"
    Holds "holds"
    Alerts "alerts"
    Mail "mail"
    Projections "projections"
}

impl Work {
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|work| work.as_str() == word)
    }

    /// By the pattern of a route. What nobody waits for (health, metrics, assets, what is refused at the door) is none.
    pub fn of_route(route: &str) -> Option<Self> {
        let below = |place: &str| route == place || route.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
        match route {
            _ if below("/api/mcp/retell/functions") || below("/api/mcp/retell/inbound") => Some(Self::Functions),
            _ if below("/api/mcp") => Some(Self::Webhooks),
            _ if below("/api/v1") => Some(Self::Api),
            _ if below("/mcp") => Some(Self::Tools),
            _ if below("/c") || below("/login") || below("/help") || below("/companies") => Some(Self::Pages),
            _ => None,
        }
    }
}

/// How often something took so long: by what it was, and by the bucket's bound in microseconds. What lies beyond the last
/// bound is counted as that bound.
pub type Times = BTreeMap<(Work, u64), u64>;

#[derive(Debug, Default)]
pub struct Pace(Mutex<Times>);

impl Pace {
    pub(super) fn count(&self, work: Work, took: Duration) {
        self.add([((work, bound(took)), 1)]);
    }

    /// Puts counts in that could not be written down.
    pub fn add(&self, times: impl IntoIterator<Item = ((Work, u64), u64)>) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, count) in times {
            *counted.entry(key).or_default() += count;
        }
    }

    /// What was counted since the last time.
    pub fn take(&self) -> Times {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, and it stays.
    pub fn peek(&self) -> Times {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn bound(took: Duration) -> u64 {
    let within = SECONDS.iter().find(|bound| took.as_secs_f64() <= **bound);
    microseconds(within.or(SECONDS.last()).copied().unwrap_or_default())
}

/// Of a bucket's bound, as it is stored.
pub(super) fn microseconds(seconds: f64) -> u64 {
    u64::try_from(Duration::from_secs_f64(seconds).as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_told_apart_by_who_waits_for_them() {
        for (route, work) in [
            ("/api/mcp/retell/webhook", Some(Work::Webhooks)),
            ("/api/mcp/calcom/webhook/{company}", Some(Work::Webhooks)),
            ("/api/mcp/retell/functions/{name}", Some(Work::Functions)),
            ("/api/mcp/retell/inbound", Some(Work::Functions)),
            ("/c/{company}", Some(Work::Pages)),
            ("/c/{company}/calls", Some(Work::Pages)),
            ("/api/v1/calls", Some(Work::Api)),
            ("/mcp/{server}", Some(Work::Tools)),
            ("/livez", None),
            ("/assets/{hash}/{name}", None),
            ("unmatched", None),
        ] {
            assert_eq!(Work::of_route(route), work, "{route}");
        }
        assert!(Work::ALL.iter().all(|work| Work::of(work.as_str()) == Some(*work)));
    }

    #[test]
    fn times_are_counted_by_bucket_until_they_are_taken() {
        let pace = Pace::default();
        for milliseconds in [1, 3, 4, 60_000] {
            pace.count(Work::Pages, Duration::from_millis(milliseconds));
        }
        let counted = [(1_000, 1), (5_000, 2), (30_000_000, 1)].map(|(bound, count)| ((Work::Pages, bound), count));
        assert_eq!(pace.peek(), Times::from(counted));
        let taken = pace.take();
        assert!(pace.peek().is_empty());
        pace.add(taken);
        assert_eq!(pace.peek(), Times::from(counted));
    }
}
