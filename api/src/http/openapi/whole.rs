//! What holds for every operation, added to what each one says of itself: who may ask, for which company, and every way
//! in which it may be refused.

use crate::http::auth::session;
use crate::problem::Kind;
use serde_json::{Map, Value, json};

/// Refusals that any request may meet.
const ALWAYS: [u16; 5] = [400, 401, 403, 500, 503];
/// Refusals of a request with a body.
const OF_BODIES: [u16; 3] = [408, 413, 415];

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Completes the document.
pub fn complete(mut document: Value) -> Value {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        let operations = item.as_object_mut().into_iter().flatten();
        for (method, operation) in operations.filter(|(method, _)| METHODS.contains(&method.as_str())) {
            operation["operationId"] = id(method, path).into();
            complete_operation(path, operation);
        }
    }
    document["components"]["responses"] = responses();
    document["components"]["schemas"]["Problem"] = problem();
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "An API key, `rb_…`, of one company. What an operation names beside it is the permission that it takes.",
        },
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": session::COOKIE,
            "description": format!("A browser's session. Whatever changes something takes the header {} and a matching \
                                    Origin as well.", session::CSRF_HEADER),
        },
    });
    document
}

/// `get_calls_id`: stable as long as the address is.
fn id(method: &str, path: &str) -> String {
    let parts = path.trim_start_matches("/api/v1/").split('/').map(|part| part.trim_matches(['{', '}']));
    std::iter::once(method).chain(parts).collect::<Vec<_>>().join("_").replace('-', "_")
}

fn complete_operation(path: &str, operation: &mut Value) {
    let has_place = path.contains('{');
    let has_body = operation.get("requestBody").is_some();
    let own = operation["responses"].as_object().cloned().unwrap_or_default();
    let mut all: Map<String, Value> = own.into_iter().map(|(status, response)| told(&status, response)).collect();
    let mut refusals = ALWAYS.to_vec();
    refusals.extend(has_place.then_some(404));
    refusals.extend(OF_BODIES.iter().filter(|_| has_body));
    for status in refusals {
        all.entry(status.to_string()).or_insert_with(|| refusal(status));
    }
    operation["responses"] = Value::Object(all);
    let permission = operation["security"][0]["bearer"].clone();
    operation["security"] = json!([{ "bearer": permission }, { "cookie": permission }]);
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    operation["parameters"] = parameters.into_iter().chain([company()]).collect();
}

/// A refusal is told in the same way wherever it is met.
fn told(status: &str, mut response: Value) -> (String, Value) {
    let code = status.parse().unwrap_or(0_u16);
    if code >= 400 {
        return (status.to_owned(), refusal(code));
    }
    if response["description"].as_str().is_none_or(str::is_empty) {
        let reason = http::StatusCode::from_u16(code).ok().and_then(|it| it.canonical_reason());
        response["description"] = reason.unwrap_or("Done").into();
    }
    response["headers"]["X-Request-Id"] = request_id();
    (status.to_owned(), response)
}

fn refusal(status: u16) -> Value {
    json!({ "$ref": format!("#/components/responses/Problem{status}") })
}

fn company() -> Value {
    json!({
        "name": "company", "in": "query", "required": false,
        "description": "The company that is asked about, where it is another than the key's; for owners.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[a-z0-9_]+$" },
    })
}

fn request_id() -> Value {
    json!({
        "description": "Names the request in the operator's log; the one that was sent, if it can stand there.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 128 },
    })
}

fn problem() -> Value {
    json!({
        "title": "Problem", "type": "object", "description": "What went wrong, RFC 9457.",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {
                "type": "string", "enum": Kind::ALL.iter().map(|kind| kind_address(*kind)).collect::<Vec<_>>(),
                "description": "Stable; the address, relative to the server, says what it means.",
            },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "What was wrong this time." },
            "rule": { "type": "string", "description": "A stable word for what is wrong, with `rejected` and `value-unusable`." },
            "spoken": { "type": "string", "description": "A sentence that can be said to a caller of the company." },
            "there": { "description": "What stands at the provider now, with `changed-meanwhile`." },
            "appointments": {
                "type": "array", "items": { "type": "object" },
                "description": "Appointments that keep a person from being erased.",
            },
        },
    })
}

fn kind_address(kind: Kind) -> String {
    format!("/problems/{}", kind.slug())
}

/// One response for each status that a problem can have, with the types that it may then be of.
fn responses() -> Value {
    let mut statuses: Vec<u16> = Kind::ALL.iter().map(|kind| kind.status().as_u16()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.into_iter().map(|status| (format!("Problem{status}"), response(status))).collect::<Map<_, _>>().into()
}

fn response(status: u16) -> Value {
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| kind.status().as_u16() == status).collect();
    let types: Vec<String> = kinds.iter().map(|kind| kind_address(*kind)).collect();
    let meanings: Vec<String> = kinds.iter().map(|kind| format!("{}: {}", kind.title(), kind.meaning())).collect();
    let mut response = json!({
        "description": meanings.join("\n\n"),
        "headers": { "X-Request-Id": request_id() },
        "content": { "application/problem+json": { "schema": {
            "allOf": [{ "$ref": "#/components/schemas/Problem" }],
            "properties": { "type": { "enum": types }, "status": { "const": status } },
        } } },
    });
    if status == 503 {
        response["headers"]["Retry-After"] = json!({
            "required": true, "description": "Seconds after which to ask again.",
            "schema": { "type": "integer", "minimum": 0 },
        });
    }
    if status == 401 {
        response["headers"]["WWW-Authenticate"] = json!({ "required": true, "schema": { "type": "string" } });
    }
    response
}
