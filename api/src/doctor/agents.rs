//! The voice provider's side: the key, numbers and who answers them, versions, and where agents send their webhooks.

use super::Findings;
use crate::app::App;
use crate::sync::SyncError;
use ringbuch_domain::company::{AgentSynced, BoundAgent, Company, SeenAgents, SyncScope};
use ringbuch_domain::ports::{NumberThere, Voice, VoiceAgentsFailure};
use ringbuch_projections::directory::PhoneNumber;
use std::iter;

/// Without one of these a call's fate stays unknown until the comparison on the schedule.
pub const EVENTS: [&str; 3] = ["call_started", "call_ended", "call_analyzed"];

/// What Retell has of the company, where it could be asked.
pub(super) async fn examine(
    app: &App,
    company: &Company,
    numbers: &[PhoneNumber],
    findings: &mut Findings,
) -> Result<Option<SeenAgents>, SyncError> {
    let Some(account) = company.account() else { return Ok(None) };
    match app.agents.key_info(account).await {
        Ok(_) => findings.fine("voice_key", account, "Retell takes the key"),
        Err(failure) => {
            let advice = match failure {
                VoiceAgentsFailure::NoKey(_) => "store a valid one with `secret set retell`",
                _ => "try again; until Retell answers, calls that were missed are not found",
            };
            findings.broken("voice_key", account, &failure.to_string(), advice);
            return Ok(None);
        }
    }
    let Some(seen) = findings.seen(app, SyncScope::Retell).await?.and_then(|seen| seen.agents) else { return Ok(None) };
    for number in numbers {
        match seen.numbers.iter().find(|there| there.number == number.number) {
            Some(there) => examine_number(company, there, &seen, findings),
            None => findings.broken(
                "number",
                &number.number,
                "Retell has no such number in this account, so calls to it do not arrive here",
                "buy or import it at Retell, in the account whose key is stored here",
            ),
        }
    }
    for agent in company.agents.keys().filter(|id| agent_in(&seen, id).is_none()) {
        findings.broken("agent", agent, "Retell has no such agent", "assign another with `agent assign`");
    }
    let voices = app.agents.voices(account).await.unwrap_or_default();
    for agent in &seen.agents {
        examine_webhook(company, agent, findings);
        examine_voice(agent, &voices, findings);
    }
    Ok(Some(seen))
}

/// Where the list of voices cannot be read, nothing is said of any.
fn examine_voice(agent: &AgentSynced, voices: &[Voice], findings: &mut Findings) {
    match voices.iter().find(|it| it.voice == agent.voice) {
        Some(Voice { name, gender, accent, .. }) => {
            let like: Vec<&str> = iter::once(gender.as_str()).chain(accent.as_deref()).collect();
            findings.fine("agent_voice", &agent.agent, &format!("speaks as {name} ({})", like.join(", ")));
        }
        None if voices.is_empty() => {}
        None => {
            let finding = format!("its voice {} is none that the account has", agent.voice);
            findings.doubtful("agent_voice", &agent.agent, &finding, "choose another for it at Retell");
        }
    }
}

fn agent_in<'a>(seen: &'a SeenAgents, id: &str) -> Option<&'a AgentSynced> {
    seen.agents.iter().find(|it| it.agent == id)
}

fn examine_number(company: &Company, there: &NumberThere, seen: &SeenAgents, findings: &mut Findings) {
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
        if let Some(agent) = agent_in(seen, &bound.agent) {
            examine_bound(there, bound, agent.published, findings);
        } else {
            let finding = format!("{} is to answer it, and Retell has no such agent", bound.agent);
            findings.broken("number", &there.number, &finding, "bind another with `number bind`");
        }
    }
}

/// What callers hear is the version that the number names, not the newest.
fn examine_bound(number: &NumberThere, bound: &BoundAgent, published: Option<u32>, findings: &mut Findings) {
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

fn examine_webhook(company: &Company, agent: &AgentSynced, findings: &mut Findings) {
    let id = &agent.agent;
    let Some(url) = &agent.webhook_url else {
        let finding = "has no webhook URL of its own; whether the account's leads here cannot be read";
        return findings.doubtful(
            "agent_webhook",
            id,
            finding,
            "set it with `agent webhook`, and publish that version",
        );
    };
    if !leads_here(url, "webhook", company) {
        let finding = "sends its webhooks somewhere else, so its calls never arrive here";
        return findings.broken("agent_webhook", id, finding, "set it with `agent webhook`, and publish that version");
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
        findings.broken("agent_webhook", id, &finding, "`agent webhook` switches them on; then publish that version");
    }
}

/// To the plain path, or to the company's own; the host is what the operator has put in front.
fn leads_here(url: &str, door: &str, company: &Company) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let plain = format!("/api/mcp/retell/{door}");
    let own = company.profile.as_ref().map(|profile| format!("{plain}/{}", profile.company));
    path.ends_with(&plain) || own.is_some_and(|own| path.ends_with(&own))
}
