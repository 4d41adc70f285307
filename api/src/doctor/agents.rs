//! The voice provider's side: the key, numbers and who answers them, versions, and where agents send their webhooks.

use super::Findings;
use crate::app::App;
use crate::sync::SyncError;
use ringbuch_domain::company::{AgentSynced, BoundAgent, Company};
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{AgentThere, NumberThere, VersionRef, VoiceAgentsFailure};
use ringbuch_projections::directory::PhoneNumber;
use std::collections::BTreeSet;

/// Without one of these a call's fate stays unknown until the comparison on the schedule.
const EVENTS: [&str; 3] = ["call_started", "call_ended", "call_analyzed"];

pub(super) async fn examine(
    app: &App,
    company: &Company,
    numbers: &[PhoneNumber],
    findings: &mut Findings,
) -> Result<(), SyncError> {
    let Some(account) = company.account() else { return Ok(()) };
    match app.agents.key_info(account).await {
        Ok(_) => findings.fine("voice_key", account, "Retell takes the key"),
        Err(failure) => {
            let advice = match failure {
                VoiceAgentsFailure::NoKey(_) => "store a valid one with `secret set retell`",
                _ => "try again; until Retell answers, calls that were missed are not found",
            };
            findings.broken("voice_key", account, &failure.to_string(), advice);
            return Ok(());
        }
    }
    let mut answering: BTreeSet<String> = company.agents.keys().cloned().collect();
    for number in numbers {
        match app.agents.number(account, &number.number).await {
            Ok(there) => {
                examine_number(app, account, company, &there, findings).await;
                answering.extend(there.inbound.into_iter().map(|it| it.agent));
            }
            Err(VoiceAgentsFailure::NotFound) => findings.broken(
                "number",
                &number.number,
                "Retell has no such number in this account, so calls to it do not arrive here",
                "buy or import it at Retell, in the account whose key is stored here",
            ),
            Err(failure) => findings.doubtful("number", &number.number, &failure.to_string(), "try again"),
        }
    }
    for agent in answering {
        examine_agent(app, account, company, &agent, findings).await;
    }
    Ok(())
}

async fn examine_number(
    app: &App,
    account: &AccountId,
    company: &Company,
    there: &NumberThere,
    findings: &mut Findings,
) {
    if there.inbound.is_empty() && there.inbound_webhook_url.is_none() {
        return findings.broken("number", &there.number, "no agent answers it", "bind one with `number bind`");
    }
    if let Some(url) = &there.inbound_webhook_url
        && !leads_here(url, "inbound", company)
    {
        let finding = "its inbound webhook leads somewhere else, so callers are not known by name";
        findings.doubtful("number", &there.number, finding, "set it to …/api/mcp/retell/inbound/COMPANY at Retell");
    }
    for bound in &there.inbound {
        examine_bound(app, account, there, bound, findings).await;
    }
}

/// What callers hear is the version that the number names, not the newest.
async fn examine_bound(
    app: &App,
    account: &AccountId,
    number: &NumberThere,
    bound: &BoundAgent,
    findings: &mut Findings,
) {
    let published = app.agents.agent(account, &bound.agent, VersionRef::LatestPublished).await;
    let published = published.ok().filter(|it| it.published).map(|it| it.version);
    let (agent, number) = (&bound.agent, &number.number);
    match (bound.version.as_deref().map(|version| (version, version.parse::<u32>())), published) {
        (Some((_, Ok(version))), Some(newest)) if version < newest => findings.doubtful(
            "agent_version",
            number,
            &format!("version {version} of {agent} answers, though {newest} is published"),
            "bind the newer one with `number bind`",
        ),
        (Some((_, Ok(version))), Some(newest)) if version > newest => findings.doubtful(
            "agent_version",
            number,
            &format!("version {version} of {agent} answers, which is a draft"),
            "publish it with `agent publish`",
        ),
        (Some(("latest", _)), _) => findings.doubtful(
            "agent_version",
            number,
            &format!("the newest draft of {agent} answers: whoever edits it speaks to callers"),
            "bind `latest_published`, or a version",
        ),
        (_, None) => findings.doubtful(
            "agent_version",
            number,
            &format!("{agent} was never published"),
            "publish a version with `agent publish`",
        ),
        _ => findings.fine("agent_version", number, &format!("the published version of {agent} answers")),
    }
}

async fn examine_agent(app: &App, account: &AccountId, company: &Company, agent: &str, findings: &mut Findings) {
    let newest = match app.agents.agent(account, agent, VersionRef::Latest).await {
        Ok(newest) => newest,
        Err(VoiceAgentsFailure::NotFound) => {
            return findings.broken("agent", agent, "Retell has no such agent", "assign another with `agent assign`");
        }
        Err(failure) => return findings.doubtful("agent", agent, &failure.to_string(), "try again"),
    };
    let published = app.agents.agent(account, agent, VersionRef::LatestPublished).await;
    let published: Option<AgentThere> = published.ok().filter(|it| it.published);
    examine_webhook(company, &AgentSynced::of(&newest, published.as_ref()), findings);
}

fn examine_webhook(company: &Company, agent: &AgentSynced, findings: &mut Findings) {
    let id = &agent.agent;
    let Some(url) = &agent.webhook_url else {
        let finding = "has no webhook URL of its own; whether the account's leads here cannot be read";
        return findings.doubtful("agent_webhook", id, finding, "set …/api/mcp/retell/webhook at the agent");
    };
    if !leads_here(url, "webhook", company) {
        let finding = "sends its webhooks somewhere else, so its calls never arrive here";
        return findings.broken("agent_webhook", id, finding, "set …/api/mcp/retell/webhook/COMPANY at the agent");
    }
    let told = |event: &&str| match &agent.webhook_events {
        Some(events) => events.iter().any(|known| known == event),
        // What the provider sends by itself.
        None => true,
    };
    let missing: Vec<&str> = EVENTS.into_iter().filter(|event| !told(event)).collect();
    if missing.is_empty() {
        findings.fine("agent_webhook", id, "sends its webhooks here");
    } else {
        let finding = format!("does not send {}", missing.join(", "));
        findings.broken("agent_webhook", id, &finding, "enable these events at the agent");
    }
}

/// To the plain path, or to the company's own; the host is what the operator has put in front.
fn leads_here(url: &str, door: &str, company: &Company) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let plain = format!("/api/mcp/retell/{door}");
    let own = company.profile.as_ref().map(|profile| format!("{plain}/{}", profile.company));
    path.ends_with(&plain) || own.is_some_and(|own| path.ends_with(&own))
}
