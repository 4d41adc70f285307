//! Requests that take several rounds: what is asked of the client, and what its answers lead to.

use super::Context;
use hmac::{Hmac, KeyInit, Mac};
use rmcp::ErrorData;
use rmcp::model::{
    CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock, GetPromptResponse, GetPromptResult,
    InputRequiredResult, InputResponses, JsonObject, PromptMessage, Role,
};
use serde_json::{Value, json};
use sha2::Sha256;

/// What the client has told, by what it was asked under.
type Told<'a> = Option<&'a InputResponses>;

/// Which question stands under which name.
fn question(name: &str) -> Value {
    let form = |message: &str, field: &str, kind: &str| {
        json!({ "method": "elicitation/create", "params": { "message": message, "requestedSchema": {
            "type": "object", "properties": { field: { "type": kind } }, "required": [field] } } })
    };
    let sampling = |text: &str| {
        json!({ "method": "sampling/createMessage", "params": { "maxTokens": 100,
            "messages": [{ "role": "user", "content": { "type": "text", "text": text } }] } })
    };
    match name {
        "user_name" => form("What is your name?", "name", "string"),
        "confirm" => form("Please confirm", "ok", "boolean"),
        "step1" => form("Step 1: What is your name?", "name", "string"),
        "step2" => form("Step 2: What is your favorite color?", "color", "string"),
        "context" => form("What context should the prompt use?", "context", "string"),
        "capital_question" => sampling("What is the capital of France?"),
        "greeting" => sampling("Generate a greeting"),
        _ => json!({ "method": "roots/list", "params": {} }),
    }
}

fn ask(names: &[&str], state: Option<&str>) -> Result<InputRequiredResult, ErrorData> {
    let questions: JsonObject = names.iter().map(|name| ((*name).to_owned(), question(name))).collect();
    let questions = serde_json::from_value(Value::Object(questions));
    let questions = questions.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    Ok(InputRequiredResult::new(Some(questions), state.map(sealed)))
}

/// All of them are answered by something that can be an answer.
fn answered(told: Told<'_>, names: &[&str]) -> bool {
    names.iter().all(|name| told.and_then(|told| told.get(*name)).is_some_and(Value::is_object))
}

pub fn tool(name: &str, told: Told<'_>, state: Option<&str>, context: &Context) -> Result<CallToolResponse, ErrorData> {
    let state = state.map(opened).transpose()?;
    let (names, sealing): (&[&str], Option<&str>) = match name.trim_start_matches("test_input_required_result_") {
        "sampling" => (&["capital_question"], None),
        "list_roots" => (&["client_roots"], None),
        "request_state" | "tampered_state" => (&["confirm"], Some("confirm")),
        "multiple_inputs" => (&["user_name", "greeting", "client_roots"], Some("several")),
        "multi_round" if state.as_deref() == Some("one") && answered(told, &["step1"]) => {
            return Ok(ask(&["step2"], Some("two"))?.into());
        }
        "multi_round" if state.as_deref() == Some("two") => (&["step2"], Some("two")),
        "multi_round" => (&["step1"], Some("one")),
        "capabilities" => (allowed(context), None),
        _ => (&["user_name"], None),
    };
    let round_ends = sealing.is_none() || state.as_deref() == sealing;
    if answered(told, names) && round_ends && !names.contains(&"step1") {
        let text = format!("state-ok {}", serde_json::to_string(&told).unwrap_or_default());
        return Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into());
    }
    Ok(ask(names, sealing)?.into())
}

pub fn prompt(told: Told<'_>, _: &Context) -> Result<GetPromptResponse, ErrorData> {
    if answered(told, &["context"]) {
        let text = PromptMessage::new_text(Role::User, "The context was told.");
        return Ok(GetPromptResult::new(vec![text]).into());
    }
    Ok(ask(&["context"], None)?.into())
}

/// Nothing is asked of a client that it has not said it can answer.
fn allowed(context: &Context) -> &'static [&'static str] {
    let can = |what: &str| context.client_capabilities().is_some_and(|all| may(&all, what));
    match (can("elicitation"), can("sampling")) {
        (true, _) => &["user_name"],
        (false, true) => &["greeting"],
        (false, false) => &["client_roots"],
    }
}

pub fn may(all: &ClientCapabilities, what: &str) -> bool {
    serde_json::to_value(all).is_ok_and(|all| all.get(what).is_some_and(|it| !it.is_null()))
}

fn seal_of(state: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(b"of this fixture alone");
    mac.map(|mut mac| {
        mac.update(state.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    })
    .unwrap_or_default()
}

fn sealed(state: &str) -> String {
    format!("{state}.{}", seal_of(state))
}

fn opened(token: &str) -> Result<String, ErrorData> {
    let read = token.split_once('.').filter(|(state, seal)| seal_of(state) == *seal);
    read.map(|(state, _)| state.to_owned()).ok_or_else(|| ErrorData::invalid_params("the state was changed", None))
}
