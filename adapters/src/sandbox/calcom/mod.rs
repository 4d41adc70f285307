//! The stand-in for Cal.com's API, version 2 and the older version 1, and the handle through which the demo and the tests set it up and read its
//! books.
//!
//! Availability is checked first and the booking inserted later, without a lock between, as at Cal.com: only the
//! unique key on identical intervals of one host protects. [`Calcom::widen_race`] makes that gap as wide as a test
//! needs it.

mod access;
mod amend;
mod announce;
mod availability;
mod booking;
mod booking_input;
mod books;
mod create;
mod delivery;
mod directory;
mod event_type;
mod event_type_shape;
mod event_types;
mod fields;
mod instants;
mod judge;
mod legacy;
mod list_bookings;
mod list_query;
mod outbox;
mod payload;
mod people;
mod problem;
mod reschedule;
mod reservations;
mod routes;
mod schedule;
mod schedules;
mod setup;
mod shapes;
mod slots;
mod state;
mod trigger;
mod v1;
mod versions;
mod webhooks;

use std::{sync::Arc, time::Duration};

pub(super) use self::delivery::deliver;
use self::state::Front;
pub use self::{
    booking::{Attendee, Booking, Status},
    directory::{Account, Role, Team, User},
    event_type::{BookingLimit, BookingWindow, Cancelling, Confirmation, EventType, Field, Hosting, Per, Scheduling},
    judge::Guest,
    outbox::{Delivery, DeliveryFault, DeliveryRates},
    schedule::{Override, Schedule, WeeklyHours},
    setup::{NewEventType, NewSchedule, NewUser},
    state::{Quirks, UniqueViolation},
    trigger::Trigger,
    webhooks::Webhook,
};
use super::{Clock, Faults, Operation, RateLimit};

/// A cheap handle: clones share one stand-in.
#[derive(Clone)]
pub struct Calcom(Arc<Front>);

impl Calcom {
    pub(super) fn new(clock: Clock, seed: u64) -> Self {
        Self(Arc::new(Front::new(clock, seed)))
    }

    pub(super) fn provider(&self) -> Arc<Front> {
        self.0.clone()
    }

    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// How many requests arrived, whatever became of them.
    pub fn requests(&self) -> std::collections::BTreeMap<Operation, u64> {
        self.0.tally.requests()
    }

    /// How often a client was turned away with 429, by the limit or by a fault.
    pub fn too_many_sent(&self) -> u64 {
        self.0.tally.too_many()
    }

    /// 120 requests in 60 s, then blocked for 60 s, unless set otherwise.
    pub fn set_rate_limit(&self, limit: RateLimit) {
        self.0.settings().limit = limit;
    }

    /// Real time between the check of availability and the insert, for bookings, moves and reservations.
    pub fn widen_race(&self, gap: Duration) {
        self.0.settings().race_gap = gap;
    }

    pub fn set_quirks(&self, quirks: Quirks) {
        self.0.settings().quirks = quirks;
    }
}
