//! Setting the stand-in up: accounts with keys, agents with versions, phone numbers.

use std::collections::BTreeMap;

use super::{
    Retell,
    calls::Calls,
    organization::{Agent, AgentVersion, Organization, PhoneNumber, WeightedAgent},
};

#[derive(Clone, Debug)]
pub struct NewAgent {
    pub name: String,
    pub prompt: String,
    pub language: String,
    pub time_zone: String,
    pub webhook_url: Option<String>,
}

impl NewAgent {
    /// A German-speaking agent in Berlin.
    pub fn new(name: &str, prompt: &str) -> Self {
        Self {
            name: name.into(),
            prompt: prompt.into(),
            language: "de-DE".into(),
            time_zone: "Europe/Berlin".into(),
            webhook_url: None,
        }
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
        let keys = vec![api_key.to_owned()];
        let organization =
            Organization { name: name.into(), keys, agents: Vec::new(), numbers: Vec::new(), calls: Calls::default() };
        state.organizations.insert(id, organization);
        id
    }

    pub fn add_key(&self, account: u64, api_key: &str) {
        if let Some(organization) = self.0.state().organizations.get_mut(&account) {
            organization.keys.push(api_key.to_owned());
        }
    }

    pub fn revoke_key(&self, account: u64, api_key: &str) {
        if let Some(organization) = self.0.state().organizations.get_mut(&account) {
            organization.keys.retain(|key| key != api_key);
        }
    }

    /// An agent with one published version; its id.
    pub fn add_agent(&self, account: u64, new: NewAgent) -> String {
        let now = self.0.now().as_millisecond();
        let mut state = self.0.state();
        let number = state.id();
        let first = AgentVersion { version: 0, base: None, published: true, prompt: new.prompt, modified_ms: now };
        let agent = Agent {
            id: format!("agent_{number:026x}"),
            llm_id: format!("llm_{number:026x}"),
            name: new.name,
            voice_id: "retell-Cimo".into(),
            language: new.language,
            time_zone: new.time_zone,
            webhook_url: new.webhook_url,
            tags: BTreeMap::new(),
            versions: vec![first],
        };
        let id = agent.id.clone();
        if let Some(organization) = state.organizations.get_mut(&account) {
            organization.agents.push(agent);
        }
        id
    }

    /// The next version of an agent, with another prompt; nothing when there is no such agent.
    pub fn add_agent_version(&self, account: u64, agent_id: &str, prompt: &str, published: bool) -> Option<u64> {
        let now = self.0.now().as_millisecond();
        let mut state = self.0.state();
        let agents = &mut state.organizations.get_mut(&account)?.agents;
        let agent = agents.iter_mut().find(|agent| agent.id == agent_id)?;
        let base = agent.versions.last().map(|version| version.version);
        let version = base.map_or(0, |base| base + 1);
        agent.versions.push(AgentVersion { version, base, published, prompt: prompt.into(), modified_ms: now });
        Some(version)
    }

    /// Changes an agent as its owner would in Retell's dashboard.
    pub fn change_agent(&self, account: u64, agent_id: &str, change: impl FnOnce(&mut Agent)) {
        let mut state = self.0.state();
        let agents = state.organizations.get_mut(&account).map(|organization| &mut organization.agents);
        if let Some(agent) = agents.into_iter().flatten().find(|agent| agent.id == agent_id) {
            change(agent);
        }
    }

    pub fn add_phone_number(&self, account: u64, new: NewPhoneNumber) {
        let modified_ms = self.0.now().as_millisecond();
        let NewPhoneNumber { number, nickname, inbound_agents, inbound_webhook_url } = new;
        let number = PhoneNumber { number, nickname, inbound_agents, inbound_webhook_url, modified_ms };
        if let Some(organization) = self.0.state().organizations.get_mut(&account) {
            organization.numbers.retain(|other| other.number != number.number);
            organization.numbers.push(number);
        }
    }
}
