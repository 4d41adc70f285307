//! Deliveries that the tests share: the three of one call as the provider sends them today, and an older one that tells
//! everything at once.

use super::{Reading, Whose, facts, read};
use crate::call::Facts;
use crate::company::Company;
use crate::salon::{MAX, account, at, branch, company};
use serde_json::Value;

pub const STARTED: &str = include_str!("deliveries/call_started.json");
pub const ENDED: &str = include_str!("deliveries/call_ended.json");
pub const ANALYZED: &str = include_str!("deliveries/call_analyzed.json");
pub const OLDER: &str = include_str!("deliveries/older_call_ended.json");

pub fn reading(body: &str) -> Reading {
    read(body.as_bytes()).expect("a delivery that can be read")
}

/// What a delivery tells the call, at `mitte`.
pub fn facts_of(body: &str, company: &Company) -> Facts {
    facts(&reading(body), whose(), company, at("2025-07-01T09:00:00Z"))
}

pub fn whose() -> Whose {
    Whose { account: account(), company: company(), branch: branch("mitte"), customer: MAX }
}

/// The same delivery with other values; `null` takes a field away.
pub fn with(body: &str, changes: &[(&str, Value)]) -> String {
    let mut body: Value = serde_json::from_str(body).expect("JSON");
    for (path, value) in changes {
        let (parent, field) = path.rsplit_once('/').expect("a path");
        let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object there");
        match value {
            Value::Null => parent.remove(field),
            value => parent.insert(field.to_owned(), value.clone()),
        };
    }
    body.to_string()
}
