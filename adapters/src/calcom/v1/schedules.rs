//! Hours: weekdays count from 0 = Sunday, and a row with a date replaces that day.

use super::people;
use crate::calcom::answer::{refused, unreadable};
use crate::calcom::event_type;
use crate::calcom::exchange::Ask;
use crate::calcom::hours::{self, Row};
use crate::calcom::line::Line;
use jiff::civil::Weekday;
use ringbuch_domain::ports::{CalendarFailure, ScheduleThere};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    id: i64,
    user_id: i64,
    name: String,
    time_zone: Option<String>,
    availability: Vec<Availability>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Availability {
    #[serde(default)]
    date: Value,
    #[serde(default)]
    days: Vec<i8>,
    start_time: String,
    end_time: String,
}

pub(in crate::calcom) async fn schedules(line: &Line<'_>) -> Result<Vec<ScheduleThere>, CalendarFailure> {
    let owner = people::key_owner(line).await?;
    let mut all = line
        .read(Ask::get("schedules", vec!["schedules"]), |answer| {
            answer.list_under("schedules")?.iter().map(schedule_of).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    for schedule in &mut all {
        schedule.is_default = owner.default_schedule == Some(schedule.schedule);
        // One without a zone keeps its owner's.
        if schedule.zone.is_empty() {
            schedule.zone.clone_from(&owner.zone);
        }
    }
    Ok(all)
}

/// Whose default it is stands with the owner alone, so all are read.
pub(in crate::calcom) async fn schedule(line: &Line<'_>, schedule: i64) -> Result<ScheduleThere, CalendarFailure> {
    let found = schedules(line).await?.into_iter().find(|found| found.schedule == schedule);
    found.ok_or_else(|| refused("schedule_unknown"))
}

fn schedule_of(item: &Value) -> Result<ScheduleThere, CalendarFailure> {
    let told = Told::deserialize(item).map_err(|_| unreadable())?;
    let rows = told.availability.iter().map(rows).collect::<Result<Vec<_>, _>>()?;
    Ok(ScheduleThere {
        schedule: told.id,
        owner: told.user_id,
        name: told.name,
        zone: told.time_zone.unwrap_or_default(),
        is_default: false,
        hours: hours::of(rows.into_iter().flatten()),
    })
}

fn rows(told: &Availability) -> Result<Vec<Row>, CalendarFailure> {
    let window = hours::window(&told.start_time, &told.end_time)?;
    if !told.date.is_null() {
        return Ok(vec![Row::On(event_type::date(&told.date).ok_or_else(unreadable)?, window)]);
    }
    let days = told.days.iter().map(|day| Weekday::from_sunday_zero_offset(*day));
    days.map(|day| Ok(Row::Weekly(day.map_err(|_| unreadable())?, window))).collect()
}
