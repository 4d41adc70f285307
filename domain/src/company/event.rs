//! What can happen to a company's set-up.

use super::changed::{
    HoursPushed, NumberBound, OutboundBound, PromptDrafted, PromptPublished, SyncFinished, SyncUndone,
};
use super::holidays::Holidays;
use super::synced::{
    AgentGone, AgentSynced, EventTypeGone, EventTypeRulesSynced, PhoneNumberGone, PhoneNumberSynced, StaffGone,
};
use super::upcast::{calendar_connected_v1, working_hours_v1};
use crate::desk::DeskRules;
use crate::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use crate::webhook::Provider;
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::events! {
    /// The events of `company-<id>`.
    pub enum CompanyEvent {
        CompanyRegistered v 1,
        CalendarConnected v 2 from { 1 => calendar_connected_v1 },
        CompanySecretSet v 1,
        BranchOpened v 1,
        BranchActivated v 1,
        BranchDeactivated v 1,
        BranchDefaultChanged v 1,
        AgentAssigned v 1,
        EventTypeSynced v 1,
        StaffSynced v 1,
        WorkingHoursSynced v 2 from { 1 => working_hours_v1 },
        EventTypeRulesSynced v 1,
        EventTypeGone v 1,
        StaffGone v 1,
        AgentSynced v 1,
        AgentGone v 1,
        PhoneNumberSynced v 1,
        PhoneNumberGone v 1,
        SyncFinished v 1,
        SyncUndone v 1,
        PromptDrafted v 1,
        PromptPublished v 1,
        NumberBound v 1,
        OutboundBound v 1,
        HoursPushed v 1,
        BreakerOpened v 1,
        BreakerClosed v 1,
        DeskRulesSet v 1,
        BranchHolidaysSet v 1,
        SetUpImported v 1,
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompanyRegistered {
    pub company: CompanyId,
    pub account: AccountId,
    pub name: String,
    /// IANA name; fixed for ever, since the diary's pages are local days.
    pub zone: String,
    /// `de`, `en`: the language of confirmations.
    pub language: String,
    /// Where placeholder addresses of callers without e-mail live; it should accept mail.
    pub placeholder_domain: String,
}

/// Where and how the calendar is reached; the key lies sealed outside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CalendarConnected {
    pub company: CompanyId,
    /// Another address than the provider's own.
    pub base_url: Option<String>,
    pub api: CalendarApi,
}

/// The generation of the calendar's interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CalendarApi {
    /// Only installations of one's own still serve it.
    V1,
    #[default]
    V2,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompanySecretSet {
    pub company: CompanyId,
    /// `calcom_api_key`, `calcom_webhook_secret`.
    pub secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BranchOpened {
    pub branch: BranchId,
    pub name: String,
    /// Booked when the caller names no service.
    pub default_event_type: Option<EventTypeId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BranchActivated {
    pub branch: BranchId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BranchDeactivated {
    pub branch: BranchId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BranchDefaultChanged {
    pub branch: BranchId,
    pub event_type: EventTypeId,
}

/// A voice agent answers for a branch; how calls without a number find their way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgentAssigned {
    pub agent: String,
    pub branch: BranchId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EventTypeSynced {
    pub event_type: EventTypeId,
    pub title: String,
    /// What callers also call it.
    pub aliases: Vec<String>,
    pub minutes: u32,
    pub buffer_before: u32,
    pub buffer_after: u32,
    pub notice_minutes: u32,
    /// How many days ahead it can be booked; absent: without end.
    pub horizon_days: Option<u32>,
    /// The team that owns it at the calendar.
    pub team: Option<i64>,
    /// Where it is offered; empty: at every branch.
    pub branches: Vec<BranchId>,
    /// Who serves it.
    pub staff: Vec<StaffId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StaffSynced {
    pub staff: StaffId,
    pub name: String,
    /// The host's user number at the calendar.
    pub host: Option<i64>,
    /// Where they work; empty: at every branch.
    pub branches: Vec<BranchId>,
}

/// The whole of a person's hours as they read from now on, in local time of their zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WorkingHoursSynced {
    pub staff: StaffId,
    pub weekly: Vec<WeeklyHours>,
    /// An override replaces its day; without windows the day is off.
    pub overrides: Vec<DayOverride>,
    /// The calendar's schedule that they were read from; absent: they were told here.
    pub schedule: Option<i64>,
    /// IANA name, where it is another than the company's.
    pub zone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WeeklyHours {
    /// 1 = Monday … 7 = Sunday, as ISO 8601 counts.
    pub weekday: i8,
    pub window: Window,
}

impl WeeklyHours {
    pub fn is_on(&self, weekday: Weekday) -> bool {
        self.weekday == weekday.to_monday_one_offset()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DayOverride {
    pub date: Date,
    pub windows: Vec<Window>,
}

/// A provider failed this company again and again; it is left alone for a while, and then tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BreakerOpened {
    pub provider: Provider,
    /// Nothing is sent before, by the node that says so.
    pub until: Timestamp,
}

/// The provider answers this company again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BreakerClosed {
    pub provider: Provider,
}

/// A span of a local day; `to` at 00:00 means the day's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    pub from: Time,
    pub to: Time,
}

/// What the desk does for callers from now on; all of its rules as they read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DeskRulesSet {
    pub rules: DeskRules,
}

/// Which holidays the branch keeps from now on; all of it as it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BranchHolidaysSet {
    pub branch: BranchId,
    pub holidays: Holidays,
}

/// The company was taken over from the system that was used before; what follows of that run came from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SetUpImported {
    pub company: CompanyId,
    /// Its id there.
    pub source: String,
    /// The run that all of it shares as its correlation.
    pub run: Uuid,
}
