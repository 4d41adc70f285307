//! What Cal.com's own description of version 2 says of each route, held against everything that goes over the wire.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jsonschema::Validator;
use serde_json::{Value, json};

struct Route {
    method: String,
    /// With `{}` for what stands for a name.
    path: Vec<String>,
    /// Whether each query parameter is required.
    query: BTreeMap<String, bool>,
    status: u16,
    body: Option<Validator>,
    answer: Validator,
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let text = include_str!("shapes/calcom.json");
    let document: Value = serde_json::from_str(text).unwrap();
    let definitions = &document["$defs"];
    let compiled =
        |schema: &Value| jsonschema::validator_for(&json!({"$defs": definitions, "allOf": [schema]})).unwrap();
    let operations = document["operations"].as_object().unwrap().iter();
    operations
        .map(|(name, operation)| {
            let (method, path) = name.split_once(' ').unwrap();
            Route {
                method: method.to_owned(),
                path: path.split('/').map(str::to_owned).collect(),
                query: serde_json::from_value(operation["query"].clone()).unwrap(),
                status: u16::try_from(operation["status"].as_u64().unwrap()).unwrap(),
                body: operation.get("body").map(compiled),
                answer: compiled(&operation["answer"]),
            }
        })
        .collect()
});

/// The route of a target, one that names it word by word before one that leaves a place open.
fn route(method: &str, target: &str) -> Option<&'static Route> {
    let path: Vec<&str> = target.split('?').next().unwrap().split('/').collect();
    let fits = |route: &&Route| {
        let places = route.path.iter().zip(&path);
        route.method == method && route.path.len() == path.len() && {
            places.into_iter().all(|(known, given)| known == given || known == "{}")
        }
    };
    ROUTES.iter().filter(fits).min_by_key(|route| route.path.iter().filter(|part| *part == "{}").count())
}

/// The name of a target's route, if there is one.
pub fn name(method: &str, target: &str) -> Option<String> {
    route(method, target).map(Route::name)
}

/// The names of all routes.
pub fn names() -> BTreeSet<String> {
    ROUTES.iter().map(Route::name).collect()
}

impl Route {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path.join("/"))
    }
}

/// What is wrong with a request.
pub fn wrong_request(method: &str, target: &str, body: Option<&Value>) -> Vec<String> {
    let Some(route) = route(method, target) else { return vec![format!("{method} {target} is not described")] };
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let given: Vec<_> =
        query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap()).collect();
    let unknown =
        given.iter().filter(|name| !route.query.contains_key(**name)).map(|name| format!("{name} is unknown"));
    let missing = route.query.iter().filter(|(name, required)| **required && !given.contains(&name.as_str()));
    let mut wrong: Vec<_> = unknown.chain(missing.map(|(name, _)| format!("{name} is missing"))).collect();
    match (&route.body, body) {
        (Some(schema), Some(body)) => wrong.extend(schema.iter_errors(body).map(|error| error.to_string())),
        (Some(_), None) => wrong.push("there is no body".into()),
        // An empty object is as good as none.
        (None, Some(body)) if *body != json!({}) => wrong.push("there should be no body".into()),
        (None, _) => {}
    }
    wrong
}

/// What is wrong with an answer: a success must be as described, anything else have one of the shapes of errors.
pub fn wrong_answer(method: &str, target: &str, status: u16, body: &Value) -> Vec<String> {
    if status >= 400 {
        let enveloped = ["status", "timestamp", "path"].iter().all(|name| body[*name].is_string())
            && ["code", "message"].iter().all(|name| body["error"][*name].is_string());
        let bare = body["statusCode"] == status && body["message"].is_string();
        return if enveloped || bare { vec![] } else { vec!["this is no shape of an error".into()] };
    }
    let Some(route) = route(method, target) else { return vec![format!("{method} {target} is not described")] };
    let mut wrong: Vec<_> =
        route.answer.iter_errors(body).map(|error| format!("{error} at {}", error.instance_path())).collect();
    if status != route.status {
        wrong.push(format!("the status is {status} and not {}", route.status));
    }
    wrong
}

#[test]
fn what_is_wrong_is_found() {
    let wish = |more: Value| {
        let mut wish = json!({
            "start": "2025-07-02T09:00:00Z", "eventTypeId": 7,
            "attendee": {"name": "Max", "timeZone": "Europe/Berlin"}, "metadata": {"a": "b"},
        });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wish
    };
    let post = |body: &Value| wrong_request("POST", "/v2/bookings", Some(body));
    assert!(post(&wish(json!({}))).is_empty());
    for more in [json!({"end": "x"}), json!({"teamId": 7}), json!({"attendee": {}}), json!({"metadata": {"a": 1}})] {
        assert!(!post(&wish(more.clone())).is_empty(), "{more}");
    }
    assert!(!wrong_request("GET", "/v2/slots?start=x", None).is_empty(), "the end is missing");
    assert!(!wrong_request("GET", "/v2/slots?start=x&end=y&team=1", None).is_empty());
    assert!(!wrong_request("GET", "/v2/nowhere", None).is_empty());
    assert!(!wrong_answer("GET", "/v2/me", 200, &json!({"status": "success", "data": {}})).is_empty());
    assert!(!wrong_answer("GET", "/v2/me", 500, &json!({"error": "no"})).is_empty());
    assert!(wrong_answer("GET", "/v2/me", 500, &json!({"statusCode": 500, "message": "no"})).is_empty());
}
