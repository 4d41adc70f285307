//! Soft holds: a time is hidden from others who look for one. A booking neither looks at them nor uses them up.

use crate::calcom::answer::{About, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use http::{Method, StatusCode};
use jiff::Timestamp;
use ringbuch_domain::ids::EventTypeId;
use ringbuch_domain::ports::CalendarFailure;
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reserving {
    event_type_id: i64,
    slot_start: Timestamp,
    /// In minutes.
    reservation_duration: u32,
}

pub(in crate::calcom) async fn reserve(
    line: &Line<'_>,
    event_type: EventTypeId,
    start: Timestamp,
    minutes: u32,
) -> Result<String, CalendarFailure> {
    let body = Reserving { event_type_id: event_type.0, slot_start: start, reservation_duration: minutes };
    let ask = Ask::sending("reserve", Method::POST, vec!["slots", "reservations"], &body)?;
    line.write(ask.of_version(&line.versions().slots), |answer| {
        let uid = answer.data(About::EventType)?.get("reservationUid").and_then(Value::as_str);
        uid.map(str::to_owned).ok_or_else(unreadable)
    })
    .await
}

pub(in crate::calcom) async fn release(line: &Line<'_>, reservation: &str) -> Result<(), CalendarFailure> {
    let ask = Ask { method: Method::DELETE, ..Ask::get("release", vec!["slots", "reservations", reservation]) };
    line.write(ask.of_version(&line.versions().slots), |answer| match answer.status {
        // It has run out, or was let go of before.
        StatusCode::NOT_FOUND if answer.json.is_some() => Ok(()),
        _ => answer.succeeded(About::Reservation),
    })
    .await
}
