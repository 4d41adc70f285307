//! Bookings as they stand on the wire. What is sent holds nothing that Cal.com does not know, since it refuses a request
//! for one unknown property; what comes back is read for what is needed and no more.

use crate::calcom::answer::unreadable;
use crate::calcom::metadata;
use jiff::Timestamp;
use ringbuch_domain::ports::{Attendee, BookRequest, CalendarFailure, ProviderBooking};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookingToMake<'a> {
    /// In UTC with its Z: without one Cal.com reads UTC as well, and a reader of logs something else.
    start: Timestamp,
    event_type_id: i64,
    attendee: AttendeeToBook<'a>,
    metadata: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_fields_responses: Option<Responses<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeToBook<'a> {
    name: &'a str,
    email: &'a str,
    time_zone: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Responses<'a> {
    notes: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cancelling<'a> {
    pub cancellation_reason: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rescheduling<'a> {
    pub start: Timestamp,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub rescheduling_reason: &'a str,
}

impl<'a> From<&'a BookRequest> for BookingToMake<'a> {
    fn from(request: &'a BookRequest) -> Self {
        Self {
            start: request.start,
            event_type_id: request.event_type.0,
            attendee: (&request.attendee).into(),
            metadata: metadata::of(request),
            booking_fields_responses: (!request.notes.is_empty()).then_some(Responses { notes: &request.notes }),
        }
    }
}

impl<'a> From<&'a Attendee> for AttendeeToBook<'a> {
    fn from(attendee: &'a Attendee) -> Self {
        Self {
            name: &attendee.name,
            email: &attendee.email,
            time_zone: &attendee.zone,
            language: metadata::known_language(&attendee.language),
            phone_number: attendee.phone.as_deref(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BookingAsTold {
    id: i64,
    uid: String,
    status: String,
    start: Timestamp,
    end: Timestamp,
    #[serde(default)]
    hosts: Vec<HostAsTold>,
    #[serde(default)]
    attendees: Vec<AttendeeAsTold>,
    metadata: Option<Map<String, Value>>,
    created_at: Option<String>,
}

/// The id may be a word such as "unknown".
#[derive(Debug, Deserialize)]
struct HostAsTold {
    id: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct AttendeeAsTold {
    absent: Option<bool>,
}

/// Reads one booking of an answer's `data`.
pub(super) fn booking(data: &Value) -> Result<ProviderBooking, CalendarFailure> {
    let told = BookingAsTold::deserialize(data).map_err(|_| unreadable())?;
    let (booking, attempt) = metadata::read(told.metadata.as_ref());
    Ok(ProviderBooking {
        number: told.id,
        status: metadata::status(&told.status).ok_or_else(unreadable)?,
        host: told.hosts.first().and_then(|host| host.id.as_ref()).and_then(Value::as_i64),
        start: told.start,
        end: told.end,
        booking,
        attempt,
        created_at: told.created_at.and_then(|at| at.parse().ok()),
        moved_to: moved_to(data).map(str::to_owned),
        co_hosts: told.hosts.iter().skip(1).filter_map(|host| host.id.as_ref()?.as_i64()).collect(),
        absent: told.attendees.iter().any(|attendee| attendee.absent == Some(true)),
        uid: told.uid,
    })
}

/// The uid of the booking that this one was moved to.
pub(super) fn moved_to(data: &Value) -> Option<&str> {
    uid(data, "rescheduledToUid")
}

/// The uid of the booking that this one was moved from.
pub(super) fn moved_from(data: &Value) -> Option<&str> {
    uid(data, "rescheduledFromUid")
}

fn uid<'a>(data: &'a Value, name: &str) -> Option<&'a str> {
    data.get(name)?.as_str().filter(|uid| !uid.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::ports::ProviderStatus;
    use serde_json::json;

    fn told() -> Value {
        json!({
            "id": 123,
            "uid": "uid_1",
            "title": "Schnitt",
            "hosts": [{"id": 7, "name": "Erika Mustermann", "email": "erika@example.com"}],
            "status": "accepted",
            "start": "2026-11-24T10:00:00.000Z",
            "end": "2026-11-24T10:30:00.000Z",
            "duration": 30,
            "createdAt": "2026-11-20T12:00:00.000Z",
            "metadata": {"ringbuch_booking": "00000000-0000-0000-0000-000000000001", "ringbuch_attempt": "2", "x": {}},
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut told = told();
        told[name] = value;
        told
    }

    #[test]
    fn a_booking_is_read_with_what_it_may_lack() {
        let whole = booking(&told()).unwrap();
        assert_eq!((whole.number, whole.host, whole.attempt), (123, Some(7), Some(2)));
        assert_eq!(whole.booking, Some("00000000-0000-0000-0000-000000000001".parse().unwrap()));
        assert_eq!(whole.start, "2026-11-24T10:00:00Z".parse().unwrap());
        assert_eq!(whole.created_at, Some("2026-11-20T12:00:00Z".parse().unwrap()));
        assert_eq!(booking(&with("hosts", json!([{"id": "unknown"}]))).unwrap().host, None);
        assert_eq!(booking(&with("hosts", json!([]))).unwrap().host, None);
        assert_eq!(booking(&with("metadata", Value::Null)).unwrap().booking, None);
        assert_eq!(booking(&with("metadata", json!({"ringbuch_booking": "other"}))).unwrap().booking, None);
        assert_eq!(booking(&with("metadata", json!({"ringbuch_attempt": 3}))).unwrap().attempt, Some(3));
        assert_eq!(booking(&with("createdAt", json!("yesterday"))).unwrap().created_at, None);
        assert_eq!(booking(&with("status", json!("PENDING"))).unwrap().status, ProviderStatus::Pending);
        assert_eq!((whole.moved_to, whole.co_hosts, whole.absent), (None, vec![], false));
        let hosts = json!([{"id": 7}, {"id": 8}, {"id": "unknown"}]);
        assert_eq!(booking(&with("hosts", hosts)).unwrap().co_hosts, [8]);
        assert_eq!(booking(&with("rescheduledToUid", json!("uid_2"))).unwrap().moved_to.as_deref(), Some("uid_2"));
        assert!(booking(&with("attendees", json!([{"absent": false}, {"absent": true}]))).unwrap().absent);
    }

    #[test]
    fn a_booking_without_what_is_needed_is_unreadable() {
        for (name, value) in [
            ("uid", Value::Null),
            ("id", json!("123")),
            ("status", json!("somehow")),
            ("start", json!("2026-11-24")),
            ("end", Value::Null),
        ] {
            assert_eq!(booking(&with(name, value)), Err(unreadable()), "{name}");
        }
        assert_eq!(booking(&json!([told()])), Err(unreadable()));
    }
}
