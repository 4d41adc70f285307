//! A breaker for each company: when Cal.com keeps failing, nothing is sent for a while, and what waits is told at once.
//! That the calendar says no to a booking is a success of the connection.

use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::Clock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// While the probes are under way, this is how soon it is worth asking again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
pub struct BreakerSettings {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long nothing is sent.
    pub open_for: Duration,
    /// Requests that may be under way at once while it is tried again.
    pub probes: u32,
    /// Successes among them that close it.
    pub successes: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 5, open_for: Duration::from_mins(1), probes: 3, successes: 2 }
    }
}

/// The numbers are those of the metric `circuit_breaker_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    Closed = 0,
    HalfOpen = 1,
    Open = 2,
}

/// What an attempt says about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
    /// Nothing: it was never sent, or asked too often.
    Neither,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Closed { failures: u32 },
    Open { until: Timestamp },
    HalfOpen { under_way: u32, successes: u32 },
}

struct Breaker {
    phase: Phase,
    /// Counts changes of phase, so that an answer from before the last one changes nothing.
    epoch: u64,
}

/// The breakers of all companies.
pub(super) struct Breakers {
    clock: Arc<dyn Clock>,
    settings: BreakerSettings,
    by_company: Mutex<BTreeMap<CompanyId, Breaker>>,
}

/// Leave to send one request. Dropped without a verdict, it says nothing.
pub(super) struct Leave<'a> {
    breakers: &'a Breakers,
    company: CompanyId,
    epoch: u64,
    verdict: Verdict,
}

impl Leave<'_> {
    pub(super) fn report(mut self, verdict: Verdict) {
        self.verdict = verdict;
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.breakers.settle(&self.company, self.epoch, self.verdict);
    }
}

impl Breakers {
    pub(super) fn new(clock: Arc<dyn Clock>, settings: BreakerSettings) -> Self {
        Self { clock, settings, by_company: Mutex::default() }
    }

