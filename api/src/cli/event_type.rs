//! `ringbuch event-type`: services that can be booked.

use super::args::{EventTypeAction, EventTypeAdd};
use super::desk::Desk;
use super::output::words;
use super::{Exit, Failure};
use ringbuch_domain::company::{Command, EventTypeSynced};
use ringbuch_projections::Scope;
use ringbuch_projections::directory::{self, EventType};

pub async fn run(desk: &Desk<'_>, action: EventTypeAction) -> Result<Exit, Failure> {
    match action {
        EventTypeAction::Add(add) => self::add(desk, add).await?,
        EventTypeAction::List => {
            let event_types = directory::event_types(desk.rows(), desk.scope()).await?;
            desk.output.list(&event_types, &COLUMNS, row)?;
        }
    }
    Ok(Exit::Done)
}

async fn add(desk: &Desk<'_>, add: EventTypeAdd) -> Result<(), Failure> {
    let company = desk.company().await?;
    let event_type = add.id.0;
    let title = add.title.clone();
    let synced = EventTypeSynced {
        event_type,
        title: add.title,
        aliases: add.aliases,
        minutes: add.minutes,
        buffer_before: add.buffer_before,
        buffer_after: add.buffer_after,
        notice_minutes: add.notice,
        horizon_days: add.horizon_days,
        team: add.team,
        branches: add.branches,
        staff: add.staff,
    };
    let changed = desk.set_up().change(company, Command::SyncEventType(synced)).await?;
    desk.app.catch_up().await?;
    let stands = directory::event_type(desk.rows(), Scope::Company(company), event_type).await?;
    desk.told(changed, &stands, &format!("'{title}' of '{company}' can be booked as {event_type}"))
}

pub const COLUMNS: [&str; 9] =
    ["Company", "Id", "Title", "Also called", "Minutes", "Buffers", "Notice", "Branches", "Staff"];

pub fn row(it: &EventType) -> Vec<String> {
    let horizon = it.horizon_days.map(|days| format!(", {days} days ahead")).unwrap_or_default();
    vec![
        it.company.to_string(),
        it.event_type.to_string(),
        it.title.clone(),
        words(&it.aliases),
        it.minutes.to_string(),
        format!("{} + {}", it.buffer_before, it.buffer_after),
        format!("{} min{horizon}", it.notice_minutes),
        if it.branches.is_empty() { "all".into() } else { words(&it.branches) },
        format!("{}{}", words(&it.staff), it.team.map(|team| format!(" (team {team})")).unwrap_or_default()),
    ]
}
