//! One booking on the page: where it stands, and what is under way for it outside.

use super::event::*;
use super::fit::Item;
use crate::ids::{BookingId, StaffId};
use crate::private::Private;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Requested,
    /// At the provider, waiting for its host's word.
    Pending,
    Confirmed,
    Failed,
    Cancelled,
    /// It stands on another page now.
    Moved,
    Completed,
    NoShow,
}

impl Standing {
    /// It takes somebody's time.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Requested | Self::Pending | Self::Confirmed | Self::Completed | Self::NoShow)
    }
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Moved => "moved",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
        }
    }
}

/// What the provider is to do for a booking, until it has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    pub act: Act,
    pub phase: Phase,
    /// Where it is to stand, for a move.
    pub target: Option<Target>,
    /// Who wanted it.
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// The next attempt may start.
    Due { at: Timestamp },
    /// Somebody asks the provider now, or crashed while asking.
    Attempting { attempt: u32, deadline: Timestamp },
    /// The provider was asked and nobody knows what came of it.
    Unknown { attempt: u32, deadline: Timestamp, look_up_at: Timestamp },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub slot: Slot,
    pub page: Date,
    pub staff: Vec<StaffId>,
}

/// An attempt that may still take effect at the provider, however late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    pub attempt: u32,
    pub act: Act,
    pub deadline: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub request: BookingRequested,
    pub requested_at: Timestamp,
    pub slot: Slot,
    pub standing: Standing,
    /// Who serves it, once the provider has said so.
    pub staff: Option<StaffId>,
    #[serde(skip)]
    pub provider: Private<ProviderRef>,
    pub attempts: u32,
    pub errand: Option<Errand>,
    pub doubts: Vec<Doubt>,
    /// It is to be cancelled as soon as it is known to be booked.
    pub cancel_wanted_by: Option<String>,
    pub settled: bool,
    /// Why it failed.
    pub failure: Option<String>,
}

impl Booking {
    pub fn requested(request: BookingRequested, at: Timestamp) -> Self {
        let by = request.source.clone();
        Self {
            requested_at: at,
            slot: request.slot,
            standing: Standing::Requested,
            staff: None,
            provider: Private::Erased,
            attempts: 0,
            errand: Some(Errand { act: Act::Book, phase: Phase::Due { at }, target: None, by }),
            doubts: Vec::new(),
            cancel_wanted_by: None,
            settled: false,
            failure: None,
            request,
        }
    }

    pub fn id(&self) -> BookingId {
        self.request.booking
    }

    /// What it takes of the page.
    pub fn item(&self) -> Option<Item<'_>> {
        if !self.standing.is_live() {
            return None;
        }
        let staff = self.staff.as_ref().map_or(self.request.staff.as_slice(), std::slice::from_ref);
        Some(Item {
            from: self.slot.from(),
            to: self.slot.to(),
            staff,
            fixed: self.staff.is_some(),
            booking: Some(self.id()),
        })
    }

    pub(super) fn attempt_started(&mut self, event: &BookingAttemptStarted) {
        let doubt = Doubt { attempt: event.attempt, act: event.act, deadline: event.deadline };
        self.attempts = event.attempt;
        self.doubts.push(doubt);
        if let Some(errand) = &mut self.errand {
            errand.phase = Phase::Attempting { attempt: event.attempt, deadline: event.deadline };
        }
    }

    pub(super) fn postponed(&mut self, event: &BookingPostponed) {
        self.resolve(Some(event.attempt));
        if let Some(errand) = &mut self.errand {
            errand.phase = Phase::Due { at: event.next_attempt_at };
        }
    }

    pub(super) fn outcome_unknown(&mut self, event: &BookingOutcomeUnknown) {
        let deadline = self.doubt(event.attempt).map_or(event.look_up_at, |doubt| doubt.deadline);
        if let Some(errand) = &mut self.errand {
            errand.phase = Phase::Unknown { attempt: event.attempt, deadline, look_up_at: event.look_up_at };
        }
    }

    /// The provider has it, for sure or pending.
    pub(super) fn made(&mut self, standing: Standing, staff: Option<StaffId>, start: Timestamp, end: Timestamp) {
        self.standing = standing;
        self.staff = staff;
        self.slot.start = start;
        self.slot.end = end;
        self.settled = false;
        let due = Phase::Due { at: self.requested_at };
        self.errand = self.cancel_wanted_by.take().map(|by| Errand { act: Act::Cancel, phase: due, target: None, by });
    }

    /// That attempt's outcome is known now; it cannot come late any more.
    pub(super) fn resolve(&mut self, attempt: Option<u32>) {
        self.doubts.retain(|doubt| Some(doubt.attempt) != attempt);
    }

    fn doubt(&self, attempt: u32) -> Option<&Doubt> {
        self.doubts.iter().find(|doubt| doubt.attempt == attempt)
    }
}
