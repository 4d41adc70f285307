//! From what the providers say to what has to change here.

use super::{Change, Thing};
use crate::company::aggregate::Company;
use crate::company::changed::SyncKind;
use crate::company::event::{DayOverride, EventTypeSynced, StaffSynced, WeeklyHours, WorkingHoursSynced};
use crate::company::synced::{AgentSynced, BookingWindow, EventTypeRulesSynced, PhoneNumberSynced};
use crate::ids::StaffId;
use crate::ports::{AgentThere, Engine, EventTypeThere, MemberThere, NumberThere, ScheduleThere};
use std::collections::{BTreeMap, BTreeSet};

/// What a provider said; one that was not asked says nothing of what is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    pub calendar: Option<SeenCalendar>,
    pub agents: Option<SeenAgents>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenCalendar {
    pub event_types: Vec<EventTypeThere>,
    pub members: Vec<MemberThere>,
    pub schedules: Vec<ScheduleThere>,
}

/// Of an account that may serve others as well, only what concerns this company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenAgents {
    pub agents: Vec<AgentSynced>,
    pub numbers: Vec<NumberThere>,
}

/// What has to change, in an order in which it can.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    pub found: BTreeMap<SyncKind, u32>,
    pub changes: Vec<Change>,
    /// What cannot be taken in, and why.
    pub failures: Vec<(SyncKind, String)>,
}

impl Company {
    pub fn plan(&self, seen: &Seen) -> Plan {
        let mut plan = Plan::default();
        if let Some(calendar) = &seen.calendar {
            self.plan_calendar(calendar, &mut plan);
        }
        if let Some(agents) = &seen.agents {
            self.plan_agents(agents, &mut plan);
        }
        plan
    }

    fn plan_calendar(&self, seen: &SeenCalendar, plan: &mut Plan) {
        let staff: BTreeMap<i64, StaffId> = seen.members.iter().map(|it| (it.host, self.staff_for(it.host))).collect();
        plan.count(SyncKind::Staff, seen.members.len());
        plan.count(SyncKind::EventTypes, seen.event_types.len());
        for member in &seen.members {
            self.want(plan, Change::Staff(self.member_of(member)));
        }
        let hours = default_hours(&seen.schedules);
        plan.count(SyncKind::Schedules, hours.len());
        for (host, schedule) in hours {
            if let Some(staff) = staff.get(&host) {
                self.want(plan, Change::Hours(self.hours_there(staff, schedule)));
            }
        }
        for there in &seen.event_types {
            let strangers = there.hosts.iter().filter(|host| !staff.contains_key(host));
            for host in strangers {
                let sentence = format!("{}: user {host} serves it, but the calendar does not list them", there.title);
                plan.failures.push((SyncKind::EventTypes, sentence));
            }
            self.want(plan, Change::EventType(self.service_of(there, &staff)));
            self.want(plan, Change::Rules(rules_of(there)));
        }
        self.miss_calendar(seen, plan);
    }

    /// What the calendar has no more. Staff without a user number were never the calendar's.
    fn miss_calendar(&self, seen: &SeenCalendar, plan: &mut Plan) {
        let services: BTreeSet<_> = seen.event_types.iter().map(|it| it.event_type).collect();
        let hosts: BTreeSet<_> = seen.members.iter().map(|it| it.host).collect();
        let services = self.event_types.keys().filter(|id| !services.contains(id)).copied().map(Thing::EventType);
        let left = self.staff.values().map(|member| &member.details);
        let left = left.filter(|it| it.host.is_some_and(|host| !hosts.contains(&host)));
        for thing in services.chain(left.map(|it| Thing::Staff(it.staff.clone()))) {
            self.miss(plan, thing);
        }
    }

    fn plan_agents(&self, seen: &SeenAgents, plan: &mut Plan) {
        plan.count(SyncKind::Agents, seen.agents.len());
        plan.count(SyncKind::PhoneNumbers, seen.numbers.len());
        for agent in &seen.agents {
            self.want(plan, Change::Agent(agent.clone()));
        }
        for there in &seen.numbers {
            self.want(plan, Change::Number(number_of(there)));
        }
        let agents: BTreeSet<_> = seen.agents.iter().map(|it| &it.agent).collect();
        let numbers: BTreeSet<_> = seen.numbers.iter().map(|it| &it.number).collect();
        let agents = self.agents_there.keys().filter(|id| !agents.contains(id)).cloned().map(Thing::Agent);
        let numbers = self.numbers_there.keys().filter(|id| !numbers.contains(id)).cloned().map(Thing::Number);
        for thing in agents.chain(numbers) {
            self.miss(plan, thing);
        }
    }

    fn want(&self, plan: &mut Plan, change: Change) {
        if self.known(&change.thing()).as_ref() != Some(&change) {
            plan.changes.push(change);
        }
    }

    fn miss(&self, plan: &mut Plan, thing: Thing) {
        if self.known(&thing).is_some() {
            plan.changes.push(Change::Gone(thing));
        }
    }

