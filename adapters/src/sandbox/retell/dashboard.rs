//! What somebody does in Retell's own dashboard meanwhile, and what stands there now.

use serde_json::Map;

use super::{
    Retell,
    agent::{Agent, AgentVersion},
    numbers::PhoneNumber,
    organization::Organization,
};

impl Retell {
    pub fn agent(&self, account: u64, agent_id: &str) -> Option<Agent> {
        self.0.state().organizations.get(&account)?.agent(agent_id).ok().cloned()
    }

    pub fn phone_number(&self, account: u64, number: &str) -> Option<PhoneNumber> {
        self.0.state().organizations.get(&account)?.numbers.get(number).cloned()
    }

    /// The next version of an agent, with another prompt; nothing when there is no such agent, or its prompt is
    /// not Retell's.
    pub fn add_agent_version(&self, account: u64, agent_id: &str, prompt: &str, published: bool) -> Option<u64> {
        let now = self.0.now().as_millisecond();
        self.change_agent(account, agent_id, |agent| {
            agent.engine.prompt_field()?;
            let base = agent.versions.last().map(|version| version.version)?;
            let number = agent.draft_from(base, now).map(|draft| draft.version)?;
            write_prompt(agent, number, prompt, now)?;
            agent.version_mut(Some(number))?.published = published;
            Some(number)
        })
        .flatten()
    }

    /// Writes a draft's prompt. Whether there was such a draft.
    pub fn edit_prompt(&self, account: u64, agent_id: &str, version: u64, prompt: &str) -> bool {
        let now = self.0.now().as_millisecond();
        let edited = self.change_agent(account, agent_id, |agent| write_prompt(agent, version, prompt, now));
        edited.flatten().is_some()
    }

    /// Publishes a version as it stands. Whether there was one.
    pub fn publish_version(&self, account: u64, agent_id: &str, version: u64) -> bool {
        let publish = |agent: &mut Agent| agent.version_mut(Some(version)).map(|version| version.published = true);
        self.change_agent(account, agent_id, publish).flatten().is_some()
    }

    /// Changes an agent in any way; nothing when there is none.
    pub fn change_agent<T>(&self, account: u64, agent_id: &str, change: impl FnOnce(&mut Agent) -> T) -> Option<T> {
        self.change(account, |organization| organization.agent_mut(agent_id).ok().map(change))
    }

    /// Changes a number in any way; nothing when there is none.
    pub fn change_phone_number<T>(
        &self,
        account: u64,
        number: &str,
        change: impl FnOnce(&mut PhoneNumber) -> T,
    ) -> Option<T> {
        let now = self.0.now().as_millisecond();
        self.change(account, |organization| {
            let number = organization.numbers.get_mut(number)?;
            number.modified_ms = now;
            Some(change(number))
        })
    }

    /// Whether there was such an agent.
    pub fn remove_agent(&self, account: u64, agent_id: &str) -> bool {
        let remove = |organization: &mut Organization| organization.agents.remove(&Agent::number_of(agent_id)?);
        self.change(account, remove).is_some()
    }

    /// Whether there was such a number.
    pub fn remove_phone_number(&self, account: u64, number: &str) -> bool {
        self.change(account, |organization| Some(organization.numbers.remove(number))) == Some(true)
    }

    fn change<T>(&self, account: u64, change: impl FnOnce(&mut Organization) -> Option<T>) -> Option<T> {
        self.0.state().organizations.get_mut(&account).and_then(change)
    }
}

fn write_prompt(agent: &mut Agent, version: u64, prompt: &str, now_ms: i64) -> Option<()> {
    let field = agent.engine.prompt_field()?;
    let draft: &mut AgentVersion = agent.version_mut(Some(version)).filter(|version| !version.published)?;
    draft.words.change(Map::from_iter([(field.to_owned(), prompt.into())]), now_ms);
    Some(())
}
