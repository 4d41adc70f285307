//! GET and PATCH of /v2/schedules, and GET /v2/teams/{id}/schedules.

use http::StatusCode;
use jiff::{
    civil::{Time, Weekday},
    fmt::strtime,
    tz::TimeZone,
};
use serde_json::{Map, Value, json};

use super::{
    super::wire::Answer,
    access::Call,
    directory::Directory,
    fields::{Wrong, given},
    problem::Problem,
    schedule::{Override, Schedule, WeeklyHours},
    shapes::success,
    versions::LEGACY,
};

pub(super) fn list(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let own = directory.schedules.values().filter(|schedule| schedule.owner == user);
    let shapes: Vec<Value> = own.map(|schedule| shape(directory, schedule, call.version)).collect();
    Ok(Answer::new(StatusCode::OK, success(json!(shapes))))
}

pub(super) fn default(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = directory.users.get(&call.user()?);
    let schedule = user.and_then(|user| user.default_schedule).and_then(|id| directory.schedules.get(&id));
    let data = schedule.map_or(Value::Null, |schedule| shape(directory, schedule, call.version));
    Ok(Answer::new(StatusCode::OK, success(data)))
}

pub(super) fn get(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let schedule = own(directory, call)?;
    Ok(Answer::new(StatusCode::OK, success(shape(directory, schedule, call.version))))
}

/// The schedules of everybody in the team; `take` (at most 250) and `skip` narrow the list.
pub(super) fn list_of_team(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let team = call.team(directory)?;
    let theirs = directory.schedules.values().filter(|schedule| team.has(schedule.owner));
    let (take, skip) = call.page();
    let shapes: Vec<Value> = theirs.skip(skip).take(take).map(|schedule| shape(directory, schedule, SHOWN)).collect();
    Ok(Answer::new(StatusCode::OK, success(json!(shapes))))
}

const SHOWN: &str = "2024-06-11";

fn own<'d>(directory: &'d Directory, call: &Call<'_>) -> Result<&'d Schedule, Problem> {
    let (user, id) = (call.user()?, call.request.segment(2));
    let schedule = id.parse().ok().and_then(|id: u64| directory.schedules.get(&id));
    match schedule {
        Some(schedule) if schedule.owner == user => Ok(schedule),
        Some(_) => Err(Problem::forbidden(format!("User with ID={user} does not own schedule with ID={id}"))),
        None => Err(Problem::not_found(format!("Schedule with ID={id} does not exist."))),
    }
}

/// Lists that are sent replace those that were.
pub(super) fn update(directory: &mut Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let mut schedule = own(directory, call)?.clone();
    let fields = call.body()?;
    let mut wrong = Wrong::default();
    wrong.unknown(&fields, &["name", "timeZone", "availability", "isDefault", "overrides"]);
    if let Some(name) = wrong.text(&fields, "name") {
        schedule.name = name;
    }
    if let Some(zone) = wrong.text(&fields, "timeZone") {
        match TimeZone::get(&zone) {
            Ok(zone) => schedule.time_zone = zone,
            Err(_) => wrong.add("timeZone", "timeZone must be a valid IANA time-zone"),
        }
    }
    if let Some(rows) = rows(&fields, "availability", read_hours, &mut wrong) {
        schedule.availability = rows;
    }
    if let Some(rows) = rows(&fields, "overrides", read_override, &mut wrong) {
        schedule.overrides = rows;
    }
    let default = wrong.flag(&fields, "isDefault");
    wrong.finish()?;
    if let Some(owner) = directory.users.get_mut(&schedule.owner).filter(|_| default) {
        owner.default_schedule = Some(schedule.id);
    }
    directory.schedules.insert(schedule.id, schedule.clone());
    Ok(Answer::new(StatusCode::OK, success(shape(directory, &schedule, call.version))))
}

fn rows<T>(
    fields: &Map<String, Value>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
    wrong: &mut Wrong,
) -> Option<Vec<T>> {
    let rows = given(fields, name)?.as_array().and_then(|rows| rows.iter().map(read).collect());
    if rows.is_none() {
        wrong.add(name, &format!("{name} must hold days or dates with startTime and endTime in format HH:MM"));
    }
    rows
}

fn read_hours(row: &Value) -> Option<WeeklyHours> {
    let days = row.get("days")?.as_array()?.iter().map(|day| weekday(day.as_str()?)).collect::<Option<_>>()?;
    Some(WeeklyHours { days, from: time(row, "startTime")?, to: time(row, "endTime")? })
}

fn read_override(row: &Value) -> Option<Override> {
    let date = row.get("date")?.as_str()?.parse().ok()?;
    Some(Override { date, from: time(row, "startTime")?, to: time(row, "endTime")? })
}

fn time(row: &Value, name: &str) -> Option<Time> {
    Time::strptime("%H:%M", row.get(name)?.as_str()?).ok()
}

fn weekday(name: &str) -> Option<Weekday> {
    Weekday::Monday.cycle_forward().take(7).find(|day| day_name(*day) == name)
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn shape(directory: &Directory, schedule: &Schedule, version: &str) -> Value {
    let default = directory.users.get(&schedule.owner).and_then(|user| user.default_schedule);
    let zone = schedule.time_zone.iana_name().unwrap_or("UTC");
    if version == LEGACY {
        return legacy_shape(schedule, zone);
    }
    let weekly = schedule.availability.iter().map(|hours| {
        let days: Vec<_> = hours.days.iter().map(|day| day_name(*day)).collect();
        json!({"days": days, "startTime": clock(hours.from), "endTime": clock(hours.to)})
    });
    let overrides = schedule
        .overrides
        .iter()
        .map(|row| json!({"date": row.date.to_string(), "startTime": clock(row.from), "endTime": clock(row.to)}));
    json!({
        "id": schedule.id,
        "ownerId": schedule.owner,
        "name": schedule.name,
        "timeZone": zone,
        "availability": weekly.collect::<Vec<_>>(),
        "isDefault": default == Some(schedule.id),
        "overrides": overrides.collect::<Vec<_>>(),
    })
}

/// The oldest version counts weekdays from Sunday and calls the zone by another name.
fn legacy_shape(schedule: &Schedule, zone: &str) -> Value {
    let weekly = schedule.availability.iter().map(|hours| {
        let days: Vec<_> = hours.days.iter().map(|day| day.to_sunday_zero_offset()).collect();
        json!({"days": days, "startTime": format!("1970-01-01T{}:00.000Z", clock(hours.from)),
               "endTime": format!("1970-01-01T{}:00.000Z", clock(hours.to))})
    });
    let weekly: Vec<_> = weekly.collect();
    json!({"id": schedule.id, "name": schedule.name, "timezone": zone, "schedule": weekly})
}

fn clock(time: Time) -> String {
    strtime::format("%H:%M", time).unwrap_or_default()
}
