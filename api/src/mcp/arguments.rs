//! Arguments as a model has filled them in, held against what the tool takes. A mistake is told so that the next call can
//! be right.

use super::tool::{COMPANY, Field, Kind, Tool};
use crate::problem::Problem;
use jiff::Timestamp;
use rmcp::model::JsonObject;
use serde_json::Value;

/// Arguments that are what the tool says; what is null or was left out is absent.
pub fn checked(tool: &Tool, given: JsonObject) -> Result<JsonObject, Problem> {
    let given: JsonObject = given.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let known = |name: &str| fields(tool).find(|field| field.name == name);
    for (name, value) in &given {
        let Some(field) = known(name) else { return Err(unknown(tool, name)) };
        fits(field, value)?;
    }
    match tool.input.iter().find(|field| field.required && !given.contains_key(field.name)) {
        Some(missing) => Err(unusable(format!("The argument '{}' is missing. {}", missing.name, missing.about))),
        None => Ok(given),
    }
}

/// A tool's own, and the company.
pub fn fields(tool: &Tool) -> impl Iterator<Item = &'static Field> + use<> {
    tool.input.iter().chain(std::iter::once(&COMPANY))
}

pub fn text<'a>(arguments: &'a JsonObject, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(Value::as_str)
}

/// As given, or as the tool says where nothing is.
pub fn truth(tool: &Tool, arguments: &JsonObject, name: &str) -> bool {
    let default = tool.input.iter().find(|field| field.name == name);
    let default = matches!(default, Some(Field { kind: Kind::Truth(true), .. }));
    arguments.get(name).and_then(Value::as_bool).unwrap_or(default)
}

/// As it stands in an address.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unusable(detail: String) -> Problem {
    Problem::unusable("argument", detail)
}

fn unknown(tool: &Tool, name: &str) -> Problem {
    let allowed: Vec<&str> = fields(tool).map(|field| field.name).collect();
    let name: String = name.chars().take(64).collect();
    unusable(format!("There is no argument '{name}' here; allowed are {}.", allowed.join(", ")))
}

fn fits(field: &Field, value: &Value) -> Result<(), Problem> {
    let expected = match field.kind {
        Kind::Text(most) => (!is_text(value, most)).then(|| format!("a text of 1 to {most} characters")),
        Kind::Word(words) => (!is_word(value, words)).then(|| format!("one of {}", words.join(", "))),
        Kind::Whole(least, most) => {
            let fits = value.as_i64().is_some_and(|number| (least..=most).contains(&number));
            (!fits).then(|| format!("a whole number from {least} to {most}"))
        }
        Kind::Truth(_) => (!value.is_boolean()).then(|| "true or false".into()),
        Kind::Time => (!is_time(value)).then(|| "a time such as 2026-03-01T09:00:00Z".into()),
        Kind::Texts(most) => (!is_list(value, most)).then(|| format!("a list of 1 to {most} texts")),
    };
    match expected {
        Some(expected) => Err(unusable(format!("The argument '{}' takes {expected}.", field.name))),
        None => Ok(()),
    }
}

fn is_text(value: &Value, most: usize) -> bool {
    value.as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()))
}

fn is_word(value: &Value, words: &[&str]) -> bool {
    value.as_str().is_some_and(|word| words.contains(&word))
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|time| time.parse::<Timestamp>().is_ok())
}

fn is_list(value: &Value, most: usize) -> bool {
    let texts = value.as_array().filter(|list| (1..=most).contains(&list.len()));
    texts.is_some_and(|list| list.iter().all(|it| is_text(it, 200)))
}

#[cfg(test)]
mod tests {
    use super::super::parts::PARTS;
    use super::*;
    use serde_json::json;

    #[test]
    fn mistakes_are_told_with_what_is_right() {
        let webhook = PARTS.iter().find(|part| part.name == "webhook").unwrap();
        let list = webhook.tools.iter().find(|tool| tool.name == "list_webhooks").unwrap();
        let show = webhook.tools.iter().find(|tool| tool.name == "get_webhook").unwrap();
        let told = |tool, given: Value| {
            let given = given.as_object().unwrap().clone();
            checked(tool, given).map_or_else(|problem| problem.detail.unwrap(), |_| String::new())
        };
        assert!(told(list, json!({ "stauts": "dead" })).contains("'stauts' here; allowed are status, "));
        assert!(told(list, json!({ "status": "odd" })).contains("one of received, processed, failed"));
        assert!(told(list, json!({ "limit": 0 })).contains("a whole number from 1 to 200"));
        assert!(told(list, json!({ "since": "yesterday" })).contains("a time such as"));
        assert!(told(show, json!({ "id": null })).contains("'id' is missing"));
        assert_eq!(told(list, json!({ "status": "dead", "company": "salon", "cursor": null })), "");
    }
}
