//! What a webhook says, in the format of 2021-10-20. Most wrap the booking in `payload`; the end of a meeting is flat, and
//! who did not come is told of by `bookingUid`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    booking::{Attendee, Booking},
    directory::{Directory, User},
    instants::iso,
    trigger::Trigger,
};

/// `old` is the booking that this one took the place of. The form of its times varies, as it does at Cal.com.
pub(super) fn body(
    directory: &Directory,
    trigger: Trigger,
    booking: &Booking,
    old: Option<&Booking>,
    now: Timestamp,
) -> Value {
    let (name, created) = (trigger.as_str(), iso(now));
    match trigger {
        Trigger::NoShowUpdated => json!({"triggerEvent": name, "createdAt": created, "payload": no_show(booking)}),
        Trigger::MeetingEnded => {
            let mut flat = meeting(directory, booking);
            flat.insert("triggerEvent".into(), name.into());
            flat.insert("createdAt".into(), created.into());
            Value::Object(flat)
        }
        _ => json!({"triggerEvent": name, "createdAt": created, "payload": of_booking(directory, booking, old)}),
    }
}

fn of_booking(directory: &Directory, booking: &Booking, old: Option<&Booking>) -> Value {
    let kind = directory.event_types.get(&booking.event_type);
    let mut payload = json!({
        "uid": booking.uid,
        "bookingId": booking.id,
        "eventTypeId": booking.event_type,
        "type": kind.map_or("", |kind| kind.slug.as_str()),
        "title": booking.title,
        "eventTitle": kind.map_or("", |kind| kind.title.as_str()),
        "startTime": time(booking, booking.start),
        "endTime": time(booking, booking.end),
        "length": booking.end.duration_since(booking.start).as_mins(),
        "status": booking.status.as_str().to_uppercase(),
        "organizer": directory.users.get(&booking.host()).map(organizer),
        "attendees": [attendee(&booking.attendee)],
        "responses": responses(booking),
        "metadata": booking.metadata,
        "location": booking.location,
        "iCalUID": format!("{}@Cal.com", booking.uid),
        "additionalNotes": booking.responses.get("notes").and_then(Value::as_str).unwrap_or_default(),
    });
    if let Value::Object(fields) = &mut payload {
        if let Some(old) = old {
            fields.insert("rescheduleId".into(), old.id.into());
            fields.insert("rescheduleUid".into(), old.uid.as_str().into());
            fields.insert("rescheduleStartTime".into(), iso(old.start).into());
            fields.insert("rescheduleEndTime".into(), iso(old.end).into());
        }
        if !booking.status.is_live() {
            fields.insert("cancellationReason".into(), json!(booking.cancellation_reason));
            fields.insert("requestReschedule".into(), false.into());
        }
    }
    payload
}

/// Three ways to write the same instant.
fn time(booking: &Booking, at: Timestamp) -> String {
    match booking.id % 3 {
        0 => iso(at),
        1 => format!("{at:.0}"),
        _ => format!("{at:.0}").replace('Z', "+00:00"),
    }
}

fn organizer(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "username": user.username,
        "timeZone": user.time_zone.iana_name().unwrap_or("UTC"),
        "language": {"locale": "de"},
    })
}

fn attendee(attendee: &Attendee) -> Value {
    let mut shape = json!({
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": {"locale": attendee.language},
    });
    if let (Value::Object(fields), Some(phone)) = (&mut shape, &attendee.phone) {
        fields.insert("phoneNumber".into(), phone.as_str().into());
    }
    shape
}

fn responses(booking: &Booking) -> Value {
    let told = |label: &str, value: Value| json!({"label": label, "value": value, "isHidden": false});
    let mut responses: Map<String, Value> =
        booking.responses.iter().map(|(slug, value)| (slug.clone(), told(slug, value.clone()))).collect();
    responses.insert("name".into(), told("your_name", booking.attendee.name.as_str().into()));
    responses.insert("email".into(), told("email_address", booking.attendee.email.as_str().into()));
    if let Some(phone) = &booking.attendee.phone {
        responses.insert("attendeePhoneNumber".into(), told("phone_number", phone.as_str().into()));
    }
    Value::Object(responses)
}

fn meeting(directory: &Directory, booking: &Booking) -> Map<String, Value> {
    let flat = json!({
        "id": booking.id,
        "uid": booking.uid,
        "eventTypeId": booking.event_type,
        "userId": booking.host(),
        "title": booking.title,
        "startTime": time(booking, booking.start),
        "endTime": time(booking, booking.end),
        "status": booking.status.as_str().to_uppercase(),
        "location": booking.location,
        "metadata": booking.metadata,
        "user": directory.users.get(&booking.host()).map(organizer),
        "attendees": [{
            "name": booking.attendee.name,
            "email": booking.attendee.email,
            "timeZone": booking.attendee.time_zone,
            "locale": booking.attendee.language,
        }],
    });
    if let Value::Object(fields) = flat { fields } else { Map::new() }
}

fn no_show(booking: &Booking) -> Value {
    let attendee = json!({"email": booking.attendee.email, "noShow": booking.attendee.absent});
    json!({
        "message": "no_show_updated",
        "bookingId": booking.id,
        "bookingUid": booking.uid,
        "attendees": [attendee],
    })
}
