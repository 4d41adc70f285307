//! One booking on the page: where it stands, and what is under way for it outside.

use super::command::Confirmation;
use super::event::{Act, BookingArrived, BookingImported, BookingRequested, ProviderRef, Slot};
use super::fit::Item;
use crate::ids::{BookingId, StaffId};
use crate::private::Private;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
        self == Self::Requested || self.is_at_the_calendar()
    }
    /// The provider has a live booking for it.
    pub fn is_at_the_calendar(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::Completed | Self::NoShow)
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
    /// Since when it is pursued: for a booking since it was requested, otherwise since its first attempt.
    pub since: Option<Timestamp>,
    /// How often the provider was asked in vain, look-ups included; waits grow with it.
    pub rounds: u32,
}

impl Errand {
    pub(super) fn new(act: Act, due: Timestamp, by: String) -> Self {
        let since = (act == Act::Book).then_some(due);
        Self { act, phase: Phase::Due { at: due }, target: None, by, since, rounds: 0 }
    }
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
    /// What the provider called it before; every move gives it a new name and ends the old one for good.
    #[serde(skip)]
    pub(super) former: Vec<ProviderRef>,
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
        Self {
            requested_at: at,
            slot: request.slot,
            standing: Standing::Requested,
            staff: None,
            provider: Private::Erased,
            former: Vec::new(),
            attempts: 0,
            errand: Some(Errand::new(Act::Book, at, request.source.clone())),
            doubts: Vec::new(),
            cancel_wanted_by: None,
            settled: false,
            failure: None,
            request,
        }
    }

    /// It came here from another page, which closes its file. Where it had stood here before, its attempts count on and
    /// its old names stay old.
    pub(super) fn arrived(event: BookingArrived, before: Option<Self>) -> Self {
        let request = BookingRequested::from(event);
        let at = request.requested_at;
        let arrived = Self { errand: None, settled: true, ..Self::requested(request, at) };
        let Some(before) = before else { return arrived };
        Self { attempts: before.attempts, former: before.names(), ..arrived }
    }

    /// As it stood in the system before; its file is closed.
    pub(super) fn imported(event: BookingImported) -> Self {
        let (standing, staff) = (event.standing, event.staff.clone());
        let provider = match event.private.known().and_then(|taken| taken.provider.clone()) {
            Some(provider) => Private::Known(provider),
            None => Private::Erased,
        };
        let request = BookingRequested::from(event);
        let at = request.requested_at;
        Self { standing, staff, provider, errand: None, settled: true, ..Self::requested(request, at) }
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

    /// How often the provider was asked in vain for what is under way; waits grow with it.
    pub fn rounds(&self) -> u32 {
        self.errand.as_ref().map_or(0, |errand| errand.rounds)
    }

    /// As many rounds as it has been if that attempt's outcome is unknown: attempts in doubt, and look-ups of the last one
    /// that told nothing. That the provider could not be reached before has no part in it, or what was sent after an
    /// outage would be looked up as late as if it had caused it.
    pub fn rounds_if_unknown(&self, attempt: u32) -> u32 {
        match &self.errand {
            Some(Errand { phase: Phase::Unknown { .. }, rounds, .. }) => rounds.saturating_add(1),
            Some(Errand { act, .. }) => {
                let earlier = self.doubts.iter().filter(|doubt| doubt.act == *act && doubt.attempt != attempt);
                u32::try_from(earlier.count()).unwrap_or(u32::MAX).saturating_add(1)
            }
            None => 1,
        }
    }

    /// The act that is under way or due.
    pub fn act(&self) -> Option<Act> {
        self.errand.as_ref().map(|errand| errand.act)
    }

    /// Where it is to stand, while it moves.
    pub fn target(&self) -> Option<&Target> {
        self.errand.as_ref().and_then(|errand| errand.target.as_ref())
    }

    /// That attempt is the one under way, or the one whose outcome nobody knows.
    pub fn is_attempting(&self, number: u32) -> bool {
        self.errand.as_ref().is_some_and(|errand| match errand.phase {
            Phase::Attempting { attempt, .. } | Phase::Unknown { attempt, .. } => attempt == number,
            Phase::Due { .. } => false,
        })
    }

    /// The provider calls it so; of an erased one every name may be its own.
    pub(super) fn is_named(&self, provider: &ProviderRef) -> bool {
        self.provider.known().map_or(self.standing != Standing::Requested, |known| known == provider)
    }

    /// The provider calls it so, or did.
    pub fn has_been_named(&self, provider: &ProviderRef) -> bool {
        self.is_named(provider) || self.former.contains(provider)
    }

    /// The provider's word tells nothing new: it stands so, or did under a name that it has no more.
    pub(super) fn has_heard(&self, word: &Confirmation) -> bool {
        self.former.contains(&word.provider) || (self.is_named(&word.provider) && self.stands_as(word))
    }

    fn stands_as(&self, word: &Confirmation) -> bool {
        let same_time = (self.slot.start, self.slot.end) == (word.start, word.end);
        same_time && (word.pending || self.staff == word.staff)
    }

    /// All that the provider has ever called it.
    fn names(self) -> Vec<ProviderRef> {
        let mut names = self.former;
        if let Private::Known(name) = self.provider {
            names.push(name);
        }
        names
    }

    /// Attempts at booking it that may still take effect.
    pub fn bookings_in_doubt(&self) -> impl Iterator<Item = &Doubt> {
        self.doubts.iter().filter(|doubt| doubt.act == Act::Book)
    }
}
