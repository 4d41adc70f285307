//! Who and what exists: users with their keys and schedules, teams, event types by who owns them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::{
    event_type::{EventType, Owner},
    schedule::Schedule,
};

#[derive(Clone, Debug)]
pub struct User {
    pub id: u64,
    pub name: String,
    pub username: String,
    pub email: String,
    pub time_zone: TimeZone,
    pub default_schedule: Option<u64>,
}

/// A user with the first of its keys.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: u64,
    pub api_key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Owner,
    Admin,
    Member,
}

#[derive(Clone, Debug)]
pub struct Team {
    pub id: u64,
    pub name: String,
    pub slug: String,
    /// Membership id, user, role.
    pub members: Vec<(u64, u64, Role)>,
}

impl Team {
    pub(super) fn has(&self, user: u64) -> bool {
        self.members.iter().any(|(_, member, _)| *member == user)
    }

    pub(super) fn is_run_by(&self, user: u64) -> bool {
        self.members.iter().any(|(_, member, role)| *member == user && *role != Role::Member)
    }
}

#[derive(Default)]
pub(super) struct Directory {
    pub(super) users: BTreeMap<u64, User>,
    pub(super) keys: HashMap<String, u64>,
    pub(super) teams: BTreeMap<u64, Team>,
    pub(super) event_types: BTreeMap<u64, EventType>,
    /// Event types by who owns them, so that a list does not read those of everybody.
    owned: BTreeSet<(Owner, u64)>,
    pub(super) schedules: BTreeMap<u64, Schedule>,
    /// At least the longest buffer of any event type: how far around a time its neighbours may reach.
    pub(super) widest_buffer: u32,
    /// Who may see everything of the installation; only version 1 asks.
    pub(super) admins: BTreeSet<u64>,
}

impl Directory {
    pub(super) fn user_named(&self, username: &str) -> Option<&User> {
        self.users.values().find(|user| user.username == username)
    }

    pub(super) fn team_named(&self, slug: &str) -> Option<&Team> {
        self.teams.values().find(|team| team.slug == slug)
    }

    pub(super) fn event_types_of_user(&self, user: u64) -> impl Iterator<Item = &EventType> {
        self.event_types_of(Owner::User(user))
    }

    pub(super) fn event_types_of_team(&self, team: u64) -> impl Iterator<Item = &EventType> {
        self.event_types_of(Owner::Team(team))
    }

    fn event_types_of(&self, owner: Owner) -> impl Iterator<Item = &EventType> {
        self.owned.range((owner, 0)..=(owner, u64::MAX)).filter_map(|(_, id)| self.event_types.get(id))
    }

    /// In place of the one with the same number, if there is one.
    pub(super) fn put_event_type(&mut self, kind: EventType) {
        self.remove_event_type(kind.id);
        let buffer = kind.before_buffer_minutes.max(kind.after_buffer_minutes);
        self.widest_buffer = self.widest_buffer.max(buffer);
        self.owned.insert((kind.owner(), kind.id));
        self.event_types.insert(kind.id, kind);
    }

    pub(super) fn remove_event_type(&mut self, id: u64) -> Option<EventType> {
        let removed = self.event_types.remove(&id)?;
        self.owned.remove(&(removed.owner(), id));
        Some(removed)
    }

    /// The hours in which a host serves an event type.
    pub(super) fn schedule_for(&self, kind: &EventType, host: u64) -> Option<&Schedule> {
        let default = || self.users.get(&host).and_then(|user| user.default_schedule);
        kind.schedule.or_else(default).and_then(|id| self.schedules.get(&id))
    }

    /// The zone in which an event type's booking window ends its days: the first host's schedule's.
    pub(super) fn zone_of(&self, kind: &EventType) -> TimeZone {
        let host = kind.hosts().first().copied().unwrap_or_default();
        self.schedule_for(kind, host).map_or(TimeZone::UTC, |schedule| schedule.time_zone.clone())
    }

    /// Whether the user hosts the event type or runs its team.
    pub(super) fn may_decide(&self, user: u64, kind: &EventType) -> bool {
        kind.hosts().contains(&user)
            || kind.team().and_then(|team| self.teams.get(&team)).is_some_and(|team| team.is_run_by(user))
    }
}
