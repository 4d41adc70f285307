//! A booking as versions since 2024-08-13 show it.

use serde_json::{Map, Value, json};

use super::{
    booking::{Attendee, Booking},
    directory::{Directory, User},
    instants::iso,
};

pub(super) fn success(data: impl Into<Value>) -> Value {
    json!({"status": "success", "data": data.into()})
}

pub(super) fn booking(directory: &Directory, booking: &Booking) -> Value {
    let slug = directory.event_types.get(&booking.event_type).map_or("", |kind| kind.slug.as_str());
    let notes = booking.responses.get("notes").and_then(Value::as_str).unwrap_or_default();
    let mut shape = json!({
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "description": notes,
        "hosts": hosts(directory, booking),
        "status": booking.status.as_str(),
        "start": iso(booking.start),
        "end": iso(booking.end),
        "duration": booking.end.duration_since(booking.start).as_mins(),
        "eventTypeId": booking.event_type,
        "eventType": {"id": booking.event_type, "slug": slug},
        "meetingUrl": booking.location,
        "location": booking.location,
        "absentHost": booking.absent_host,
        "createdAt": iso(booking.created_at),
        "updatedAt": iso(booking.updated_at),
        "metadata": booking.metadata,
        "icsUid": format!("{}@Cal.com", booking.uid),
        "attendees": [attendee(&booking.attendee)],
        "bookingFieldsResponses": responses(booking),
    });
    if let Value::Object(fields) = &mut shape {
        optional(fields, booking);
    }
    shape
}

/// What is left out until it has a value.
fn optional(fields: &mut Map<String, Value>, booking: &Booking) {
    let texts = [
        ("cancellationReason", &booking.cancellation_reason),
        ("reschedulingReason", &booking.rescheduling_reason),
        ("rescheduledByEmail", &booking.rescheduled_by),
        ("rescheduledFromUid", &booking.rescheduled_from),
        ("rescheduledToUid", &booking.rescheduled_to),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.insert(name.into(), text.as_str().into());
        }
    }
    if !booking.guests.is_empty() {
        fields.insert("guests".into(), json!(booking.guests));
    }
}

fn hosts(directory: &Directory, booking: &Booking) -> Vec<Value> {
    let users = booking.hosts.iter().filter_map(|host| directory.users.get(host));
    let shown: Vec<_> = users.map(host).collect();
    // A host who has left Cal.com is still listed, with an id that is a word.
    if shown.is_empty() { vec![unknown_host()] } else { shown }
}

fn host(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "displayEmail": user.email,
        "username": user.username,
        "timeZone": user.time_zone.iana_name().unwrap_or("UTC"),
    })
}

fn unknown_host() -> Value {
    json!({
        "id": "unknown",
        "name": "unknown",
        "email": "unknown",
        "displayEmail": "unknown",
        "username": "unknown",
        "timeZone": "unknown",
    })
}

fn attendee(attendee: &Attendee) -> Value {
    let mut shape = json!({
        "name": attendee.name,
        "email": attendee.email,
        "displayEmail": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.language,
        "absent": attendee.absent,
    });
    if let (Value::Object(fields), Some(phone)) = (&mut shape, &attendee.phone) {
        fields.insert("phoneNumber".into(), phone.as_str().into());
    }
    shape
}

fn responses(booking: &Booking) -> Value {
    let mut responses = booking.responses.clone();
    responses.insert("name".into(), booking.attendee.name.as_str().into());
    responses.insert("email".into(), booking.attendee.email.as_str().into());
    if let Some(phone) = &booking.attendee.phone {
        responses.insert("attendeePhoneNumber".into(), phone.as_str().into());
    }
    if !booking.guests.is_empty() {
        responses.insert("guests".into(), json!(booking.guests));
    }
    Value::Object(responses)
}
