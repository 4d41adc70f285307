//! A small business: known to both stand-ins first, then set up in Ringbuch as an operator would.

use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use ringbuch_adapters::sandbox::Sandbox;
use ringbuch_adapters::sandbox::calcom::{
    Confirmation, NewEventType, NewSchedule, NewUser, Role as TeamRole, Scheduling,
};
use ringbuch_adapters::sandbox::retell::{NewAgent, NewPhoneNumber};
use ringbuch_api::app::App;
use ringbuch_api::providers::{CALCOM_KEY, CALCOM_WEBHOOK_SECRET};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::company::{
    BranchOpened, CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced, WeeklyHours, Window,
    WorkingHoursSynced,
};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use secrecy::SecretString;
use std::collections::BTreeMap;

pub const ZONE: &str = "Europe/Berlin";

/// What a business is made of, before anybody knows it. The first of the staff owns the calendar.
#[derive(Debug, Clone, Copy)]
pub struct Sketch {
    pub id: &'static str,
    pub form: SignatureForm,
    /// Id and number.
    pub branches: &'static [(&'static str, &'static str)],
    pub staff: &'static [&'static str],
    /// The first is the default of every branch.
    pub services: &'static [Service],
}

#[derive(Debug, Clone, Copy)]
pub struct Service {
    pub title: &'static str,
    pub minutes: u32,
    pub buffer_after: u32,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of the first so many of the staff, whoever's turn it is.
    Team(usize),
    /// The owner's own.
    Personal,
    /// One of the first so many, once the host has agreed.
    OnConfirmation(usize),
}

pub const SALON: Sketch = Sketch {
    id: "salon_morgenrot",
    form: SignatureForm::Combined,
    branches: &[("mitte", "+493023125100"), ("nord", "+493023125101")],
    staff: &["anna", "ben", "cem"],
    services: &[
        Service { title: "Haarschnitt", minutes: 30, buffer_after: 0, kind: Kind::Team(2) },
        Service { title: "Beratung", minutes: 30, buffer_after: 0, kind: Kind::Team(3) },
        Service { title: "Färben", minutes: 90, buffer_after: 15, kind: Kind::Team(1) },
        Service { title: "Maniküre", minutes: 30, buffer_after: 0, kind: Kind::Personal },
        Service { title: "Hochzeit", minutes: 60, buffer_after: 0, kind: Kind::OnConfirmation(2) },
    ],
};

/// Of an account of its own.
pub const NEIGHBOUR: Sketch = Sketch {
    id: "praxis_linde",
    form: SignatureForm::Combined,
    branches: &[("haupt", "+493023125200")],
    staff: &["eva"],
    services: &[Service { title: "Kontrolle", minutes: 30, buffer_after: 0, kind: Kind::Team(1) }],
};

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];
const OPENS: Time = time(8, 0, 0, 0);
const CLOSES: Time = time(18, 0, 0, 0);

/// A business as stories know it.
#[derive(Debug, Clone)]
pub struct Business {
    pub id: CompanyId,
    pub account: AccountId,
    pub retell_key: String,
    /// The account's number at the stand-in for Retell.
    pub retell_account: u64,
    pub agent: String,
    /// The user at Cal.com whose key is used.
    pub calendar_owner: u64,
    /// With which Cal.com signs what it tells.
    pub calendar_secret: String,
    numbers: BTreeMap<&'static str, &'static str>,
    services: BTreeMap<&'static str, EventTypeId>,
}

impl Business {
    /// The number of a branch.
    pub fn number(&self, branch: &str) -> &'static str {
        self.numbers[branch]
    }

    pub fn first_number(&self) -> &'static str {
        self.numbers.values().next().unwrap()
    }

    pub fn service(&self, title: &str) -> EventTypeId {
        self.services[title]
    }

    /// Sets it up everywhere.
    pub async fn open(app: &App, sandbox: &Sandbox, sketch: &Sketch) -> Self {
        let set_up = SetUp::new(app, "story");
        let (account, company) = (AccountId::new(sketch.id).unwrap(), CompanyId::new(sketch.id).unwrap());
        let retell_key = format!("key_{}", uuid::Uuid::new_v4().simple());
        let retell_account = sandbox.retell().add_account(sketch.id, &retell_key);
        let agent = sandbox.retell().add_agent(retell_account, NewAgent::new(sketch.id, "Du nimmst Anrufe an."));
        let (name, base_url) = (sketch.id.to_owned(), Some(sandbox.retell_url()));
        let opened = AccountOpened { account: account.clone(), name, signature: sketch.form, base_url };
        set_up.account(opened).await.unwrap();
        set_up.retell_key(&account, SecretString::from(retell_key.clone())).await.unwrap();
        let profile = CompanyRegistered {
            company: company.clone(),
            account: account.clone(),
            name: sketch.id.into(),
            zone: ZONE.into(),
            language: "de".into(),
            placeholder_domain: "anruf.example.com".into(),
        };
        set_up.company(profile, Some(sandbox.calcom_url()), CalendarApi::V2).await.unwrap();
        let calendar_secret = format!("secret_{}", uuid::Uuid::new_v4().simple());
        let secret = SecretString::from(calendar_secret.clone());
        set_up.company_secret(&company, CALCOM_WEBHOOK_SECRET, secret).await.unwrap();
        let opening = Opening { set_up, sandbox, sketch, company: company.clone() };
        opening.branches().await;
        let (calendar_owner, services) = opening.calendar().await;
        opening.numbers(retell_account, &agent).await;
        Self {
            id: company,
            account,
            retell_key,
            retell_account,
            agent,
            calendar_owner,
            calendar_secret,
            numbers: sketch.branches.iter().copied().collect(),
            services,
        }
    }
}

