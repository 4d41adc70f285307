//! JSON Schemas of what tools take and give. What comes back is written as `"call: text, ended_at: time?, items: [id: text]"`
//! beside its tool: names, what they hold, `?` where there may be nothing, `[…]` for a list of such objects.

use super::json::with;
use super::tool::{Field, Kind};
use rmcp::model::JsonObject;
use serde_json::{Value, json};
use std::sync::Arc;

/// An object with these arguments and no others.
pub fn of_input(fields: &[Field]) -> Arc<JsonObject> {
    let properties: JsonObject = fields.iter().map(|field| (field.name.to_owned(), of_field(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    object(json!({ "properties": properties, "required": required, "additionalProperties": false }))
}

fn of_field(field: &Field) -> Value {
    let mut schema = match field.kind {
        Kind::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Truth(default) => json!({ "type": "boolean", "default": default }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Texts(most) => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": most }),
    };
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".into(), field.about.into());
    }
    schema
}

/// An object as the notation describes it; more members may come with it.
pub fn of_output(notation: &str) -> Arc<JsonObject> {
    object(members(&mut Reader(notation)))
}

fn object(schema: Value) -> Arc<JsonObject> {
    match with(schema, "type", "object") {
        Value::Object(schema) => Arc::new(schema),
        _ => Arc::default(),
    }
}

struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    /// The next word, or the next single sign.
    fn next(&mut self) -> Option<&'a str> {
        self.0 = self.0.trim_start();
        let word = self.0.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at_checked(word.max(1))?;
        self.0 = rest;
        Some(token)
    }

    fn takes(&mut self, sign: char) -> bool {
        let rest = self.0.trim_start().strip_prefix(sign);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

fn members(reader: &mut Reader<'_>) -> Value {
    let (mut properties, mut required) = (JsonObject::new(), vec![]);
    while let Some(name) = reader.next().filter(|name| *name != "]") {
        reader.takes(':');
        let held = if reader.takes('[') {
            json!({ "type": "array", "items": members(reader) })
        } else {
            of_word(reader.next().unwrap_or_default())
        };
        let held = if reader.takes('?') {
            json!({ "anyOf": [held, { "type": "null" }] })
        } else {
            required.push(name);
            held
        };
        properties.insert(name.to_owned(), held);
        if !reader.takes(',') {
            reader.takes(']');
            break;
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn of_word(word: &str) -> Value {
    match word {
        "text" => json!({ "type": "string" }),
        "whole" => json!({ "type": "integer" }),
        "number" => json!({ "type": "number" }),
        "truth" => json!({ "type": "boolean" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "list" => json!({ "type": "array" }),
        "object" => json!({ "type": "object" }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_says_what_comes_back() {
        let schema = of_output("items: [id: text, at: time?, of: [n: whole]], next: text?");
        let items = &schema["properties"]["items"]["items"];
        assert_eq!(schema["required"], json!(["items"]));
        assert_eq!(items["required"], json!(["id", "of"]));
        assert_eq!(items["properties"]["of"]["items"]["properties"]["n"], json!({ "type": "integer" }));
        assert_eq!(items["properties"]["at"]["anyOf"][1], json!({ "type": "null" }));
        assert!(schema["properties"]["next"]["anyOf"].is_array());
    }
}
