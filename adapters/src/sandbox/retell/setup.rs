//! Setting the stand-in up: accounts with keys, agents, phone numbers; one by one or thousands at once.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    Retell,
    agent::{Agent, AgentVersion, Engine, Part},
    numbers::{PhoneNumber, WeightedAgent},
    organization::Organization,
};

#[derive(Clone, Debug)]
pub struct NewAgent {
    pub name: String,
    pub language: String,
    pub time_zone: String,
    pub webhook_url: Option<String>,
    /// The provider's own three unless set.
    pub webhook_events: Option<Vec<String>>,
    engine: Engine,
    words: Arc<Map<String, Value>>,
}

impl NewAgent {
    /// A German-speaking agent in Berlin, whose prompt is a Retell LLM's.
    pub fn new(name: &str, prompt: &str) -> Self {
        let words = json!({
            "start_speaker": "agent",
            "general_prompt": prompt,
            "begin_message": "Guten Tag, wie kann ich Ihnen helfen?",
            "model": "gpt-4.1",
            "model_temperature": 0,
            "general_tools": [{"type": "end_call", "name": "end_call"}],
            "mcps": [],
            "default_dynamic_variables": {},
        });
        Self::speaking(name, Engine::Llm, words)
    }

    /// The same with a conversation flow.
    pub fn flow(name: &str, prompt: &str) -> Self {
        let words = json!({
            "start_speaker": "agent",
            "global_prompt": prompt,
            "start_node_id": "start",
            "nodes": [{"id": "start", "type": "end",
                       "instruction": {"type": "static_text", "text": "Auf Wiederhören."}}],
            "tools": [],
            "mcps": [],
            "default_dynamic_variables": {},
        });
        Self::speaking(name, Engine::Flow, words)
    }

    /// The same with a server of the customer's own, whose prompt nobody else can read.
    pub fn custom(name: &str, websocket_url: &str) -> Self {
        Self::speaking(name, Engine::Custom { url: websocket_url.into() }, Value::Null)
    }

    fn speaking(name: &str, engine: Engine, words: Value) -> Self {
        let words = if let Value::Object(fields) = words { fields } else { Map::new() };
        Self {
            name: name.into(),
            language: "de-DE".into(),
            time_zone: "Europe/Berlin".into(),
            webhook_url: None,
            webhook_events: None,
            engine,
            words: Arc::new(words),
        }
    }

    /// The same under another name; all of that kind share one prompt.
    pub fn named(&self, name: &str) -> Self {
        Self { name: name.into(), ..self.clone() }
    }

    fn settings(&self) -> Map<String, Value> {
        let settings = json!({
            "agent_name": self.name,
            "voice_id": "retell-Cimo",
            "language": self.language,
            "timezone": self.time_zone,
            "webhook_url": self.webhook_url,
            "webhook_events": self.webhook_events,
            "webhook_timeout_ms": 10_000,
            "data_storage_setting": "everything",
            "post_call_analysis_data": [],
        });
        let Value::Object(mut fields) = settings else { return Map::new() };
        fields.retain(|_, value| !value.is_null());
        fields
    }
}

#[derive(Clone, Debug)]
pub struct NewPhoneNumber {
    pub number: String,
    pub nickname: String,
    pub inbound_agents: Vec<WeightedAgent>,
    pub inbound_webhook_url: Option<String>,
}

impl NewPhoneNumber {
    /// A number that one agent answers.
    pub fn new(number: &str, nickname: &str, agent_id: &str) -> Self {
        let only = WeightedAgent { agent_id: agent_id.into(), version: None, weight: 1.0 };
        Self { number: number.into(), nickname: nickname.into(), inbound_agents: vec![only], inbound_webhook_url: None }
    }
}

impl Retell {
    pub fn add_account(&self, name: &str, api_key: &str) -> u64 {
        let mut state = self.0.state();
        let id = state.id();
        state.organizations.insert(id, Organization::new(name));
        state.keys.insert(api_key.into(), id);
        id
    }

    pub fn add_key(&self, account: u64, api_key: &str) {
        self.0.state().keys.insert(api_key.into(), account);
    }

    pub fn revoke_key(&self, account: u64, api_key: &str) {
        self.0.state().keys.retain(|key, of| key != api_key || *of != account);
    }

    /// An agent with one published version; its id.
    pub fn add_agent(&self, account: u64, new: NewAgent) -> String {
        self.add_agents(account, [new]).pop().unwrap_or_default()
    }

    /// Agents with one published version each; their ids.
    pub fn add_agents(&self, account: u64, all: impl IntoIterator<Item = NewAgent>) -> Vec<String> {
        let now = self.0.now().as_millisecond();
        let mut state = self.0.state();
        let agents: Vec<(u64, Agent)> = all.into_iter().map(|new| state.agent(new, now)).collect();
        let ids = agents.iter().map(|(_, agent)| agent.id()).collect();
        if let Some(organization) = state.organizations.get_mut(&account) {
            organization.agents.extend(agents);
        }
        ids
    }

    pub fn add_phone_number(&self, account: u64, new: NewPhoneNumber) {
        self.add_phone_numbers(account, [new]);
    }

    pub fn add_phone_numbers(&self, account: u64, all: impl IntoIterator<Item = NewPhoneNumber>) {
        let modified_ms = self.0.now().as_millisecond();
        let mut state = self.0.state();
        let Some(organization) = state.organizations.get_mut(&account) else { return };
        for NewPhoneNumber { number, nickname, inbound_agents, inbound_webhook_url } in all {
            organization.numbers.put(PhoneNumber {
                number,
                nickname: Some(nickname),
                outbound_agents: inbound_agents.clone(),
                inbound_agents,
                inbound_webhook_url,
                modified_ms,
            });
        }
    }
}

impl super::State {
    fn agent(&mut self, new: NewAgent, now_ms: i64) -> (u64, Agent) {
        let number = self.id();
        let first = AgentVersion {
            version: 0,
            base: None,
            published: true,
            title: None,
            description: None,
            settings: Part::new(Arc::new(new.settings()), now_ms),
            words: Part::new(new.words, now_ms),
        };
        (number, Agent::new(number, new.engine, first))
    }
}
