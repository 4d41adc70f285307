//! A breaker for each company or account at a provider: when it keeps failing, nothing is sent for a while, and what waits
//! is told at once. That a provider says no to what is asked is a success of the connection.

use jiff::{SignedDuration, Timestamp};
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
pub(crate) enum Verdict {
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
    /// What whoever watches was told last; another process may have left it otherwise.
    told: Option<Turn>,
}

/// What became of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Opened { until: Timestamp },
    Closed,
}

/// Hears of every breaker that opens or closes, and of the first success of each.
pub trait BreakerWatch<K>: Send + Sync {
    /// A request waits meanwhile, so this only takes a note.
    fn turned(&self, whose: &K, turn: Turn);
}

/// Nobody watches.
impl<K> BreakerWatch<K> for () {
    fn turned(&self, _: &K, _: Turn) {}
}

/// The breakers of all companies or accounts at one provider.
pub(crate) struct Breakers<K> {
    clock: Arc<dyn Clock>,
    watch: Arc<dyn BreakerWatch<K>>,
    settings: BreakerSettings,
    by_owner: Mutex<BTreeMap<K, Breaker>>,
}

/// Leave to send one request. Dropped without a verdict, it says nothing.
pub(crate) struct Leave<'a, K: Ord> {
    breakers: &'a Breakers<K>,
    owner: K,
    epoch: u64,
    verdict: Verdict,
}

impl<K: Ord> Leave<'_, K> {
    pub(crate) fn report(mut self, verdict: Verdict) {
        self.verdict = verdict;
    }
}

impl<K: Ord> Drop for Leave<'_, K> {
    fn drop(&mut self) {
        self.breakers.settle(&self.owner, self.epoch, self.verdict);
    }
}

impl<K: Ord> Breakers<K> {
    pub(crate) fn new(clock: Arc<dyn Clock>, watch: Arc<dyn BreakerWatch<K>>, settings: BreakerSettings) -> Self {
        Self { clock, watch, settings, by_owner: Mutex::default() }
    }

    /// Leave to send, or how long to wait before asking again.
    pub(crate) fn leave(&self, owner: &K) -> Result<Leave<'_, K>, Duration>
    where
        K: Clone,
    {
        let now = self.clock.now();
        let mut all = self.all();
        let breaker = all.entry(owner.clone()).or_insert_with(Breaker::new);
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
        Ok(Leave { breakers: self, owner: owner.clone(), epoch: breaker.epoch, verdict: Verdict::Neither })
    }

    /// How long leave to send would be refused.
    pub(crate) fn rests_for(&self, owner: &K) -> Option<Duration> {
        let now = self.clock.now();
        match self.all().get(owner)?.phase {
            Phase::Open { until } if now < until => Duration::try_from(until.duration_since(now)).ok(),
            Phase::HalfOpen { under_way, .. } if under_way >= self.settings.probes => Some(ASK_AGAIN),
            _ => None,
        }
    }

    /// Every breaker's state now. One whose time is over counts as half open: the next request is sent.
    pub(crate) fn states(&self) -> Vec<(K, BreakerState)>
    where
        K: Clone,
    {
        let now = self.clock.now();
        let state = |phase| match phase {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { until } if now < until => BreakerState::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        };
        self.all().iter().map(|(owner, breaker)| (owner.clone(), state(breaker.phase))).collect()
    }

    fn settle(&self, owner: &K, epoch: u64, verdict: Verdict) {
        let until = self.clock.now().saturating_add(signed(self.settings.open_for)).unwrap_or(Timestamp::MAX);
        let mut all = self.all();
        let Some(breaker) = all.get_mut(owner).filter(|breaker| breaker.epoch == epoch) else { return };
        breaker.settle(verdict, self.settings, until);
        if let Some(turn) = breaker.turn(verdict) {
            self.watch.turned(owner, turn);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<K, Breaker>> {
        self.by_owner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breaker {
    fn new() -> Self {
        Self { phase: Phase::Closed { failures: 0 }, epoch: 0, told: None }
    }

    /// What is to be told now. The first success closes what another process may have left open.
    fn turn(&mut self, verdict: Verdict) -> Option<Turn> {
        let turn = match (self.phase, verdict) {
            (Phase::Open { until }, _) => Turn::Opened { until },
            (Phase::Closed { .. }, Verdict::Success) => Turn::Closed,
            (Phase::Closed { .. } | Phase::HalfOpen { .. }, _) => return None,
        };
        (self.told.replace(turn) != Some(turn)).then_some(turn)
    }

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
    use ringbuch_domain::ids::CompanyId;

    fn setting() -> (Arc<TestClock>, Breakers<CompanyId>) {
        let clock = TestClock::shared();
        (clock.clone(), Breakers::new(clock, Arc::new(()), BreakerSettings::default()))
    }

    fn salon() -> CompanyId {
        CompanyId::new("salon").unwrap()
    }

    impl Breakers<CompanyId> {
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

    #[derive(Default)]
    struct Notes(Mutex<Vec<Turn>>);

    impl BreakerWatch<CompanyId> for Notes {
        fn turned(&self, whose: &CompanyId, turn: Turn) {
            assert_eq!(whose, &salon());
            self.0.lock().unwrap().push(turn);
        }
    }

    #[test]
    fn whoever_watches_hears_of_every_turn_once() {
        let (clock, notes) = (TestClock::shared(), Arc::<Notes>::default());
        let breakers = Breakers::new(clock.clone(), notes.clone(), BreakerSettings::default());
        let heard = || std::mem::take(&mut *notes.0.lock().unwrap());
        let opened = |clock: &TestClock| Turn::Opened { until: clock.now() + SignedDuration::from_mins(1) };
        breakers.say(&[Neither, Failure]);
        assert_eq!(heard(), []);
        breakers.say(&[Success, Success]);
        assert_eq!(heard(), [Turn::Closed], "another process may have left it open");
        breakers.say(&[Failure; 5]);
        assert_eq!(heard(), [opened(&clock)]);
        clock.advance(SignedDuration::from_mins(1));
        breakers.say(&[Failure]);
        assert_eq!(heard(), [opened(&clock)], "it stays open for another minute");
        clock.advance(SignedDuration::from_mins(1));
        breakers.say(&[Success]);
        assert_eq!(heard(), []);
        breakers.say(&[Success, Success]);
        assert_eq!(heard(), [Turn::Closed]);
    }
}
