//! `ringbuch secret`: the providers' keys and secrets, sealed as they come in.

use super::args::{SecretAction, SecretProvider};
use super::desk::Desk;
use super::{Exit, Failure};
use crate::intake::RETELL_KEY;
use ringbuch_adapters::sealing::{account_owner, company_owner};
use serde_json::json;

pub async fn run(desk: &Desk<'_>, action: SecretAction) -> Result<Exit, Failure> {
    let SecretAction::Set { provider } = action;
    let (owner, name) = match provider {
        SecretProvider::Retell { account, source } => {
            desk.set_up().retell_key(&account, source.read()?).await?;
            (account_owner(&account), RETELL_KEY)
        }
        SecretProvider::Calcom { kind, source } => {
            let company = desk.company().await?;
            desk.set_up().company_secret(company, kind.name(), source.read()?).await?;
            (company_owner(company), kind.name())
        }
    };
    let stored = desk.app.store.keys.secrets(&owner, name).await?;
    let report = json!({"owner": owner, "name": name, "set_at": stored.first().map(|newest| newest.set_at)});
    desk.output.value(&report, || match stored.len() {
        0 | 1 => format!("the secret '{name}' of {owner} is set"),
        _ => format!("the secret '{name}' of {owner} is set; the one before it stays valid until the next"),
    })?;
    Ok(Exit::Done)
}