    /// Whoever is known by that user number, else an id that is always the same for it.
    fn staff_for(&self, host: i64) -> StaffId {
        let known = self.staff.values().find(|member| member.details.host == Some(host));
        if let Some(member) = known {
            return member.details.staff.clone();
        }
        let company = self.profile.as_ref().map(|profile| profile.company.as_str()).unwrap_or_default();
        StaffId::of_host(company, host)
    }

    fn member_of(&self, there: &MemberThere) -> StaffSynced {
        let staff = self.staff_for(there.host);
        let branches = self.staff.get(&staff).map(|member| member.details.branches.clone()).unwrap_or_default();
        StaffSynced { staff, name: there.name.clone(), host: Some(there.host), branches }
    }

    /// A person's hours as a schedule of the calendar has them.
    pub fn hours_there(&self, staff: &StaffId, there: &ScheduleThere) -> WorkingHoursSynced {
        let own = self.profile.as_ref().is_some_and(|profile| profile.zone == there.zone);
        let weekly =
            there.hours.weekly.iter().map(|(weekday, window)| WeeklyHours { weekday: *weekday, window: *window });
        let overrides = there.hours.overrides.iter();
        let overrides = overrides.map(|(date, windows)| DayOverride { date: *date, windows: windows.clone() });
        WorkingHoursSynced {
            staff: staff.clone(),
            weekly: weekly.collect(),
            overrides: overrides.collect(),
            schedule: Some(there.schedule),
            zone: (!own).then(|| there.zone.clone()),
        }
    }

    fn service_of(&self, there: &EventTypeThere, staff: &BTreeMap<i64, StaffId>) -> EventTypeSynced {
        let known = self.event_types.get(&there.event_type);
        EventTypeSynced {
            event_type: there.event_type,
            title: there.title.clone(),
            aliases: known.map(|it| it.aliases.clone()).unwrap_or_default(),
            minutes: there.minutes,
            buffer_before: there.buffer_before,
            buffer_after: there.buffer_after,
            notice_minutes: there.notice_minutes,
            horizon_days: there.window.as_ref().and_then(horizon),
            team: there.team,
            branches: known.map(|it| it.branches.clone()).unwrap_or_default(),
            staff: there.hosts.iter().filter_map(|host| staff.get(host).cloned()).collect(),
        }
    }
}

/// The days ahead in which every bookable time lies. Five business days fit into nine of the calendar's.
fn horizon(window: &BookingWindow) -> Option<u32> {
    match window {
        BookingWindow::CalendarDays { days, rolling: false } => Some(*days),
        BookingWindow::BusinessDays { days, rolling: false } => Some(days.saturating_mul(7) / 5 + 2),
        // Days without a free time are not counted, so no end is known.
        BookingWindow::CalendarDays { .. } | BookingWindow::BusinessDays { .. } | BookingWindow::Range { .. } => None,
    }
}

fn rules_of(there: &EventTypeThere) -> EventTypeRulesSynced {
    EventTypeRulesSynced {
        event_type: there.event_type,
        slug: there.slug.clone(),
        lengths: there.lengths.clone(),
        slot_interval: there.slot_interval,
        window: there.window.clone(),
        limits: there.limits.clone(),
        requires_confirmation: there.requires_confirmation,
        hidden: there.hidden,
        bookable: there.bookable,
        fields: there.fields.clone(),
        schedule: there.schedule,
    }
}

fn number_of(there: &NumberThere) -> PhoneNumberSynced {
    PhoneNumberSynced {
        number: there.number.clone(),
        nickname: there.nickname.clone(),
        inbound: there.inbound.clone(),
        inbound_webhook_url: there.inbound_webhook_url.clone(),
    }
}

/// The schedule that a person's services follow: their default one, or the only one.
fn default_hours(schedules: &[ScheduleThere]) -> BTreeMap<i64, &ScheduleThere> {
    let mut found: BTreeMap<i64, &ScheduleThere> = BTreeMap::new();
    for schedule in schedules {
        let known = found.entry(schedule.owner).or_insert(schedule);
        if schedule.is_default {
            *known = schedule;
        }
    }
    found
}

impl AgentSynced {
    /// `published` is the newest published version, if there is one; what callers meet is that one.
    pub fn of(newest: &AgentThere, published: Option<&AgentThere>) -> Self {
        let met = published.unwrap_or(newest);
        let (engine, engine_id) = match &met.engine {
            Engine::Llm { id, .. } => ("retell_llm", Some(id.clone())),
            Engine::Flow { id, .. } => ("conversation_flow", Some(id.clone())),
            Engine::Custom => ("custom", None),
        };
        Self {
            agent: met.agent.clone(),
            name: met.name.clone(),
            version: newest.version,
            published: published.map(|it| it.version),
            voice: met.voice.clone(),
            language: met.language.clone(),
            webhook_url: met.webhook_url.clone(),
            webhook_events: met.webhook_events.clone(),
            engine: engine.into(),
            engine_id,
            max_call_ms: met.max_call_ms,
        }
    }
}

impl Plan {
    fn count(&mut self, kind: SyncKind, found: usize) {
        self.found.insert(kind, u32::try_from(found).unwrap_or(u32::MAX));
    }
}
