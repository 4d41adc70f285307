//! What version 1 shows.

use jiff::civil::Time;
use serde_json::{Map, Value, json};

use super::super::{
    booking::{Attendee, Booking},
    directory::{Directory, Team, User},
    event_type::{BookingWindow, EventType, Hosting, Per, Scheduling},
    instants::iso,
    schedule::Schedule,
};

pub(super) fn booking(directory: &Directory, booking: &Booking) -> Value {
    json!({
        "id": booking.id,
        "uid": booking.uid,
        "userId": booking.host(),
        "eventTypeId": booking.event_type,
        "title": booking.title,
        "description": "",
        "startTime": iso(booking.start),
        "endTime": iso(booking.end),
        "status": booking.status.as_str().to_uppercase(),
        "attendees": [attendee(&booking.attendee)],
        "user": directory.users.get(&booking.host()).map(person),
        "metadata": booking.metadata,
        "responses": responses(booking),
    })
}

fn attendee(attendee: &Attendee) -> Value {
    json!({
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "locale": attendee.language,
    })
}

fn responses(booking: &Booking) -> Value {
    let mut responses = booking.responses.clone();
    responses.insert("name".into(), booking.attendee.name.as_str().into());
    responses.insert("email".into(), booking.attendee.email.as_str().into());
    if let Some(phone) = &booking.attendee.phone {
        responses.insert("attendeePhoneNumber".into(), phone.as_str().into());
    }
    Value::Object(responses)
}

fn person(user: &User) -> Value {
    json!({"name": user.name, "email": user.email, "timeZone": zone(user), "locale": "de"})
}

pub(super) fn user(user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "timeZone": zone(user),
        "weekStart": "Monday",
        "timeFormat": 24,
        "defaultScheduleId": user.default_schedule,
    })
}

fn zone(user: &User) -> &str {
    user.time_zone.iana_name().unwrap_or("UTC")
}

pub(super) fn team(team: &Team) -> Value {
    json!({"id": team.id, "name": team.name, "slug": team.slug})
}

pub(super) fn event_type(kind: &EventType) -> Value {
    let multiple = (!kind.length_options.is_empty()).then(|| json!({"multipleDuration": kind.length_options}));
    let mut shape = json!({
        "id": kind.id,
        "title": kind.title,
        "slug": kind.slug,
        "length": kind.length_minutes,
        "hidden": kind.hidden,
        "slotInterval": kind.slot_interval_minutes,
        "minimumBookingNotice": kind.minimum_notice_minutes,
        "beforeEventBuffer": kind.before_buffer_minutes,
        "afterEventBuffer": kind.after_buffer_minutes,
        "requiresConfirmation": kind.needs_confirmation(),
        "bookingLimits": limits(kind),
        "durationLimits": null,
        "scheduleId": kind.schedule,
        "bookingFields": fields(kind),
        "metadata": multiple.unwrap_or_else(|| json!({})),
    });
    if let Value::Object(fields) = &mut shape {
        fields.extend(period(kind.window));
        fields.extend(hosting(&kind.hosting));
    }
    shape
}

fn hosting(hosting: &Hosting) -> Map<String, Value> {
    let shape = match hosting {
        Hosting::Personal { owner } => json!({
            "userId": owner, "teamId": null, "schedulingType": null, "hosts": [], "users": [{"id": owner}],
        }),
        Hosting::Team { team, scheduling, hosts } => {
            let word = match scheduling {
                Scheduling::RoundRobin => "ROUND_ROBIN",
                Scheduling::Collective => "COLLECTIVE",
                Scheduling::Managed => "MANAGED",
            };
            let hosts: Vec<_> = hosts.iter().map(|host| json!({"userId": host, "isFixed": false})).collect();
            json!({"userId": null, "teamId": team, "schedulingType": word, "hosts": hosts, "users": []})
        }
    };
    if let Value::Object(fields) = shape { fields } else { Map::new() }
}

fn limits(kind: &EventType) -> Value {
    let named = kind.limits.iter().map(|limit| match limit.per {
        Per::Day => ("PER_DAY".to_owned(), limit.bookings.into()),
        Per::Month => ("PER_MONTH".to_owned(), limit.bookings.into()),
    });
    if kind.limits.is_empty() { Value::Null } else { Value::Object(named.collect()) }
}

fn period(window: BookingWindow) -> Map<String, Value> {
    let (kind, days, calendar, range) = match window {
        BookingWindow::Unlimited => ("UNLIMITED", None, None, None),
        BookingWindow::CalendarDays(days) => ("ROLLING", Some(days), Some(true), None),
        BookingWindow::BusinessDays(days) => ("ROLLING", Some(days), Some(false), None),
        BookingWindow::Range(first, last) => ("RANGE", None, None, Some((first, last))),
    };
    let day = |date: jiff::civil::Date| format!("{date}T00:00:00.000Z");
    let shape = json!({
        "periodType": kind,
        "periodDays": days,
        "periodCountCalendarDays": calendar,
        "periodStartDate": range.map(|(first, _)| day(first)),
        "periodEndDate": range.map(|(_, last)| day(last)),
    });
    if let Value::Object(fields) = shape { fields } else { Map::new() }
}

fn fields(kind: &EventType) -> Value {
    let own = kind
        .fields
        .iter()
        .map(|field| json!({"name": field.slug, "type": "text", "label": field.label, "required": field.required}));
    let name = json!({"name": "name", "type": "name", "defaultLabel": "your_name", "required": true});
    let email = json!({
        "name": "email", "type": "email", "defaultLabel": "email_address", "required": kind.email_required,
    });
    [name, email].into_iter().chain(own).collect()
}

pub(super) fn schedule(schedule: &Schedule) -> Value {
    let weekly = schedule.availability.iter().map(|hours| {
        let days: Vec<_> = hours.days.iter().map(|day| day.to_sunday_zero_offset()).collect();
        row(&json!(null), &json!(days), hours.from, hours.to)
    });
    let special = schedule.overrides.iter().map(|it| row(&json!(it.date.to_string()), &json!([]), it.from, it.to));
    json!({
        "id": schedule.id,
        "userId": schedule.owner,
        "name": schedule.name,
        "timeZone": schedule.time_zone.iana_name().unwrap_or("UTC"),
        "availability": weekly.chain(special).collect::<Vec<_>>(),
    })
}

fn row(date: &Value, days: &Value, from: Time, to: Time) -> Value {
    json!({
        "id": 1,
        "eventTypeId": null,
        "date": date,
        "days": days,
        "startTime": from.to_string(),
        "endTime": to.to_string(),
    })
}
