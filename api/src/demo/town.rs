//! The made-up businesses of the demo: known to the stand-ins first, then set up in Ringbuch as an operator would.

use crate::app::App;
use crate::providers::{CALCOM_KEY, CALCOM_WEBHOOK_SECRET};
use crate::setup::{SetUp, SetUpError};
use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use ringbuch_adapters::sandbox::Sandbox;
use ringbuch_adapters::sandbox::calcom::{NewEventType, NewSchedule, NewUser, Role as TeamRole, Scheduling};
use ringbuch_adapters::sandbox::retell::{NewAgent, NewPhoneNumber};
use ringbuch_domain::access::Role;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::company::{
    BranchOpened, CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced, WeeklyHours, Window,
    WorkingHoursSynced,
};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use secrecy::SecretString;
use serde::Serialize;

pub const ZONE: &str = "Europe/Berlin";

/// What a business of the demo is made of, before anybody knows it.
struct Sketch {
    id: &'static str,
    name: &'static str,
    /// Branch id, name, number, active.
    branches: &'static [(&'static str, &'static str, &'static str, bool)],
    /// Staff id, name.
    staff: &'static [(&'static str, &'static str)],
    /// Title, alias, minutes, buffer after, how many of the staff serve it.
    services: &'static [(&'static str, &'static str, u32, u32, usize)],
}

const TOWN: [Sketch; 2] = [
    Sketch {
        id: "salon_morgenrot",
        name: "Salon Morgenrot",
        branches: &[
            ("mitte", "Mitte", "+493023125100", true),
            ("nord", "Nord", "+493023125101", true),
            ("hafen", "Hafen", "+493023125102", false),
        ],
        staff: &[("anna", "Anna Berg"), ("ben", "Ben Tal"), ("cem", "Cem Wald"), ("dora", "Dora See")],
        services: &[
            ("Haarschnitt", "Schneiden", 30, 0, 4),
            ("Färben", "Farbe", 90, 15, 2),
            ("Beratung", "Gespräch", 30, 0, 4),
        ],
    },
    Sketch {
        id: "praxis_linde",
        name: "Praxis Linde",
        branches: &[("haupt", "Hauptstraße", "+493023125200", true)],
        staff: &[("eva", "Dr. Eva Linde"), ("finn", "Dr. Finn Ahorn")],
        services: &[("Kontrolle", "Check-up", 30, 0, 2), ("Reinigung", "Zahnreinigung", 45, 15, 2)],
    },
];

/// A business of the demo, as the player and the judge know it.
#[derive(Debug, Clone, Serialize)]
pub struct Business {
    pub id: CompanyId,
    pub name: String,
    pub api_key: String,
    pub retell_api_key: String,
    pub calcom_webhook_secret: String,
    pub numbers: Vec<String>,
    pub agent_id: String,
    #[serde(skip)]
    pub branches: Vec<Place>,
    #[serde(skip)]
    pub services: Vec<String>,
    #[serde(skip)]
    pub account: AccountId,
    /// The account's number at the stand-in for Retell.
    #[serde(skip)]
    pub retell_account: u64,
}

#[derive(Debug, Clone)]
pub struct Place {
    pub number: String,
    pub active: bool,
}

/// Sets all of it up and tells what the player needs to know.
pub async fn build(app: &App, sandbox: &Sandbox, calls: u32) -> Result<Vec<Business>, SetUpError> {
    let mut businesses = Vec::new();
    for copy in 0..copies(calls) {
        for (place, sketch) in TOWN.iter().enumerate() {
            businesses.push(open(app, sandbox, sketch, &Names::of(sketch, place, copy)).await?);
        }
    }
    Ok(businesses)
}

/// A book of seventy days holds what two thousand calls want; for more calls the town grows, as far as there are numbers
/// that are reserved for fiction.
fn copies(calls: u32) -> u32 {
    if calls <= 2_000 { 1 } else { calls.div_ceil(500).min(170) }
}

