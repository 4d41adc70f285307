//! What came of asking last.

use jiff::{SignedDuration, Timestamp};

/// How long a failure is told again to whoever asks the same.
const FAILURE_HOLDS: SignedDuration = SignedDuration::from_secs(1);

#[derive(Debug, Clone)]
pub(super) struct Told<V> {
    pub value: V,
    /// When it was asked for.
    pub at: Timestamp,
    /// The last change that was known then.
    pub change: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Failed<V, E> {
    pub error: E,
    /// When it failed.
    pub at: Timestamp,
    pub change: u64,
    /// What was told the last time.
    pub before: Option<Told<V>>,
}

#[derive(Debug, Clone)]
pub(super) enum Known<V, E> {
    Told(Told<V>),
    Failed(Failed<V, E>),
}

impl<V> Told<V> {
    pub(super) fn is_fresh(&self, now: Timestamp, newest: u64, fresh: SignedDuration) -> bool {
        self.change >= newest && now.duration_since(self.at) < fresh
    }
}

impl<V, E> Known<V, E> {
    /// The last good value.
    pub(super) fn told(&self) -> Option<&Told<V>> {
        match self {
            Self::Told(told) => Some(told),
            Self::Failed(failed) => failed.before.as_ref(),
        }
    }

    /// The last change that was known when it was asked for.
    pub(super) fn change(&self) -> u64 {
        match self {
            Self::Told(told) => told.change,
            Self::Failed(failed) => failed.change,
        }
    }

    /// Asking again is of no use now.
    pub(super) fn holds(&self, now: Timestamp, newest: u64, fresh: SignedDuration) -> bool {
        match self {
            Self::Told(told) => told.is_fresh(now, newest, fresh),
            Self::Failed(failed) => failed.change >= newest && now.duration_since(failed.at) < FAILURE_HOLDS,
        }
    }
}
