//! Agents read: POST /v2/list-agents, GET /get-agent/{id}, GET /list-agent-versions/{id}.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    super::wire::{Answer, Request},
    agent::{Agent, AgentVersion, Engine},
    organization::Organization,
    paging::Page,
    problem::Problem,
};

/// Paging in the query, the filter in the body; summaries without prompt, voice and webhook.
pub(super) fn list(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let filter = Filter::read(&request.json().map_err(|_| Problem::bad_request())?)?;
    let page = Page::of_query(request)?;
    let agents = organization.agents.iter().filter(|(_, agent)| filter.keeps(agent));
    let placed = agents.map(|(number, agent)| ((0, *number), agent));
    Ok(Answer::new(StatusCode::OK, Value::Object(page.of(placed, summary))))
}

/// There are voice agents only, and none that calls are transferred to: who asks for others finds nobody.
#[derive(Default)]
struct Filter {
    nobody: bool,
    query: Option<String>,
}

impl Filter {
    fn read(body: &Value) -> Result<Self, Problem> {
        let mut filter = Self::default();
        for (name, value) in body.as_object().ok_or_else(Problem::bad_request)? {
            let criteria = value.as_object().filter(|_| name == "filter_criteria").ok_or_else(Problem::bad_request)?;
            for (name, value) in criteria {
                filter.add(name, value).ok_or_else(Problem::bad_request)?;
            }
        }
        Ok(filter)
    }

    fn add(&mut self, name: &str, value: &Value) -> Option<()> {
        match name {
            "channel" => {
                let wanted = value.get("value")?.as_str()?;
                let known = value.get("type")? == "string" && value.get("op")? == "eq";
                self.nobody |= (known && ["voice", "chat"].contains(&wanted)).then_some(wanted != "voice")?;
            }
            "is_transfer_agent" => self.nobody |= value.as_bool()?,
            "query" => self.query = Some(value.as_str()?.to_owned()),
            _ => return None,
        }
        Some(())
    }

    fn keeps(&self, agent: &Agent) -> bool {
        let named = |wanted: &String| name(agent).is_some_and(|name| name.contains(wanted.as_str()));
        !self.nobody && self.query.as_ref().is_none_or(named)
    }
}

/// What the newest version is called.
fn name(agent: &Agent) -> Option<&str> {
    agent.versions.last()?.settings.get("agent_name").as_str()
}

fn summary(agent: &Agent) -> Value {
    let tags: Map<String, Value> =
        agent.tags.iter().map(|(tag, version)| (tag.clone(), json!({"version": version}))).collect();
    json!({
        "agent_id": agent.id(),
        "agent_name": name(agent),
        "channel": "voice",
        "is_suspended": false,
        "user_modified_timestamp": agent.versions.last().map(|version| version.settings.modified_ms),
        "tags": tags,
    })
}

pub(super) fn get(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let agent = organization.agent(request.segment(1))?;
    let version = agent.version(request.query("version")).ok_or_else(Problem::unknown)?;
    Ok(Answer::new(StatusCode::OK, shape(agent, version)))
}

/// Absent values are left out, not null.
pub(super) fn shape(agent: &Agent, version: &AgentVersion) -> Value {
    let tags: Vec<_> =
        agent.tags.iter().filter(|(_, tagged)| **tagged == version.version).map(|(tag, _)| tag).collect();
    let mut fields = version.settings.fields().clone();
    fields.insert("agent_id".into(), agent.id().into());
    fields.insert("version".into(), version.version.into());
    fields.insert("is_published".into(), version.published.into());
    fields.insert("response_engine".into(), engine(agent, version.version));
    fields.insert("assigned_tags".into(), json!(tags));
    fields.insert("last_modification_timestamp".into(), version.settings.modified_ms.into());
    told_of(version, &mut fields);
    Value::Object(fields)
}

/// What the list of versions shows as well.
fn told_of(version: &AgentVersion, fields: &mut Map<String, Value>) {
    let texts = [("version_title", &version.title), ("version_description", &version.description)];
    for (name, text) in texts {
        if let Some(text) = text {
            fields.insert(name.into(), text.as_str().into());
        }
    }
    if let Some(base) = version.base {
        fields.insert("base_version".into(), base.into());
    }
}

pub(super) fn engine(agent: &Agent, version: u64) -> Value {
    match &agent.engine {
        Engine::Llm => json!({"type": "retell-llm", "llm_id": agent.engine_id(), "version": version}),
        Engine::Flow => {
            json!({"type": "conversation-flow", "conversation_flow_id": agent.engine_id(), "version": version})
        }
        Engine::Custom { url } => json!({"type": "custom-llm", "llm_websocket_url": url}),
    }
}

pub(super) fn versions(organization: &Organization, request: &Request) -> Result<Answer, Problem> {
    let agent = organization.agent(request.segment(1))?;
    let row = |version: &AgentVersion| {
        let mut fields = Map::from_iter([
            ("version".to_owned(), version.version.into()),
            ("is_published".to_owned(), version.published.into()),
            ("last_modification_timestamp".to_owned(), version.settings.modified_ms.into()),
        ]);
        told_of(version, &mut fields);
        Value::Object(fields)
    };
    let page = Page::of_query(request)?;
    let placed = agent.versions.iter().map(|version| ((0, version.version), version));
    Ok(Answer::new(StatusCode::OK, Value::Object(page.of(placed, row))))
}
