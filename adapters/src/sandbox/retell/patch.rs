//! What a request wants changed.

use serde_json::{Map, Value};

use super::{super::wire::Request, problem::Problem};

/// What a property may be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    TextOrNothing,
    TextOrTexts,
    Number,
    EventsOrNothing,
}

const EVENTS: [&str; 8] = [
    "call_started",
    "call_ended",
    "call_analyzed",
    "transcript_updated",
    "transfer_started",
    "transfer_bridged",
    "transfer_cancelled",
    "transfer_ended",
];

impl Kind {
    fn takes(self, value: &Value) -> bool {
        let all = |test: fn(&str) -> bool| {
            value.as_array().is_some_and(|items| items.iter().all(|item| item.as_str().is_some_and(test)))
        };
        match self {
            Self::Text => value.is_string(),
            Self::TextOrNothing => value.is_string() || value.is_null(),
            Self::TextOrTexts => value.is_string() || all(|_| true),
            Self::Number => value.is_number(),
            Self::EventsOrNothing => value.is_null() || all(|event| EVENTS.contains(&event)),
        }
    }
}

pub(super) fn of(request: &Request) -> Result<Map<String, Value>, Problem> {
    match request.json() {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Problem::bad_request()),
    }
}

pub(super) fn check(body: &Map<String, Value>, kinds: &[(&str, Kind)]) -> Result<(), Problem> {
    let fits = |(name, kind): &(&str, Kind)| body.get(*name).is_none_or(|value| kind.takes(value));
    if kinds.iter().all(fits) { Ok(()) } else { Err(Problem::bad_request()) }
}

/// The version that is to be changed: a number, or nothing for the newest; tags are for reading.
pub(super) fn version(request: &Request) -> Result<Option<u64>, Problem> {
    request.query("version").map(str::parse).transpose().map_err(|_| Problem::bad_request())
}
