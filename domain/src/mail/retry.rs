//! When a message is sent again that the other side did not take.

use jiff::{SignedDuration, Timestamp};

/// Waits after each attempt, in seconds; half a day in all.
const WAITS: [i64; 12] = [10, 30, 60, 300, 900, 1800, 3600, 3600, 7200, 7200, 10800, 10800];

/// Absent after the last attempt.
pub fn next_attempt(now: Timestamp, attempt: u32) -> Option<Timestamp> {
    let nth = usize::try_from(attempt.saturating_sub(1)).ok()?;
    WAITS.get(nth).and_then(|seconds| now.checked_add(SignedDuration::from_secs(*seconds)).ok())
}