/// What a copy of a business has of its own.
struct Names {
    id: String,
    /// Of each branch.
    numbers: Vec<String>,
}

impl Names {
    fn of(sketch: &Sketch, place: usize, copy: u32) -> Self {
        let known = sketch.branches.iter().map(|branch| branch.2.to_owned());
        if copy == 0 {
            return Self { id: sketch.id.to_owned(), numbers: known.collect() };
        }
        // Four numbers for each copy of the town, behind those of the first.
        let first = 300 + 4 * (copy - 1) + if place == 0 { 0 } else { 3 };
        let numbers = (first..).zip(known).map(|(tail, _)| format!("+493023125{tail:03}"));
        Self { id: format!("{}_{copy}", sketch.id), numbers: numbers.collect() }
    }
}

/// An opaque made-up secret of this run.
fn secret(prefix: &str) -> String {
    format!("{prefix}_{}", uuid::Uuid::new_v4().simple())
}

fn refused(error: impl std::fmt::Display) -> SetUpError {
    SetUpError::Refused(error.to_string())
}

async fn open(app: &App, sandbox: &Sandbox, sketch: &Sketch, names: &Names) -> Result<Business, SetUpError> {
    let set_up = SetUp::new(app, "demo");
    let account = AccountId::new(&names.id).map_err(refused)?;
    let company = CompanyId::new(&names.id).map_err(refused)?;
    let (retell_api_key, webhook_secret) = (secret("key"), secret("whsec"));
    let retell = sandbox.retell();
    let retell_account = retell.add_account(sketch.name, &retell_api_key);
    let prompt = "Du nimmst Anrufe entgegen und vereinbarst Termine.";
    let agent_id = retell.add_agent(retell_account, NewAgent::new(sketch.name, prompt));
    let base_url = Some(sandbox.retell_url());
    let opened = AccountOpened {
        account: account.clone(),
        name: sketch.name.into(),
        signature: SignatureForm::Combined,
        base_url,
    };
    set_up.account(opened).await?;
    set_up.retell_key(&account, SecretString::from(retell_api_key.clone())).await?;
    let profile = CompanyRegistered {
        company: company.clone(),
        account: account.clone(),
        name: sketch.name.into(),
        zone: ZONE.into(),
        language: "de".into(),
        placeholder_domain: "anruf.example.com".into(),
    };
    set_up.company(profile, Some(sandbox.calcom_url()), CalendarApi::V2).await?;
    set_up.company_secret(&company, CALCOM_WEBHOOK_SECRET, SecretString::from(webhook_secret.clone())).await?;
    branches(&set_up, &company, sketch).await?;
    staff_and_services(&set_up, sandbox, &company, sketch, &names.id).await?;
    for ((branch, name, _, active), number) in sketch.branches.iter().zip(&names.numbers) {
        let branch = BranchId::new(branch).map_err(refused)?;
        retell.add_phone_number(retell_account, NewPhoneNumber::new(number, name, &agent_id));
        set_up.number(&company, number, branch.clone()).await?;
        if !active {
            set_up.change(&company, Command::DeactivateBranch { branch }).await?;
        }
    }
    let first = sketch.branches.first().ok_or_else(|| refused("a business has no branch"))?;
    let branch = BranchId::new(first.0).map_err(refused)?;
    set_up.change(&company, Command::AssignAgent { agent: agent_id.clone(), branch }).await?;
    let (_, api_key) = set_up.issue_key(&company, "demo", Role::Admin, vec![], None).await?;
    let places = sketch.branches.iter().zip(&names.numbers);
    Ok(Business {
        api_key: api_key.reveal().to_owned(),
        name: sketch.name.into(),
        retell_api_key,
        calcom_webhook_secret: webhook_secret,
        numbers: names.numbers.clone(),
        branches: places.map(|(it, number)| Place { number: number.clone(), active: it.3 }).collect(),
        services: sketch.services.iter().map(|service| service.0.to_owned()).collect(),
        id: company,
        agent_id,
        account,
        retell_account,
    })
}

