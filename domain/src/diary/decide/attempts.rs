//! Asking the provider: one claim at a time, and what is certain after it.

use super::{Decision, wrong_state};
use crate::diary::aggregate::Diary;
use crate::diary::booking::{Errand, Phase};
use crate::diary::event::{Act, BookingAttemptStarted, BookingCancelled, BookingOutcomeUnknown, BookingPostponed};
use crate::diary::rejection::Rejection;
use crate::ids::BookingId;
use jiff::Timestamp;

impl Diary {
    pub(super) fn start_attempt(
        &self,
        id: BookingId,
        act: Act,
        deadline: Timestamp,
        now: Timestamp,
        looked_up: Option<Timestamp>,
    ) -> Decision {
        let booking = self.known(id)?;
        let Some(errand) = booking.errand.as_ref().filter(|errand| errand.act == act) else {
            return Err(wrong_state(booking, "asked of the provider"));
        };
        let blocked = act != Act::Cancel && self.blocked_until(id, now).is_some();
        if blocked || !errand.is_free(now, looked_up) {
            return Err(Rejection::AttemptUnderWay);
        }
        // Nobody wants it any more, so it is not asked for again; what may still come late is cancelled when it is seen.
        if let Some(by) = booking.cancel_wanted_by.clone() {
            return Ok(vec![BookingCancelled { booking: id, by }.into()]);
        }
        Ok(vec![BookingAttemptStarted { booking: id, act, attempt: booking.attempts + 1, deadline }.into()])
    }

    pub(super) fn postpone(
        &self,
        booking: BookingId,
        attempt: u32,
        reason: String,
        next_attempt_at: Timestamp,
    ) -> Decision {
        let Some(errand) = self.attempting(booking, attempt)? else { return Ok(vec![]) };
        Ok(vec![BookingPostponed { booking, act: errand.act, attempt, reason, next_attempt_at }.into()])
    }

    pub(super) fn outcome_unknown(
        &self,
        booking: BookingId,
        attempt: u32,
        reason: String,
        look_up_at: Timestamp,
    ) -> Decision {
        let Some(errand) = self.attempting(booking, attempt)? else { return Ok(vec![]) };
        if matches!(errand.phase, Phase::Unknown { look_up_at: known, .. } if known == look_up_at) {
            return Ok(vec![]);
        }
        Ok(vec![BookingOutcomeUnknown { booking, act: errand.act, attempt, reason, look_up_at }.into()])
    }

    /// The errand whose attempt is under way, or nothing where that attempt is over.
    fn attempting(&self, booking: BookingId, number: u32) -> Result<Option<&Errand>, Rejection> {
        let booking = self.known(booking)?;
        Ok(booking.errand.as_ref().filter(|_| booking.is_attempting(number)))
    }
}

impl Errand {
    /// Nobody's claim is in the way. One that lapsed stays in the way until the provider was looked at after its
    /// deadline, since what it had asked for may have been done.
    fn is_free(&self, now: Timestamp, looked_up: Option<Timestamp>) -> bool {
        match self.phase {
            Phase::Due { at } => at <= now,
            Phase::Attempting { deadline, .. } | Phase::Unknown { deadline, .. } => {
                looked_up.is_some_and(|looked_up| looked_up >= deadline)
            }
        }
    }
}
