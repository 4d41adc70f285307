//! How a company is set up at its calendar: services with their rules, people, hours, webhooks. Reading it all is how the
//! set-up here is kept in step; the few writes are what somebody here asked for.

use super::calendar::{CalendarFailure, ProviderBooking};
use crate::company::{BookingField, BookingLimit, BookingWindow, Window};
use crate::diary::ProviderRef;
use crate::ids::{CompanyId, EventTypeId};
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

/// A service as the calendar has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTypeThere {
    pub event_type: EventTypeId,
    /// Absent for one that a person owns.
    pub team: Option<i64>,
    pub slug: String,
    pub title: String,
    pub minutes: u32,
    /// Lengths that a caller may choose from; empty where there is one.
    pub lengths: Vec<u32>,
    /// Minutes from one offered start to the next; absent: the length.
    pub slot_interval: Option<u32>,
    pub notice_minutes: u32,
    pub buffer_before: u32,
    pub buffer_after: u32,
    pub window: Option<BookingWindow>,
    pub limits: Vec<BookingLimit>,
    pub requires_confirmation: bool,
    pub hidden: bool,
    /// False for what only exists to make others of it (managed parents).
    pub bookable: bool,
    /// User numbers of those who serve it.
    pub hosts: Vec<i64>,
    pub fields: Vec<BookingField>,
    /// The schedule of its own, where it does not follow its hosts'.
    pub schedule: Option<i64>,
}

/// A person who can serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberThere {
    /// The user number.
    pub host: i64,
    pub name: String,
    pub username: Option<String>,
    /// Teams that they belong to.
    pub teams: Vec<i64>,
}

/// Hours as wall time of the schedule's own zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleThere {
    pub schedule: i64,
    pub owner: i64,
    pub name: String,
    pub zone: String,
    /// The one that its owner's services follow.
    pub is_default: bool,
    pub hours: Hours,
}

/// A week and the days that differ from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// ISO weekday, 1 = Monday … 7 = Sunday, with a window; several a day are several rows.
    pub weekly: Vec<(i8, Window)>,
    /// An override replaces its day; without windows the day is off.
    pub overrides: Vec<(Date, Vec<Window>)>,
}

/// A subscription for what happens at the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookThere {
    pub id: String,
    /// The team's service that it is for; absent: for all of the owner's own.
    pub event_type: Option<EventTypeId>,
    pub url: String,
    pub active: bool,
    /// `BOOKING_CREATED`, …
    pub triggers: Vec<String>,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// The user number.
    pub user: i64,
    pub username: Option<String>,
    pub zone: String,
    pub default_schedule: Option<i64>,
}

/// A page of changes: what was booked, moved or cancelled since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedBooking {
    pub booking: ProviderBooking,
    /// Absent where the service has been deleted there.
    pub event_type: Option<EventTypeId>,
    pub updated_at: Timestamp,
    /// The booking that took its place.
    pub moved_to: Option<String>,
    pub moved_from: Option<String>,
}

/// What the calendar's version has no way to do is refused with the reason `not_in_v1`; what the key's owner may not do,
/// with `role_missing` or `not_owner`.
#[async_trait]
pub trait CalendarSetUp: Send + Sync {
    /// Whose key it is; the cheapest way to see that it is valid.
    async fn key_owner(&self, company: &CompanyId) -> Result<KeyOwner, CalendarFailure>;
    /// Personal and team services, hidden ones included.
    async fn event_types(&self, company: &CompanyId) -> Result<Vec<EventTypeThere>, CalendarFailure>;
    async fn members(&self, company: &CompanyId) -> Result<Vec<MemberThere>, CalendarFailure>;
    async fn schedules(&self, company: &CompanyId) -> Result<Vec<ScheduleThere>, CalendarFailure>;
    async fn schedule(&self, company: &CompanyId, schedule: i64) -> Result<ScheduleThere, CalendarFailure>;
    /// Replaces a schedule's hours as a whole and gives back what the calendar made of it.
    async fn put_hours(
        &self,
        company: &CompanyId,
        schedule: i64,
        hours: &Hours,
    ) -> Result<ScheduleThere, CalendarFailure>;
    async fn webhooks(&self, company: &CompanyId) -> Result<Vec<WebhookThere>, CalendarFailure>;
    /// Subscribes `url` to `triggers`, signed with `secret`: once for the owner's own services, and once for each of a
    /// team's, since the first says nothing of those. One that exists for the same address is brought up to date.
    async fn register_webhook(
        &self,
        company: &CompanyId,
        url: &str,
        triggers: &[&str],
        secret: &str,
    ) -> Result<Vec<WebhookThere>, CalendarFailure>;
    /// Every booking that changed in `from..to`, of all services, dead ones included.
    async fn changed(
        &self,
        company: &CompanyId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<ChangedBooking>, CalendarFailure>;
    /// Says yes to a booking that waits for its host; one that stands already is given back as it is.
    async fn confirm(&self, company: &CompanyId, name: &ProviderRef) -> Result<ProviderBooking, CalendarFailure>;
}