async fn branches(set_up: &SetUp<'_>, company: &CompanyId, sketch: &Sketch) -> Result<(), SetUpError> {
    for (branch, name, ..) in sketch.branches {
        let branch = BranchId::new(branch).map_err(refused)?;
        let opened = BranchOpened { branch, name: (*name).to_owned(), default_event_type: None };
        set_up.change(company, Command::OpenBranch(opened)).await?;
    }
    Ok(())
}

const WEEK: [Weekday; 6] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];
const OPENS: Time = time(8, 0, 0, 0);
const CLOSES: Time = time(18, 0, 0, 0);

/// Hosts and event types at Cal.com first, since their numbers there are their numbers here.
async fn staff_and_services(
    set_up: &SetUp<'_>,
    sandbox: &Sandbox,
    company: &CompanyId,
    sketch: &Sketch,
    id: &str,
) -> Result<(), SetUpError> {
    let calcom = sandbox.calcom();
    let zone = TimeZone::get(ZONE).map_err(refused)?;
    let owner = calcom.add_account(NewUser::new(sketch.name, id, zone.clone()));
    let mut members = vec![(owner.user, TeamRole::Owner)];
    let mut hosts = Vec::new();
    for (person, name) in sketch.staff {
        let host = calcom.add_user(NewUser::new(name, &format!("{id}_{person}"), zone.clone()));
        calcom.add_schedule(host, NewSchedule::new("Arbeitszeit", zone.clone()).open(&WEEK, OPENS, CLOSES));
        members.push((host, TeamRole::Member));
        let staff = StaffId::new(person).map_err(refused)?;
        let known = i64::try_from(host).map_err(refused)?;
        let details =
            StaffSynced { staff: staff.clone(), name: (*name).to_owned(), host: Some(known), branches: vec![] };
        set_up.change(company, Command::SyncStaff(details)).await?;
        let window = Window { from: OPENS, to: CLOSES };
        let weekly = WEEK.iter().map(|day| WeeklyHours { weekday: day.to_monday_one_offset(), window }).collect();
        let hours = WorkingHoursSynced { staff: staff.clone(), weekly, overrides: vec![], schedule: None, zone: None };
        set_up.change(company, Command::SyncHours(hours)).await?;
        hosts.push((host, staff));
    }
    let team = calcom.add_team(sketch.name, &members);
    for (at, (title, alias, minutes, buffer_after, served_by)) in sketch.services.iter().enumerate() {
        let serving = hosts.get(..(*served_by).min(hosts.len())).unwrap_or_default();
        let users: Vec<u64> = serving.iter().map(|(host, _)| *host).collect();
        let event_type = NewEventType::team(team, Scheduling::RoundRobin, &users, title, *minutes)
            .with(|it| it.after_buffer_minutes = *buffer_after);
        let number = i64::try_from(calcom.add_event_type(event_type)).map_err(refused)?;
        let event_type = EventTypeId(number);
        let synced = EventTypeSynced {
            event_type,
            title: (*title).to_owned(),
            aliases: vec![(*alias).to_owned()],
            minutes: *minutes,
            buffer_before: 0,
            buffer_after: *buffer_after,
            notice_minutes: 0,
            horizon_days: Some(120),
            team: Some(i64::try_from(team).map_err(refused)?),
            branches: vec![],
            staff: serving.iter().map(|(_, staff)| staff.clone()).collect(),
        };
        set_up.change(company, Command::SyncEventType(synced)).await?;
        if at == 0 {
            for (branch, ..) in sketch.branches {
                let branch = BranchId::new(branch).map_err(refused)?;
                set_up.change(company, Command::SetDefault { branch, event_type }).await?;
            }
        }
    }
    let key = SecretString::from(owner.api_key);
    set_up.company_secret(company, CALCOM_KEY, key).await
}