struct Opening<'a> {
    set_up: SetUp<'a>,
    sandbox: &'a Sandbox,
    sketch: &'a Sketch,
    company: CompanyId,
}

impl Opening<'_> {
    async fn change(&self, command: Command) {
        self.set_up.change(&self.company, command).await.unwrap();
    }

    async fn branches(&self) {
        for (id, _) in self.sketch.branches {
            let branch = BranchId::new(id).unwrap();
            self.change(Command::OpenBranch(BranchOpened { branch, name: (*id).into(), default_event_type: None }))
                .await;
        }
    }

    /// Hosts and event types at Cal.com first, since their numbers there are their numbers here.
    async fn calendar(&self) -> (u64, BTreeMap<&'static str, EventTypeId>) {
        let (calcom, zone) = (self.sandbox.calcom(), TimeZone::get(ZONE).unwrap());
        let mut hosts = Vec::new();
        for name in self.sketch.staff {
            let user = NewUser::new(name, &format!("{}_{name}", self.sketch.id), zone.clone());
            let host = if hosts.is_empty() {
                let owner = calcom.add_account(user);
                let key = SecretString::from(owner.api_key);
                self.set_up.company_secret(&self.company, CALCOM_KEY, key).await.unwrap();
                owner.user
            } else {
                calcom.add_user(user)
            };
            calcom.add_schedule(host, NewSchedule::new("Arbeitszeit", zone.clone()).open(&WEEK, OPENS, CLOSES));
            self.staff(name, host).await;
            hosts.push(host);
        }
        let members: Vec<_> = hosts.iter().enumerate().map(|(at, host)| (*host, role(at))).collect();
        let team = calcom.add_team(self.sketch.id, &members);
        let mut services = BTreeMap::new();
        for service in self.sketch.services {
            services.insert(service.title, self.service(service, team, &hosts).await);
        }
        let first = services[self.sketch.services[0].title];
        for (branch, _) in self.sketch.branches {
            self.change(Command::SetDefault { branch: BranchId::new(branch).unwrap(), event_type: first }).await;
        }
        (hosts[0], services)
    }

    async fn staff(&self, name: &str, host: u64) {
        let (staff, host) = (StaffId::new(name).unwrap(), Some(i64::try_from(host).unwrap()));
        let synced = StaffSynced { staff: staff.clone(), name: name.into(), host, branches: vec![] };
        self.change(Command::SyncStaff(synced)).await;
        let window = Window { from: OPENS, to: CLOSES };
        let weekly = WEEK.iter().map(|day| WeeklyHours { weekday: day.to_monday_one_offset(), window }).collect();
        self.change(Command::SyncHours(WorkingHoursSynced {
            staff,
            weekly,
            overrides: vec![],
            schedule: None,
            zone: None,
        }))
        .await;
    }

    async fn service(&self, service: &Service, team: u64, hosts: &[u64]) -> EventTypeId {
        let of_team = |count: usize| {
            NewEventType::team(team, Scheduling::RoundRobin, &hosts[..count], service.title, service.minutes)
        };
        let (there, serving) = match service.kind {
            Kind::Personal => (NewEventType::personal(hosts[0], service.title, service.minutes), 1),
            Kind::Team(count) => (of_team(count), count),
            Kind::OnConfirmation(count) => {
                (of_team(count).with(|it| it.confirmation = Confirmation::Always { blocks: true }), count)
            }
        };
        let there = there.with(|it| it.after_buffer_minutes = service.buffer_after);
        let event_type = EventTypeId(i64::try_from(self.sandbox.calcom().add_event_type(there)).unwrap());
        let synced = EventTypeSynced {
            event_type,
            title: service.title.into(),
            aliases: vec![],
            minutes: service.minutes,
            buffer_before: 0,
            buffer_after: service.buffer_after,
            notice_minutes: 0,
            horizon_days: Some(120),
            team: (service.kind != Kind::Personal).then(|| i64::try_from(team).unwrap()),
            branches: vec![],
            staff: self.sketch.staff[..serving].iter().map(|name| StaffId::new(name).unwrap()).collect(),
        };
        self.change(Command::SyncEventType(synced)).await;
        event_type
    }

    async fn numbers(&self, account: u64, agent: &str) {
        for (branch, number) in self.sketch.branches {
            self.sandbox.retell().add_phone_number(account, NewPhoneNumber::new(number, branch, agent));
            self.set_up.number(&self.company, number, BranchId::new(branch).unwrap()).await.unwrap();
        }
        let branch = BranchId::new(self.sketch.branches[0].0).unwrap();
        self.change(Command::AssignAgent { agent: agent.into(), branch }).await;
    }
}

fn role(at: usize) -> TeamRole {
    if at == 0 { TeamRole::Owner } else { TeamRole::Member }
}
