//! `filter_criteria` of POST /v3/list-calls: `{type, op, value}` for each field, `key` more for the keyed ones.

use serde_json::{Map, Value};

use super::problem::Problem;

/// All of them must hold.
pub(super) struct Filters(Vec<Filter>);

enum Filter {
    Agents(Vec<(String, Option<Vec<Value>>)>),
    Field { pointer: String, test: Test },
}

enum Test {
    Text(fn(&str, &str) -> bool, String),
    Number(fn(f64, f64) -> bool, f64),
    Between(f64, f64),
    OneOf(Vec<Value>),
    Is(bool),
    Present(bool),
}

/// Where each field stands in a call.
const FIELDS: [(&str, &str); 17] = [
    ("call_id", "/call_id"),
    ("agent_tag", "/agent_tag"),
    ("call_status", "/call_status"),
    ("call_type", "/call_type"),
    ("direction", "/direction"),
    ("from_number", "/from_number"),
    ("to_number", "/to_number"),
    ("start_timestamp", "/start_timestamp"),
    ("end_timestamp", "/end_timestamp"),
    ("duration_ms", "/duration_ms"),
    ("disconnection_reason", "/disconnection_reason"),
    ("user_sentiment", "/call_analysis/user_sentiment"),
    ("call_successful", "/call_analysis/call_successful"),
    ("in_voicemail", "/call_analysis/in_voicemail"),
    ("combined_cost", "/call_cost/combined_cost"),
    ("e2e_latency_p50", "/latency/e2e/p50"),
    ("e2e_latency_p90", "/latency/e2e/p90"),
];

const KEYED: [(&str, &str); 4] = [
    ("metadata", "/metadata"),
    ("dynamic_variables", "/retell_llm_dynamic_variables"),
    ("custom_analysis_data", "/call_analysis/custom_analysis_data"),
    ("custom_attributes", "/custom_attributes"),
];

impl Filters {
    /// Unknown fields and the forms of older versions are refused.
    pub(super) fn read(criteria: Option<&Value>) -> Result<Self, Problem> {
        let criteria = match criteria {
            None | Some(Value::Null) => return Ok(Self(Vec::new())),
            Some(Value::Object(criteria)) => criteria,
            Some(_) => return Err(Problem::bad_request()),
        };
        let mut filters = Vec::new();
        for (name, value) in criteria {
            read_filter(name, value, &mut filters).ok_or_else(Problem::bad_request)?;
        }
        Ok(Self(filters))
    }

    pub(super) fn keep(&self, call: &Value) -> bool {
        self.0.iter().all(|filter| match filter {
            Filter::Agents(agents) => agents.iter().any(|(id, versions)| {
                let version = call.get("agent_version").unwrap_or(&Value::Null);
                call.get("agent_id").and_then(Value::as_str) == Some(id)
                    && versions.as_ref().is_none_or(|versions| versions.contains(version))
            }),
            Filter::Field { pointer, test } => test.holds(call.pointer(pointer).filter(|value| !value.is_null())),
        })
    }
}

fn read_filter(name: &str, value: &Value, filters: &mut Vec<Filter>) -> Option<()> {
    if name == "agent" {
        filters.push(Filter::Agents(value.as_array()?.iter().map(read_agent).collect::<Option<_>>()?));
        return Some(());
    }
    if let Some((_, pointer)) = FIELDS.iter().find(|(field, _)| *field == name) {
        filters.push(Filter::Field { pointer: (*pointer).into(), test: Test::read(value.as_object()?)? });
        return Some(());
    }
    let (_, pointer) = KEYED.iter().find(|(field, _)| *field == name)?;
    for entry in value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice) {
        let key = entry.get("key")?.as_str()?.replace('~', "~0").replace('/', "~1");
        filters.push(Filter::Field { pointer: format!("{pointer}/{key}"), test: Test::read(entry.as_object()?)? });
    }
    Some(())
}

fn read_agent(entry: &Value) -> Option<(String, Option<Vec<Value>>)> {
    let versions = entry.get("version").and_then(Value::as_array).cloned();
    Some((entry.get("agent_id")?.as_str()?.to_owned(), versions))
}

impl Test {
    fn read(filter: &Map<String, Value>) -> Option<Self> {
        let value = filter.get("value");
        let (kind, op) = (filter.get("type")?.as_str()?, filter.get("op")?.as_str()?);
        Some(match (kind, op) {
            (_, "pr") => Self::Present(true),
            (_, "np") => Self::Present(false),
            ("string", op) => Self::Text(text_test(op)?, value?.as_str()?.to_owned()),
            ("number", op) => Self::Number(number_test(op)?, value?.as_f64()?),
            ("range", "bt") => match value?.as_array()?.as_slice() {
                [low, high] => Self::Between(low.as_f64()?, high.as_f64()?),
                _ => return None,
            },
            ("enum", "in") => Self::OneOf(value?.as_array()?.clone()),
            ("boolean", "eq") => Self::Is(value?.as_bool()?),
            _ => return None,
        })
    }

    fn holds(&self, found: Option<&Value>) -> bool {
        match self {
            Self::Present(wanted) => found.is_some() == *wanted,
            Self::Text(test, wanted) => found.and_then(Value::as_str).is_some_and(|found| test(found, wanted)),
            Self::Number(test, wanted) => found.and_then(Value::as_f64).is_some_and(|found| test(found, *wanted)),
            Self::Between(low, high) => {
                found.and_then(Value::as_f64).is_some_and(|found| (*low..=*high).contains(&found))
            }
            Self::OneOf(values) => found.is_some_and(|found| values.contains(found)),
            Self::Is(wanted) => found.and_then(Value::as_bool) == Some(*wanted),
        }
    }
}

fn text_test(op: &str) -> Option<fn(&str, &str) -> bool> {
    Some(match op {
        "eq" => |found, wanted| found == wanted,
        "ne" => |found, wanted| found != wanted,
        "sw" => |found, wanted| found.starts_with(wanted),
        "ew" => |found, wanted| found.ends_with(wanted),
        "co" => |found, wanted| found.contains(wanted),
        _ => return None,
    })
}

/// Timestamps and durations are whole numbers that a double holds exactly.
#[expect(clippy::float_cmp, reason = "the filter compares what was sent, digit for digit")]
fn number_test(op: &str) -> Option<fn(f64, f64) -> bool> {
    Some(match op {
        "eq" => |found, wanted| found == wanted,
        "ne" => |found, wanted| found != wanted,
        "gt" => |found, wanted| found > wanted,
        "ge" => |found, wanted| found >= wanted,
        "lt" => |found, wanted| found < wanted,
        "le" => |found, wanted| found <= wanted,
        _ => return None,
    })
}
