//! Agents and their versions. A published version never changes; what is to change is a draft, and a draft of an agent comes
//! with a draft of its engine under the same number.

use super::agent_rows::{AgentRow, SummaryRow, VersionRow};
use super::ask::Ask;
use super::exchange::Exchange;
use super::pages::{OLDEST_FIRST, all, page};
use http::Method;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{AgentSummary, AgentThere, AgentVersion, VersionRef, VoiceAgentsFailure};
use serde_json::json;
use std::collections::BTreeMap;

/// Every agent once, by id: one that is changed while the pages are read may be listed twice.
pub(super) async fn list(exchange: &Exchange, account: &AccountId) -> Result<Vec<AgentSummary>, VoiceAgentsFailure> {
    let rows: Vec<SummaryRow> = all(exchange, account, |after| {
        let ask = Ask::list("list_agents", Method::POST, &["v2", "list-agents"]).saying(json!({}));
        page(ask, Some(OLDEST_FIRST), after)
    })
    .await?;
    let by_id: BTreeMap<String, SummaryRow> = rows.into_iter().map(|row| (row.agent_id.clone(), row)).collect();
    Ok(by_id.into_values().map(AgentSummary::from).collect())
}

pub(super) async fn get(
    exchange: &Exchange,
    account: &AccountId,
    agent: &str,
    version: VersionRef,
) -> Result<AgentThere, VoiceAgentsFailure> {
    let ask = Ask::get("get_agent", &["get-agent"]).of(agent).with("version", Some(reference(version)));
    told(exchange, account, &ask).await
}

pub(super) async fn versions(
    exchange: &Exchange,
    account: &AccountId,
    agent: &str,
) -> Result<Vec<AgentVersion>, VoiceAgentsFailure> {
    let rows: Vec<VersionRow> = all(exchange, account, |after| {
        page(Ask::list("list_agent_versions", Method::GET, &["list-agent-versions"]).of(agent), None, after)
    })
    .await?;
    Ok(rows.into_iter().map(AgentVersion::from).collect())
}

pub(super) async fn new_draft(
    exchange: &Exchange,
    account: &AccountId,
    agent: &str,
    base: u32,
) -> Result<AgentThere, VoiceAgentsFailure> {
    let ask = Ask::new("create_agent_version", Method::POST, &["create-agent-version"]);
    told(exchange, account, &ask.of(agent).saying(json!({"base_version": base}))).await
}

/// The answer has no body.
pub(super) async fn publish(
    exchange: &Exchange,
    account: &AccountId,
    agent: &str,
    version: u32,
    title: &str,
) -> Result<(), VoiceAgentsFailure> {
    let body = if title.is_empty() {
        json!({"version": version})
    } else {
        json!({"version": version, "version_title": title})
    };
    let ask = Ask::new("publish_agent_version", Method::POST, &["publish-agent-version"]).of(agent).saying(body);
    exchange.ask(account, &ask).await.map(drop)
}

pub(super) async fn put_webhook(
    exchange: &Exchange,
    account: &AccountId,
    agent: &str,
    version: u32,
    url: &str,
    events: &[&str],
) -> Result<AgentThere, VoiceAgentsFailure> {
    let ask = Ask::new("update_agent", Method::PATCH, &["update-agent"]).of(agent).with("version", Some(version));
    told(exchange, account, &ask.saying(json!({"webhook_url": url, "webhook_events": events}))).await
}

async fn told(exchange: &Exchange, account: &AccountId, ask: &Ask<'_>) -> Result<AgentThere, VoiceAgentsFailure> {
    let row: AgentRow = exchange.read(account, ask, "the agent").await?;
    Ok(row.into())
}

fn reference(version: VersionRef) -> String {
    match version {
        VersionRef::Number(number) => number.to_string(),
        VersionRef::Latest => "latest".into(),
        VersionRef::LatestPublished => "latest_published".into(),
    }
}
