//! Bookings by programs. What would be done is told by asking the rules; what is done is one request of the REST interface.

use crate::http::auth::Permission;
use crate::mcp::json;
use crate::mcp::rest::{Ask, at};
use crate::mcp::turn::Turn;
use crate::problem::Problem;
use http::Method;
use rmcp::model::JsonObject;
use serde_json::{Value, json};

const APPOINTMENTS: &str = "/api/v1/appointments";
const ONE: &str = "/api/v1/appointments/{id}";

/// Whether a time could be booked, and what else is free where it could not.
pub async fn availability(turn: &Turn) -> Result<Value, Problem> {
    let told = check(turn).await?;
    if *json::of(&told, "free") == json!(true) {
        return Ok(json::with(told, "alternatives", json!([])));
    }
    let wish = Value::Object(turn.arguments.clone());
    Ok(match turn.mcp.desk.alternatives(&turn.caller.company, &wish).await {
        Ok(found) => json::with(told, "alternatives", json!(found)),
        Err(why) => json::with(json::with(told, "alternatives", json!([])), "note", why),
    })
}

async fn check(turn: &Turn) -> Result<Value, Problem> {
    let ask = Ask::get("/api/v1/availability").with("branch", turn.given("branch")).with("start", turn.given("start"));
    turn.ask(ask.with_some("service", turn.text("service")).with_some("staff", turn.text("staff"))).await
}

pub async fn book(turn: &Turn) -> Result<Value, Problem> {
    if turn.truth("dry_run") {
        turn.needs(&Permission::OPERATE)?;
        return Ok(json!({ "dry_run": true, "would": "book", "check": check(turn).await? }));
    }
    let missing =
        "The argument 'idempotency_key' is missing: a text of your own, so that a repeat books nothing twice.";
    let key = turn.text("idempotency_key").ok_or_else(|| Problem::unusable("argument", missing))?;
    let ask = Ask::new(Method::POST, APPOINTMENTS.into()).json(&wanted(turn)).header("idempotency-key", key)?;
    Ok(done(&turn.ask(ask).await?))
}

/// The arguments that are the appointment.
fn wanted(turn: &Turn) -> JsonObject {
    let not = ["idempotency_key", "dry_run"];
    turn.arguments.clone().into_iter().filter(|(name, _)| !not.contains(&name.as_str())).collect()
}

pub async fn cancel(turn: &Turn) -> Result<Value, Problem> {
    let id = turn.given("id");
    if turn.truth("dry_run") {
        return would(turn, "cancel", Value::Null).await;
    }
    let reason = turn.text("reason").map(|reason| ("reason".to_owned(), reason.into()));
    let ask = Ask::new(Method::POST, at("/api/v1/appointments/{id}/cancel", id));
    Ok(done(&turn.ask(ask.json(&JsonObject::from_iter(reason))).await?))
}

pub async fn reschedule(turn: &Turn) -> Result<Value, Problem> {
    let id = turn.given("id");
    if turn.truth("dry_run") {
        let stands = turn.ask(Ask::get(at(ONE, id))).await?;
        let ask = Ask::get("/api/v1/availability").with("start", turn.given("start"));
        let ask = ask.with_some("branch", json::of(&stands, "branch").as_str());
        let check = turn.ask(ask.with("service", &json::of(&stands, "event_type").to_string())).await?;
        return would(turn, "move", check).await;
    }
    let start = JsonObject::from_iter([("start".to_owned(), turn.given("start").into())]);
    let ask = Ask::new(Method::POST, at("/api/v1/appointments/{id}/move", id));
    Ok(done(&turn.ask(ask.json(&start)).await?))
}

/// What stands now, and what would be done to it.
async fn would(turn: &Turn, act: &str, check: Value) -> Result<Value, Problem> {
    turn.needs(&Permission::OPERATE)?;
    let stands = turn.ask(Ask::get(at(ONE, turn.given("id")))).await?;
    Ok(json!({ "dry_run": true, "would": act, "booking": stands, "check": check }))
}

fn done(booking: &Value) -> Value {
    json!({ "dry_run": false, "booking": booking })
}
