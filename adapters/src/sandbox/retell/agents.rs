//! Agents, their versions and the LLMs that hold their prompts.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    super::wire::{Answer, Request},
    organization::{Agent, AgentVersion, Organization},
    paging::Page,
    problem::Problem,
};

/// POST /v2/list-agents: paging in the query, the filter in the body; summaries without prompt, voice and webhook.
pub(super) fn list(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let body = request.json().map_err(|_| Problem::bad_request())?;
    let criteria = body.get("filter_criteria").unwrap_or(&Value::Null);
    let channel = criteria.pointer("/channel/value").and_then(Value::as_str);
    let wanted = criteria.get("query").and_then(Value::as_str);
    // There are voice agents only.
    let kept = |agent: &Agent| {
        channel.is_none_or(|channel| channel == "voice") && wanted.is_none_or(|wanted| agent.name.contains(wanted))
    };
    let page = Page::of_query(request)?;
    let agents = numbered(&organization.agents).filter(|(_, agent)| kept(agent));
    Ok(Answer::new(StatusCode::OK, Value::Object(page.of(agents, summary))))
}

fn numbered<T>(items: &[T]) -> impl DoubleEndedIterator<Item = ((i64, u64), &T)> {
    // Lists are far shorter than 2⁶³ and 2⁶⁴.
    (0_u64..).zip(items).collect::<Vec<_>>().into_iter().map(|(number, item)| ((0, number), item))
}

fn summary(agent: &Agent) -> Value {
    let tags: Map<String, Value> =
        agent.tags.iter().map(|(tag, version)| (tag.clone(), json!({"version": version}))).collect();
    json!({
        "agent_id": agent.id,
        "agent_name": agent.name,
        "channel": "voice",
        "is_suspended": false,
        "user_modified_timestamp": agent.versions.last().map(|version| version.modified_ms),
        "tags": tags,
    })
}

/// GET /get-agent/{id}
pub(super) fn get(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let agent = find(organization, request.segment(1))?;
    let version = agent.version(request.query("version")).ok_or_else(Problem::unknown)?;
    Ok(Answer::new(StatusCode::OK, shape(agent, version)))
}

fn find<'o>(organization: &'o Organization, id: &str) -> Result<&'o Agent, Problem> {
    organization.agents.iter().find(|agent| agent.id == id).ok_or_else(Problem::unknown)
}

fn shape(agent: &Agent, version: &AgentVersion) -> Value {
    let tags: Vec<_> =
        agent.tags.iter().filter(|(_, tagged)| **tagged == version.version).map(|(tag, _)| tag).collect();
    let mut shape = json!({
        "agent_id": agent.id,
        "version": version.version,
        "is_published": version.published,
        "agent_name": agent.name,
        "response_engine": {"type": "retell-llm", "llm_id": agent.llm_id, "version": version.version},
        "voice_id": agent.voice_id,
        "language": agent.language,
        "timezone": agent.time_zone,
        "webhook_events": ["call_started", "call_ended", "call_analyzed"],
        "webhook_timeout_ms": 10_000,
        "data_storage_setting": "everything",
        "post_call_analysis_data": [],
        "assigned_tags": tags,
        "last_modification_timestamp": version.modified_ms,
    });
    optional(&mut shape, "base_version", version.base.map(Value::from));
    optional(&mut shape, "webhook_url", agent.webhook_url.clone().map(Value::from));
    shape
}

/// Absent values are left out, not null.
fn optional(shape: &mut Value, name: &str, value: Option<Value>) {
    if let (Value::Object(fields), Some(value)) = (shape, value) {
        fields.insert(name.into(), value);
    }
}

/// GET /list-agent-versions/{id}
pub(super) fn versions(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let agent = find(organization, request.segment(1))?;
    let row = |version: &AgentVersion| {
        let mut shape = json!({
            "version": version.version,
            "is_published": version.published,
            "last_modification_timestamp": version.modified_ms,
        });
        optional(&mut shape, "base_version", version.base.map(Value::from));
        shape
    };
    let page = Page::of_query(request)?;
    Ok(Answer::new(StatusCode::OK, Value::Object(page.of(numbered(&agent.versions), row))))
}

/// GET /get-retell-llm/{id}: takes version numbers alone, no tags.
pub(super) fn llm(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let agent = organization.agents.iter().find(|agent| agent.llm_id == request.segment(1));
    let agent = agent.ok_or_else(Problem::unknown)?;
    let reference = request.query("version");
    if reference.is_some_and(|word| word.parse::<u64>().is_err()) {
        return Err(Problem::bad_request());
    }
    let version = agent.version(reference).ok_or_else(Problem::unknown)?;
    let shape = json!({
        "llm_id": agent.llm_id,
        "version": version.version,
        "is_published": version.published,
        "start_speaker": "agent",
        "general_prompt": version.prompt,
        "begin_message": "Guten Tag, wie kann ich Ihnen helfen?",
        "model": "gpt-4.1",
        "model_temperature": 0,
        "general_tools": [{"type": "end_call", "name": "end_call"}],
        "mcps": [],
        "default_dynamic_variables": {},
        "last_modification_timestamp": version.modified_ms,
    });
    Ok(Answer::new(StatusCode::OK, shape))
}

/// GET /list-voices: a plain array.
pub(super) fn voices() -> Answer {
    let voice = |id: &str, name: &str, gender: &str| {
        json!({"voice_id": id, "voice_name": name, "provider": "platform", "gender": gender, "accent": "German",
               "age": "Middle Aged"})
    };
    let voices = [voice("retell-Cimo", "Cimo", "female"), voice("retell-Andrew", "Andrew", "male")];
    Answer::new(StatusCode::OK, json!(voices))
}
