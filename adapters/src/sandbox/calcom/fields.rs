//! Checking a body field by field: wrong and unknown ones are collected and refused together, in Cal.com's words.

use serde_json::{Map, Value};

use super::problem::Problem;

#[derive(Default)]
pub(super) struct Wrong(Vec<String>);

impl Wrong {
    pub(super) fn add(&mut self, property: &str, why: &str) {
        self.0.push(format!("{property} property is wrong,{why} "));
    }

    pub(super) fn nest(&mut self, property: &str, inner: &Self) {
        if !inner.0.is_empty() {
            self.0.push(format!("{property} property is wrong, {}", inner.0.join(", ")));
        }
    }

    pub(super) fn unknown(&mut self, fields: &Map<String, Value>, allowed: &[&str]) {
        for name in fields.keys().filter(|name| !allowed.contains(&name.as_str())) {
            self.add(name, &format!("property {name} should not exist"));
        }
    }

    pub(super) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::bad_request(self.0.join(", "))) }
    }

    pub(super) fn text(&mut self, fields: &Map<String, Value>, name: &str) -> Option<String> {
        match given(fields, name)? {
            Value::String(text) => Some(text.clone()),
            _ => self.none(name, &format!("{name} must be a string")),
        }
    }

    pub(super) fn whole(&mut self, fields: &Map<String, Value>, name: &str) -> Option<u64> {
        let number = given(fields, name)?.as_u64();
        number.or_else(|| self.none(name, &format!("{name} must be an integer number")))
    }

    pub(super) fn flag(&mut self, fields: &Map<String, Value>, name: &str) -> bool {
        match given(fields, name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => self.none(name, &format!("{name} must be a boolean value")).unwrap_or_default(),
        }
    }

    pub(super) fn object(&mut self, fields: &Map<String, Value>, name: &str) -> Map<String, Value> {
        match given(fields, name) {
            None => Map::new(),
            Some(Value::Object(object)) => object.clone(),
            Some(_) => self.none(name, &format!("{name} must be an object")).unwrap_or_default(),
        }
    }

    pub(super) fn wholes(&mut self, fields: &Map<String, Value>, name: &str) -> Option<Vec<u64>> {
        let list = given(fields, name)?.as_array().and_then(|list| list.iter().map(Value::as_u64).collect());
        list.or_else(|| self.none(name, &format!("each value in {name} must be a number")))
    }

    fn none<T>(&mut self, property: &str, why: &str) -> Option<T> {
        self.add(property, why);
        None
    }
}

/// An optional field sent as null counts as not sent.
pub(super) fn given<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}
