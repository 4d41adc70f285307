//! Which times are offered where the one that was wanted cannot be had, or where none was named.

use crate::diary::Span;
use crate::ids::{BranchId, StaffId};
use jiff::Timestamp;

/// Nobody remembers more of what they hear.
pub const OFFERS_AT_MOST: usize = 3;

/// A time that could be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub branch: BranchId,
    /// Only this one would serve it; absent: whoever is free.
    pub staff: Option<StaffId>,
    pub start: Timestamp,
}

/// What the caller would like best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Any time in one of these, in order; for an exact time both ends are the same.
    pub spans: Vec<Span>,
    pub branch: BranchId,
    pub staff: Option<StaffId>,
}

/// Costs in minutes: for somebody else, or another branch, a caller would wait about so long.
const OTHER_STAFF: i64 = 45;
const OTHER_BRANCH: i64 = 120;
/// Two offers that lie closer together than this are hardly a choice; in a wide window they lie further apart.
const SPREAD: (i64, i64) = (60, 240);
/// The same for a window of several days, at most so far.
const SPREAD_OVER_DAYS: i64 = 3 * A_DAY;
const A_DAY: i64 = 24 * 60;

/// The best at most three, the best first: near to what was wanted, with the same person, at the same branch, and not all
/// at the same time of the day, nor on the same day where several would do.
pub fn ranked(wanted: &Wanted, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let spread = wanted.spread();
    if wanted.spans.len() > 1 && candidates.iter().filter(|it| wanted.is_met_by(it)).count() >= OFFERS_AT_MOST {
        candidates.retain(|it| wanted.is_met_by(it));
    }
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < OFFERS_AT_MOST && !candidates.is_empty() {
        let cost =
            |it: &Candidate| (wanted.cost(it) + crowding(it, &chosen, spread), wanted.distance(it.start), it.start);
        let best = candidates.iter().enumerate().min_by_key(|(_, it)| (cost(it), &it.branch, &it.staff));
        let Some(at) = best.map(|(at, _)| at) else { break };
        chosen.push(candidates.swap_remove(at));
    }
    chosen
}

impl Wanted {
    /// This time and no other.
    pub fn at(start: Timestamp, branch: BranchId, staff: Option<StaffId>) -> Self {
        Self { spans: vec![Span { from: start, to: start }], branch, staff }
    }

    /// The first time that would do.
    pub fn begins(&self) -> Option<Timestamp> {
        self.spans.first().map(|span| span.from)
    }

    /// The last time that would do.
    pub fn ends(&self) -> Option<Timestamp> {
        self.spans.last().map(|span| span.to)
    }

    /// How far apart two offers should lie.
    fn spread(&self) -> i64 {
        let longest = self.spans.iter().map(|span| minutes(span.from, span.to)).max().unwrap_or_default();
        let whole = self.begins().zip(self.ends()).map_or(0, |(from, to)| minutes(from, to));
        if self.spans.len() > 1 {
            (whole / 3).clamp(SPREAD.0, SPREAD_OVER_DAYS)
        } else {
            (longest / 3).clamp(SPREAD.0, SPREAD.1)
        }
    }

    /// Nothing of what was wanted is otherwise.
    fn is_met_by(&self, candidate: &Candidate) -> bool {
        self.cost(candidate) == 0
    }

    fn cost(&self, candidate: &Candidate) -> i64 {
        let staff = if self.staff.is_some() && candidate.staff != self.staff { OTHER_STAFF } else { 0 };
        let branch = if candidate.branch == self.branch { 0 } else { OTHER_BRANCH };
        self.distance(candidate.start) + staff + branch
    }

    /// Minutes outside of what was wanted.
    pub(super) fn distance(&self, start: Timestamp) -> i64 {
        let outside = |span: &Span| minutes(start, span.from).max(minutes(span.to, start)).max(0);
        self.spans.iter().map(outside).min().unwrap_or_default()
    }
}

/// How much a time that is offered already takes away from one near to it.
fn crowding(candidate: &Candidate, chosen: &[Candidate], spread: i64) -> i64 {
    let near = |other: &Candidate| {
        let alike = candidate.staff == other.staff && candidate.branch == other.branch;
        let apart = minutes(candidate.start, other.start).abs();
        // The same time with somebody else is a choice of its own.
        if alike || apart > 0 { 2 * (spread - apart).max(0) + same_hour(apart, spread) } else { 0 }
    };
    chosen.iter().map(near).sum()
}

/// Whoever may choose between days may choose between morning and afternoon as well.
fn same_hour(apart: i64, spread: i64) -> i64 {
    let by_the_clock = (apart % A_DAY).min(A_DAY - apart % A_DAY);
    if spread > SPREAD.1 { (SPREAD.1 - by_the_clock).max(0) } else { 0 }
}

fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_mins()
}
