//! What somebody is told.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Notice {
    /// The same however often it is sent.
    pub id: Uuid,
    /// `alert.fired`, `alert.escalated`, `alert.test`.
    pub event: &'static str,
    pub title: String,
    pub text: String,
    /// What programs read: the kind, what was measured, against what.
    pub data: Value,
    pub happened_at: Timestamp,
}

impl Notice {
    /// The body of a webhook.
    pub(super) fn payload(&self) -> Value {
        json!({ "type": self.event, "timestamp": self.happened_at, "data": self.data, "title": self.title, "text": self.text })
    }
}
