//! Bookings as they stand on the wire. What is sent holds nothing that Cal.com does not know, since it refuses a request
//! for one unknown property; what comes back is read for what is needed and no more.

use super::answer::unreadable;
use jiff::Timestamp;
use ringbuch_domain::ids::BookingId;
use ringbuch_domain::ports::{Attendee, BookRequest, CalendarFailure, ProviderBooking, ProviderStatus};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const META_BOOKING: &str = "ringbuch_booking";
const META_CALL: &str = "ringbuch_call";
const META_ATTEMPT: &str = "ringbuch_attempt";
const META_SOURCE: &str = "source";
const SOURCE: &str = "ringbuch";

/// The languages that Cal.com knows; another would have the booking refused.
const LANGUAGES: &[&str] = &[
    "ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs", "el", "es-419",
    "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da", "en", "et", "fr", "hu", "iw", "ko",
    "no", "pt-BR", "sk", "ta", "uk", "zh-TW", "bn",
];

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
        let BookRequest { booking, call, attempt, event_type, attendee, notes, start, team: _ } = request;
        let mut metadata = BTreeMap::from([
            (META_BOOKING, booking.to_string()),
            (META_ATTEMPT, attempt.to_string()),
            (META_SOURCE, SOURCE.to_owned()),
        ]);
        if let Some(call) = call {
            metadata.insert(META_CALL, call.to_string());
        }
        Self {
            start: *start,
            event_type_id: event_type.0,
            attendee: attendee.into(),
            metadata,
            booking_fields_responses: (!notes.is_empty()).then_some(Responses { notes }),
        }
    }
}

impl<'a> From<&'a Attendee> for AttendeeToBook<'a> {
    fn from(attendee: &'a Attendee) -> Self {
        Self {
            name: &attendee.name,
            email: &attendee.email,
            time_zone: &attendee.zone,
            language: known_language(&attendee.language),
            phone_number: attendee.phone.as_deref(),
        }
    }
}

/// The language as Cal.com writes it, or the one it belongs to (`de-AT` is `de` there); otherwise Cal.com's own default.
fn known_language(asked: &str) -> Option<&'static str> {
    let known = |wanted: &str| LANGUAGES.iter().copied().find(|language| language.eq_ignore_ascii_case(wanted));
    known(asked).or_else(|| known(asked.split(['-', '_']).next()?))
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
    metadata: Option<Map<String, Value>>,
    created_at: Option<String>,
}

/// The id may be a word such as "unknown".
#[derive(Debug, Deserialize)]
struct HostAsTold {
    id: Option<Value>,
}

/// Reads one booking of an answer's `data`.
pub(super) fn booking(data: &Value) -> Result<ProviderBooking, CalendarFailure> {
    let told = BookingAsTold::deserialize(data).map_err(|_| unreadable())?;
    Ok(ProviderBooking {
        number: told.id,
        status: status(&told.status).ok_or_else(unreadable)?,
        host: told.hosts.first().and_then(|host| host.id.as_ref()).and_then(Value::as_i64),
        start: told.start,
        end: told.end,
        booking: told.metadata.as_ref().and_then(our_booking),
        attempt: told.metadata.as_ref().and_then(|metadata| text(metadata, META_ATTEMPT)?.parse().ok()),
        created_at: told.created_at.and_then(|at| at.parse().ok()),
        uid: told.uid,
    })
}

/// Which booking of ours an item of a list carries, whatever else it holds.
pub(super) fn carries(item: &Value) -> Option<BookingId> {
    our_booking(item.get("metadata")?.as_object()?)
}

/// The uid of the booking that this one was moved to.
pub(super) fn moved_to(data: &Value) -> Option<&str> {
    data.get("rescheduledToUid")?.as_str().filter(|uid| !uid.is_empty())
}

fn our_booking(metadata: &Map<String, Value>) -> Option<BookingId> {
    text(metadata, META_BOOKING)?.parse().ok()
}

/// Cal.com keeps texts, but has been seen to give numbers back for them.
fn text(metadata: &Map<String, Value>, name: &str) -> Option<String> {
    match metadata.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn status(word: &str) -> Option<ProviderStatus> {
    Some(match word.to_ascii_lowercase().as_str() {
        "accepted" => ProviderStatus::Accepted,
        "pending" | "awaiting_host" => ProviderStatus::Pending,
        "cancelled" => ProviderStatus::Cancelled,
        "rejected" => ProviderStatus::Rejected,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_language_is_one_that_cal_com_knows_or_none() {
        for (asked, sent) in [
            ("de", Some("de")),
            ("DE", Some("de")),
            ("de-AT", Some("de")),
            ("de_CH", Some("de")),
            ("pt-br", Some("pt-BR")),
            ("es-419", Some("es-419")),
            ("tlh", None),
            ("", None),
        ] {
            assert_eq!(known_language(asked), sent, "{asked}");
        }
    }

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
