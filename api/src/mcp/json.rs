//! Members of answers that may not be there.

use serde_json::Value;

/// The member of that name; null where there is none.
pub fn of<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// The items of a list's page.
pub fn items(page: &Value) -> &[Value] {
    of(page, "items").as_array().map(Vec::as_slice).unwrap_or_default()
}

/// An object with one member more, or another one in its place.
pub fn with(mut object: Value, name: &str, member: impl Into<Value>) -> Value {
    if let Value::Object(members) = &mut object {
        members.insert(name.to_owned(), member.into());
    }
    object
}