    /// Leave to send, or how long to wait before asking again.
    pub(super) fn leave(&self, company: &CompanyId) -> Result<Leave<'_>, Duration> {
        let now = self.clock.now();
        let mut all = self.all();
        let breaker = all.entry(company.clone()).or_insert(Breaker { phase: Phase::Closed { failures: 0 }, epoch: 0 });
        if let Phase::Open { until } = breaker.phase {
            if now < until {
                return Err(Duration::try_from(until.duration_since(now)).unwrap_or_default());
            }
            breaker.enter(Phase::HalfOpen { under_way: 0, successes: 0 });
        }
        if let Phase::HalfOpen { under_way, .. } = &mut breaker.phase {
            if *under_way >= self.settings.probes {
                return Err(ASK_AGAIN);
            }
            *under_way += 1;
        }
        Ok(Leave { breakers: self, company: company.clone(), epoch: breaker.epoch, verdict: Verdict::Neither })
    }

    /// How long leave to send would be refused.
    pub(super) fn rests_for(&self, company: &CompanyId) -> Option<Duration> {
        let now = self.clock.now();
        match self.all().get(company)?.phase {
            Phase::Open { until } if now < until => Duration::try_from(until.duration_since(now)).ok(),
            Phase::HalfOpen { under_way, .. } if under_way >= self.settings.probes => Some(ASK_AGAIN),
            _ => None,
        }
    }

    /// Every company's state now. One whose time is over counts as half open: the next request is sent.
    pub(super) fn states(&self) -> Vec<(CompanyId, BreakerState)> {
        let now = self.clock.now();
        let state = |phase| match phase {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { until } if now < until => BreakerState::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        };
        self.all().iter().map(|(company, breaker)| (company.clone(), state(breaker.phase))).collect()
    }

    fn settle(&self, company: &CompanyId, epoch: u64, verdict: Verdict) {
        let until = self.clock.now().saturating_add(signed(self.settings.open_for)).unwrap_or(Timestamp::MAX);
        let mut all = self.all();
        if let Some(breaker) = all.get_mut(company).filter(|breaker| breaker.epoch == epoch) {
            breaker.settle(verdict, self.settings, until);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<CompanyId, Breaker>> {
        self.by_company.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breaker {
    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch += 1;
    }

    fn settle(&mut self, verdict: Verdict, settings: BreakerSettings, until: Timestamp) {
        match (&mut self.phase, verdict) {
            (Phase::Closed { failures }, Verdict::Success) => *failures = 0,
            (Phase::Closed { failures }, Verdict::Failure) => {
                *failures += 1;
                if *failures >= settings.failures {
                    self.enter(Phase::Open { until });
                }
            }
            (Phase::HalfOpen { .. }, Verdict::Failure) => self.enter(Phase::Open { until }),
            (Phase::HalfOpen { under_way, successes }, verdict) => {
                *under_way = under_way.saturating_sub(1);
                *successes += u32::from(verdict == Verdict::Success);
                if *successes >= settings.successes {
                    self.enter(Phase::Closed { failures: 0 });
                }
            }
            (Phase::Closed { .. } | Phase::Open { .. }, _) => {}
        }
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Failure, Neither, Success};
    use super::*;
    use crate::outbound::fake::TestClock;

    fn setting() -> (Arc<TestClock>, Breakers) {
        let clock = TestClock::shared();
        (clock.clone(), Breakers::new(clock, BreakerSettings::default()))
    }

    fn salon() -> CompanyId {
        CompanyId::new("salon").unwrap()
    }

    impl Breakers {
        fn say(&self, verdicts: &[Verdict]) {
            for verdict in verdicts {
                self.leave(&salon()).ok().unwrap().report(*verdict);
            }
        }
        fn refusal(&self) -> Option<Duration> {
            let told = self.rests_for(&salon());
            let refusal = self.leave(&salon()).err();
            assert_eq!(told, refusal, "who asks before hears the same");
            refusal
        }
        fn state(&self) -> BreakerState {
            self.states()[0].1
        }
    }

    #[test]
    fn five_failures_in_a_row_open_it_for_a_minute() {
        let (clock, breakers) = setting();
        breakers.say(&[Failure, Failure, Failure, Failure, Success, Failure, Failure, Failure, Failure]);
        assert_eq!(breakers.state(), BreakerState::Closed);
        breakers.say(&[Neither, Failure]);
        assert_eq!(breakers.state(), BreakerState::Open);
        assert_eq!(breakers.refusal(), Some(Duration::from_mins(1)));
        clock.advance(SignedDuration::from_secs(59));
        assert_eq!(breakers.refusal(), Some(Duration::from_secs(1)));
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(breakers.state(), BreakerState::HalfOpen);
        assert_eq!(breakers.refusal(), None);
    }

    #[test]
    fn two_successes_of_the_probes_close_it() {
        let (clock, breakers) = setting();
        breakers.say(&[Failure; 5]);
        clock.advance(SignedDuration::from_mins(1));
        breakers.say(&[Success, Neither]);
        assert_eq!(breakers.state(), BreakerState::HalfOpen);
        breakers.say(&[Success]);
        assert_eq!(breakers.state(), BreakerState::Closed);
        breakers.say(&[Failure; 4]);
        assert_eq!(breakers.state(), BreakerState::Closed);
    }

    #[test]
    fn one_failure_of_the_probes_opens_it_again() {
        let (clock, breakers) = setting();
        breakers.say(&[Failure; 5]);
        clock.advance(SignedDuration::from_mins(1));
        breakers.say(&[Success, Failure]);
        assert_eq!(breakers.refusal(), Some(Duration::from_mins(1)));
    }

    #[test]
    fn three_probes_are_under_way_at_most() {
        let (clock, breakers) = setting();
        breakers.say(&[Failure; 5]);
        clock.advance(SignedDuration::from_mins(1));
        let probes: Vec<_> = (0..3).map(|_| breakers.leave(&salon()).ok().unwrap()).collect();
        assert_eq!(breakers.refusal(), Some(ASK_AGAIN));
        drop(probes);
        assert_eq!(breakers.refusal(), None);
    }

    #[test]
    fn an_answer_from_before_it_opened_changes_nothing_after() {
        let (clock, breakers) = setting();
        let (slow_success, slow_failure) = (breakers.leave(&salon()).ok(), breakers.leave(&salon()).ok());
        breakers.say(&[Failure; 5]);
        slow_success.unwrap().report(Success);
        assert_eq!(breakers.state(), BreakerState::Open);
        clock.advance(SignedDuration::from_mins(1));
        breakers.say(&[Success]);
        slow_failure.unwrap().report(Failure);
        assert_eq!(breakers.state(), BreakerState::HalfOpen);
    }

    #[test]
    fn one_companys_failures_are_not_anothers() {
        let (_, breakers) = setting();
        breakers.say(&[Failure; 5]);
        let other = CompanyId::new("other").unwrap();
        assert!(breakers.leave(&other).is_ok());
        assert_eq!(breakers.states(), [(other, BreakerState::Closed), (salon(), BreakerState::Open)]);
    }
}
