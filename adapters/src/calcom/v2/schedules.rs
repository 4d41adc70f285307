//! Hours: the owner's own schedules and those of the teams that the owner runs; written whole.

use super::people;
use crate::calcom::answer::{About, Answer, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::hours::{self, Row};
use crate::calcom::line::Line;
use http::Method;
use jiff::civil::{Date, Weekday};
use ringbuch_domain::ports::{CalendarFailure, Hours, ScheduleThere};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    id: i64,
    owner_id: i64,
    name: String,
    time_zone: String,
    #[serde(default)]
    is_default: bool,
    availability: Vec<Weekly>,
    #[serde(default)]
    overrides: Vec<OnDate>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Weekly {
    days: Vec<String>,
    start_time: String,
    end_time: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnDate {
    date: Date,
    start_time: String,
    end_time: String,
}

#[derive(Debug, Serialize)]
struct Whole {
    availability: Vec<Weekly>,
    overrides: Vec<OnDate>,
}

const NAMES: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

pub(in crate::calcom) async fn schedules(line: &Line<'_>) -> Result<Vec<ScheduleThere>, CalendarFailure> {
    let own = Ask::get("schedules", vec!["schedules"]).of_version(&line.versions().schedules);
    let mut all = line.read(own, |answer| answer.data(About::List)?.as_array().cloned().ok_or_else(unreadable)).await?;
    for team in people::teams(line).await? {
        let number = team.to_string();
        let of_team = line.every(Ask::get("schedules", vec!["teams", &number, "schedules"])).await;
        all.extend(people::unless_not_ours(team, of_team)?);
    }
    // The owner's own stand in the team's list as well.
    let all = all.iter().map(schedule_of).collect::<Result<Vec<_>, _>>()?;
    let once: BTreeMap<_, _> = all.into_iter().map(|schedule| (schedule.schedule, schedule)).collect();
    Ok(once.into_values().collect())
}

pub(in crate::calcom) async fn schedule(line: &Line<'_>, schedule: i64) -> Result<ScheduleThere, CalendarFailure> {
    let number = schedule.to_string();
    let ask = Ask::get("schedule", vec!["schedules", &number]).of_version(&line.versions().schedules);
    line.read(ask, told).await
}

/// Both lists are sent, so that what is not among the hours any more goes there as well.
pub(in crate::calcom) async fn put_hours(
    line: &Line<'_>,
    schedule: i64,
    hours: &Hours,
) -> Result<ScheduleThere, CalendarFailure> {
    let number = schedule.to_string();
    let ask = Ask::sending("put_hours", Method::PATCH, vec!["schedules", &number], &whole(hours)?)?;
    line.write(ask.of_version(&line.versions().schedules), told).await
}

fn told(answer: &Answer) -> Result<ScheduleThere, CalendarFailure> {
    schedule_of(answer.data(About::Schedule)?)
}

fn schedule_of(data: &Value) -> Result<ScheduleThere, CalendarFailure> {
    let told = Told::deserialize(data).map_err(|_| unreadable())?;
    let mut rows = Vec::new();
    for weekly in &told.availability {
        let window = hours::window(&weekly.start_time, &weekly.end_time)?;
        for name in &weekly.days {
            let day = NAMES.iter().find(|(known, _)| known == name).ok_or_else(unreadable)?.1;
            rows.push(Row::Weekly(day, window));
        }
    }
    for special in &told.overrides {
        rows.push(Row::On(special.date, hours::window(&special.start_time, &special.end_time)?));
    }
    Ok(ScheduleThere {
        schedule: told.id,
        owner: told.owner_id,
        name: told.name,
        zone: told.time_zone,
        is_default: told.is_default,
        hours: hours::of(rows),
    })
}

fn whole(hours: &Hours) -> Result<Whole, CalendarFailure> {
    let weekly = hours::by_window(hours)?.into_iter().map(|(window, days)| {
        let [start_time, end_time] = hours::words(window);
        let named = NAMES.iter().filter(|(_, day)| days.contains(day));
        Weekly { days: named.map(|(name, _)| (*name).to_owned()).collect(), start_time, end_time }
    });
    let special = hours.overrides.iter().flat_map(|(date, windows)| {
        hours::rows(windows).map(|[start_time, end_time]| OnDate { date: *date, start_time, end_time })
    });
    Ok(Whole { availability: weekly.collect(), overrides: special.collect() })
}
