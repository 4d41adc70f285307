//! The tenant's set-up, and the questions that booking asks of it.

use super::event::*;
use super::hours::span_of;
use crate::diary::{Span, StaffDay, Terms};
use crate::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use cqrs_es::event_sink::EventSink;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// A company as its events have left it; the default is one that was never registered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Company {
    pub profile: Option<CompanyRegistered>,
    pub calendar: Option<CalendarConnected>,
    pub branches: BTreeMap<BranchId, Branch>,
    pub event_types: BTreeMap<EventTypeId, EventTypeSynced>,
    pub staff: BTreeMap<StaffId, Member>,
    pub agents: BTreeMap<String, BranchId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    pub name: String,
    pub active: bool,
    pub default_event_type: Option<EventTypeId>,
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
    ConnectCalendar { base_url: Option<String> },
    NoteSecret { secret: String },
    OpenBranch(BranchOpened),
    ActivateBranch { branch: BranchId },
    DeactivateBranch { branch: BranchId },
    SetDefault { branch: BranchId, event_type: EventTypeId },
    AssignAgent { agent: String, branch: BranchId },
    SyncEventType(EventTypeSynced),
    SyncStaff(StaffSynced),
    SyncHours(WorkingHoursSynced),
}

/// Why the set-up was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    #[error("no company has this id; add it first")]
    NotRegistered,
    #[error("the company exists already with other details; its zone and account stay as they are")]
    RegisteredOtherwise,
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
            Command::ConnectCalendar { base_url } => Ok(self.connect(&profile.company, base_url)),
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
        match &self.profile {
            None => Ok(vec![profile.into()]),
            Some(known) if *known == profile => Ok(vec![]),
            Some(_) => Err(Rejection::RegisteredOtherwise),
        }
    }

    fn connect(&self, company: &CompanyId, base_url: Option<String>) -> Vec<CompanyEvent> {
        let connected = CalendarConnected { company: company.clone(), base_url };
        if self.calendar.as_ref() == Some(&connected) { vec![] } else { vec![connected.into()] }
    }

    fn open(&self, opened: BranchOpened) -> Decision {
        if let Some(event_type) = opened.default_event_type {
            self.event_type(event_type)?;
        }
        match self.branches.get(&opened.branch) {
            None => Ok(vec![opened.into()]),
            Some(known) if known.name == opened.name => Ok(vec![]),
            Some(_) => Err(Rejection::BranchExists { branch: opened.branch }),
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
        if !(1..=1440).contains(&event_type.minutes) {
            return Err(Rejection::LengthUnusable { minutes: event_type.minutes });
        }
        event_type.branches.iter().try_for_each(|branch| self.branch(branch).map(|_| ()))?;
        event_type.staff.iter().try_for_each(|staff| self.member(staff).map(|_| ()))?;
        if self.event_types.get(&event_type.event_type) == Some(&event_type) {
            return Ok(vec![]);
        }
        Ok(vec![event_type.into()])
    }

    fn sync_staff(&self, staff: StaffSynced) -> Decision {
        staff.branches.iter().try_for_each(|branch| self.branch(branch).map(|_| ()))?;
        if self.staff.get(&staff.staff).is_some_and(|known| known.details == staff) {
            return Ok(vec![]);
        }
        Ok(vec![staff.into()])
    }

    fn sync_hours(&self, hours: WorkingHoursSynced) -> Decision {
        let windows = hours.weekly.iter().map(|weekly| weekly.window);
        let sound = |window: Window| window.from < window.to || window.to.hour() == 0 && window.to.minute() == 0;
        let mut all = windows.chain(hours.overrides.iter().flat_map(|day| day.windows.iter().copied()));
        if !all.all(sound) {
            return Err(Rejection::HoursUnusable);
        }
        if self.member(&hours.staff)?.hours.as_ref() == Some(&hours) {
            return Ok(vec![]);
        }
        Ok(vec![hours.into()])
    }

    fn branch(&self, branch: &BranchId) -> Result<&Branch, Rejection> {
        self.branches.get(branch).ok_or_else(|| Rejection::BranchUnknown { branch: branch.clone() })
    }

    fn event_type(&self, event_type: EventTypeId) -> Result<&EventTypeSynced, Rejection> {
        self.event_types.get(&event_type).ok_or(Rejection::EventTypeUnknown { event_type })
    }

    fn member(&self, staff: &StaffId) -> Result<&Member, Rejection> {
        self.staff.get(staff).ok_or_else(|| Rejection::StaffUnknown { staff: staff.clone() })
    }

    /// The company's zone; UTC only for a company that was never registered.
    pub fn zone(&self) -> TimeZone {
        let named = self.profile.as_ref().and_then(|profile| TimeZone::get(&profile.zone).ok());
        named.unwrap_or(TimeZone::UTC)
    }

    pub fn account(&self) -> Option<&AccountId> {
        self.profile.as_ref().map(|profile| &profile.account)
    }

    /// The service that a caller means: by title, alias or number, whatever its case. Only one that is offered at the
    /// branch counts, and a name that two services share means neither.
    pub fn service_named(&self, branch: &BranchId, said: &str) -> Option<&EventTypeSynced> {
        let said = said.trim().to_lowercase();
        let means = |service: &&EventTypeSynced| {
            let names = std::iter::once(&service.title).chain(&service.aliases);
            service.is_offered_at(branch)
                && (names.into_iter().any(|name| name.to_lowercase() == said) || service.event_type.to_string() == said)
        };
        let mut found = self.event_types.values().filter(means);
        found.next().filter(|_| found.next().is_none())
    }

    /// The one person that a caller asks for by name, whatever its case; a first name will do where it is unique.
    pub fn staff_named(&self, branch: &BranchId, said: &str) -> Option<&StaffId> {
        let said = said.trim().to_lowercase();
        let here = || self.staff.values().filter(|member| member.works_at(branch));
        let unique = |means: &dyn Fn(&str) -> bool| {
            let mut found = here().filter(|member| means(&member.details.name.to_lowercase()));
            found.next().filter(|_| found.next().is_none())
        };
        let whole = unique(&|name| name == said);
        let part = || unique(&|name| name.split_whitespace().any(|part| part == said));
        whole.or_else(part).map(|member| &member.details.staff)
    }

    /// Who stands behind a host of the calendar.
    pub fn staff_of_host(&self, host: i64) -> Option<&StaffId> {
        let member = self.staff.values().find(|member| member.details.host == Some(host));
        member.map(|member| &member.details.staff)
    }

    /// The facts by which the page of a local day judges a wish for a service at a branch.
    pub fn terms(&self, branch: &BranchId, event_type: EventTypeId, day: Date) -> Result<Terms, Rejection> {
        let zone = self.zone();
        let known = self.branch(branch)?;
        let service = self.event_type(event_type)?;
        let span = span_of(day, &zone);
        let serves = |member: &&Member| service.staff.contains(&member.details.staff) && member.works_at(branch);
        let day_of = |member: &Member| StaffDay { staff: member.details.staff.clone(), windows: member.on(day, &zone) };
        Ok(Terms {
            branch_name: known.name.clone(),
            branch_active: known.active,
            offered: service.is_offered_at(branch),
            notice_minutes: service.notice_minutes,
            horizon_days: service.horizon_days,
            day_starts: span.from,
            day_ends: span.to,
            staff: self.staff.values().filter(serves).map(day_of).collect(),
        })
    }
}

