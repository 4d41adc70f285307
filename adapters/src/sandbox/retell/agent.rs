//! An agent with its versions. The LLM or the flow that speaks for it has the same version numbers, so a version holds both.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

#[derive(Clone, Debug)]
pub struct Agent {
    number: u64,
    pub engine: Engine,
    pub tags: BTreeMap<String, u64>,
    /// In ascending order.
    pub versions: Vec<AgentVersion>,
}

/// Who speaks for the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    Llm,
    Flow,
    /// A server of the customer's own.
    Custom {
        url: String,
    },
}

#[derive(Clone, Debug)]
pub struct AgentVersion {
    pub version: u64,
    pub base: Option<u64>,
    /// From then on nothing of it changes but its title.
    pub published: bool,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Name, voice, language, webhook, and what else an agent has of its own.
    pub settings: Part,
    /// What its LLM or flow says.
    pub words: Part,
}

/// Properties as they stand on the wire. Versions and agents that came from one another share them until one is changed,
/// so that tens of thousands of agents with long prompts cost little.
#[derive(Clone, Debug)]
pub struct Part {
    fields: Arc<Map<String, Value>>,
    pub modified_ms: i64,
}

impl Part {
    pub(super) fn new(fields: Arc<Map<String, Value>>, modified_ms: i64) -> Self {
        Self { fields, modified_ms }
    }

    pub fn get(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }

    pub(super) fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Null removes a property.
    pub(super) fn change(&mut self, patch: Map<String, Value>, now_ms: i64) {
        let fields = Arc::make_mut(&mut self.fields);
        for (name, value) in patch {
            if value.is_null() {
                fields.remove(&name);
            } else {
                fields.insert(name, value);
            }
        }
        self.modified_ms = now_ms;
    }
}

impl Engine {
    /// The property that holds the prompt.
    pub(super) fn prompt_field(&self) -> Option<&'static str> {
        match self {
            Self::Llm => Some("general_prompt"),
            Self::Flow => Some("global_prompt"),
            Self::Custom { .. } => None,
        }
    }
}

impl Agent {
    pub(super) fn new(number: u64, engine: Engine, first: AgentVersion) -> Self {
        Self { number, engine, tags: BTreeMap::new(), versions: vec![first] }
    }

    pub fn id(&self) -> String {
        format!("agent_{:026x}", self.number)
    }

    /// The LLM's or the flow's; nothing for a server of the customer's own.
    pub fn engine_id(&self) -> Option<String> {
        match self.engine {
            Engine::Llm => Some(format!("llm_{:026x}", self.number)),
            Engine::Flow => Some(format!("conversation_flow_{:026x}", self.number)),
            Engine::Custom { .. } => None,
        }
    }

    pub(super) fn number_of(id: &str) -> Option<u64> {
        hexadecimal(id.strip_prefix("agent_")?)
    }

    /// The number of the agent that an LLM or a flow speaks for.
    pub(super) fn number_of_engine(id: &str) -> Option<u64> {
        hexadecimal(id.strip_prefix("llm_").or_else(|| id.strip_prefix("conversation_flow_"))?)
    }

    /// By number, tag, `latest` or `latest_published`; the newest one when none is named.
    pub(super) fn version(&self, reference: Option<&str>) -> Option<&AgentVersion> {
        match reference {
            None | Some("latest") => self.versions.last(),
            Some("latest_published") => self.versions.iter().rev().find(|version| version.published),
            Some(word) => {
                let number = word.parse().ok().or_else(|| self.tags.get(word).copied())?;
                self.versions.iter().find(|version| version.version == number)
            }
        }
    }

    /// The newest one when no number is given.
    pub(super) fn version_mut(&mut self, number: Option<u64>) -> Option<&mut AgentVersion> {
        match number {
            None => self.versions.last_mut(),
            Some(number) => self.versions.iter_mut().find(|version| version.version == number),
        }
    }

    /// A draft with all that the base says, under the next number; nothing where there is no such base.
    pub(super) fn draft_from(&mut self, base: u64, now_ms: i64) -> Option<&AgentVersion> {
        let from = self.version(Some(&base.to_string()))?.clone();
        let next = self.versions.last().map_or(0, |last| last.version + 1);
        let part = |part: Part| Part { modified_ms: now_ms, ..part };
        let draft = AgentVersion {
            version: next,
            base: Some(base),
            published: false,
            title: None,
            description: None,
            settings: part(from.settings),
            words: part(from.words),
        };
        self.versions.push(draft);
        self.versions.last()
    }
}

fn hexadecimal(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 26)
}
