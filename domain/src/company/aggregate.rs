//! The tenant's set-up: told once, changed by what the calendar and its owner say, never guessed.

use super::changed::{HoursPushed, NumberBound, OutboundBound, PromptDrafted, PromptPublished};
use super::event::{
    AgentAssigned, BranchActivated, BranchDeactivated, BranchDefaultChanged, BranchHolidaysSet, BranchOpened,
    BreakerClosed, BreakerOpened, CalendarApi, CalendarConnected, CompanyEvent, CompanyRegistered, CompanySecretSet,
    DeskRulesSet, EventTypeSynced, SetUpImported, StaffSynced, Window, WorkingHoursSynced,
};
use super::holidays::Holidays;
use super::sync::{SyncRun, Undo};
use super::synced::{AgentSynced, EventTypeRulesSynced, PhoneNumberSynced};
use crate::desk::{DeskRules, RuleUnusable};
use crate::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use crate::webhook::Provider;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use uuid::Uuid;

/// A company as its events have left it; the default is one that was never registered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Company {
    pub profile: Option<CompanyRegistered>,
    pub calendar: Option<CalendarConnected>,
    pub branches: BTreeMap<BranchId, Branch>,
    pub event_types: BTreeMap<EventTypeId, EventTypeSynced>,
    pub staff: BTreeMap<StaffId, Member>,
    pub agents: BTreeMap<String, BranchId>,
    /// What the calendar says of a service beyond what the diary judges by.
    pub rules: BTreeMap<EventTypeId, EventTypeRulesSynced>,
    /// Agents and numbers as the voice provider has them.
    pub agents_there: BTreeMap<String, AgentSynced>,
    pub numbers_there: BTreeMap<String, PhoneNumberSynced>,
    /// What the calendar has no more.
    pub gone_event_types: BTreeSet<EventTypeId>,
    pub gone_staff: BTreeSet<StaffId>,
    /// Providers that are left alone, since they failed again and again.
    pub breakers_open: BTreeSet<Provider>,
    /// What the desk does for callers.
    pub desk: DeskRules,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    pub name: String,
    pub active: bool,
    pub default_event_type: Option<EventTypeId>,
    pub holidays: Holidays,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub details: StaffSynced,
    /// Absent until hours were told.
    pub hours: Option<WorkingHoursSynced>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Register(CompanyRegistered),
    ConnectCalendar {
        base_url: Option<String>,
        api: CalendarApi,
    },
    NoteSecret {
        secret: String,
    },
    OpenBranch(BranchOpened),
    ActivateBranch {
        branch: BranchId,
    },
    DeactivateBranch {
        branch: BranchId,
    },
    SetDefault {
        branch: BranchId,
        event_type: EventTypeId,
    },
    AssignAgent {
        agent: String,
        branch: BranchId,
    },
    SyncEventType(EventTypeSynced),
    SyncStaff(StaffSynced),
    SyncHours(WorkingHoursSynced),
    /// Takes in what the providers said, as a whole.
    ApplySync(SyncRun),
    UndoSync(Undo),
    /// What somebody here changed at a provider, which has taken it.
    NoteDraft(PromptDrafted),
    NotePublished(PromptPublished),
    NoteBound(NumberBound),
    NoteOutboundBound(OutboundBound),
    NoteHoursPushed {
        hours: WorkingHoursSynced,
        pushed: HoursPushed,
    },
    /// Every node has breakers of its own: the first that says so is believed, and the others add nothing.
    NoteBreakerOpened(BreakerOpened),
    NoteBreakerClosed(BreakerClosed),
    SetDeskRules(DeskRules),
    SetHolidays {
        branch: BranchId,
        holidays: Holidays,
    },
    /// It was taken over from another system, where it had this id.
    NoteImported {
        source: String,
        run: Uuid,
    },
}

/// Why the set-up was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("no company has this id; add it first")]
    NotRegistered,
    #[error("the company exists already, under account '{account}' and in zone {zone}; these two cannot be changed")]
    RegisteredOtherwise { account: AccountId, zone: String },
    #[error("a name is missing")]
    NameMissing,
    #[error("'{name}' means event type {event_type} already; give each service names of its own")]
    NameTaken { name: String, event_type: EventTypeId },
    #[error("'{zone}' is no IANA time zone; use a name such as Europe/Berlin")]
    ZoneUnknown { zone: String },
    #[error("'{domain}' cannot be the domain of placeholder addresses; use one such as example.com")]
    DomainUnusable { domain: String },
    #[error("the company has no branch '{branch}'; add it first")]
    BranchUnknown { branch: BranchId },
    #[error("the company has a branch '{branch}' already")]
    BranchExists { branch: BranchId },
    #[error("the company has no event type {event_type}; add it first")]
    EventTypeUnknown { event_type: EventTypeId },
    #[error("the company has no staff '{staff}'; add them first")]
    StaffUnknown { staff: StaffId },
    #[error("an appointment of {minutes} minutes cannot be; use 1 to 1440")]
    LengthUnusable { minutes: u32 },
    #[error("hours end before they begin")]
    HoursUnusable,
    #[error("{weekday} is no weekday; 1 is Monday and 7 is Sunday")]
    WeekdayUnknown { weekday: i8 },
    #[error("a branch cannot be open and closed on {date} at once; name the day once")]
    OpenAndClosed { date: Date },
    #[error("{days} days are more than a branch names; at most {most}")]
    TooManyDays { days: usize, most: usize },
    #[error(transparent)]
    RuleUnusable(#[from] RuleUnusable),
}

