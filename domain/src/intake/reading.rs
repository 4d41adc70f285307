//! What a delivery of the voice provider says, read tolerantly where people and models fill values in, strictly where
//! the provider writes them: without an event, a call and its id there is nothing to act on.

use super::value::{text, time, truth};
use crate::call::{Direction, Rank, VoiceLatency};
use crate::ids::CallId;
use crate::money::Money;
use crate::phone;
use jiff::Timestamp;
use serde_json::{Map, Value};
use thiserror::Error;

/// Why a delivery is quarantined.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unreadable {
    #[error("the body is not UTF-8")]
    NotUtf8,
    #[error("the body is not JSON that can be read: {0}")]
    NotJson(String),
    #[error("the body is not a JSON object")]
    NotAnObject,
    #[error("the field '{0}' is missing")]
    Missing(&'static str),
    #[error("the field '{field}' is not {expected}")]
    WrongType { field: &'static str, expected: &'static str },
    #[error("the call's id is not usable")]
    CallId,
    #[error("the event '{0}' is not known")]
    UnknownEvent(String),
    #[error("the event '{0}' is not about a telephone call")]
    NotACall(String),
}

impl Unreadable {
    /// A stable word for lists and statistics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::NotJson(_) => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::Missing(_) => "field_missing",
            Self::WrongType { .. } => "wrong_type",
            Self::CallId => "call_id_unusable",
            Self::UnknownEvent(_) => "unknown_event",
            Self::NotACall(_) => "not_a_call",
        }
    }
}

/// One delivery's facts about a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub event: String,
    pub call: CallId,
    pub direction: Direction,
    /// As they came; the business's own number among them depends on the direction.
    pub from: Option<String>,
    pub to: Option<String>,
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    /// The call is over, and how much of what happened in it this delivery tells.
    pub over: Option<Rank>,
    pub status: String,
    pub disconnection: Option<String>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    pub cost: Option<Money>,
    pub latency: Option<VoiceLatency>,
    pub transcript: Option<String>,
    pub recording_url: Option<String>,
    pub summary: Option<String>,
    pub sentiment: Option<String>,
    pub successful: Option<bool>,
    pub voicemail: Option<bool>,
    pub appointment_requested: Option<bool>,
    /// The provider has analysed the call, whatever that came to.
    pub analyzed: bool,
    pub said: Said,
}

/// What was said about a booking, in the words of whoever wrote it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub confirmed: Option<bool>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub date: Option<String>,
    pub time: Option<String>,
    pub service: Option<String>,
    pub staff: Option<String>,
    pub notes: Option<String>,
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

/// Reads a raw body.
pub fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let root = object_of(body)?;
    let event = event_of(&root)?;
    let call = call_of(&root)?;
    let id = required_text(call, "call_id")?;
    let id = CallId::new(id).map_err(|_| Unreadable::CallId)?;
    Ok(facts(event, id, call, numbers(call)?, &containers(call)?))
}

/// A body as the JSON object that every delivery is.
pub(super) fn object_of(body: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    let body = std::str::from_utf8(body).map_err(|_| Unreadable::NotUtf8)?;
    match serde_json::from_str(body).map_err(|error| Unreadable::NotJson(syntax(&error)))? {
        Value::Object(root) => Ok(root),
        _ => Err(Unreadable::NotAnObject),
    }
}

/// Reads a call as it stands while the caller is on the line; nothing of it is over.
pub fn read_call(call: &Map<String, Value>) -> Result<Reading, Unreadable> {
    let id = CallId::new(required_text(call, "call_id")?).map_err(|_| Unreadable::CallId)?;
    Ok(facts(String::new(), id, call, numbers(call)?, &containers(call)?))
}

/// Where the text breaks, without any of it.
fn syntax(error: &serde_json::Error) -> String {
    let what = if error.is_eof() { "it ends too early" } else { "it is malformed or nested too deeply" };
    format!("{what}, at line {} column {}", error.line(), error.column())
}

fn event_of(root: &Map<String, Value>) -> Result<String, Unreadable> {
    let event = root.get("event").or_else(|| root.get("event_type")).ok_or(Unreadable::Missing("event"))?;
    let Value::String(event) = event else {
        return Err(Unreadable::WrongType { field: "event", expected: "a text" });
    };
    let named: String = event.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    if event.starts_with("chat_") {
        return Err(Unreadable::NotACall(named));
    }
    if EVENTS.contains(&event.as_str()) { Ok(named) } else { Err(Unreadable::UnknownEvent(named)) }
}

/// The call stands under `call`, in older payloads under `data` or at the root.
fn call_of(root: &Map<String, Value>) -> Result<&Map<String, Value>, Unreadable> {
    match root.get("call").or_else(|| root.get("data")) {
        Some(Value::Object(call)) => Ok(call),
        Some(_) => Err(Unreadable::WrongType { field: "call", expected: "an object" }),
        None if root.contains_key("call_id") => Ok(root),
        None => Err(Unreadable::Missing("call")),
    }
}

fn required_text<'a>(call: &'a Map<String, Value>, field: &'static str) -> Result<&'a str, Unreadable> {
    match call.get(field) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::String(_)) | None => Err(Unreadable::Missing(field)),
        Some(_) => Err(Unreadable::WrongType { field, expected: "a text" }),
    }
}

fn numbers(call: &Map<String, Value>) -> Result<(Option<String>, Option<String>), Unreadable> {
    let number = |field: &'static str, older: &str| match call.get(field).or_else(|| call.get(older)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(Unreadable::WrongType { field, expected: "a text" }),
    };
    Ok((number("from_number", "from")?, number("to_number", "to")?))
}

