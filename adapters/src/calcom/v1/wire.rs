//! Bookings as version 1 writes and reads them.

use crate::calcom::answer::unreadable;
use crate::calcom::metadata;
use jiff::Timestamp;
use ringbuch_domain::ports::{BookRequest, CalendarFailure, ProviderBooking};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A fallback that it knows, since it asks for a language.
const LANGUAGE: &str = "en";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookingToMake {
    event_type_id: i64,
    /// Without effect where the event type names its team itself; some installations ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<i64>,
    start: Timestamp,
    end: Timestamp,
    responses: Map<String, Value>,
    time_zone: String,
    language: String,
    /// From text to text: for a number the whole request is refused.
    metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reschedule_uid: Option<String>,
}

impl From<&BookRequest> for BookingToMake {
    fn from(request: &BookRequest) -> Self {
        let attendee = &request.attendee;
        let phone = attendee.phone.as_deref().map(|phone| ("attendeePhoneNumber", phone));
        let notes = (!request.notes.is_empty()).then_some(("notes", request.notes.as_str()));
        let known = [("name", attendee.name.as_str()), ("email", attendee.email.as_str())];
        let responses = known.into_iter().chain(phone).chain(notes);
        Self {
            event_type_id: request.event_type.0,
            team_id: request.team,
            start: request.start,
            end: request.end,
            responses: responses.map(|(name, value)| (name.to_owned(), value.into())).collect(),
            time_zone: attendee.zone.clone(),
            language: metadata::known_language(&attendee.language).unwrap_or(LANGUAGE).to_owned(),
            metadata: metadata::of(request).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
            reschedule_uid: None,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BookingAsTold {
    id: i64,
    uid: String,
    user_id: Option<i64>,
    event_type_id: Option<i64>,
    status: String,
    start_time: Timestamp,
    end_time: Timestamp,
    metadata: Option<Map<String, Value>>,
    responses: Option<Map<String, Value>>,
    #[serde(default)]
    attendees: Vec<AttendeeAsTold>,
    created_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeAsTold {
    name: Option<String>,
    email: Option<String>,
    time_zone: Option<String>,
    locale: Option<String>,
}

impl BookingAsTold {
    pub(super) fn read(data: &Value) -> Result<Self, CalendarFailure> {
        Self::deserialize(data).map_err(|_| unreadable())
    }

    /// The same booking at another time. It is made anew there, so everything that it holds is sent along; nothing where
    /// it does not say for which service it is, or for whom.
    pub(super) fn moved_to(self, start: Timestamp, reason: &str) -> Option<BookingToMake> {
        let attendee = self.attendees.into_iter().next()?;
        let told = self.responses.unwrap_or_default();
        let from_attendee = [("name", attendee.name), ("email", attendee.email)];
        let mut responses: Map<String, Value> =
            from_attendee.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))).collect();
        responses.extend(told.into_iter().filter(|(_, value)| !value.is_null()));
        responses.insert("rescheduleReason".into(), reason.into());
        Some(BookingToMake {
            event_type_id: self.event_type_id?,
            team_id: None,
            start,
            end: start.checked_add(self.end_time.duration_since(self.start_time)).ok()?,
            responses,
            time_zone: attendee.time_zone?,
            language: attendee.locale.filter(|locale| !locale.is_empty()).unwrap_or_else(|| LANGUAGE.into()),
            metadata: texts_alone(self.metadata.unwrap_or_default()),
            reschedule_uid: Some(self.uid),
        })
    }
}

fn texts_alone(metadata: Map<String, Value>) -> Map<String, Value> {
    let text = |value: Value| match value {
        Value::String(_) => Some(value),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    };
    metadata.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

pub(super) fn booking(data: &Value) -> Result<ProviderBooking, CalendarFailure> {
    let told = BookingAsTold::read(data)?;
    let (booking, attempt) = metadata::read(told.metadata.as_ref());
    Ok(ProviderBooking {
        number: told.id,
        status: metadata::status(&told.status).ok_or_else(unreadable)?,
        host: told.user_id,
        start: told.start_time,
        end: told.end_time,
        booking,
        attempt,
        created_at: told.created_at.and_then(|at| at.parse().ok()),
        // It tells neither of these.
        moved_to: None,
        co_hosts: vec![],
        absent: false,
        uid: told.uid,
    })
}
