//! How one booking changes by what happens to it.

use super::booking::{Booking, Doubt, Errand, Phase, Standing, Target};
use super::event::{Act, BookingAttemptStarted, BookingOutcomeUnknown, BookingPostponed, ProviderRef};
use crate::ids::StaffId;
use crate::private::Private;
use jiff::Timestamp;

impl Booking {
    pub(super) fn attempt_started(&mut self, event: &BookingAttemptStarted) {
        let BookingAttemptStarted { act, attempt, deadline, .. } = *event;
        self.attempts = attempt;
        self.doubts.push(Doubt { attempt, act, deadline });
        if let Some(errand) = &mut self.errand {
            errand.phase = Phase::Attempting { attempt, deadline };
            errand.since = errand.since.or(Some(deadline));
        }
    }

    pub(super) fn postponed(&mut self, event: &BookingPostponed) {
        self.resolve(Some(event.attempt));
        let rounds = self.rounds().saturating_add(1);
        self.in_vain(Phase::Due { at: event.next_attempt_at }, rounds);
    }

    pub(super) fn outcome_unknown(&mut self, event: &BookingOutcomeUnknown) {
        let BookingOutcomeUnknown { attempt, look_up_at, .. } = *event;
        let doubt = self.doubts.iter().find(|doubt| doubt.attempt == attempt);
        let deadline = doubt.map_or(look_up_at, |doubt| doubt.deadline);
        let rounds = self.rounds_if_unknown(attempt);
        self.in_vain(Phase::Unknown { attempt, deadline, look_up_at }, rounds);
    }

    fn in_vain(&mut self, phase: Phase, rounds: u32) {
        if let Some(errand) = &mut self.errand {
            errand.phase = phase;
            errand.rounds = rounds;
        }
    }

    /// The provider has it, for sure or pending, under that name.
    pub(super) fn named(&mut self, name: Private<ProviderRef>) {
        let before = std::mem::replace(&mut self.provider, name);
        if let Private::Known(before) = before
            && self.provider.known() != Some(&before)
        {
            self.former.push(before);
        }
    }

    /// It stands at the provider. A cancelling that is under way goes on.
    pub(super) fn made(&mut self, standing: Standing, staff: Option<StaffId>, start: Timestamp, end: Timestamp) {
        self.standing = standing;
        self.staff = staff;
        self.slot.start = start;
        self.slot.end = end;
        if self.act() != Some(Act::Cancel) {
            self.errand = self.cancel_wanted_by.take().map(|by| Errand::new(Act::Cancel, self.requested_at, by));
        }
    }

    pub(super) fn failed(&mut self, attempt: Option<u32>, reason: String) {
        self.resolve(attempt);
        self.standing = Standing::Failed;
        self.errand = None;
        self.cancel_wanted_by = None;
        // Whoever asked for it has still to hear of it.
        self.settled = false;
        self.failure = Some(reason);
    }

    pub(super) fn cancel_requested(&mut self, by: String) {
        self.settled = false;
        if self.standing == Standing::Requested {
            self.cancel_wanted_by = Some(by);
        } else {
            self.errand = Some(Errand::new(Act::Cancel, self.requested_at, by));
        }
    }

    pub(super) fn cancelled(&mut self) {
        self.standing = Standing::Cancelled;
        self.errand = None;
        self.cancel_wanted_by = None;
        self.doubts.retain(|doubt| doubt.act == Act::Book);
    }

    pub(super) fn move_requested(&mut self, target: Target, by: String) {
        self.errand = Some(Errand { target: Some(target), ..Errand::new(Act::Move, self.requested_at, by) });
        self.settled = false;
    }

    pub(super) fn moved(&mut self, stays: bool) {
        self.errand = None;
        if !stays {
            self.standing = Standing::Moved;
        }
    }

    /// What was asked for will not happen; it stands as before.
    pub(super) fn stays(&mut self, attempt: Option<u32>) {
        self.resolve(attempt);
        self.errand = None;
    }

    pub(super) fn settle(&mut self) {
        self.settled = true;
        self.doubts.clear();
    }

    /// That attempt's outcome is known now; it cannot come late any more.
    pub(super) fn resolve(&mut self, attempt: Option<u32>) {
        self.doubts.retain(|doubt| Some(doubt.attempt) != attempt);
    }
}