/// Where wishes stand, the most trustworthy first: what the agent collected, what it was given, what was analysed.
fn containers(call: &Map<String, Value>) -> Result<Vec<&Map<String, Value>>, Unreadable> {
    let analysis = object(call, "call_analysis")?;
    let custom = analysis.map(|analysis| object(analysis, "custom_analysis_data")).transpose()?.flatten();
    let collected = object(call, "collected_dynamic_variables")?;
    let given = object(call, "retell_llm_dynamic_variables")?;
    Ok([collected, given, custom, analysis].into_iter().flatten().collect())
}

fn object<'a>(of: &'a Map<String, Value>, field: &'static str) -> Result<Option<&'a Map<String, Value>>, Unreadable> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Unreadable::WrongType { field, expected: "an object" }),
    }
}

fn facts(
    event: String,
    id: CallId,
    call: &Map<String, Value>,
    (from, to): (Option<String>, Option<String>),
    containers: &[&Map<String, Value>],
) -> Reading {
    let field = |name: &str| call.get(name).and_then(text);
    let analysis = call.get("call_analysis").and_then(Value::as_object);
    let analysed = |name: &str| analysis.and_then(|analysis| analysis.get(name));
    let number = |name: &str| call.get(name).and_then(Value::as_f64);
    let direction =
        direction(field("call_type").as_deref(), field("direction").as_deref(), to.as_ref().or(from.as_ref()));
    let (started_at, ended_at) = (call.get("start_timestamp").and_then(time), call.get("end_timestamp").and_then(time));
    let said_duration = number("duration_ms").or_else(|| number("duration").map(|seconds| seconds * 1000.0));
    let between = || Some((ended_at?.as_millisecond() - started_at?.as_millisecond()).max(0));
    Reading {
        over: match event.as_str() {
            "call_ended" => Some(Rank::Ended),
            "call_analyzed" => Some(Rank::Analyzed),
            _ => None,
        },
        analyzed: event == "call_analyzed",
        call: id,
        direction,
        from,
        to,
        agent: field("agent_id"),
        agent_version: call.get("agent_version").and_then(Value::as_i64),
        status: field("call_status").unwrap_or_default(),
        disconnection: field("disconnection_reason"),
        started_at,
        ended_at,
        duration_ms: said_duration.and_then(whole).or_else(between),
        cost: call
            .get("call_cost")
            .and_then(|cost| cost.get("combined_cost"))
            .and_then(Value::as_f64)
            .and_then(Money::from_cents),
        latency: call.get("latency").and_then(latency),
        transcript: field("transcript"),
        recording_url: field("recording_url"),
        summary: analysed("call_summary").and_then(text).or_else(|| field("summary")),
        sentiment: analysed("user_sentiment")
            .or_else(|| analysed("sentiment"))
            .and_then(text)
            .map(|word| word.to_lowercase()),
        successful: analysed("call_successful").and_then(truth),
        voicemail: analysed("in_voicemail").and_then(truth),
        appointment_requested: said(containers, &["appointment_requested"], truth),
        said: said_of(containers),
        event,
    }
}

fn direction(call_type: Option<&str>, direction: Option<&str>, number: Option<&String>) -> Direction {
    match (call_type, direction) {
        (Some("web_call"), _) => Direction::Web,
        (_, Some("outbound")) => Direction::Outbound,
        (None, None) if number.is_none() => Direction::Web,
        _ => Direction::Inbound,
    }
}

/// Both figures, or none: one without the other says little.
fn latency(of_the_call: &Value) -> Option<VoiceLatency> {
    let figure = |name: &str| of_the_call.get("e2e")?.get(name).and_then(Value::as_f64).and_then(whole);
    Some(VoiceLatency { p50_ms: figure("p50")?, p95_ms: figure("p95")? })
}

#[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
fn whole(number: f64) -> Option<i64> {
    (number.is_finite() && (0.0..1e12).contains(&number)).then(|| number.round() as i64)
}

fn said<T>(containers: &[&Map<String, Value>], names: &[&str], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    containers.iter().find_map(|container| names.iter().find_map(|name| container.get(*name).and_then(&read)))
}

fn said_of(containers: &[&Map<String, Value>]) -> Said {
    let word = |names: &[&str]| said(containers, names, text);
    Said {
        confirmed: said(containers, &["booking_confirmed"], truth),
        name: word(&["name", "customer_name", "kundenname"]),
        email: word(&["email", "customer_email"]).and_then(|email| address(&email)),
        phone: word(&["telefonnummer", "phone", "customer_phone"]).and_then(|number| phone::normalise(&number)),
        date: word(&["datum", "date", "appointment_date"]),
        time: word(&["uhrzeit", "time", "appointment_time"]),
        service: word(&["dienstleistung", "service", "service_name"]),
        staff: word(&["mitarbeiter", "preferred_staff"]),
        notes: word(&["notizen", "notes"]),
    }
}

/// As much of an e-mail address as can be judged without writing to it. Speech-to-text puts spaces into addresses. What is no address after they are gone is none.
pub fn address(said: &str) -> Option<String> {
    let joined: String = said.split_whitespace().collect();
    let (local, domain) = joined.split_once('@')?;
    let fits = |part: &str, extra: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    };
    let sound =
        fits(local, ".!#$%&'*+/=?^_`{|}~-") && fits(domain, ".-") && domain.contains('.') && joined.len() <= 254;
    (sound && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains(".."))
        .then(|| joined.to_lowercase())
}
