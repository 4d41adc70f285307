//! Calls of many kinds in one count.

use ringbuch_domain::analysis::{Analysis, Intent, Loss, Promise, Step};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::series::rate;

/// What came of some calls. What is unknown of a call is not counted, but in `calls`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "CallTally")]
pub struct Tally {
    /// That are over.
    pub calls: i64,
    /// Whoever called wanted an appointment.
    pub wanted: i64,
    /// The calendar has it.
    pub booked: i64,
    /// Booked of those who wanted.
    pub booking_rate: Option<f64>,
    /// How many came at least so far, in the order of the steps.
    pub steps: Vec<StepCount>,
    /// Why appointments were lost, most frequent first.
    pub losses: Vec<Lost>,
    /// The agent said that it is booked, and nothing was confirmed.
    pub said_booked_broken: i64,
    /// The agent said so before the calendar had it.
    pub said_booked_early: i64,
    pub said_booked_kept: i64,
    pub positive: i64,
    pub neutral: i64,
    pub negative: i64,
    pub avg_duration_ms: Option<f64>,
    /// In US cents.
    pub avg_cost_minor: Option<f64>,
    pub cost_minor: i64,
    /// Of each call's median wait for an answer.
    pub avg_latency_p50_ms: Option<f64>,
    pub avg_latency_p95_ms: Option<f64>,
    /// From the wish for the booking to its confirmation.
    pub avg_confirmed_after_ms: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepCount {
    pub step: Step,
    pub calls: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lost {
    pub loss: Loss,
    /// The stable word of the refusal, where the log says why.
    pub code: Option<String>,
    pub calls: i64,
}

/// Sums over calls of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub calls: i64,
    pub timed: i64,
    pub duration_ms: i64,
    pub priced: i64,
    pub cost_minor: i64,
    pub measured: i64,
    pub p50_ms: i64,
    pub p95_ms: i64,
    pub waited: i64,
    pub waited_ms: i64,
    pub positive: i64,
    pub neutral: i64,
    pub negative: i64,
}

/// A tally that grows.
#[derive(Debug, Clone, Default)]
pub(super) struct Counting {
    sums: Sums,
    wanted: i64,
    reached: BTreeMap<Step, i64>,
    losses: BTreeMap<(Loss, Option<String>), i64>,
    promises: [i64; 3],
}

impl Counting {
    /// Takes calls of which all came to the same.
    pub fn add(&mut self, came_to: &Analysis, sums: &Sums) {
        let calls = sums.calls;
        self.wanted += if came_to.intent == Some(Intent::Book) { calls } else { 0 };
        if let Some(step) = came_to.reached {
            *self.reached.entry(step).or_default() += calls;
        }
        if let Some(loss) = came_to.loss {
            *self.losses.entry((loss, came_to.loss_code.clone())).or_default() += calls;
        }
        let [broken, early, kept] = &mut self.promises;
        match came_to.promise {
            Some(Promise::Broken) => *broken += calls,
            Some(Promise::Early) => *early += calls,
            Some(Promise::Kept) => *kept += calls,
            Some(Promise::NotMade) | None => {}
        }
        self.sums.add(sums);
    }

    pub fn told(self) -> Tally {
        let Self { sums, wanted, reached, losses, promises: [broken, early, kept] } = self;
        let at_least = |step: Step| reached.range(step..).map(|(_, calls)| calls).sum();
        let lost = |((loss, code), calls)| Lost { loss, code, calls };
        let mut losses: Vec<Lost> = losses.into_iter().map(lost).collect();
        losses.sort_by_key(|lost| std::cmp::Reverse(lost.calls));
        let booked = at_least(Step::Confirmed);
        Tally {
            calls: sums.calls,
            wanted,
            booked,
            booking_rate: rate(booked, wanted),
            steps: Step::ALL.into_iter().map(|step| StepCount { step, calls: at_least(step) }).collect(),
            losses,
            said_booked_broken: broken,
            said_booked_early: early,
            said_booked_kept: kept,
            positive: sums.positive,
            neutral: sums.neutral,
            negative: sums.negative,
            avg_duration_ms: rate(sums.duration_ms, sums.timed),
            avg_cost_minor: rate(sums.cost_minor, sums.priced),
            cost_minor: sums.cost_minor,
            avg_latency_p50_ms: rate(sums.p50_ms, sums.measured),
            avg_latency_p95_ms: rate(sums.p95_ms, sums.measured),
            avg_confirmed_after_ms: rate(sums.waited_ms, sums.waited),
        }
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.timed += other.timed;
        self.duration_ms += other.duration_ms;
        self.priced += other.priced;
        self.cost_minor += other.cost_minor;
        self.measured += other.measured;
        self.p50_ms += other.p50_ms;
        self.p95_ms += other.p95_ms;
        self.waited += other.waited;
        self.waited_ms += other.waited_ms;
        self.positive += other.positive;
        self.neutral += other.neutral;
        self.negative += other.negative;
    }
}
