//! The made-up companies, set up by the rules of every set-up.

use super::{ACCOUNT, FillError, Wanted, unusable};
use crate::app::App;
use crate::setup::SetUp;
use jiff::civil::time;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::company::{
    BranchOpened, CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced, WeeklyHours, Window,
    WorkingHoursSynced,
};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};

const BY: &str = "fill";
/// Half hours of a day, from nine on, in which somebody can be served.
pub const HALF_HOURS: u32 = 17;
/// Of a hundred calls so many become appointments, on the best days.
const BOOKED_PERCENT: u64 = 60;
/// Of a year's days so many are such on which appointments are made.
const BUSY_DAYS: u64 = 250;
const YEAR: u64 = 365;

const BRANCHES: [(&str, &str); 3] = [("mitte", "Mitte"), ("nord", "Nord"), ("hafen", "Hafen")];
const SERVICES: [(i64, &str); 3] = [(1, "Haarschnitt"), (2, "Beratung"), (3, "Kontrolle")];

/// What a story needs to know of a company.
#[derive(Debug, Clone)]
pub struct Company {
    pub id: CompanyId,
    pub account: AccountId,
    pub branches: Vec<(BranchId, String)>,
    pub staff: Vec<StaffId>,
    pub services: Vec<EventTypeId>,
    pub agent: String,
}

/// Sets them up; those that an earlier run has left are taken as they are.
pub async fn build(app: &App, wanted: Wanted) -> Result<Vec<Company>, FillError> {
    let set_up = SetUp::new(app, BY);
    let account = AccountId::new(ACCOUNT).map_err(unusable)?;
    let signature = SignatureForm::Combined;
    set_up
        .account(AccountOpened { account: account.clone(), name: "Synthetic".into(), signature, base_url: None })
        .await?;
    let mut town = Vec::new();
    for nth in 0..wanted.companies {
        let company = sketch(&account, wanted, nth)?;
        open(&set_up, &company, nth).await?;
        town.push(company);
    }
    Ok(town)
}

/// As many people as the busiest days need.
fn staff(Wanted { calls, days, companies, .. }: Wanted) -> u64 {
    let busy_days = (BUSY_DAYS * u64::from(days) / YEAR).max(1);
    let a_day = calls * BOOKED_PERCENT / 100 / busy_days / u64::from(companies.max(1));
    (a_day / u64::from(HALF_HOURS) + 1) * 3 / 2 + 2
}

fn sketch(account: &AccountId, wanted: Wanted, nth: u32) -> Result<Company, FillError> {
    let number = |branch: u32| format!("+493023125{:03}", nth * 3 + branch);
    let branches = (0..).zip(BRANCHES).map(|(place, (id, _))| Ok((BranchId::new(id)?, number(place))));
    let staff = (1..=staff(wanted)).map(|person| StaffId::new(&format!("staff_{person}")));
    Ok(Company {
        id: CompanyId::new(&format!("synthetic_{nth}")).map_err(unusable)?,
        account: account.clone(),
        branches: branches.collect::<Result<_, ringbuch_domain::ids::UnusableId>>().map_err(unusable)?,
        staff: staff.collect::<Result<_, _>>().map_err(unusable)?,
        services: SERVICES.map(|(id, _)| EventTypeId(i64::from(nth) * 10 + id)).to_vec(),
        agent: format!("agent_synthetic_{nth}"),
    })
}

async fn open(set_up: &SetUp<'_>, company: &Company, nth: u32) -> Result<(), FillError> {
    let Company { id, account, branches, staff, services, agent } = company;
    let profile = CompanyRegistered {
        company: id.clone(),
        account: account.clone(),
        name: format!("Synthetic {nth}"),
        zone: super::spread::ZONE.into(),
        language: "de".into(),
        placeholder_domain: "example.com".into(),
    };
    set_up.company(profile, None, CalendarApi::default()).await?;
    for ((branch, number), (_, name)) in branches.iter().zip(BRANCHES) {
        let opened = BranchOpened { branch: branch.clone(), name: name.to_owned(), default_event_type: None };
        set_up.change(id, Command::OpenBranch(opened)).await?;
        set_up.number(id, number, branch.clone()).await?;
        set_up.change(id, Command::AssignAgent { agent: agent.clone(), branch: branch.clone() }).await?;
    }
    for (host, person) in (1_i64..).zip(staff) {
        let name = super::words::name(host.unsigned_abs());
        let synced = StaffSynced { staff: person.clone(), name, host: Some(host), branches: vec![] };
        set_up.change(id, Command::SyncStaff(synced)).await?;
        set_up.change(id, Command::SyncHours(hours(person))).await?;
    }
    for (event_type, (_, title)) in services.iter().zip(SERVICES) {
        set_up.change(id, Command::SyncEventType(service(*event_type, title, staff))).await?;
    }
    Ok(())
}

fn hours(person: &StaffId) -> WorkingHoursSynced {
    let window = Window { from: time(8, 0, 0, 0), to: time(19, 0, 0, 0) };
    let weekly = (1..=7).map(|weekday| WeeklyHours { weekday, window }).collect();
    WorkingHoursSynced { staff: person.clone(), weekly, overrides: vec![], schedule: None, zone: None }
}

fn service(event_type: EventTypeId, title: &str, staff: &[StaffId]) -> EventTypeSynced {
    EventTypeSynced {
        event_type,
        title: title.to_owned(),
        aliases: vec![],
        minutes: 30,
        buffer_before: 0,
        buffer_after: 0,
        notice_minutes: 0,
        horizon_days: None,
        team: None,
        branches: vec![],
        staff: staff.to_vec(),
    }
}
