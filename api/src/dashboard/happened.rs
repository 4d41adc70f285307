//! Events as pages show them: what happened, when, how long after what led to it, and what tells it from others of its
//! kind. Only public parts get here.

use crate::gist::{facts, named};
use crate::http::v1::ShownEvent;
use crate::trace::{Step, took};
use jiff::Timestamp;
use ringbuch_domain::recorded::StreamId;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Deeper steps are not shown any further to the right.
const DEEPEST: usize = 8;

/// What pages tell beside what a terminal tells.
const ALSO: [&str; 12] = [
    "event",
    "status",
    "disconnection",
    "tool",
    "outcome",
    "start",
    "staff",
    "branch",
    "agent",
    "what",
    "function",
    "took_ms",
];

pub struct Happened {
    pub position: u64,
    pub stream: StreamId,
    pub revision: Option<u64>,
    pub kind: String,
    pub time: Timestamp,
    /// How far to the right it stands in a tree.
    pub depth: usize,
    /// Position of the event that led to it, where that is shown too.
    pub cause: Option<u64>,
    /// How long after that.
    pub after: Option<String>,
    /// There is a part beside the data that is not shown.
    pub sealed: bool,
    pub facts: Vec<Fact>,
    /// The whole public part as JSON.
    pub data: String,
}

/// What tells an event from others of its kind; a time as such, so that it is shown in the company's zone.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    pub time: Option<Timestamp>,
}

/// The steps of a tree, in its order.
pub fn steps(steps: Vec<Step>) -> Vec<Happened> {
    let positions: HashMap<Uuid, u64> = steps.iter().map(|step| (step.id, step.position)).collect();
    let one = |step: Step| Happened {
        position: step.position,
        stream: step.stream,
        revision: None,
        kind: step.kind,
        time: step.time,
        depth: step.depth.min(DEEPEST),
        cause: step.causation.and_then(|cause| positions.get(&cause).copied()),
        after: step.after_ms.map(took),
        sealed: false,
        facts: told(&step.data),
        data: pretty(&step.data),
    };
    steps.into_iter().map(one).collect()
}

/// In the order of time, as somebody reads what went on.
pub fn in_time(mut events: Vec<Happened>) -> Vec<Happened> {
    events.sort_by_key(|event| event.position);
    events.into_iter().map(|event| Happened { depth: 0, ..event }).collect()
}

impl From<ShownEvent> for Happened {
    fn from(event: ShownEvent) -> Self {
        Self {
            position: event.position,
            stream: event.stream,
            revision: Some(event.revision),
            kind: event.kind,
            time: event.time,
            depth: 0,
            cause: None,
            after: None,
            sealed: event.sealed,
            facts: told(&event.data),
            data: pretty(&event.data),
        }
    }
}

fn told(data: &Value) -> Vec<Fact> {
    let fact = |(name, value): (&'static str, String)| Fact { name, time: value.parse().ok(), value };
    named(data, &ALSO).chain(facts(data)).map(fact).collect()
}

pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
