//! One line of the log, taken apart.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// What was said, where, and inside of what.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "LogLine")]
pub struct Line {
    pub time: Timestamp,
    /// `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`.
    pub level: String,
    /// The module that said it.
    pub target: String,
    pub message: String,
    pub fields: Map<String, Value>,
    /// The spans around it, outermost first: the request or the errand, then what it asked of a provider.
    pub spans: Vec<Map<String, Value>>,
}

impl Line {
    /// Nothing where it is no line of ours, or was cut off.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut fields: Map<String, Value> = serde_json::from_str(text).ok()?;
        let mut word = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (time, level, target) = (word("timestamp")?.parse().ok()?, word("level")?, word("target")?);
        let message = word("message").unwrap_or_default();
        let spans = fields.remove("spans").and_then(|spans| serde_json::from_value(spans).ok()).unwrap_or_default();
        Some(Self { time, level, target, message, fields, spans })
    }

    /// Whether a field of the line or of a span around it has that value.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.spans.iter().chain([&self.fields]).any(|fields| fields.get(name).is_some_and(|known| known == value))
    }
}
