//! What a key opens.

use super::ask::Ask;
use super::exchange::Exchange;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{KeyInfo, VoiceAgentsFailure};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    api_key_name: String,
    org_name: String,
}

pub(super) async fn info(exchange: &Exchange, account: &AccountId) -> Result<KeyInfo, VoiceAgentsFailure> {
    let row: Row = exchange.read(account, &Ask::get("get_key_info", &["get-api-key-info"]), "the key").await?;
    Ok(KeyInfo { key_name: row.api_key_name, organization: row.org_name })
}
