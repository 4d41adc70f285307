//! Agents and versions as they stand on the wire.

use super::calls::instant;
use ringbuch_domain::ports::{AgentSummary, AgentThere, AgentVersion, Engine};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct SummaryRow {
    pub agent_id: String,
    agent_name: Option<String>,
    channel: String,
    user_modified_timestamp: Option<i64>,
}

impl From<SummaryRow> for AgentSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            agent: row.agent_id,
            name: row.agent_name.unwrap_or_default(),
            channel: row.channel,
            modified_at: instant(row.user_modified_timestamp),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct VersionRow {
    version: u32,
    #[serde(default)]
    is_published: bool,
    base_version: Option<u32>,
    version_title: Option<String>,
    last_modification_timestamp: Option<i64>,
}

impl From<VersionRow> for AgentVersion {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            published: row.is_published,
            base_version: row.base_version,
            title: row.version_title,
            modified_at: instant(row.last_modification_timestamp),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct AgentRow {
    agent_id: String,
    agent_name: Option<String>,
    version: u32,
    #[serde(default)]
    is_published: bool,
    base_version: Option<u32>,
    voice_id: String,
    language: Option<Languages>,
    webhook_url: Option<String>,
    webhook_events: Option<Vec<String>>,
    max_call_duration_ms: Option<u64>,
    response_engine: EngineRow,
    last_modification_timestamp: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Languages {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum EngineRow {
    #[serde(rename = "retell-llm")]
    Llm { llm_id: String, version: Option<u32> },
    #[serde(rename = "conversation-flow")]
    Flow { conversation_flow_id: String, version: Option<u32> },
    /// `custom-llm`, and whatever else has no prompt that is known here.
    #[serde(other)]
    Custom,
}

impl From<AgentRow> for AgentThere {
    fn from(row: AgentRow) -> Self {
        Self {
            agent: row.agent_id,
            name: row.agent_name.unwrap_or_default(),
            version: row.version,
            published: row.is_published,
            base_version: row.base_version,
            voice: row.voice_id,
            language: row.language.map(|language| match language {
                Languages::One(tag) => tag,
                Languages::Several(tags) => tags.join(", "),
            }),
            webhook_url: row.webhook_url,
            webhook_events: row.webhook_events,
            max_call_ms: row.max_call_duration_ms,
            engine: row.response_engine.into(),
            modified_at: instant(row.last_modification_timestamp),
        }
    }
}

impl From<EngineRow> for Engine {
    fn from(row: EngineRow) -> Self {
        match row {
            EngineRow::Llm { llm_id, version } => Self::Llm { id: llm_id, version },
            EngineRow::Flow { conversation_flow_id, version } => Self::Flow { id: conversation_flow_id, version },
            EngineRow::Custom => Self::Custom,
        }
    }
}
