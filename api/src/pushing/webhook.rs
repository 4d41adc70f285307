//! Word of what happens at the calendar: a subscription there, signed with a secret that only both sides know.

use super::{PushError, Pushing};
use crate::doctor::TRIGGERS;
use crate::providers::CALCOM_WEBHOOK_SECRET;
use crate::setup::SetUp;
use ringbuch_adapters::sealing::company_owner;
use ringbuch_domain::ports::WebhookThere;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// Subscribes the company's own address below `base`, where this installation is reached from outside. The secret is the
/// one that is stored already, else a new one; it is stored before the calendar is told, so that nothing it signs is
/// turned away.
pub async fn listen(pushing: &Pushing<'_>, base: &str) -> Result<Vec<WebhookThere>, PushError> {
    if !base.starts_with("https://") && !base.starts_with("http://") {
        return Err(PushError::Refused(format!("'{base}' is no address; write it like https://ringbuch.example.com")));
    }
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
    let url = format!("{}/api/mcp/calcom/webhook/{company}", base.trim_end_matches('/'));
    Ok(app.calendar_set_up.register_webhook(company, &url, &TRIGGERS, secret.expose_secret()).await?)
}
