//! The facts that tell one event of a kind from another, in a few words.

use serde_json::Value;

const TELLING: [&str; 9] = ["attempt", "act", "reason", "error", "detail", "by", "next_attempt_at", "look_up_at", "to"];

/// Names and values out of an event's public part; what is a structure is left out.
pub fn facts(data: &Value) -> impl Iterator<Item = (&'static str, String)> {
    named(data, &TELLING)
}

/// The same of the names listed.
pub fn named<'d>(data: &'d Value, names: &'d [&'static str]) -> impl Iterator<Item = (&'static str, String)> + 'd {
    names.iter().filter_map(|name| match data.get(*name)? {
        Value::String(text) => Some((*name, text.clone())),
        Value::Number(number) => Some((*name, number.to_string())),
        _ => None,
    })
}

/// All of them on one line.
pub fn gist(data: &Value) -> String {
    facts(data).map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
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