impl EventTypeSynced {
    pub fn is_offered_at(&self, branch: &BranchId) -> bool {
        self.branches.is_empty() || self.branches.contains(branch)
    }
}

impl Member {
    fn works_at(&self, branch: &BranchId) -> bool {
        self.details.branches.is_empty() || self.details.branches.contains(branch)
    }

    /// The hours of a local day as instants; an override replaces the week's.
    fn on(&self, day: Date, zone: &TimeZone) -> Option<Vec<Span>> {
        let hours = self.hours.as_ref()?;
        let special = hours.overrides.iter().find(|special| special.date == day);
        let weekly = || hours.weekly.iter().filter(|weekly| weekly.is_on(day.weekday())).map(|weekly| weekly.window);
        let windows: Vec<Window> = special.map_or_else(|| weekly().collect(), |special| special.windows.clone());
        Some(windows.iter().map(|window| window.on(day, zone)).collect())
    }
}

impl cqrs_es::Aggregate for Company {
    const TYPE: &'static str = "company";
    type Command = Command;
    type Event = CompanyEvent;
    type Error = Rejection;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Rejection> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CompanyEvent) {
        match event {
            CompanyEvent::CompanyRegistered(profile) => self.profile = Some(profile),
            CompanyEvent::CalendarConnected(calendar) => self.calendar = Some(calendar),
            CompanyEvent::CompanySecretSet(_) => {}
            CompanyEvent::BranchOpened(BranchOpened { branch, name, default_event_type }) => {
                self.branches.insert(branch, Branch { name, active: true, default_event_type });
            }
            CompanyEvent::BranchActivated(BranchActivated { branch }) => self.set_active(&branch, true),
            CompanyEvent::BranchDeactivated(BranchDeactivated { branch }) => self.set_active(&branch, false),
            CompanyEvent::BranchDefaultChanged(BranchDefaultChanged { branch, event_type }) => {
                if let Some(branch) = self.branches.get_mut(&branch) {
                    branch.default_event_type = Some(event_type);
                }
            }
            CompanyEvent::AgentAssigned(AgentAssigned { agent, branch }) => {
                self.agents.insert(agent, branch);
            }
            CompanyEvent::EventTypeSynced(event_type) => {
                self.event_types.insert(event_type.event_type, event_type);
            }
            CompanyEvent::StaffSynced(details) => {
                let hours = self.staff.get(&details.staff).and_then(|known| known.hours.clone());
                self.staff.insert(details.staff.clone(), Member { details, hours });
            }
            CompanyEvent::WorkingHoursSynced(hours) => {
                if let Some(member) = self.staff.get_mut(&hours.staff) {
                    member.hours = Some(hours);
                }
            }
        }
    }
}

impl Company {
    fn set_active(&mut self, branch: &BranchId, active: bool) {
        if let Some(branch) = self.branches.get_mut(branch) {
            branch.active = active;
        }
    }
}
