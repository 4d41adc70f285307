//! Why a delivery of the calendar is not understood yet.

use crate::intake::Quarantine;
use crate::journal::JournalError;
use jiff::Timestamp;
use ringbuch_domain::booking::{Patience, later};
use ringbuch_domain::ports::CalendarFailure;
use ringbuch_projections::rows::RowsError;
use std::time::Duration;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum Held {
    #[error("{0}")]
    Calendar(#[from] CalendarFailure),
    /// Something of ours is under way for the booking, and says the same when it is done.
    #[error("the booking is being worked on until {0}")]
    Until(Timestamp),
    #[error("the read model does not say yet on which page the booking stands")]
    Behind,
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
}

/// What comes of that.
pub enum Verdict {
    Later(Timestamp),
    SetAside(Quarantine),
    Broken(anyhow::Error),
}

/// Between two questions about a delivery that has just come, and at most; in between a quarter of its age.
const SOONEST: Duration = Duration::from_secs(5);
const LATEST: Duration = Duration::from_mins(5);

impl Held {
    /// A calendar that cannot be reached is waited for as long as a wish for a booking would be; nobody counts attempts
    /// meanwhile, and an outage leaves no dead deliveries behind.
    pub fn verdict(self, received_at: Timestamp, now: Timestamp, patience: &Patience) -> Verdict {
        let age = Duration::try_from(now.duration_since(received_at)).unwrap_or_default();
        match self {
            Self::Until(time) => Verdict::Later(time),
            Self::Calendar(CalendarFailure::NotSent { reason, .. }) if reason == "no_key" => {
                let detail = "the company has no key of its calendar; set one and replay";
                Verdict::SetAside(Quarantine::new("calendar_not_connected", detail))
            }
            Self::Calendar(failure @ (CalendarFailure::NotSent { .. } | CalendarFailure::Unknown { .. }))
                if age < patience.give_up =>
            {
                Verdict::Later(later(now, failure.retry_after().unwrap_or((age / 4).clamp(SOONEST, LATEST))))
            }
            other => Verdict::Broken(other.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn verdict(held: Held, age: i64) -> String {
        let now = Timestamp::from_second(1_795_200_000).unwrap();
        let received_at = now - SignedDuration::from_secs(age);
        match held.verdict(received_at, now, &Patience::default()) {
            Verdict::Later(time) => format!("in {} s", time.duration_since(now).as_secs()),
            Verdict::SetAside(Quarantine { reason, .. }) => reason.into(),
            Verdict::Broken(_) => "broken".into(),
        }
    }

    fn not_sent(reason: &str, wait: Option<u64>) -> Held {
        let retry_after = wait.map(Duration::from_secs);
        CalendarFailure::NotSent { reason: reason.into(), retry_after }.into()
    }

    #[test]
    fn an_outage_is_waited_for_and_never_for_ever() {
        let unknown = || Held::from(CalendarFailure::Unknown { reason: "timeout".into() });
        for (age, expected) in [(0, "in 5 s"), (100, "in 25 s"), (7200, "in 300 s"), (24 * 3600, "broken")] {
            assert_eq!(verdict(unknown(), age), expected, "{age}");
            assert_eq!(verdict(not_sent("breaker_open", None), age), expected, "{age}");
        }
        assert_eq!(verdict(not_sent("rate_limited", Some(40)), 0), "in 40 s");
        assert_eq!(verdict(not_sent("key_refused", None), 60), "in 15 s");
    }

    #[test]
    fn what_waiting_does_not_help_ends() {
        assert_eq!(verdict(not_sent("no_key", None), 0), "calendar_not_connected");
        assert_eq!(verdict(CalendarFailure::Refused { reason: "refused".into() }.into(), 0), "broken");
        assert_eq!(verdict(Held::Behind, 0), "broken");
    }
}
