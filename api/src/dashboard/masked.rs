//! What belongs to persons, made unreadable where nobody has asked for it: how something is built shows, what somebody said
//! does not.

use serde_json::Value;

pub const HIDDEN: &str = "•••";

/// Members whose values say nothing about a person.
const PLAIN: [&str; 18] = [
    "agent_id",
    "agent_version",
    "call_id",
    "call_status",
    "call_type",
    "combined_cost",
    "createdAt",
    "currency",
    "direction",
    "disconnection_reason",
    "duration_ms",
    "end_timestamp",
    "event",
    "eventTypeId",
    "start_timestamp",
    "status",
    "triggerEvent",
    "user_sentiment",
];

/// Headers that say nothing but how it was sent.
const PLAIN_HEADERS: [&str; 5] = ["accept", "accept-encoding", "content-length", "content-type", "user-agent"];

/// Of a list that much is shown; what follows has the same form.
const ITEMS: usize = 3;

/// A body with its members and without its words; of long lists their beginning.
pub fn body(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let plain = PLAIN.contains(&name.as_str()) && !value.is_object() && !value.is_array();
                (name.clone(), if plain { value.clone() } else { body(value) })
            };
            Value::Object(members.iter().map(member).collect())
        }
        Value::Array(items) => {
            let more = items.len().saturating_sub(ITEMS);
            let more = (more > 0).then(|| Value::from(format!("… + {more}")));
            Value::Array(items.iter().take(ITEMS).map(body).chain(more).collect())
        }
        Value::String(_) | Value::Number(_) => HIDDEN.into(),
        Value::Bool(_) | Value::Null => value.clone(),
    }
}

pub fn header(name: &str, value: &str) -> String {
    if PLAIN_HEADERS.contains(&name) { value.to_owned() } else { HIDDEN.to_owned() }
}

/// The land and the last two digits of a number: `+49•••07`.
pub fn number(e164: &str) -> String {
    match (e164.get(..3), e164.get(e164.len().saturating_sub(2)..)) {
        (Some(land), Some(end)) if e164.len() > 7 => format!("{land}{HIDDEN}{end}"),
        _ => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_keeps_its_form_and_loses_its_words() {
        let sent = json!({
            "event": "call_ended",
            "call": {"call_id": "call_1", "from_number": "+491713920007", "transcript": "User: Max Mustermann",
                     "status": {"name": "Max"}, "turns": [{"content": "Ja", "words": 1, "final": true}]},
        });
        let shown = json!({
            "event": "call_ended",
            "call": {"call_id": "call_1", "from_number": HIDDEN, "transcript": HIDDEN,
                     "status": {"name": HIDDEN}, "turns": [{"content": HIDDEN, "words": HIDDEN, "final": true}]},
        });
        assert_eq!(body(&sent), shown);
    }

    #[test]
    fn of_a_long_list_the_beginning_shows() {
        assert_eq!(body(&json!(["a", true, 1, "b", "c"])), json!([HIDDEN, true, HIDDEN, "… + 2"]));
    }

    #[test]
    fn of_a_number_its_land_and_its_end_show() {
        assert_eq!(number("+491713920007"), "+49•••07");
        assert_eq!([number("007"), number("")], [HIDDEN, HIDDEN]);
    }

    #[test]
    fn headers_show_only_where_they_are_known_to_be_plain() {
        assert_eq!(header("content-type", "application/json"), "application/json");
        assert_eq!(header("x-forwarded-for", "192.0.2.7"), HIDDEN);
    }
}
