//! A small histogram with fixed bounds, so that a percentile can be told from a few rows however many were counted.

use jiff::Timestamp;
use std::collections::BTreeMap;

/// Upper bounds in microseconds; what took longer than the last counts under `OVERFLOW`.
const BOUNDS: [i64; 16] = [
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
];
const OVERFLOW: i64 = i64::MAX;

/// Microseconds from one moment to a later one; 0 where clocks disagree.
pub(crate) fn micros_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_microsecond().saturating_sub(from.as_microsecond()).max(0)
}

/// The bucket that a duration belongs to, named by its upper bound.
pub(crate) fn bucket(micros: i64) -> i64 {
    BOUNDS.into_iter().find(|bound| micros <= *bound).unwrap_or(OVERFLOW)
}

/// The percentile `p` (0 to 1) in seconds of counts by bucket, read linearly inside its bucket; nothing of nothing. What
/// lies beyond the last bound is told as that bound.
#[expect(clippy::cast_precision_loss, reason = "counts and microseconds stay far below 2^53")]
pub(crate) fn percentile(counts: &BTreeMap<i64, i64>, p: f64) -> Option<f64> {
    let wanted = counts.values().sum::<i64>() as f64 * p;
    let mut before = 0;
    for (&bound, &count) in counts.iter().filter(|(_, count)| **count > 0) {
        if ((before + count) as f64) < wanted {
            before += count;
            continue;
        }
        let lower = BOUNDS.into_iter().rev().find(|other| *other < bound).unwrap_or(0);
        let upper = if bound == OVERFLOW { lower } else { bound };
        let share = (wanted - before as f64) / count as f64;
        return Some((lower as f64 + share * (upper - lower) as f64) / 1_000_000.0);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_falls_under_the_next_bound() {
        let table = [(0, 1_000), (1_000, 1_000), (1_001, 2_500), (120_000_000, 120_000_000), (120_000_001, OVERFLOW)];
        for (micros, expected) in table {
            assert_eq!(bucket(micros), expected, "{micros}");
        }
    }

    #[test]
    fn the_percentile_lies_where_that_share_is_reached() {
        let p95 = |counts: &[(i64, i64)]| percentile(&counts.iter().copied().collect(), 0.95);
        let close = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-9;
        assert_eq!(p95(&[]), None);
        assert!(close(p95(&[(1_000, 100)]), 0.000_95));
        // 90 of 100 within a millisecond; the other ten lie between 50 and 100 ms, and half of those are needed.
        assert!(close(p95(&[(100_000, 10), (1_000, 90)]), 0.075));
        assert!(close(p95(&[(OVERFLOW, 1)]), 120.0));
    }

    #[test]
    fn clocks_that_disagree_take_no_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(micros_between(at(2), at(1)), 0);
        assert_eq!(micros_between(at(1), at(2)), 1_000_000);
    }
}
