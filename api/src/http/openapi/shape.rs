//! JSON Schemas in words, for readers.

use serde_json::Value;

/// One member of a shape.
pub struct Member<'a> {
    pub name: &'a str,
    pub required: bool,
    pub words: String,
    pub about: &'a str,
}

/// The members of an object; none of anything else.
pub fn members(schema: &Value) -> Vec<Member<'_>> {
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
    let members = schema["properties"].as_object().into_iter().flatten();
    members
        .map(|(name, member)| Member {
            name,
            required: required(name),
            words: words(member),
            about: member["description"].as_str().unwrap_or_default(),
        })
        .collect()
}

/// What may stand there: `list of Call`, `confirmed or failed`, `text (date-time)`.
pub fn words(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(words) = one_of(&schema["enum"], |word| word.as_str().unwrap_or("null").to_owned()) {
        return words;
    }
    if let Some(word) = schema["const"].as_str() {
        return word.to_owned();
    }
    for choices in ["anyOf", "oneOf", "allOf"] {
        if let Some(words) = one_of(&schema[choices], words) {
            return words;
        }
    }
    let kind = match &schema["type"] {
        Value::String(kind) => plain(kind, schema),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.map(|kind| plain(kind, schema)).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    };
    format!("{kind}{}", bounds(schema))
}

fn one_of(choices: &Value, word: impl Fn(&Value) -> String) -> Option<String> {
    let choices = choices.as_array()?;
    Some(choices.iter().map(word).collect::<Vec<_>>().join(" or "))
}

fn plain(kind: &str, schema: &Value) -> String {
    match (kind, schema["format"].as_str()) {
        ("array", _) => format!("list of {}", words(&schema["items"])),
        ("string", Some(format)) => format!("text ({format})"),
        ("string", None) => "text".into(),
        ("integer", _) => "whole number".into(),
        ("boolean", _) => "true or false".into(),
        (other, _) => other.into(),
    }
}

fn bounds(schema: &Value) -> String {
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64(), schema["maxLength"].as_u64()) {
        (Some(least), Some(most), _) => format!(", {least} to {most}"),
        (_, _, Some(most)) => format!(", at most {most} characters"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shapes_are_told_in_words() {
        for (schema, told) in [
            (json!({"$ref": "#/components/schemas/Call"}), "Call"),
            (json!({"anyOf": [{"$ref": "#/components/schemas/Call"}, {"type": "null"}]}), "Call or null"),
            (json!({"type": "array", "items": {"type": "integer"}}), "list of whole number"),
            (json!({"type": ["string", "null"], "format": "date-time"}), "text (date-time) or null"),
            (json!({"enum": ["confirmed", "failed"]}), "confirmed or failed"),
            (json!({"type": "integer", "minimum": 1, "maximum": 200}), "whole number, 1 to 200"),
            (json!({"type": "string", "maxLength": 64}), "text, at most 64 characters"),
            (json!(true), "anything"),
        ] {
            assert_eq!(words(&schema), told);
        }
    }

    #[test]
    fn members_say_whether_they_are_always_there() {
        let schema =
            json!({"properties": {"a": {"type": "boolean", "description": "Whether."}, "b": {}}, "required": ["a"]});
        let members = members(&schema);
        let told: Vec<_> = members.iter().map(|it| (it.name, it.required, it.words.as_str(), it.about)).collect();
        assert_eq!(told, [("a", true, "true or false", "Whether."), ("b", false, "anything", "")]);
    }
}
