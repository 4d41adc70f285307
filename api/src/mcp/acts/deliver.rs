//! A delivery that somebody hands over, with the signature that it came with.

use crate::http::auth::Permission;
use crate::mcp::rest::{Ask, encoded};
use crate::mcp::turn::Turn;
use crate::problem::Problem;
use http::Method;
use serde_json::{Value, json};

/// To the webhook's own address, so that the check and what follows are the same to the letter.
pub async fn deliver(turn: &Turn) -> Result<Value, Problem> {
    turn.needs(&Permission::OPERATE)?;
    let address = format!("/api/mcp/retell/webhook/{}", encoded(turn.caller.company.as_str()));
    let mut ask = Ask::new(Method::POST, address).raw(turn.given("body").to_owned());
    ask = ask.header("x-retell-signature", turn.given("signature"))?;
    if let Some(timestamp) = turn.text("timestamp") {
        ask = ask.header("x-retell-timestamp", timestamp)?;
    }
    turn.ask(ask.header("content-type", "application/json")?).await?;
    Ok(json!({ "accepted": true }))
}
