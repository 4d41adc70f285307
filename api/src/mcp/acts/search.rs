//! Finding things by what somebody has at hand, and which number leads where.

use crate::mcp::json;
use crate::mcp::rest::{Ask, at};
use crate::mcp::turn::Turn;
use crate::problem::{Kind, Problem};
use ringbuch_domain::phone;
use serde_json::{Value, json};

/// What is found by its whole id: kind, address, the name of the id, and what tells of it.
const BY_ID: [(&str, &str, &str, &str); 4] = [
    ("call", "/api/v1/calls/{id}", "call", "outcome"),
    ("booking", "/api/v1/appointments/{id}", "booking", "status"),
    ("webhook", "/api/v1/webhooks/{id}", "delivery", "event"),
    ("customer", "/api/v1/customers/{id}", "customer", "name"),
];

/// What is found by a part of its id or name.
const BY_NAME: [(&str, &str, &str, &str); 5] = [
    ("branch", "/api/v1/branches", "branch", "name"),
    ("service", "/api/v1/event-types", "event_type", "title"),
    ("staff", "/api/v1/staff", "staff", "name"),
    ("agent", "/api/v1/agents", "agent", "agent"),
    ("number", "/api/v1/phone-numbers", "number", "branch"),
];

/// More nobody reads.
const MOST: usize = 50;
const WHOLE_LIST: &str = "200";

pub async fn search(turn: &Turn) -> Result<Value, Problem> {
    let term = turn.given("term").trim();
    let mut items = vec![];
    if !term.contains(char::is_whitespace) {
        for (kind, address, id, title) in BY_ID {
            let found = there(turn.ask(Ask::get(at(address, term))).await)?;
            items.extend(found.map(|found| item(kind, json::of(&found, id), json::of(&found, title))));
        }
    }
    if let Some(number) = phone::normalise(term) {
        let ask = Ask::get("/api/v1/customers").with("phone", &number).with("limit", "10");
        let found = turn.ask(ask).await?;
        items.extend(json::items(&found).iter().map(|it| item("customer", &it["customer"], &it["name"])));
    }
    for (kind, address, id, title) in BY_NAME {
        let found = turn.ask(Ask::get(address).with("limit", WHOLE_LIST)).await?;
        let meant = json::items(&found).iter().filter(|it| holds(&it[id], term) || holds(&it[title], term));
        items.extend(meant.map(|it| item(kind, &it[id], &it[title])));
    }
    items.truncate(MOST);
    Ok(json!({ "items": items }))
}

/// Something that is not there is no problem.
fn there(told: Result<Value, Problem>) -> Result<Option<Value>, Problem> {
    match told {
        Ok(found) => Ok(Some(found)),
        Err(problem) if problem.kind == Kind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn holds(value: &Value, term: &str) -> bool {
    plain(value).to_lowercase().contains(&term.to_lowercase())
}

fn item(kind: &str, id: &Value, title: &Value) -> Value {
    let id = plain(id);
    let uri = ["call", "booking", "webhook", "branch", "agent"].contains(&kind).then(|| format!("{kind}://{id}"));
    json!({ "kind": kind, "id": id, "title": plain(title), "uri": uri })
}

/// Numbers with the names of their branches.
pub async fn numbers(turn: &Turn) -> Result<Value, Problem> {
    let found = match turn.text("number") {
        Some(number) => vec![turn.ask(Ask::get(at("/api/v1/phone-numbers/{id}", number))).await?],
        None => json::items(&turn.ask(Ask::get("/api/v1/phone-numbers").with("limit", WHOLE_LIST)).await?).to_vec(),
    };
    let branches = turn.ask(Ask::get("/api/v1/branches").with("limit", WHOLE_LIST)).await?;
    let shown = |number: &Value| {
        let branch = json::items(&branches).iter().find(|branch| branch["branch"] == number["branch"]);
        let of = |name: &str| branch.map(|branch| branch[name].clone());
        json!({
            "number": number["number"],
            "branch": number["branch"],
            "branch_name": of("name"),
            "active": of("active"),
        })
    };
    Ok(json!({ "items": found.iter().map(shown).collect::<Vec<_>>() }))
}
