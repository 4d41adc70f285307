//! Every answer that a test gets, held against the document: its status, its media type, its headers and each of its members.

use super::world::Answer;
use crate::http::openapi::document;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// The shapes, of which none has other members than those that are described.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut components = document()["components"].clone();
    let schemas = components["schemas"].as_object_mut().unwrap();
    // A problem may have members of its own kind; its type and status are what is relied on.
    schemas.iter_mut().filter(|(name, _)| *name != "Problem").for_each(|(_, schema)| close(schema, false));
    components
});

/// An object's members are known by all its parts together, so a part of one stays open.
fn close(schema: &mut Value, is_part: bool) {
    let Some(keywords) = schema.as_object_mut() else { return };
    let has_members = keywords.contains_key("properties");
    for (keyword, value) in keywords.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(members)) => members.values_mut().for_each(|it| close(it, false)),
            ("items" | "additionalProperties", schema) => close(schema, false),
            ("anyOf" | "oneOf" | "allOf", Value::Array(parts)) => {
                for it in parts {
                    close(it, has_members);
                }
            }
            _ => {}
        }
    }
    if has_members && !is_part && !keywords.contains_key("additionalProperties") {
        keywords.insert("unevaluatedProperties".into(), false.into());
    }
}

/// The operation that a request meets, with its pattern.
fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = document()["paths"].as_object()?;
    let mut meeting: Vec<_> = paths.iter().filter(|(pattern, _)| matches(pattern, path)).collect();
    meeting.sort_by_key(|(pattern, _)| pattern.matches('{').count());
    meeting.into_iter().find_map(|(pattern, item)| Some((pattern.as_str(), item.get(method.to_lowercase())?)))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let fits = |(pattern, part): (&&str, &&str)| pattern == part || (pattern.starts_with('{') && !part.is_empty());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(fits)
}

/// Fails where the document does not say that such an answer may come.
pub fn check(method: &str, path: &str, answer: &Answer) {
    let path = path.split('?').next().unwrap();
    let Some((pattern, operation)) = operation(method, path) else {
        assert!(!path.starts_with("/api/v1/") || [404, 405].contains(&answer.status), "{method} {path}");
        return;
    };
    let at = format!("{method} {pattern} {}", answer.status);
    let response = &operation["responses"][answer.status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).unwrap(),
        None => response,
    };
    assert!(response.is_object(), "{at} is not documented: {}", answer.body);
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let needed = header["required"] == true || name == "X-Request-Id";
        assert!(!needed || answer.headers.contains_key(name.as_str()), "{at} has no {name}");
    }
    let Some(content) = response["content"].as_object() else {
        assert!(answer.body.is_null(), "{at} should have no body");
        return;
    };
    let media = answer.headers["content-type"].to_str().unwrap().split(';').next().unwrap();
    let content = content.get(media).unwrap_or_else(|| panic!("{at} is {media}, which is not documented"));
    if media.ends_with("json") {
        let validator = validator(&at, &content["schema"]);
        let wrong: Vec<_> =
            validator.iter_errors(&answer.body).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(wrong.is_empty(), "{at}: {wrong:#?}\n{}", answer.body);
    }
}

fn validator(at: &str, schema: &Value) -> Arc<Validator> {
    let mut known = VALIDATORS.lock().unwrap();
    let make = || {
        let mut whole = schema.clone();
        whole["components"] = CLOSED.clone();
        Arc::new(jsonschema::draft202012::new(&whole).unwrap())
    };
    Arc::clone(known.entry(at.to_owned()).or_insert_with(make))
}

#[test]
fn a_member_or_a_status_that_is_not_described_fails() {
    let answer = |status, body: Value| {
        let mut headers = http::HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        headers.insert("x-request-id", "1".parse().unwrap());
        Answer { status, headers, body }
    };
    let fails = |answer: Answer| std::panic::catch_unwind(|| check("GET", "/api/v1/desk/rules", &answer)).is_err();
    let rules = || json!(ringbuch_domain::desk::DeskRules::default());
    check("GET", "/api/v1/desk/rules", &answer(200, rules()));
    let mut more = rules();
    more["moon"] = json!("full");
    let mut less = rules();
    less.as_object_mut().unwrap().remove("staff_wishes");
    assert!(fails(answer(200, more)) && fails(answer(200, less)) && fails(answer(418, rules())));
}
