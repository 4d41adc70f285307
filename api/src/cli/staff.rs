//! `ringbuch staff`: who serves, and when.

use super::args::{StaffAction, StaffAdd, StaffHours};
use super::desk::{BY, Desk};
use super::hours;
use super::output::{or_dash, words};
use super::{Exit, Failure};
use crate::pushing::{Author, NewHours, Pushing, push_hours};
use ringbuch_domain::company::{Command, StaffSynced, WorkingHoursSynced};
use ringbuch_projections::Scope;
use ringbuch_projections::directory::{self, StaffMember};

pub async fn run(desk: &Desk<'_>, action: StaffAction) -> Result<Exit, Failure> {
    match action {
        StaffAction::Add(add) => self::add(desk, add).await?,
        StaffAction::Hours(args) => push(desk, args).await?,
        StaffAction::List => {
            let staff = directory::staff(desk.rows(), desk.scope()).await?;
            desk.output.list(&staff, &COLUMNS, row)?;
        }
    }
    Ok(Exit::Done)
}

async fn add(desk: &Desk<'_>, add: StaffAdd) -> Result<(), Failure> {
    let company = desk.company().await?;
    let StaffAdd { id: staff, name, host, branches, hours, overrides } = add;
    let weekly = hours::weekly(&hours).map_err(Failure::usage)?;
    let overrides = overrides.into_iter().map(|day| day.0).collect();
    let details = StaffSynced { staff: staff.clone(), name, host, branches };
    let hours = WorkingHoursSynced { staff: staff.clone(), weekly, overrides, schedule: None, zone: None };
    let set_up = desk.set_up();
    let known = set_up.change(company, Command::SyncStaff(details)).await?;
    let told = set_up.change(company, Command::SyncHours(hours)).await?;
    desk.app.catch_up().await?;
    let stands = directory::staff_member(desk.rows(), Scope::Company(company), &staff).await?;
    desk.told(known || told, &stands, &format!("'{staff}' serves at '{company}'"))
}

async fn push(desk: &Desk<'_>, args: StaffHours) -> Result<(), Failure> {
    let company = desk.company().await?;
    let weekly = hours::weekly(&args.hours).map_err(Failure::usage)?;
    let new = NewHours { weekly, overrides: args.overrides.into_iter().map(|day| day.0).collect(), read: None };
    let author = Author { by: BY.into(), why: args.why };
    let there = push_hours(&Pushing { app: &desk.app, company }, &args.id, new, author).await?;
    desk.app.catch_up().await?;
    desk.output.value(&there, || {
        let hours = hours::spoken(&there.weekly).into_iter().chain(there.overrides.iter().map(hours::spoken_override));
        format!("Cal.com has for '{}': {} ({})", args.id, words(hours), there.zone)
    })
}

pub const COLUMNS: [&str; 6] = ["Company", "Id", "Name", "Cal.com user", "Branches", "Hours"];

pub fn row(it: &StaffMember) -> Vec<String> {
    let except = it.overrides.iter().map(hours::spoken_override);
    let hours: Vec<String> = hours::spoken(&it.weekly).into_iter().chain(except).collect();
    vec![
        it.company.to_string(),
        it.staff.to_string(),
        it.name.clone(),
        or_dash(it.host),
        if it.branches.is_empty() { "all".into() } else { words(&it.branches) },
        if hours.is_empty() { "-".into() } else { hours.join("; ") },
    ]
}
