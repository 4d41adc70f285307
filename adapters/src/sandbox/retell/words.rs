//! What speaks for agents: GET /get-retell-llm/{id} and PATCH /update-retell-llm/{id}, and the same of conversation flows.
//! They take version numbers alone, no tags.

use http::StatusCode;
use serde_json::Value;

use super::{
    super::wire::{Answer, Request},
    agent::{Agent, AgentVersion, Engine},
    organization::Organization,
    patch::{self, Kind},
    problem::Problem,
};

const CHECKED: [(&str, Kind); 3] = [
    ("general_prompt", Kind::TextOrNothing),
    ("global_prompt", Kind::TextOrNothing),
    ("begin_message", Kind::TextOrNothing),
];

/// What an engine says of itself, but is not told.
const TOLD: [&str; 5] = ["llm_id", "conversation_flow_id", "version", "is_published", "last_modification_timestamp"];

pub(super) fn get(organization: &Organization, request: &Request, kind: &Engine) -> Result<Answer, Problem> {
    let number = patch::version(request)?.map(|number| number.to_string());
    let agent = Agent::number_of_engine(request.segment(1)).and_then(|number| organization.agents.get(&number));
    let agent = agent.filter(|agent| agent.engine == *kind).ok_or_else(Problem::unknown)?;
    let version = agent.version(number.as_deref()).ok_or_else(Problem::unknown)?;
    Ok(Answer::new(StatusCode::OK, shape(agent, version)))
}

pub(super) fn update(
    organization: &mut Organization,
    request: &Request,
    kind: &Engine,
    now_ms: i64,
) -> Result<Answer, Problem> {
    let mut body = patch::of(request)?;
    patch::check(&body, &CHECKED)?;
    body.retain(|name, _| !TOLD.contains(&name.as_str()));
    let number = patch::version(request)?;
    let agent = Agent::number_of_engine(request.segment(1)).and_then(|number| organization.agents.get_mut(&number));
    let agent = agent.filter(|agent| agent.engine == *kind).ok_or_else(Problem::unknown)?;
    let version = agent.version_mut(number).ok_or_else(Problem::unknown)?;
    if version.published {
        return Err(Problem::published_engine(if *kind == Engine::Llm { "LLM" } else { "conversation flow" }));
    }
    version.words.change(body, now_ms);
    let version = version.clone();
    Ok(Answer::new(StatusCode::OK, shape(agent, &version)))
}

fn shape(agent: &Agent, version: &AgentVersion) -> Value {
    let mut fields = version.words.fields().clone();
    let id = if agent.engine == Engine::Llm { "llm_id" } else { "conversation_flow_id" };
    fields.insert(id.into(), agent.engine_id().into());
    fields.insert("version".into(), version.version.into());
    fields.insert("is_published".into(), version.published.into());
    fields.insert("last_modification_timestamp".into(), version.words.modified_ms.into());
    Value::Object(fields)
}
