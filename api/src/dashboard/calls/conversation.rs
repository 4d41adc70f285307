//! What was said and which functions the agent called, with the seconds at which it did, out of what the provider sent.
//! Where it sent only a text, the text in turns.

use super::list::lasted;
use crate::app::App;
use crate::journal::JournalError;
use ringbuch_domain::ids::CallId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Body, Delivered};
use ringbuch_projections::deliveries::{self, DeliveryFilter};
use ringbuch_projections::{Paging, Scope};
use serde::Deserialize;
use serde_json::Value;

/// Deliveries of one call that are looked at, the newest first: what is sent last knows most.
const DELIVERIES: u32 = 8;

#[derive(Debug, PartialEq, Eq)]
pub struct Turn {
    /// `agent`, `user`, `function`, `result`.
    pub who: &'static str,
    pub text: String,
    /// Of a function its name.
    pub name: Option<String>,
    /// Since the call began: `0:07`.
    pub at: Option<String>,
}

/// An entry of the provider's own list.
#[derive(Deserialize)]
struct Entry {
    role: String,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<String>,
    #[serde(default)]
    words: Vec<Word>,
    #[serde(default)]
    time_sec: Option<f64>,
}

#[derive(Deserialize)]
struct Word {
    start: Option<f64>,
}

/// From the newest delivery that tells it in turns; else nothing.
pub async fn told(app: &App, scope: Scope<'_>, call: &CallId) -> Result<Vec<Turn>, crate::problem::Problem> {
    let filter = DeliveryFilter { call: Some(call.to_string()), ..DeliveryFilter::default() };
    let page = deliveries::list(&*app.store.rows, scope, &filter, Paging { after: None, limit: DELIVERIES }).await?;
    for delivery in page.items {
        let turns = body(app, &StreamId::webhook(&delivery.delivery)).await?.map(|body| of_body(&body));
        if let Some(turns) = turns.filter(|turns| !turns.is_empty()) {
            return Ok(turns);
        }
    }
    Ok(vec![])
}

async fn body(app: &App, stream: &StreamId) -> Result<Option<Value>, JournalError> {
    let mut events = app.journal.log().read_stream(stream, 0).await?;
    events.truncate(1);
    let revealed = app.journal.reveal(events).await?;
    let plain = revealed.into_iter().find_map(|(_, plain)| plain.ok().flatten());
    let delivered = plain.and_then(|plain| serde_json::from_slice::<Delivered>(&plain).ok());
    Ok(delivered.and_then(|delivered| match delivered.body {
        Body::Text(text) => serde_json::from_str(&text).ok(),
        Body::Base64(_) => None,
    }))
}

fn of_body(body: &Value) -> Vec<Turn> {
    let call = body.get("call").unwrap_or(body);
    let entries = ["transcript_with_tool_calls", "transcript_object"].iter().find_map(|name| {
        let list = call.get(*name).or_else(|| body.get(*name))?.as_array()?;
        (!list.is_empty()).then_some(list)
    });
    let read = |entry: &Value| Entry::deserialize(entry).ok().and_then(turn);
    entries.into_iter().flatten().filter_map(read).collect()
}

fn turn(entry: Entry) -> Option<Turn> {
    let (who, text) = match entry.role.as_str() {
        "agent" => ("agent", entry.content),
        "user" => ("user", entry.content),
        "tool_call_invocation" => ("function", entry.arguments),
        "tool_call_result" => ("result", entry.content),
        _ => return None,
    };
    let second = entry.words.first().and_then(|word| word.start).or(entry.time_sec);
    #[expect(clippy::cast_possible_truncation, reason = "a call lasts hours at most")]
    let at = second.map(|second| lasted((second * 1_000.0) as i64));
    Some(Turn { who, text: text.unwrap_or_default(), name: entry.name, at })
}

/// A transcript whose lines begin with `Agent:` or `User:`; a line without goes on with what was said before.
pub fn of_text(transcript: &str) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    let turn = |who, said: &str| Turn { who, text: said.trim().to_owned(), name: None, at: None };
    for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.split_once(':'), turns.last_mut()) {
            (Some(("Agent", said)), _) => turns.push(turn("agent", said)),
            (Some(("User", said)), _) => turns.push(turn("user", said)),
            (_, Some(last)) => last.text.extend([" ", line]),
            (_, None) => turns.push(turn("user", line)),
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(turns: &[Turn]) -> Vec<(&str, &str, Option<&str>)> {
        turns.iter().map(|turn| (turn.who, turn.text.as_str(), turn.at.as_deref())).collect()
    }

    #[test]
    fn turns_and_functions_come_with_their_seconds() {
        let body = json!({"event": "call_ended", "call": {"transcript_with_tool_calls": [
            {"role": "agent", "content": "Guten Tag.", "words": [{"word": "Guten", "start": 0.4, "end": 0.8}]},
            {"role": "user", "content": "Morgen um elf.", "words": [{"word": "Morgen", "start": 61.2}]},
            {"role": "tool_call_invocation", "name": "check_availability", "arguments": "{\"date\":\"morgen\"}"},
            {"role": "tool_call_result", "content": "{\"success\":true}"},
            {"role": "node_transition", "new_node_id": "end"},
        ]}});
        let turns = of_body(&body);
        let expected = [
            ("agent", "Guten Tag.", Some("0:00")),
            ("user", "Morgen um elf.", Some("1:01")),
            ("function", "{\"date\":\"morgen\"}", None),
            ("result", "{\"success\":true}", None),
        ];
        assert_eq!(shown(&turns), expected);
        assert_eq!(turns[2].name.as_deref(), Some("check_availability"));
        assert!(of_body(&json!({"call": {"transcript": "User: Ja."}})).is_empty());
    }

    #[test]
    fn a_text_falls_into_turns() {
        let turns = of_text("Agent: Guten Tag.\nWas kann ich tun?\n\nUser: Einen Termin: morgen.\n");
        let expected = [("agent", "Guten Tag. Was kann ich tun?", None), ("user", "Einen Termin: morgen.", None)];
        assert_eq!(shown(&turns), expected);
    }
}
