//! Word of what happens at the providers. At the calendar it is a subscription, signed with a secret that only both sides
//! know; at the voice provider it is part of an agent, and changes with a version that is published.

use super::prompts::{draft_of, known};
use super::{PushError, Pushing};
use crate::doctor::{EVENTS, TRIGGERS};
use crate::providers::CALCOM_WEBHOOK_SECRET;
use crate::setup::SetUp;
use ringbuch_adapters::sealing::company_owner;
use ringbuch_domain::ports::{AgentThere, VersionRef, WebhookThere};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// Subscribes the company's own address below `base`, where this installation is reached from outside. The secret is the
/// one that is stored already, else a new one; it is stored before the calendar is told, so that nothing it signs is
/// turned away.
pub async fn listen(pushing: &Pushing<'_>, base: &str) -> Result<Vec<WebhookThere>, PushError> {
    let url = below(base, &format!("calcom/webhook/{}", pushing.company))?;
    let (app, company) = (pushing.app, pushing.company);
    let stored = app.secrets.get(&company_owner(company), CALCOM_WEBHOOK_SECRET).await;
    let stored = stored.ok().and_then(|secrets| secrets.into_iter().next());
    let secret = if let Some(secret) = stored {
        secret
    } else {
        let drawn = format!("whsec_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let secret = SecretString::from(drawn);
        SetUp::new(app, "cli").company_secret(company, CALCOM_WEBHOOK_SECRET, secret.clone()).await?;
        secret
    };
    Ok(app.calendar_set_up.register_webhook(company, &url, &TRIGGERS, secret.expose_secret()).await?)
}

/// Has the newest draft of an agent, made where there is none, send its webhooks to the company's own address below `base`.
/// Calls do so once that version is published.
pub async fn send_here(pushing: &Pushing<'_>, agent: &str, base: &str) -> Result<AgentThere, PushError> {
    let url = below(base, &format!("retell/webhook/{}", pushing.company))?;
    let (account, agents) = (known(pushing, agent).await?, &pushing.app.agents);
    let newest = agents.agent(&account, agent, VersionRef::Latest).await?;
    let draft = draft_of(pushing, &account, newest).await?;
    Ok(agents.put_webhook(&account, agent, draft.version, &url, &EVENTS).await?)
}

fn below(base: &str, door: &str) -> Result<String, PushError> {
    if !base.starts_with("https://") && !base.starts_with("http://") {
        return Err(PushError::Refused(format!("'{base}' is no address; write it like https://ringbuch.example.com")));
    }
    Ok(format!("{}/api/mcp/{door}", base.trim_end_matches('/')))
}
