//! Values as language models fill them in: numbers as text, truth in four spellings, templates that nobody filled.

use jiff::Timestamp;
use serde_json::Value;

/// The text of a scalar; nothing for what is absent, empty, or a template left unfilled.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let unfilled =
        text.is_empty() || text.contains("{{") || ["null", "none", "undefined"].contains(&text.to_lowercase().as_str());
    (!unfilled).then_some(text)
}

/// Truth in any of its spellings; absent is neither.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => number.as_f64().map(|number| number > 0.5),
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "true" | "1" | "yes" | "ja" | "wahr" => Some(true),
            "false" | "0" | "no" | "nein" | "falsch" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Epoch milliseconds, or ISO 8601 in older payloads. No call was made before this century, or will be after it.
pub fn time(value: &Value) -> Option<Timestamp> {
    let read = match value {
        Value::Number(number) => Timestamp::from_millisecond(number.as_i64()?).ok(),
        Value::String(text) => text.trim().parse().ok().or_else(|| {
            let millis = text.trim().parse().ok()?;
            Timestamp::from_millisecond(millis).ok()
        }),
        _ => None,
    };
    read.filter(|time| (CENTURY.0..CENTURY.1).contains(&time.as_second()))
}

/// The years 2000 to 2099, in seconds of the epoch.
const CENTURY: (i64, i64) = (946_684_800, 4_102_444_800);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn truth_is_spelled_in_many_ways() {
        for yes in [json!(true), json!("true"), json!("1"), json!(1), json!("yes"), json!("ja"), json!("Ja")] {
            assert_eq!(truth(&yes), Some(true), "{yes}");
        }
        for no in [json!(false), json!("false"), json!(0), json!("nein")] {
            assert_eq!(truth(&no), Some(false), "{no}");
        }
        for neither in [json!(null), json!("{{booking_confirmed}}"), json!(""), json!([])] {
            assert_eq!(truth(&neither), None, "{neither}");
        }
    }

    #[test]
    fn lesson_11_unfilled_templates_are_absent() {
        assert_eq!(text(&json!("{{name}}")), None);
        assert_eq!(text(&json!("  Max Mustermann ")), Some("Max Mustermann".into()));
        assert_eq!(text(&json!(14)), Some("14".into()));
    }

    #[test]
    fn times_are_milliseconds_or_iso() {
        let expected = Timestamp::from_millisecond(1_750_540_695_000).ok();
        assert_eq!(time(&json!(1_750_540_695_000_i64)), expected);
        assert_eq!(time(&json!("1750540695000")), expected);
        assert_eq!(time(&json!("2025-06-21T21:18:15Z")), expected);
        assert_eq!(time(&json!("gestern")), None);
    }
}
