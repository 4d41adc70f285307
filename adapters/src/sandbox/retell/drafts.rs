//! Agents written: POST /create-agent-version/{id}, PATCH /update-agent/{id}, POST /publish-agent-version/{id}. Publishing
//! makes no new draft.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{
    super::wire::{Answer, Request},
    agent::AgentVersion,
    agents::{engine, shape},
    organization::Organization,
    patch::{self, Kind},
    problem::Problem,
};

/// The draft has everything of its base, the words of the engine included.
pub(super) fn create(organization: &mut Organization, request: &Request, now_ms: i64) -> Result<Answer, Problem> {
    let body = patch::of(request)?;
    let (Some(base), 1) = (body.get("base_version").and_then(Value::as_u64), body.len()) else {
        return Err(Problem::bad_request());
    };
    let agent = organization.agent_mut(request.segment(1))?;
    let draft = agent.draft_from(base, now_ms).cloned().ok_or_else(Problem::unknown)?;
    Ok(Answer::new(StatusCode::CREATED, shape(agent, &draft)))
}

/// What is checked; everything else that an agent can have is taken as it comes.
const CHECKED: [(&str, Kind); 9] = [
    ("agent_name", Kind::TextOrNothing),
    ("voice_id", Kind::Text),
    ("language", Kind::TextOrTexts),
    ("webhook_url", Kind::TextOrNothing),
    ("webhook_events", Kind::EventsOrNothing),
    ("webhook_timeout_ms", Kind::Number),
    ("max_call_duration_ms", Kind::Number),
    ("version_title", Kind::TextOrNothing),
    ("version_description", Kind::TextOrNothing),
];

/// What an agent says of itself, but is not told.
const TOLD: [&str; 6] =
    ["agent_id", "version", "base_version", "is_published", "assigned_tags", "last_modification_timestamp"];

pub(super) fn update(organization: &mut Organization, request: &Request, now_ms: i64) -> Result<Answer, Problem> {
    let mut body = patch::of(request)?;
    patch::check(&body, &CHECKED)?;
    body.retain(|name, _| !TOLD.contains(&name.as_str()));
    let agent = organization.agent_mut(request.segment(1))?;
    let number = patch::version(request)?;
    let meant = agent.version_mut(number).map(|version| version.version).ok_or_else(Problem::unknown)?;
    // The engine is the agent's for good here, and its version always the agent's own.
    if body.remove("response_engine").is_some_and(|wanted| wanted != engine(agent, meant)) {
        return Err(Problem::bad_request());
    }
    let version = agent.version_mut(number).ok_or_else(Problem::unknown)?;
    if version.published && body.keys().any(|name| name != "version_title") {
        return Err(Problem::published_agent());
    }
    change(version, body, now_ms);
    let version = version.clone();
    Ok(Answer::new(StatusCode::OK, shape(agent, &version)))
}

fn change(version: &mut AgentVersion, mut body: Map<String, Value>, now_ms: i64) {
    let told = [("version_title", &mut version.title), ("version_description", &mut version.description)];
    for (name, kept) in told {
        if let Some(text) = body.remove(name) {
            *kept = text.as_str().map(str::to_owned);
        }
    }
    version.settings.change(body, now_ms);
}

/// What becomes of a second publication is not documented; here it only changes the title. The answer has no body.
pub(super) fn publish(organization: &mut Organization, request: &Request, now_ms: i64) -> Result<Answer, Problem> {
    const WORDS: [(&str, Kind); 2] = [("version_title", Kind::Text), ("version_description", Kind::Text)];
    let mut body = patch::of(request)?;
    patch::check(&body, &WORDS)?;
    let number = body.remove("version").as_ref().and_then(Value::as_u64).ok_or_else(Problem::bad_request)?;
    let agent = organization.agent_mut(request.segment(1))?;
    let version = agent.version_mut(Some(number)).ok_or_else(Problem::unknown)?;
    version.published = true;
    body.retain(|name, _| WORDS.iter().any(|(known, _)| known == name));
    change(version, body, now_ms);
    Ok(Answer::new(StatusCode::OK, Value::Null))
}
