//! Services: the owner's own, then those of each team that the owner runs.

use super::people;
use crate::calcom::answer::{About, Answer, unreadable};
use crate::calcom::event_type;
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use ringbuch_domain::company::{BookingField, BookingLimit, BookingWindow, LimitOf};
use ringbuch_domain::ids::EventTypeId;
use ringbuch_domain::ports::{CalendarFailure, EventTypeThere};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    id: i64,
    team_id: Option<i64>,
    slug: String,
    title: String,
    length_in_minutes: u32,
    length_in_minutes_options: Option<Vec<u32>>,
    slot_interval: Option<u32>,
    minimum_booking_notice: Option<u32>,
    before_event_buffer: Option<u32>,
    after_event_buffer: Option<u32>,
    #[serde(default)]
    booking_window: Value,
    #[serde(default)]
    booking_limits_count: Value,
    #[serde(default)]
    booking_limits_duration: Value,
    #[serde(default)]
    booker_active_bookings_limit: Value,
    #[serde(default)]
    confirmation_policy: Value,
    #[serde(default)]
    hidden: bool,
    scheduling_type: Option<String>,
    /// Of a team's.
    #[serde(default)]
    hosts: Vec<Host>,
    /// Of a person's.
    #[serde(default)]
    users: Vec<User>,
    #[serde(default)]
    booking_fields: Vec<Value>,
    schedule_id: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Host {
    user_id: i64,
}

#[derive(Debug, Deserialize)]
struct User {
    id: i64,
}

pub(in crate::calcom) async fn event_types(line: &Line<'_>) -> Result<Vec<EventTypeThere>, CalendarFailure> {
    let mut all = list(line, vec!["event-types"], None).await?;
    for team in people::teams(line).await? {
        let number = team.to_string();
        let of_team = list(line, vec!["teams", &number, "event-types"], Some(team)).await;
        all.extend(people::unless_not_ours(team, of_team)?);
    }
    Ok(all)
}

async fn list(line: &Line<'_>, segments: Vec<&str>, team: Option<i64>) -> Result<Vec<EventTypeThere>, CalendarFailure> {
    let ask = Ask::get("event_types", segments).of_version(&line.versions().event_types);
    line.read(ask, |answer| read(answer, team)).await
}

fn read(answer: &Answer, team: Option<i64>) -> Result<Vec<EventTypeThere>, CalendarFailure> {
    let items = answer.data(About::List)?.as_array().ok_or_else(unreadable)?;
    items.iter().map(|item| event_type(item, team)).collect()
}

fn event_type(item: &Value, team: Option<i64>) -> Result<EventTypeThere, CalendarFailure> {
    let told = Told::deserialize(item).map_err(|_| unreadable())?;
    let (window, limits) = (window(&told.booking_window)?, limits(&told));
    let hosts = told.hosts.iter().map(|host| host.user_id).chain(told.users.iter().map(|user| user.id));
    Ok(EventTypeThere {
        event_type: EventTypeId(told.id),
        team: told.team_id.or(team),
        minutes: told.length_in_minutes,
        lengths: told.length_in_minutes_options.unwrap_or_default(),
        slot_interval: told.slot_interval,
        notice_minutes: told.minimum_booking_notice.unwrap_or_default(),
        buffer_before: told.before_event_buffer.unwrap_or_default(),
        buffer_after: told.after_event_buffer.unwrap_or_default(),
        window,
        limits,
        requires_confirmation: told.confirmation_policy.get("type").is_some_and(Value::is_string),
        hidden: told.hidden,
        // A managed one is the mould of its members' own and takes no booking.
        bookable: told.scheduling_type.as_deref() != Some("managed"),
        hosts: hosts.collect(),
        fields: told.booking_fields.iter().filter_map(field).collect(),
        schedule: told.schedule_id,
        slug: told.slug,
        title: told.title,
    })
}

/// Told as a list of one, or as `{"disabled":true}`, or not at all where there is no bound.
fn window(told: &Value) -> Result<Option<BookingWindow>, CalendarFailure> {
    let Some(told) = told.as_array().map_or(Some(told), |list| list.first()) else { return Ok(None) };
    let Some(kind) = told.get("type").and_then(Value::as_str) else { return Ok(None) };
    let rolling = told.get("rolling").and_then(Value::as_bool).unwrap_or_default();
    let value = told.get("value").unwrap_or(&Value::Null);
    let days = event_type::number(value);
    let day = |at: usize| value.get(at).and_then(event_type::date);
    let window = match kind {
        "calendarDays" => days.map(|days| BookingWindow::CalendarDays { days, rolling }),
        "businessDays" => days.map(|days| BookingWindow::BusinessDays { days, rolling }),
        "range" => day(0).zip(day(1)).map(|(from, to)| BookingWindow::Range { from, to }),
        _ => None,
    };
    window.map(Some).ok_or_else(unreadable)
}

fn limits(told: &Told) -> Vec<BookingLimit> {
    let bookings = event_type::limits(&told.booking_limits_count, LimitOf::Bookings);
    let minutes = event_type::limits(&told.booking_limits_duration, LimitOf::Minutes);
    let active = told.booker_active_bookings_limit.get("maximumActiveBookings").and_then(event_type::number);
    let active = active.map(event_type::active_per_customer);
    bookings.into_iter().chain(minutes).chain(active).collect()
}

/// A question that is asked; hidden ones are not. Since 2026-06-12 the system's own are named by `field` alone.
fn field(told: &Value) -> Option<BookingField> {
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
    let flag = |name: &str| told.get(name).and_then(Value::as_bool).unwrap_or_default();
    let slug = text("slug").or_else(|| text("field"))?;
    (!flag("hidden")).then(|| BookingField {
        kind: text("type").or_else(|| text("field")).unwrap_or_default(),
        label: text("label").unwrap_or_default(),
        required: flag("required"),
        options: event_type::options(told),
        slug,
    })
}
