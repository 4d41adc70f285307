//! What events carry, as column values.

use crate::rows::{Row, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::{Recorded, StreamId};
use serde::Serialize;
use std::fmt::Display;

const HOUR: i64 = 3_600_000_000;

/// The event's place in the log.
pub(crate) fn position(event: &Recorded<AnyEvent>) -> Value {
    size(event.position)
}

/// An unsigned number; no log and no body is longer than a signed one can say.
pub(crate) fn size(value: u64) -> Value {
    Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Start of the UTC hour.
pub(crate) fn hour_of(time: Timestamp) -> Timestamp {
    start(time, HOUR)
}

/// Start of the UTC day.
pub(crate) fn day_of(time: Timestamp) -> Timestamp {
    start(time, 24 * HOUR)
}

fn start(time: Timestamp, length: i64) -> Timestamp {
    let micros = time.as_microsecond();
    Timestamp::from_microsecond(micros - micros.rem_euclid(length)).unwrap_or(time)
}

/// A list or a structure as JSON text.
pub(crate) fn json(value: &impl Serialize) -> Value {
    serde_json::to_string(value).map_or(Value::Null, Value::Text)
}

/// A case without fields by its stored word.
pub(crate) fn word(value: &impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Value::Text(word),
        _ => Value::Null,
    }
}

/// An id that may be absent.
pub(crate) fn opt_text(value: Option<&impl Display>) -> Value {
    value.map_or(Value::Null, |value| Value::Text(value.to_string()))
}

/// The company in a row's first column; nothing where a row is nobody's.
pub(crate) fn company_in(row: &Row) -> Option<CompanyId> {
    row.text(0).parse().ok()
}

/// The local day whose page of the diary the stream is; the event itself does not repeat it.
pub(crate) fn page_of(stream: &StreamId) -> Option<Date> {
    let (_company, day) = stream.as_str().strip_prefix("diary-")?.split_once('-')?;
    day.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_read_from_the_streams_name() {
        let day = jiff::civil::date(2025, 7, 2);
        assert_eq!(page_of(&StreamId::diary(&CompanyId::new("salon_mitte").unwrap(), day)), Some(day));
        assert_eq!(page_of(&StreamId::from_stored("call-salon_mitte-2025-07-02")), None);
    }

    #[test]
    fn hours_start_on_the_hour_before_1970_too() {
        let hour = |text: &str| hour_of(text.parse().unwrap()).to_string();
        assert_eq!(hour("2025-07-02T09:59:59.999999Z"), "2025-07-02T09:00:00Z");
        assert_eq!(hour("2025-07-02T10:00:00Z"), "2025-07-02T10:00:00Z");
        assert_eq!(hour("1969-12-31T23:30:00Z"), "1969-12-31T23:00:00Z");
        assert_eq!(day_of("2025-07-02T23:59:59Z".parse().unwrap()).to_string(), "2025-07-02T00:00:00Z");
    }
}
