//! What goes wrong on order: single faults in a queue for each operation, or a random plan that can be repeated.

mod desk;
mod plan;

use std::time::Duration;

pub use self::{
    desk::Faults,
    plan::{Burst, FaultPlan, FaultRates, Outage},
};

/// One thing that goes wrong with one request. "Done" means that the operation is carried out as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Done, but the answer never comes: the connection stays open until the client gives up.
    BookedThenTimedOut,
    /// Not done, and no answer comes.
    TimedOutBefore,
    /// No answer comes; the operation is done this much later, whether the client still waits or not.
    LateBooked(Duration),
    /// As [`Fault::LateBooked`], but done when [`Faults::release_late`] is called, for tests that wait on no clock.
    LateOnCue,
    /// Not done; the connection is closed without an answer.
    CutBefore,
    /// Done; the connection is closed without an answer.
    CutAfter,
    /// Not done; a bare 500.
    ServerErrorBefore,
    /// Done; a bare 500.
    ServerErrorAfter,
    /// Done half-way through the delay, even if the client has gone; answered after it.
    Slow(Duration),
    /// Done; the right status with a body that breaks off.
    Malformed,
    /// Not done; one 429, whatever the real limit says.
    RateLimited,
}

impl Fault {
    /// The name under which [`Faults::counts`] counts it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::BookedThenTimedOut => "booked_then_timed_out",
            Self::TimedOutBefore => "timed_out_before",
            Self::LateBooked(_) | Self::LateOnCue => "late_booked",
            Self::CutBefore => "cut_before",
            Self::CutAfter => "cut_after",
            Self::ServerErrorBefore => "server_error_before",
            Self::ServerErrorAfter => "server_error_after",
            Self::Slow(_) => "slow",
            Self::Malformed => "malformed",
            Self::RateLimited => "rate_limited",
        }
    }
}
