//! Calls as Retell keeps them.

use super::answer::unavailable;
use super::ask::Ask;
use super::exchange::Exchange;
use super::pages::{LIMIT, OLDEST_FIRST, all};
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{CallSummary, VoiceAgentsFailure};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Row {
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
            started_at: instant(row.start_timestamp),
        }
    }
}

/// Retell's times are milliseconds of the Unix epoch.
pub(super) fn instant(milliseconds: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds?).ok()
}

pub(super) async fn list(
    exchange: &Exchange,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
    let page =
        |after: Option<&str>| Ask::list("list_calls", Method::POST, &["v3", "list-calls"]).saying(filter(since, after));
    let rows: Vec<Row> = all(exchange, account, page).await?;
    Ok(rows.into_iter().map(CallSummary::from).collect())
}

/// Calls that started at or after `since`, oldest first.
fn filter(since: Timestamp, after: Option<&str>) -> Value {
    let mut request = json!({
        "filter_criteria": {"start_timestamp": {"type": "number", "op": "ge", "value": since.as_millisecond()}},
        "sort_order": OLDEST_FIRST,
        "limit": LIMIT,
    });
    if let (Some(key), Some(fields)) = (after, request.as_object_mut()) {
        fields.insert("pagination_key".into(), key.into());
    }
    request
}

pub(super) async fn get(exchange: &Exchange, account: &AccountId, id: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
    let body = exchange.ask(account, &Ask::get("get_call", &["v2", "get-call"]).of(id)).await?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(_)) => Ok(body),
        _ => Err(unavailable("the call cannot be read")),
    }
}

pub(super) async fn delete(exchange: &Exchange, account: &AccountId, id: &str) -> Result<(), VoiceAgentsFailure> {
    let ask = Ask::new("delete_call", Method::DELETE, &["v2", "delete-call"]).of(id);
    exchange.ask(account, &ask).await.map(drop)
}
