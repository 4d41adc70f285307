//! Events as a terminal shows them: those that the API shows too, without their private parts.

use super::local_time::LocalTime;
use super::output::{printable, table};
use crate::http::v1::ShownEvent;
use serde_json::Value;

/// One line, for somebody who follows.
pub fn line(event: &ShownEvent, local: &LocalTime) -> String {
    let ShownEvent { position, kind, stream, data, .. } = event;
    printable(&format!("{position:>8}  {}  {kind:<24} {stream}  {data}", local.exact(event.time)))
}

/// A history under its headings.
pub fn history(events: &[ShownEvent], local: &LocalTime) -> String {
    let row = |event: &ShownEvent| vec![local.exact(event.time), event.kind.clone(), gist(&event.data)];
    table(&["Time", "What happened", ""], events.iter().map(row))
}

/// The facts that tell one event of a kind from another, in a few words.
pub fn gist(data: &Value) -> String {
    const TELLING: [&str; 9] =
        ["attempt", "act", "reason", "error", "detail", "by", "next_attempt_at", "look_up_at", "to"];
    let facts = TELLING.iter().filter_map(|name| match data.get(*name)? {
        Value::String(text) => Some(format!("{name} {text}")),
        Value::Number(number) => Some(format!("{name} {number}")),
        _ => None,
    });
    facts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_history_tells_what_matters_of_each_event() {
        let data = json!({"booking": "1", "attempt": 2, "reason": "no connection", "to": {"start": 1}});
        assert_eq!(gist(&data), "attempt 2, reason no connection");
        assert_eq!(gist(&Value::Null), "");
    }
}