type Decision = Result<Vec<CompanyEvent>, Rejection>;

impl Company {
    pub fn decide(&self, command: Command) -> Decision {
        if let Command::Register(profile) = command {
            return self.register(profile);
        }
        let Some(profile) = &self.profile else { return Err(Rejection::NotRegistered) };
        match command {
            Command::Register(_) => Ok(vec![]),
            Command::ConnectCalendar { base_url, api } => Ok(self.connect(&profile.company, base_url, api)),
            Command::NoteSecret { secret } => {
                Ok(vec![CompanySecretSet { company: profile.company.clone(), secret }.into()])
            }
            Command::OpenBranch(branch) => self.open(branch),
            Command::ActivateBranch { branch } if self.branch(&branch)?.active => Ok(vec![]),
            Command::ActivateBranch { branch } => Ok(vec![BranchActivated { branch }.into()]),
            Command::DeactivateBranch { branch } if !self.branch(&branch)?.active => Ok(vec![]),
            Command::DeactivateBranch { branch } => Ok(vec![BranchDeactivated { branch }.into()]),
            Command::SetDefault { branch, event_type } => self.set_default(branch, event_type),
            Command::AssignAgent { agent, branch } => self.assign_agent(agent, branch),
            Command::SyncEventType(event_type) => self.sync_event_type(event_type),
            Command::SyncStaff(staff) => self.sync_staff(staff),
            Command::SyncHours(hours) => self.sync_hours(hours),
            Command::ApplySync(run) => Ok(self.apply_sync(run)),
            Command::UndoSync(undo) => Ok(self.undo_sync(undo)),
            Command::NoteDraft(drafted) => Ok(vec![drafted.into()]),
            Command::NotePublished(published) => Ok(vec![published.into()]),
            Command::NoteBound(bound) => Ok(vec![bound.into()]),
            Command::NoteOutboundBound(bound) => Ok(vec![bound.into()]),
            Command::NoteHoursPushed { hours, pushed } => {
                let mut events = self.sync_hours(hours)?;
                events.push(pushed.into());
                Ok(events)
            }
            Command::NoteBreakerOpened(it) if self.breakers_open.contains(&it.provider) => Ok(vec![]),
            Command::NoteBreakerOpened(opened) => Ok(vec![opened.into()]),
            Command::NoteBreakerClosed(it) if !self.breakers_open.contains(&it.provider) => Ok(vec![]),
            Command::NoteBreakerClosed(closed) => Ok(vec![closed.into()]),
            Command::SetDeskRules(rules) => self.set_desk_rules(rules),
            Command::SetHolidays { branch, holidays } => self.set_holidays(branch, holidays),
            Command::NoteImported { source, run } => {
                let company = self.profile.as_ref().ok_or(Rejection::NotRegistered)?.company.clone();
                Ok(vec![SetUpImported { company, source, run }.into()])
            }
        }
    }

    fn register(&self, profile: CompanyRegistered) -> Decision {
        if TimeZone::get(&profile.zone).is_err() {
            return Err(Rejection::ZoneUnknown { zone: profile.zone });
        }
        let domain = &profile.placeholder_domain;
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if domain.is_empty() || !domain.contains('.') || !domain.chars().all(fits) {
            return Err(Rejection::DomainUnusable { domain: domain.clone() });
        }
        if profile.name.trim().is_empty() {
            return Err(Rejection::NameMissing);
        }
        match &self.profile {
            Some(known) if *known == profile => Ok(vec![]),
            Some(known) if (&known.account, &known.zone) != (&profile.account, &profile.zone) => {
                Err(Rejection::RegisteredOtherwise { account: known.account.clone(), zone: known.zone.clone() })
            }
            _ => Ok(vec![profile.into()]),
        }
    }

    fn connect(&self, company: &CompanyId, base_url: Option<String>, api: CalendarApi) -> Vec<CompanyEvent> {
        let connected = CalendarConnected { company: company.clone(), base_url, api };
        if self.calendar.as_ref() == Some(&connected) { vec![] } else { vec![connected.into()] }
    }

    fn open(&self, opened: BranchOpened) -> Decision {
        if let Some(event_type) = opened.default_event_type {
            self.event_type(event_type)?;
        }
        match self.branches.get(&opened.branch) {
            None => Ok(vec![opened.into()]),
            Some(known) if known.name != opened.name => Err(Rejection::BranchExists { branch: opened.branch }),
            Some(_) => match opened.default_event_type {
                Some(event_type) => self.set_default(opened.branch, event_type),
                None => Ok(vec![]),
            },
        }
    }

    fn set_default(&self, branch: BranchId, event_type: EventTypeId) -> Decision {
        let known = self.branch(&branch)?;
        self.event_type(event_type)?;
        if known.default_event_type == Some(event_type) {
            return Ok(vec![]);
        }
        Ok(vec![BranchDefaultChanged { branch, event_type }.into()])
    }

