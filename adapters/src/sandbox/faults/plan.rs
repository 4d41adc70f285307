//! A random plan of faults. Each operation has its own dice, thrown from the seed, so that its n-th request meets the
//! same fate in every run, whatever arrives between.

use std::{collections::HashMap, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{super::Operation, Fault};

/// How often each fault strikes, in thousandths of requests. What is left of the thousand goes well.
#[derive(Clone, Copy, Debug, Default)]
pub struct FaultRates {
    pub booked_then_timed_out: u16,
    pub timed_out_before: u16,
    pub late_booked: u16,
    pub cut_before: u16,
    pub cut_after: u16,
    pub server_error_before: u16,
    pub server_error_after: u16,
    pub slow: u16,
    pub malformed: u16,
    pub rate_limited: u16,
}

/// Several 429 in a row: begins with a chance of `per_mille` at any request and lasts for `length` requests.
#[derive(Clone, Copy, Debug)]
pub struct Burst {
    pub per_mille: u16,
    pub length: u32,
}

/// The provider is gone for a while, once, from the request after the first `after_requests`.
#[derive(Clone, Copy, Debug)]
pub struct Outage {
    pub after_requests: u64,
    pub lasts: Duration,
}

#[derive(Clone, Copy, Debug)]
pub struct FaultPlan {
    pub seed: u64,
    /// For operations that change a calendar.
    pub bookings: FaultRates,
    /// For everything else.
    pub reads: FaultRates,
    /// How long [`Fault::Slow`] takes: choose it longer than the client's deadline.
    pub slow: Duration,
    /// How much later [`Fault::LateBooked`] is carried out.
    pub late: Duration,
    pub bursts: Option<Burst>,
    pub outage: Option<Outage>,
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self {
            seed: 0,
            bookings: FaultRates::default(),
            reads: FaultRates::default(),
            slow: Duration::from_secs(2),
            late: Duration::from_secs(2),
            bursts: None,
            outage: None,
        }
    }
}

/// A plan with what has happened under it so far.
pub(super) struct Following {
    plan: FaultPlan,
    dice: HashMap<Operation, StdRng>,
    burst_left: u32,
    seen: u64,
}

impl Following {
    pub(super) fn new(plan: FaultPlan) -> Self {
        Self { plan, dice: HashMap::new(), burst_left: 0, seen: 0 }
    }

    /// How long the provider goes away with this request, if it does.
    pub(super) fn outage(&mut self) -> Option<Duration> {
        self.seen += 1;
        let outage = self.plan.outage?;
        (self.seen == outage.after_requests + 1).then_some(outage.lasts)
    }

    pub(super) fn throw(&mut self, operation: Operation) -> Option<Fault> {
        let seed = self.plan.seed ^ (operation as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let dice = self.dice.entry(operation).or_insert_with(|| StdRng::seed_from_u64(seed));
        let (burst_roll, roll): (u16, u16) = (dice.random_range(0..1000), dice.random_range(0..1000));
        if self.burst_left > 0 {
            self.burst_left -= 1;
            return Some(Fault::RateLimited);
        }
        if let Some(burst) = self.plan.bursts.filter(|burst| burst_roll < burst.per_mille && burst.length > 0) {
            self.burst_left = burst.length - 1;
            return Some(Fault::RateLimited);
        }
        self.plan.fault_at(operation, roll)
    }
}

impl FaultPlan {
    fn fault_at(&self, operation: Operation, roll: u16) -> Option<Fault> {
        let rates = if operation.changes_calendar() { &self.bookings } else { &self.reads };
        let shares = [
            (rates.booked_then_timed_out, Fault::BookedThenTimedOut),
            (rates.timed_out_before, Fault::TimedOutBefore),
            (rates.late_booked, Fault::LateBooked(self.late)),
            (rates.cut_before, Fault::CutBefore),
            (rates.cut_after, Fault::CutAfter),
            (rates.server_error_before, Fault::ServerErrorBefore),
            (rates.server_error_after, Fault::ServerErrorAfter),
            (rates.slow, Fault::Slow(self.slow)),
            (rates.malformed, Fault::Malformed),
            (rates.rate_limited, Fault::RateLimited),
        ];
        let mut reached = 0;
        shares.into_iter().find_map(|(share, fault)| {
            reached += share;
            (roll < reached).then_some(fault)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(seed: u64, reads_between: bool) -> Vec<Option<Fault>> {
        let bookings = FaultRates { cut_after: 200, malformed: 100, ..FaultRates::default() };
        let mut following = Following::new(FaultPlan { seed, bookings, ..FaultPlan::default() });
        let mut fates = Vec::new();
        for _ in 0..500 {
            fates.push(following.throw(Operation::CreateBooking));
            if reads_between {
                assert_eq!(following.throw(Operation::GetBooking), None);
            }
        }
        fates
    }

    #[test]
    fn a_run_repeats_whatever_arrives_between() {
        assert_eq!(fates(7, false), fates(7, true));
        assert_ne!(fates(7, false), fates(8, false));
    }

    #[test]
    fn rates_are_thousandths() {
        let fates = fates(42, false);
        let cut = fates.iter().filter(|fate| **fate == Some(Fault::CutAfter)).count();
        let malformed = fates.iter().filter(|fate| **fate == Some(Fault::Malformed)).count();
        assert!((70..=130).contains(&cut), "{cut} of 500 at 200 per mille");
        assert!((30..=75).contains(&malformed), "{malformed} of 500 at 100 per mille");
    }

    #[test]
    fn bursts_come_in_a_row() {
        let bursts = Some(Burst { per_mille: 50, length: 4 });
        let mut following = Following::new(FaultPlan { seed: 3, bursts, ..FaultPlan::default() });
        let fates: Vec<_> = (0..200).map(|_| following.throw(Operation::ListSlots).is_some()).collect();
        let runs: Vec<_> = fates.chunk_by(|a, b| a == b).filter(|run| run[0]).map(<[bool]>::len).collect();
        assert!(!runs.is_empty());
        assert!(runs.iter().rev().skip(1).all(|run| *run >= 4), "{runs:?}");
    }
}
