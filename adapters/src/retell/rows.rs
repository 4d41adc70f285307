//! Retell's list of calls as it stands on the wire.

use jiff::Timestamp;
use ringbuch_domain::ports::CallSummary;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The most that Retell gives at once.
const PAGE: u32 = 1000;

/// The filter of one page: calls that started at or after `since`, oldest first.
pub(super) fn page_request(since: Timestamp, after: Option<&str>) -> Value {
    let mut request = json!({
        "filter_criteria": {"start_timestamp": {"type": "number", "op": "ge", "value": since.as_millisecond()}},
        "sort_order": "ascending",
        "limit": PAGE,
    });
    if let (Some(key), Some(fields)) = (after, request.as_object_mut()) {
        fields.insert("pagination_key".into(), key.into());
    }
    request
}

#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub items: Vec<Row>,
    pub has_more: bool,
    pub pagination_key: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Row {
    call_id: String,
    call_status: String,
    start_timestamp: Option<i64>,
    call_analysis: Option<Map<String, Value>>,
}

impl From<Row> for CallSummary {
    fn from(row: Row) -> Self {
        Self {
            call_id: row.call_id,
            status: row.call_status,
            analyzed: row.call_analysis.is_some_and(|analysis| !analysis.is_empty()),
            started_at: row.start_timestamp.and_then(|at| Timestamp::from_millisecond(at).ok()),
        }
    }
}
