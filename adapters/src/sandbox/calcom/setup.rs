//! Setting the stand-in up: users with keys, schedules, teams, event types.

use jiff::{
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use super::{
    Calcom,
    directory::{Account, Role, Team, User},
    event_type::{BookingWindow, Cancelling, Confirmation, EventType, Field, Hosting, Scheduling},
    schedule::{Override, Schedule, WeeklyHours},
};

#[derive(Clone, Debug)]
pub struct NewUser {
    pub name: String,
    pub username: String,
    pub email: String,
    pub time_zone: TimeZone,
}

impl NewUser {
    /// With an address at example.com.
    pub fn new(name: &str, username: &str, time_zone: TimeZone) -> Self {
        Self { name: name.into(), username: username.into(), email: format!("{username}@example.com"), time_zone }
    }
}

#[derive(Clone, Debug)]
pub struct NewSchedule {
    name: String,
    time_zone: TimeZone,
    availability: Vec<WeeklyHours>,
    overrides: Vec<Override>,
}

impl NewSchedule {
    pub fn new(name: &str, time_zone: TimeZone) -> Self {
        Self { name: name.into(), time_zone, availability: Vec::new(), overrides: Vec::new() }
    }

    /// Weekly hours in local wall time.
    pub fn open(mut self, days: &[Weekday], from: Time, to: Time) -> Self {
        self.availability.push(WeeklyHours { days: days.to_vec(), from, to });
        self
    }

    /// Different hours on one date, in place of the weekly ones.
    pub fn on(mut self, date: Date, from: Time, to: Time) -> Self {
        self.overrides.push(Override { date, from, to });
        self
    }

    pub fn closed_on(self, date: Date) -> Self {
        self.on(date, Time::midnight(), Time::midnight())
    }
}

/// An event type to be; its fields may be changed before it is added.
#[derive(Clone, Debug)]
pub struct NewEventType(pub EventType);

impl NewEventType {
    pub fn personal(owner: u64, title: &str, length_minutes: u32) -> Self {
        Self(blank(Hosting::Personal { owner }, title, length_minutes))
    }

    pub fn team(team: u64, scheduling: Scheduling, hosts: &[u64], title: &str, length_minutes: u32) -> Self {
        Self(blank(Hosting::Team { team, scheduling, hosts: hosts.to_vec() }, title, length_minutes))
    }

    pub fn with(mut self, change: impl FnOnce(&mut EventType)) -> Self {
        change(&mut self.0);
        self
    }
}

/// No notice, no buffers, no limits, an address required: what a fresh event type of Cal.com has, but for its notice
/// of two hours, which would only be in the way here.
fn blank(hosting: Hosting, title: &str, length_minutes: u32) -> EventType {
    EventType {
        id: 0,
        title: title.into(),
        slug: slug(title),
        description: String::new(),
        hosting,
        length_minutes,
        length_options: Vec::new(),
        slot_interval_minutes: None,
        minimum_notice_minutes: 0,
        before_buffer_minutes: 0,
        after_buffer_minutes: 0,
        window: BookingWindow::Unlimited,
        limits: Vec::new(),
        confirmation: Confirmation::NotNeeded,
        email_required: true,
        phone_required: false,
        fields: Vec::<Field>::new(),
        cancelling: Cancelling::Allowed,
        schedule: None,
        host_subset_enabled: false,
        hidden: false,
    }
}

fn slug(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

impl Calcom {
    /// A user with a fresh key.
    pub fn add_account(&self, new: NewUser) -> Account {
        let user = self.add_user(new);
        let api_key = self.0.state().dice.key();
        self.add_key(user, &api_key);
        Account { user, api_key }
    }

    /// A user without a key: a host.
    pub fn add_user(&self, new: NewUser) -> u64 {
        let mut state = self.0.state();
        let id = state.dice.id();
        let NewUser { name, username, email, time_zone } = new;
        state.directory.users.insert(id, User { id, name, username, email, time_zone, default_schedule: None });
        id
    }

    pub fn add_key(&self, user: u64, api_key: &str) {
        self.0.state().directory.keys.insert(api_key.to_owned(), user);
    }

    pub fn revoke_key(&self, api_key: &str) {
        self.0.state().directory.keys.remove(api_key);
    }

    pub fn add_team(&self, name: &str, members: &[(u64, Role)]) -> u64 {
        let mut state = self.0.state();
        let id = state.dice.id();
        let members = members.iter().map(|(user, role)| (state.dice.id(), *user, *role)).collect();
        state.directory.teams.insert(id, Team { id, name: name.into(), slug: slug(name), members });
        id
    }

    /// The first schedule of a user becomes its default.
    pub fn add_schedule(&self, owner: u64, new: NewSchedule) -> u64 {
        let mut state = self.0.state();
        let id = state.dice.id();
        let NewSchedule { name, time_zone, availability, overrides } = new;
        state.directory.schedules.insert(id, Schedule { id, owner, name, time_zone, availability, overrides });
        if let Some(user) = state.directory.users.get_mut(&owner) {
            user.default_schedule.get_or_insert(id);
        }
        id
    }

    /// A schedule as it stands now, also after a client has changed it.
    pub fn schedule(&self, id: u64) -> Option<Schedule> {
        self.0.state().directory.schedules.get(&id).cloned()
    }

    pub fn add_event_type(&self, new: NewEventType) -> u64 {
        let mut state = self.0.state();
        let id = state.dice.id();
        state.directory.put_event_type(EventType { id, ..new.0 });
        id
    }

    /// Changes an event type as its owner would in Cal.com's own pages.
    pub fn change_event_type(&self, id: u64, change: impl FnOnce(&mut EventType)) {
        let mut state = self.0.state();
        if let Some(mut kind) = state.directory.remove_event_type(id) {
            change(&mut kind);
            state.directory.put_event_type(EventType { id, ..kind });
        }
    }

    pub fn remove_event_type(&self, id: u64) {
        self.0.state().directory.remove_event_type(id);
    }

    /// Changes hours as their owner would in Cal.com's own pages.
    pub fn change_schedule(&self, id: u64, change: impl FnOnce(&mut Schedule)) {
        if let Some(schedule) = self.0.state().directory.schedules.get_mut(&id) {
            change(schedule);
        }
    }

    /// Changes who is in a team, and in which role.
    pub fn change_team(&self, id: u64, change: impl FnOnce(&mut Team)) {
        if let Some(team) = self.0.state().directory.teams.get_mut(&id) {
            change(team);
        }
    }

    /// Makes a user an administrator of the installation: version 1 shows everybody's to nobody else.
    pub fn make_admin(&self, user: u64) {
        self.0.state().directory.admins.insert(user);
    }
}
