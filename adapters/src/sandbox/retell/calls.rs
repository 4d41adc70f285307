//! Recorded calls: POST /v3/list-calls, GET /v2/get-call/{id} and DELETE /v2/delete-call/{id}.

use std::collections::{BTreeMap, HashMap};

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::wire::{Answer, Request},
    Retell,
    filters::Filters,
    organization::Organization,
    paging::{Page, Place},
    problem::Problem,
};

/// By start; a call that never started stands where it was recorded.
#[derive(Default)]
pub(super) struct Calls {
    by_start: BTreeMap<Place, Value>,
    places: HashMap<String, Place>,
    last: u64,
}

/// What was to be recorded has no `call_id`, or there is no such account.
#[derive(Debug, PartialEq, Eq)]
pub struct NotACall;

impl Calls {
    fn record(&mut self, call: Value, now_ms: i64) -> Result<(), NotACall> {
        let id = call.get("call_id").and_then(Value::as_str).ok_or(NotACall)?.to_owned();
        let start = call.get("start_timestamp").and_then(Value::as_i64);
        let known = self.places.remove(&id);
        if let Some(place) = known {
            self.by_start.remove(&place);
        }
        let number = known.map_or_else(|| self.next(), |(_, number)| number);
        let place = (start.or(known.map(|(at, _)| at)).unwrap_or(now_ms), number);
        self.places.insert(id, place);
        self.by_start.insert(place, call);
        Ok(())
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn delete(&mut self, id: &str) -> bool {
        self.places.remove(id).and_then(|place| self.by_start.remove(&place)).is_some()
    }

    fn get(&self, id: &str) -> Option<&Value> {
        self.places.get(id).and_then(|place| self.by_start.get(place))
    }
}

impl Retell {
    /// Keeps a call object as it is given; one with the same id is replaced.
    pub fn record_call(&self, account: u64, call: Value) -> Result<(), NotACall> {
        let now = self.0.now().as_millisecond();
        let mut state = self.0.state();
        state.organizations.get_mut(&account).ok_or(NotACall)?.calls.record(call, now)
    }

    /// Merges a patch into a call, as JSON merge patches do: null removes. Whether there was such a call.
    pub fn update_call(&self, account: u64, call_id: &str, patch: &Value) -> bool {
        let now = self.0.now().as_millisecond();
        let mut state = self.0.state();
        let Some(organization) = state.organizations.get_mut(&account) else { return false };
        let Some(mut call) = organization.calls.get(call_id).cloned() else { return false };
        merge(&mut call, patch);
        organization.calls.record(call, now).is_ok()
    }

    /// What a look at each call of an account tells, by start.
    pub fn told_of_calls<T>(&self, account: u64, look: impl Fn(&Value) -> T) -> Vec<T> {
        let state = self.0.state();
        let calls = state.organizations.get(&account).map(|organization| organization.calls.by_start.values());
        calls.into_iter().flatten().map(look).collect()
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let (Value::Object(fields), Value::Object(patches)) = (&mut *target, patch) else {
        *target = patch.clone();
        return;
    };
    for (name, value) in patches {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

pub(super) fn get(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let call = organization.calls.get(request.segment(2)).ok_or_else(Problem::unknown)?;
    Ok(Answer::new(StatusCode::OK, call.clone()))
}

pub(super) fn delete(organization: &mut Organization, request: &Request) -> Result<Answer, Problem> {
    if organization.calls.delete(request.segment(2)) {
        Ok(Answer::new(StatusCode::NO_CONTENT, Value::Null))
    } else {
        Err(Problem::unknown())
    }
}

pub(super) fn list(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let body = request.json().map_err(|_| Problem::bad_request())?;
    let fields = body.as_object().ok_or_else(Problem::bad_request)?;
    let filters = Filters::read(fields.get("filter_criteria"))?;
    let page = Page::of_body(fields)?;
    let kept = || organization.calls.by_start.iter().filter(|(_, call)| filters.keep(call));
    let mut answer = page.of(kept().map(|(place, call)| (*place, call)), row);
    if fields.get("include_total") == Some(&Value::Bool(true)) {
        answer.insert("total".into(), json!(kept().count()));
    }
    Ok(Answer::new(StatusCode::OK, Value::Object(answer)))
}

/// A listed call shows everything but what was said.
fn row(call: &Value) -> Value {
    let said = |name: &str| name.contains("transcript");
    match call {
        Value::Object(fields) => {
            let shown = fields.iter().filter(|(name, _)| !said(name));
            Value::Object(shown.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}
