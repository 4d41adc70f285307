//! The document against itself and against the table of addresses.

use super::*;
use serde_json::json;
use std::collections::BTreeSet;

fn operations() -> impl Iterator<Item = (String, &'static String, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let of_path = |(path, item): (&'static String, &'static Value)| {
        let methods = item.as_object().unwrap();
        methods.iter().map(move |(method, operation)| (method.to_uppercase(), path, operation))
    };
    paths.iter().flat_map(of_path)
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_shape_is_used() {
    let mut found = BTreeSet::new();
    references(document(), &mut found);
    for reference in &found {
        let place = reference.strip_prefix('#').unwrap();
        assert!(document().pointer(place).is_some(), "{reference}");
    }
    for name in document()["components"]["schemas"].as_object().unwrap().keys() {
        assert!(found.contains(&format!("#/components/schemas/{name}")), "{name} is used nowhere");
    }
}

#[test]
fn every_schema_is_one() {
    let validator =
        jsonschema::meta::validator_for(&json!({"$schema": "https://json-schema.org/draft/2020-12/schema"}));
    let validator = validator.unwrap();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        assert!(validator.is_valid(schema), "{name}");
    }
}

#[test]
fn every_operation_says_what_it_does_and_who_may() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(summary.ends_with('.'), "{method} {path}: {summary}");
        assert!(operation["security"][0]["bearer"][0].is_string(), "{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
        let places = path.matches('{').count();
        let parameters = operation["parameters"].as_array().unwrap();
        let named = parameters.iter().filter(|it| it["in"] == "path").inspect(|it| assert!(!it["example"].is_null()));
        assert_eq!(named.count(), places, "{method} {path}");
    }
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn the_page_tells_all_and_runs_nothing() {
    let html = page::html(document());
    for (method, path, operation) in operations() {
        assert!(html.contains(&format!("<code>{method} {path}</code>")), "{method} {path}");
        assert!(html.contains(operation["summary"].as_str().unwrap().split('\'').next().unwrap()), "{method} {path}");
    }
    for name in document()["components"]["schemas"].as_object().unwrap().keys() {
        assert!(html.contains(&format!("id=\"shape-{name}\"")), "{name}");
    }
    for active in ["<script", "<style", "style=", "onclick", "src="] {
        assert!(!html.contains(active), "{active}");
    }
    assert!(html.contains("/calls/call_0d1e2f&#39;") || html.contains("/calls/call_0d1e2f'"));
}
