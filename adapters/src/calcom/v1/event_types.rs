//! Services: the key's owner's own, and those of the owner's teams, which the first list leaves out.

use super::people;
use crate::calcom::answer::{About, unreadable};
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
    user_id: Option<i64>,
    slug: String,
    title: String,
    length: u32,
    slot_interval: Option<u32>,
    minimum_booking_notice: Option<u32>,
    before_event_buffer: Option<u32>,
    after_event_buffer: Option<u32>,
    #[serde(flatten)]
    period: Period,
    #[serde(default)]
    booking_limits: Value,
    #[serde(default)]
    duration_limits: Value,
    max_active_bookings_per_booker: Option<u32>,
    #[serde(default)]
    requires_confirmation: bool,
    #[serde(default)]
    hidden: bool,
    scheduling_type: Option<String>,
    hosts: Option<Vec<Host>>,
    users: Option<Vec<User>>,
    booking_fields: Option<Vec<Value>>,
    schedule_id: Option<i64>,
    #[serde(default)]
    metadata: Value,
}

#[derive(Debug, Deserialize)]
struct Period {
    #[serde(rename = "periodType")]
    kind: Option<String>,
    #[serde(rename = "periodDays")]
    days: Option<u32>,
    #[serde(rename = "periodCountCalendarDays")]
    calendar_days: Option<bool>,
    #[serde(rename = "periodStartDate", default)]
    from: Value,
    #[serde(rename = "periodEndDate", default)]
    to: Value,
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
    let mut all = list(line, vec!["event-types"]).await?;
    for team in people::teams(line).await? {
        let of_team = list(line, vec!["teams", &team.to_string(), "event-types"]).await?;
        all.extend(of_team.into_iter().map(|found| EventTypeThere { team: found.team.or(Some(team)), ..found }));
    }
    Ok(all)
}

pub(super) async fn one(line: &Line<'_>, event_type: EventTypeId) -> Result<EventTypeThere, CalendarFailure> {
    let number = event_type.to_string();
    let ask = Ask::get("event_type", vec!["event-types", &number]);
    line.read(ask, |answer| event_type_of(answer.under("event_type", About::EventType)?)).await
}

async fn list(line: &Line<'_>, segments: Vec<&str>) -> Result<Vec<EventTypeThere>, CalendarFailure> {
    line.read(Ask::get("event_types", segments), |answer| {
        answer.list_under("event_types")?.iter().map(event_type_of).collect()
    })
    .await
}

fn event_type_of(item: &Value) -> Result<EventTypeThere, CalendarFailure> {
    let told = Told::deserialize(item).map_err(|_| unreadable())?;
    let window = told.period.window()?;
    let lengths = told.metadata.get("multipleDuration").and_then(Value::as_array).into_iter().flatten();
    Ok(EventTypeThere {
        event_type: EventTypeId(told.id),
        team: told.team_id,
        minutes: told.length,
        lengths: lengths.filter_map(event_type::number).collect(),
        slot_interval: told.slot_interval,
        notice_minutes: told.minimum_booking_notice.unwrap_or_default(),
        buffer_before: told.before_event_buffer.unwrap_or_default(),
        buffer_after: told.after_event_buffer.unwrap_or_default(),
        window,
        limits: limits(&told),
        requires_confirmation: told.requires_confirmation,
        hidden: told.hidden,
        // A managed one is the mould of its members' own and takes no booking.
        bookable: told.scheduling_type.as_deref() != Some("MANAGED"),
        hosts: hosts(&told),
        fields: told.booking_fields.iter().flatten().filter_map(field).collect(),
        schedule: told.schedule_id,
        slug: told.slug,
        title: told.title,
    })
}

/// Of a team's the hosts, of a person's the users, and where neither is told its owner.
fn hosts(told: &Told) -> Vec<i64> {
    let hosts = told.hosts.iter().flatten().map(|host| host.user_id);
    let users = told.users.iter().flatten().map(|user| user.id);
    let named: Vec<i64> = hosts.chain(users).collect();
    if named.is_empty() { told.user_id.into_iter().collect() } else { named }
}

impl Period {
    fn window(&self) -> Result<Option<BookingWindow>, CalendarFailure> {
        let days = |rolling| {
            let days = self.days?;
            Some(if self.calendar_days.unwrap_or_default() {
                BookingWindow::CalendarDays { days, rolling }
            } else {
                BookingWindow::BusinessDays { days, rolling }
            })
        };
        let (from, to) = (event_type::date(&self.from), event_type::date(&self.to));
        let window = match self.kind.as_deref() {
            None | Some("UNLIMITED") => return Ok(None),
            Some("ROLLING") => days(false),
            Some("ROLLING_WINDOW") => days(true),
            Some("RANGE") => from.zip(to).map(|(from, to)| BookingWindow::Range { from, to }),
            Some(_) => None,
        };
        window.map(Some).ok_or_else(unreadable)
    }
}

fn limits(told: &Told) -> Vec<BookingLimit> {
    let bookings = event_type::limits(&told.booking_limits, LimitOf::Bookings);
    let minutes = event_type::limits(&told.duration_limits, LimitOf::Minutes);
    let active = told.max_active_bookings_per_booker.map(event_type::active_per_customer);
    bookings.into_iter().chain(minutes).chain(active).collect()
}

/// A question that is asked; hidden ones are not.
fn field(told: &Value) -> Option<BookingField> {
    let text = |name: &str| told.get(name).and_then(Value::as_str).map(str::to_owned);
    let flag = |name: &str| told.get(name).and_then(Value::as_bool).unwrap_or_default();
    let slug = text("name")?;
    (!flag("hidden")).then(|| BookingField {
        kind: text("type").unwrap_or_default(),
        label: text("label").or_else(|| text("defaultLabel")).unwrap_or_default(),
        required: flag("required"),
        options: event_type::options(told),
        slug,
    })
}
