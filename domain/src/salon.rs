//! A made-up company that the tests share: three branches, one of them closed for good, three people, two services.

use crate::company::{
    BranchDeactivated, BranchOpened, Company, CompanyEvent, CompanyRegistered, EventTypeSynced, StaffSynced,
    WeeklyHours, Window, WorkingHoursSynced,
};
use crate::ids::{AccountId, BranchId, CallId, CompanyId, CustomerId, EventTypeId, StaffId};
use cqrs_es::Aggregate;
use jiff::Timestamp;
use jiff::civil::time;
use uuid::Uuid;

/// Thirty minutes, at every branch, by everybody; the default of `mitte`.
pub const ADVICE: EventTypeId = EventTypeId(2_563_193);
/// An hour with buffers, at `mitte`, by Anna and Ben.
pub const COLOUR: EventTypeId = EventTypeId(2_563_194);
pub const MAX: CustomerId = CustomerId(Uuid::from_u128(0xc0));

pub fn at(time: &str) -> Timestamp {
    time.parse().expect("a timestamp")
}
pub fn branch(id: &str) -> BranchId {
    BranchId::new(id).expect("a usable id")
}
pub fn staff(id: &str) -> StaffId {
    StaffId::new(id).expect("a usable id")
}
pub fn call(id: &str) -> CallId {
    CallId::new(id).expect("a usable id")
}
pub fn account() -> AccountId {
    AccountId::new("main").expect("a usable id")
}
pub fn company() -> CompanyId {
    CompanyId::new("salon").expect("a usable id")
}

pub fn registered() -> CompanyRegistered {
    CompanyRegistered {
        company: company(),
        account: account(),
        name: "Salon".into(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "anruf.example.com".into(),
    }
}

pub fn opened(id: &str, name: &str, default_event_type: Option<EventTypeId>) -> BranchOpened {
    BranchOpened { branch: branch(id), name: name.into(), default_event_type }
}

pub fn person(id: &str, name: &str, host: i64, branches: &[&str]) -> StaffSynced {
    let branches = branches.iter().map(|id| branch(id)).collect();
    StaffSynced { staff: staff(id), name: name.into(), host: Some(host), branches }
}

pub fn advice() -> EventTypeSynced {
    EventTypeSynced {
        event_type: ADVICE,
        title: "Beratung".into(),
        aliases: vec!["Erstgespräch".into()],
        minutes: 30,
        buffer_before: 0,
        buffer_after: 0,
        notice_minutes: 0,
        horizon_days: None,
        team: None,
        branches: vec![],
        staff: ["anna", "ben", "cara"].map(staff).to_vec(),
    }
}

pub fn colour() -> EventTypeSynced {
    EventTypeSynced {
        event_type: COLOUR,
        title: "Färben".into(),
        aliases: vec![],
        minutes: 60,
        buffer_before: 10,
        buffer_after: 15,
        notice_minutes: 120,
        horizon_days: Some(60),
        team: Some(39_203),
        branches: vec![branch("mitte")],
        staff: ["anna", "ben"].map(staff).to_vec(),
    }
}

/// From nine to five, Monday to Friday.
pub fn office_hours(id: &str) -> WorkingHoursSynced {
    let window = Window { from: time(9, 0, 0, 0), to: time(17, 0, 0, 0) };
    let weekly = (1..=5).map(|weekday| WeeklyHours { weekday, window }).collect();
    WorkingHoursSynced { staff: staff(id), weekly, overrides: vec![], schedule: None, zone: None }
}

/// Ben serves two branches; Cara has told no hours.
pub fn set_up() -> Vec<CompanyEvent> {
    vec![
        registered().into(),
        opened("mitte", "Mitte", None).into(),
        opened("nord", "Nord", None).into(),
        opened("sued", "Süd", None).into(),
        person("anna", "Anna Beispiel", 11, &["mitte"]).into(),
        person("ben", "Ben Muster", 12, &["mitte", "nord"]).into(),
        person("cara", "Cara Probe", 13, &["nord"]).into(),
        office_hours("anna").into(),
        office_hours("ben").into(),
        advice().into(),
        colour().into(),
        crate::company::BranchDefaultChanged { branch: branch("mitte"), event_type: ADVICE }.into(),
        crate::company::BranchDefaultChanged { branch: branch("sued"), event_type: ADVICE }.into(),
        BranchDeactivated { branch: branch("sued") }.into(),
    ]
}

pub fn salon() -> Company {
    company_after(set_up())
}

pub fn company_after(events: impl IntoIterator<Item = CompanyEvent>) -> Company {
    let mut company = Company::default();
    events.into_iter().for_each(|event| company.apply(event));
    company
}
