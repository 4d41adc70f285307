//! An event type with its rules, as its owner sets them on Cal.com's pages.

use jiff::civil::Date;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosting {
    Personal { owner: u64 },
    Team { team: u64, scheduling: Scheduling, hosts: Vec<u64> },
}

/// At most so many live bookings in a span of the organizer's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookingLimit {
    pub per: Per,
    pub bookings: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    Day,
    Month,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    /// One of the hosts serves.
    RoundRobin,
    /// All hosts serve together.
    Collective,
    /// A mould for its members' own event types, which takes no booking itself.
    Managed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    NotNeeded,
    /// Every booking begins as pending. Only if `blocks`, a pending one keeps others away from its time.
    Always {
        blocks: bool,
    },
}

/// How far ahead can be booked; days end at midnight of the organizer's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingWindow {
    Unlimited,
    CalendarDays(u32),
    BusinessDays(u32),
    Range(Date, Date),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelling {
    Allowed,
    OnlyWithReason,
    Disabled,
}

/// A question that the booker answers in `bookingFieldsResponses`.
#[derive(Clone, Debug)]
pub struct Field {
    pub slug: String,
    pub label: String,
    pub required: bool,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on Cal.com's settings page")]
pub struct EventType {
    pub id: u64,
    pub title: String,
    pub slug: String,
    pub description: String,
    pub hosting: Hosting,
    pub length_minutes: u32,
    /// Other lengths that a booker may choose; empty when there is only one.
    pub length_options: Vec<u32>,
    pub slot_interval_minutes: Option<u32>,
    pub minimum_notice_minutes: u32,
    pub before_buffer_minutes: u32,
    pub after_buffer_minutes: u32,
    pub window: BookingWindow,
    pub limits: Vec<BookingLimit>,
    pub confirmation: Confirmation,
    pub email_required: bool,
    pub phone_required: bool,
    pub fields: Vec<Field>,
    pub cancelling: Cancelling,
    /// Without one, each host's default schedule holds.
    pub schedule: Option<u64>,
    /// Whether `rrHostSubsetIds` chooses among the hosts.
    pub host_subset_enabled: bool,
    pub hidden: bool,
}

impl EventType {
    pub fn hosts(&self) -> &[u64] {
        match &self.hosting {
            Hosting::Personal { owner } => std::slice::from_ref(owner),
            Hosting::Team { hosts, .. } => hosts,
        }
    }

    pub(super) fn team(&self) -> Option<u64> {
        match self.hosting {
            Hosting::Personal { .. } => None,
            Hosting::Team { team, .. } => Some(team),
        }
    }

    pub(super) fn scheduling(&self) -> Option<Scheduling> {
        match self.hosting {
            Hosting::Personal { .. } => None,
            Hosting::Team { scheduling, .. } => Some(scheduling),
        }
    }

    pub(super) fn needs_confirmation(&self) -> bool {
        self.confirmation != Confirmation::NotNeeded
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    User(u64),
    Team(u64),
}

impl EventType {
    pub(super) fn owner(&self) -> Owner {
        match self.hosting {
            Hosting::Personal { owner } => Owner::User(owner),
            Hosting::Team { team, .. } => Owner::Team(team),
        }
    }
}
