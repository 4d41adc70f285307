//! Prompts, which live in an agent's engine: a language model's `general_prompt` or a flow's `global_prompt`.

use super::answer::unavailable;
use super::ask::Ask;
use super::exchange::Exchange;
use http::Method;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{Engine, VoiceAgentsFailure};
use serde_json::{Map, Value};

/// Where the prompt of an engine is.
struct Place<'a> {
    get: Ask<'a>,
    update: Ask<'a>,
    field: &'static str,
}

impl<'a> Place<'a> {
    fn of(engine: &'a Engine) -> Result<Self, VoiceAgentsFailure> {
        let (get, update, field, id, version) = match engine {
            Engine::Llm { id, version } => (
                Ask::get("get_llm", &["get-retell-llm"]),
                Ask::new("update_llm", Method::PATCH, &["update-retell-llm"]),
                "general_prompt",
                id,
                version,
            ),
            Engine::Flow { id, version } => (
                Ask::get("get_flow", &["get-conversation-flow"]),
                Ask::new("update_flow", Method::PATCH, &["update-conversation-flow"]),
                "global_prompt",
                id,
                version,
            ),
            Engine::Custom => return Err(VoiceAgentsFailure::NoPrompt),
        };
        let whole = |ask: Ask<'a>| ask.of(id).with("version", *version);
        Ok(Self { get: whole(get), update: whole(update), field })
    }
}

/// Empty where the engine has no prompt yet.
pub(super) async fn get(
    exchange: &Exchange,
    account: &AccountId,
    engine: &Engine,
) -> Result<String, VoiceAgentsFailure> {
    let place = Place::of(engine)?;
    let told: Map<String, Value> = exchange.read(account, &place.get, "the prompt").await?;
    match told.get(place.field) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(prompt)) => Ok(prompt.clone()),
        Some(_) => Err(unavailable("the prompt cannot be read")),
    }
}

pub(super) async fn put(
    exchange: &Exchange,
    account: &AccountId,
    engine: &Engine,
    prompt: &str,
) -> Result<(), VoiceAgentsFailure> {
    let place = Place::of(engine)?;
    let body = Map::from_iter([(place.field.to_owned(), prompt.into())]);
    exchange.ask(account, &place.update.saying(Value::Object(body))).await.map(drop)
}
