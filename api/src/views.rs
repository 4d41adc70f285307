//! Which views of personal data this node has written down lately: looking at the same again within ten minutes is one
//! view, and asks nothing of the log.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Within this time, looking at the same again is one view.
const ONE_VIEW: SignedDuration = SignedDuration::from_mins(10);

/// The period that a moment lies in.
pub fn period(now: Timestamp) -> i64 {
    now.as_second().div_euclid(ONE_VIEW.as_secs())
}

/// The views of one period, by the commands that told them.
#[derive(Debug, Default)]
pub struct Views(Mutex<(i64, HashSet<Uuid>)>);

impl Views {
    pub fn hold(&self, view: Uuid) -> bool {
        self.known().1.contains(&view)
    }

    /// Keeps a view that is written down; those of an earlier period are let go.
    pub fn keep(&self, period: i64, view: Uuid) {
        let mut known = self.known();
        if known.0 != period {
            *known = (period, HashSet::new());
        }
        known.1.insert(view);
    }

    fn known(&self) -> MutexGuard<'_, (i64, HashSet<Uuid>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_kept_until_one_of_another_period_comes() {
        let (views, [one, other]) = (Views::default(), [1, 2].map(Uuid::from_u128));
        views.keep(1, one);
        views.keep(1, other);
        assert!(views.hold(one) && views.hold(other));
        views.keep(2, other);
        assert!(!views.hold(one) && views.hold(other));
    }

    #[test]
    fn a_period_lasts_ten_minutes() {
        let at = |second| period(Timestamp::from_second(second).unwrap());
        assert_eq!((at(599), at(600), at(1_199), at(-1)), (0, 1, 1, -1));
    }
}
