//! Whether nothing being heard is unusual: the same hours of the weeks before say what is usual.

/// How many weeks are looked back.
pub const WEEKS: usize = 4;
/// In so many of them something must have been heard at that time.
const USUALLY: usize = 3;

/// Nothing is heard now, and at this time of the week something usually is.
pub fn is_unusual(now: i64, weeks_before: [i64; WEEKS]) -> bool {
    now == 0 && weeks_before.iter().filter(|heard| **heard > 0).count() >= USUALLY
}
