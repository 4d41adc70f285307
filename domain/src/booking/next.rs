//! What is to be done next for a booking, told from the page alone.

use super::patience::{Patience, later};
use crate::diary::{Act, Booking, Errand, Phase, Standing};
use jiff::Timestamp;

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Claim an attempt and ask the provider.
    Attempt(Act),
    /// Ask the provider what an earlier attempt has left behind; if nothing, `may_repeat` says whether that is certain.
    LookUp {
        act: Act,
        attempt: u32,
        may_repeat: bool,
    },
    /// Look for bookings of ours that came late, cancel what is too many, and close the file.
    Verify,
    /// Nothing is in doubt: close the file.
    Settle,
    /// It came to nothing in time.
    GiveUp(&'static str),
    Wait(Timestamp),
    Done,
}

/// Reads the next step off a booking.
pub fn next_step(booking: &Booking, now: Timestamp, patience: &Patience) -> Step {
    match &booking.errand {
        Some(errand) => errand_step(booking, errand, now, patience),
        None if booking.settled || booking.standing == Standing::Moved => Step::Done,
        None => closing_step(booking, now, patience),
    }
}

fn errand_step(booking: &Booking, errand: &Errand, now: Timestamp, patience: &Patience) -> Step {
    match errand.phase {
        Phase::Due { at } if at > now => Step::Wait(at),
        Phase::Due { .. } if errand.act != Act::Cancel && is_too_late(booking, now, patience) => {
            Step::GiveUp("too_late")
        }
        Phase::Due { .. } => Step::Attempt(errand.act),
        Phase::Attempting { deadline, .. } if deadline >= now => Step::Wait(later(deadline, patience.grace)),
        Phase::Unknown { look_up_at, .. } if look_up_at > now => Step::Wait(look_up_at),
        Phase::Attempting { attempt, deadline } | Phase::Unknown { attempt, deadline, .. } => {
            Step::LookUp { act: errand.act, attempt, may_repeat: now > patience.certain_at(deadline) }
        }
    }
}

/// The appointment has begun, or the wish is older than anybody would wait.
fn is_too_late(booking: &Booking, now: Timestamp, patience: &Patience) -> bool {
    booking.slot.start <= now || later(booking.requested_at, patience.give_up) <= now
}

fn closing_step(booking: &Booking, now: Timestamp, patience: &Patience) -> Step {
    let Some(last) = booking.doubts.iter().map(|doubt| doubt.deadline).max() else { return Step::Settle };
    let certain = later(last, patience.late);
    if certain > now { Step::Wait(certain) } else { Step::Verify }
}