    fn assign_agent(&self, agent: String, branch: BranchId) -> Decision {
        self.branch(&branch)?;
        if self.agents.get(&agent) == Some(&branch) {
            return Ok(vec![]);
        }
        Ok(vec![AgentAssigned { agent, branch }.into()])
    }

    fn sync_event_type(&self, event_type: EventTypeSynced) -> Decision {
        if let Some((name, other)) = self.name_taken(&event_type) {
            return Err(Rejection::NameTaken { name, event_type: other });
        }
        self.take_event_type(event_type)
    }

    /// The calendar may call two services alike; whoever says that name is then asked which is meant.
    pub(super) fn take_event_type(&self, event_type: EventTypeSynced) -> Decision {
        if !(1..=1440).contains(&event_type.minutes) {
            return Err(Rejection::LengthUnusable { minutes: event_type.minutes });
        }
        event_type.branches.iter().try_for_each(|branch| self.branch(branch).map(|_| ()))?;
        event_type.staff.iter().try_for_each(|staff| self.member(staff).map(|_| ()))?;
        let there = !self.gone_event_types.contains(&event_type.event_type);
        if there && self.event_types.get(&event_type.event_type) == Some(&event_type) {
            return Ok(vec![]);
        }
        Ok(vec![event_type.into()])
    }

    /// A name that another service of the same branch goes by: whoever says it could mean either.
    fn name_taken(&self, wanted: &EventTypeSynced) -> Option<(String, EventTypeId)> {
        let meet = |other: &EventTypeSynced| {
            let everywhere = wanted.branches.is_empty() || other.branches.is_empty();
            everywhere || wanted.branches.iter().any(|branch| other.branches.contains(branch))
        };
        let there = |it: &&EventTypeSynced| !self.gone_event_types.contains(&it.event_type);
        let others = || {
            let known = self.event_types.values().filter(there);
            known.filter(|it| it.event_type != wanted.event_type && meet(it))
        };
        let goes_by = |service: &EventTypeSynced, name: &str| {
            let mut names = std::iter::once(&service.title).chain(&service.aliases);
            names.any(|known| known.to_lowercase() == name.to_lowercase())
        };
        std::iter::once(&wanted.title).chain(&wanted.aliases).find_map(|name| {
            let other = others().find(|other| goes_by(other, name))?;
            Some((name.clone(), other.event_type))
        })
    }

    pub(super) fn sync_staff(&self, staff: StaffSynced) -> Decision {
        staff.branches.iter().try_for_each(|branch| self.branch(branch).map(|_| ()))?;
        let there = !self.gone_staff.contains(&staff.staff);
        if there && self.staff.get(&staff.staff).is_some_and(|known| known.details == staff) {
            return Ok(vec![]);
        }
        Ok(vec![staff.into()])
    }

    pub(super) fn sync_hours(&self, hours: WorkingHoursSynced) -> Decision {
        if let Some(zone) = hours.zone.as_ref().filter(|zone| TimeZone::get(zone).is_err()) {
            return Err(Rejection::ZoneUnknown { zone: zone.clone() });
        }
        if let Some(odd) = hours.weekly.iter().find(|weekly| !(1..=7).contains(&weekly.weekday)) {
            return Err(Rejection::WeekdayUnknown { weekday: odd.weekday });
        }
        let weekly = hours.weekly.iter().map(|weekly| weekly.window);
        let special = hours.overrides.iter().flat_map(|day| day.windows.iter().copied());
        let sound = |window: Window| window.from < window.to || window.to == Time::midnight();
        if !weekly.chain(special).all(sound) {
            return Err(Rejection::HoursUnusable);
        }
        if self.member(&hours.staff)?.hours.as_ref() == Some(&hours) {
            return Ok(vec![]);
        }
        Ok(vec![hours.into()])
    }

    fn set_desk_rules(&self, rules: DeskRules) -> Decision {
        rules.check()?;
        if self.desk == rules { Ok(vec![]) } else { Ok(vec![DeskRulesSet { rules }.into()]) }
    }

    fn set_holidays(&self, branch: BranchId, holidays: Holidays) -> Decision {
        let holidays = holidays.checked()?;
        let same = self.branch(&branch)?.holidays == holidays;
        if same { Ok(vec![]) } else { Ok(vec![BranchHolidaysSet { branch, holidays }.into()]) }
    }

    pub(super) fn branch(&self, branch: &BranchId) -> Result<&Branch, Rejection> {
        self.branches.get(branch).ok_or_else(|| Rejection::BranchUnknown { branch: branch.clone() })
    }

    pub(super) fn event_type(&self, event_type: EventTypeId) -> Result<&EventTypeSynced, Rejection> {
        self.event_types.get(&event_type).ok_or(Rejection::EventTypeUnknown { event_type })
    }

    pub(super) fn member(&self, staff: &StaffId) -> Result<&Member, Rejection> {
        self.staff.get(staff).ok_or_else(|| Rejection::StaffUnknown { staff: staff.clone() })
    }
}
