//! What is to be done next for a booking, told from the page alone.

use super::patience::{Patience, later};
use crate::diary::{Act, Booking, Errand, Phase, Standing};
use jiff::Timestamp;
use std::time::Duration;

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
    /// It came to nothing in time. A move may still come late: whoever gives one up looks for it once more before.
    GiveUp(&'static str),
    Wait(Timestamp),
    Done,
}

/// Reads the next step off a booking.
pub fn next_step(booking: &Booking, now: Timestamp, patience: &Patience) -> Step {
    match &booking.errand {
        Some(errand) if errand.act == Act::Cancel => cancel_step(booking, errand, now, patience),
        Some(errand) => errand_step(booking, errand, now, patience),
        None if booking.settled || booking.standing == Standing::Moved => Step::Done,
        None => closing_step(booking, now, patience),
    }
}

/// Booking and moving end when they come too late; until the provider has answered, its answer is asked for.
fn errand_step(booking: &Booking, errand: &Errand, now: Timestamp, patience: &Patience) -> Step {
    let too_late = ends_at(booking, errand, patience);
    match errand.phase {
        Phase::Due { .. } if too_late <= now => give_up_step(booking, errand, now, patience),
        Phase::Due { at } if at > now => Step::Wait(at.min(too_late)),
        Phase::Attempting { deadline, .. } if deadline > now => Step::Wait(patience.certain_at(deadline)),
        _ if is_long_over(booking, now, patience) => Step::GiveUp("outcome_unknown"),
        _ => ask_step(errand, now, patience),
    }
}

/// Cancelling never ends before the provider has answered. Once the appointment is long over it is asked seldom, since
/// nobody is waiting for it.
fn cancel_step(booking: &Booking, errand: &Errand, now: Timestamp, patience: &Patience) -> Step {
    let rest = if is_long_over(booking, now, patience) { patience.give_up } else { Duration::ZERO };
    match errand.phase {
        Phase::Attempting { deadline, .. } if deadline > now => Step::Wait(patience.certain_at(deadline)),
        Phase::Due { at } if later(at, rest) > now => Step::Wait(later(at, rest)),
        Phase::Unknown { look_up_at, .. } if later(look_up_at, rest) > now => Step::Wait(later(look_up_at, rest)),
        _ => ask_step(errand, now, patience),
    }
}

fn ask_step(errand: &Errand, now: Timestamp, patience: &Patience) -> Step {
    match errand.phase {
        Phase::Due { .. } => Step::Attempt(errand.act),
        Phase::Unknown { look_up_at, .. } if look_up_at > now => Step::Wait(look_up_at),
        Phase::Attempting { attempt, deadline } | Phase::Unknown { attempt, deadline, .. } => {
            Step::LookUp { act: errand.act, attempt, may_repeat: patience.certain_at(deadline) <= now }
        }
    }
}

/// Whether booking or moving, as it is under way, is pursued no longer; asked after a look-up that has found nothing.
pub fn is_too_late(booking: &Booking, now: Timestamp, patience: &Patience) -> bool {
    let errand = booking.errand.as_ref().filter(|errand| errand.act != Act::Cancel);
    errand.is_some_and(|errand| ends_at(booking, errand, patience) <= now)
}

/// When it is too late: the appointment begins, the time that it is to be moved to begins, or the wish is older than
/// anybody would wait.
fn ends_at(booking: &Booking, errand: &Errand, patience: &Patience) -> Timestamp {
    let begins = booking.slot.start;
    let target_begins = errand.target.as_ref().map_or(begins, |target| target.slot.start);
    let patience_ends = errand.since.map_or(Timestamp::MAX, |since| later(since, patience.give_up));
    begins.min(target_begins).min(patience_ends)
}

/// A move whose earlier attempt is in doubt may have been made after all, and is not given up before that is certain.
fn give_up_step(booking: &Booking, errand: &Errand, now: Timestamp, patience: &Patience) -> Step {
    let moves = booking.doubts.iter().filter(|doubt| doubt.act == Act::Move);
    let certain = moves.map(|doubt| later(doubt.deadline, patience.late)).max();
    match certain.filter(|certain| errand.act == Act::Move && *certain > now) {
        Some(certain) => Step::Wait(certain),
        None => Step::GiveUp("too_late"),
    }
}

/// What a late attempt at booking has left behind is cancelled, unless the appointment is long over. Late moves are not
/// looked for here: what was moved is no twin.
fn closing_step(booking: &Booking, now: Timestamp, patience: &Patience) -> Step {
    let last = booking.bookings_in_doubt().map(|doubt| doubt.deadline).max();
    match last.map(|last| later(last, patience.late)) {
        None => Step::Settle,
        Some(certain) if certain > now => Step::Wait(certain),
        Some(_) if is_long_over(booking, now, patience) => Step::Settle,
        Some(_) => Step::Verify,
    }
}

/// For as long as a wish is pursued, the appointment has been in the past; nothing at the calendar matters any more.
fn is_long_over(booking: &Booking, now: Timestamp, patience: &Patience) -> bool {
    later(booking.slot.end, patience.give_up) <= now
}

#[cfg(test)]
mod tests;
