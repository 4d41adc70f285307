//! The rules for giving time away, each a named value in one list, in the order in which a caller would want to hear
//! them. Offering, holding and booking all ask the same list.

use super::{Rejection, Slot, Terms, shifted};
use jiff::Timestamp;

/// What is asked of the page.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub slot: &'a Slot,
    pub terms: &'a Terms,
    pub now: Timestamp,
}

type Rule = fn(&Asked<'_>) -> Result<(), Rejection>;

/// Every rule but the page's own, which needs to see the others on it.
pub const RULES: [Rule; 7] = [
    branch_is_active,
    service_is_offered_there,
    not_in_the_past,
    with_enough_notice,
    not_too_far_ahead,
    within_one_day,
    somebody_is_at_work,
];

fn branch_is_active(asked: &Asked<'_>) -> Result<(), Rejection> {
    let branch = || asked.terms.branch_name.clone();
    if asked.terms.branch_active { Ok(()) } else { Err(Rejection::BranchInactive { branch: branch() }) }
}

fn service_is_offered_there(asked: &Asked<'_>) -> Result<(), Rejection> {
    if asked.terms.offered { Ok(()) } else { Err(Rejection::ServiceNotOffered) }
}

fn not_in_the_past(asked: &Asked<'_>) -> Result<(), Rejection> {
    if asked.slot.start >= asked.now { Ok(()) } else { Err(Rejection::InThePast) }
}

fn with_enough_notice(asked: &Asked<'_>) -> Result<(), Rejection> {
    let minutes = asked.terms.notice_minutes;
    if asked.slot.start >= shifted(asked.now, minutes.into()) { Ok(()) } else { Err(Rejection::TooSoon { minutes }) }
}

fn not_too_far_ahead(asked: &Asked<'_>) -> Result<(), Rejection> {
    let Some(days) = asked.terms.horizon_days else { return Ok(()) };
    let last = shifted(asked.now, i64::from(days) * 24 * 60);
    if asked.slot.start <= last { Ok(()) } else { Err(Rejection::TooFarAhead { days }) }
}

fn within_one_day(asked: &Asked<'_>) -> Result<(), Rejection> {
    let inside = asked.terms.day_starts <= asked.slot.from() && asked.slot.to() <= asked.terms.day_ends;
    if inside { Ok(()) } else { Err(Rejection::LeavesThePage) }
}

fn somebody_is_at_work(asked: &Asked<'_>) -> Result<(), Rejection> {
    if asked.terms.at_work(asked.slot).is_empty() { Err(Rejection::Closed) } else { Ok(()) }
}
