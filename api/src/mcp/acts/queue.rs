//! The to-do lists, read from what webhooks and bookings say of themselves.

use super::lists::fitting;
use crate::mcp::answer::Told;
use crate::mcp::json;
use crate::mcp::rest::Ask;
use crate::mcp::tool::Queue;
use crate::mcp::turn::Turn;
use crate::problem::Problem;
use serde_json::{Value, json};

/// One kind of thing on the lists: where it is listed, and how its words are called there.
struct Things {
    list: &'static str,
    id: &'static str,
    /// Where the cause may stand, the more telling first.
    causes: &'static [&'static str],
    since: &'static str,
    pending: &'static [&'static str],
    dead: &'static [&'static str],
}

const WEBHOOKS: Things = Things {
    list: "/api/v1/webhooks",
    id: "delivery",
    causes: &["last_error", "detail", "reason"],
    since: "received_at",
    pending: &["failed", "received"],
    dead: &["dead", "quarantined"],
};

const BOOKINGS: Things = Things {
    list: "/api/v1/appointments",
    id: "booking",
    causes: &["last_trouble", "reason"],
    since: "requested_at",
    pending: &["requested", "unknown", "pending"],
    dead: &["failed"],
};

pub async fn list(turn: &Turn, which: Queue) -> Result<Told, Problem> {
    let kind = turn.text("kind").unwrap_or("webhook");
    let things = if kind == "booking" { &BOOKINGS } else { &WEBHOOKS };
    let status = status(turn, kind, things, which)?;
    fitting(turn, async |turn: &Turn, limit| {
        let ask = Ask::get(things.list).with("status", status).with_some("cursor", turn.text("cursor"));
        let told = turn.ask(ask.with("limit", &limit.unwrap_or(1).to_string())).await?;
        let items: Vec<Value> = json::items(&told).iter().map(|item| things.shown(item)).collect();
        Ok(json!({ "kind": kind, "status": status, "items": items, "next": json::of(&told, "next") }).into())
    })
    .await
}

/// The word asked for, or the first one.
fn status<'t>(turn: &'t Turn, kind: &str, things: &Things, which: Queue) -> Result<&'t str, Problem> {
    let words = match which {
        Queue::Pending => things.pending,
        Queue::Dead => things.dead,
    };
    let Some(asked) = turn.text("status") else { return Ok(words.first().copied().unwrap_or_default()) };
    let unusable = || {
        let words = words.join(", ");
        Problem::unusable("argument", format!("The argument 'status' takes one of {words} for the kind {kind}."))
    };
    words.contains(&asked).then_some(asked).ok_or_else(unusable)
}

impl Things {
    fn shown(&self, item: &Value) -> Value {
        let cause = self.causes.iter().map(|name| &item[*name]).find(|cause| cause.is_string());
        json!({
            "id": item[self.id],
            "status": item["status"],
            "cause": cause,
            "attempts": item["attempts"],
            "next_attempt_at": item["next_attempt_at"],
            "since": item[self.since],
            "about": item["event"],
            "call": item["call"],
        })
    }
}
