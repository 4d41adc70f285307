//! The voices that agents can have.

use super::ask::Ask;
use super::exchange::Exchange;
use http::Method;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{Voice, VoiceAgentsFailure};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    voice_id: String,
    voice_name: String,
    provider: String,
    gender: String,
    accent: Option<String>,
}

impl From<Row> for Voice {
    fn from(row: Row) -> Self {
        Self {
            voice: row.voice_id,
            name: row.voice_name,
            provider: row.provider,
            gender: row.gender,
            accent: row.accent,
        }
    }
}

/// All at once: this list has no pages.
pub(super) async fn list(exchange: &Exchange, account: &AccountId) -> Result<Vec<Voice>, VoiceAgentsFailure> {
    let ask = Ask::list("list_voices", Method::GET, &["list-voices"]);
    let rows: Vec<Row> = exchange.read(account, &ask, "the list").await?;
    Ok(rows.into_iter().map(Voice::from).collect())
}
