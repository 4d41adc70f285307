//! An agent's words: drafted, and published.

use crate::http::auth::Permission;
use crate::mcp::json;
use crate::mcp::rest::{Ask, at};
use crate::mcp::turn::Turn;
use crate::problem::{Kind, Problem};
use crate::pushing::diff;
use http::Method;
use rmcp::model::JsonObject;
use serde_json::{Value, json};

const PROMPT: &str = "/api/v1/agents/{id}/prompt";

/// Writes a draft, or only tells the difference that it would make.
pub async fn draft(turn: &Turn) -> Result<Value, Problem> {
    let id = turn.given("id");
    let drafted = if turn.truth("dry_run") {
        difference(turn, id).await?
    } else {
        turn.ask(Ask::new(Method::PUT, at(PROMPT, id)).json(&body(turn, &["prompt", "read", "why"]))).await?
    };
    Ok(json::with(drafted, "dry_run", turn.truth("dry_run")))
}

async fn difference(turn: &Turn, id: &str) -> Result<Value, Problem> {
    turn.needs(&Permission::ADMINISTER)?;
    let there = turn.ask(Ask::get(at(PROMPT, id))).await?;
    if json::of(&there, "digest").as_str() != Some(turn.given("read")) {
        return Err(Problem::new(Kind::ChangedMeanwhile).with("there", there));
    }
    let before = json::of(&there, "prompt").as_str().unwrap_or_default();
    Ok(json!({ "agent": id, "diff": diff(before, turn.given("prompt")) }))
}

/// Publishes a version, or only tells the words that would be heard.
pub async fn publish(turn: &Turn) -> Result<Value, Problem> {
    let (id, version) = (turn.given("id"), turn.arguments.get("version").cloned().unwrap_or_default());
    if turn.truth("dry_run") {
        turn.needs(&Permission::ADMINISTER)?;
        let there = turn.ask(Ask::get(at(PROMPT, id)).with("version", &version.to_string())).await?;
        let (published, prompt) = (json::of(&there, "published"), json::of(&there, "prompt"));
        return Ok(json!({
            "agent": id, "version": version, "published": published, "dry_run": true, "prompt": prompt,
        }));
    }
    let ask = Ask::new(Method::POST, at("/api/v1/agents/{id}/publish", id)).json(&body(turn, &["version", "why"]));
    Ok(json::with(turn.ask(ask).await?, "dry_run", false))
}

fn body(turn: &Turn, names: &[&str]) -> JsonObject {
    let given = |name: &&str| Some(((*name).to_owned(), turn.arguments.get(*name)?.clone()));
    names.iter().filter_map(given).collect()
}
