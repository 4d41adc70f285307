//! Telephone numbers and who answers them.

use super::answer::refused;
use super::ask::Ask;
use super::calls::instant;
use super::exchange::Exchange;
use super::pages::{OLDEST_FIRST, all, page};
use super::weights::{fractions, thousandths};
use http::Method;
use ringbuch_domain::company::BoundAgent;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{NumberThere, VoiceAgentsFailure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const INBOUND: &str = "inbound_agents";
pub(super) const OUTBOUND: &str = "outbound_agents";

/// Every number once, in order: one that is changed while the pages are read may be listed twice.
pub(super) async fn list(exchange: &Exchange, account: &AccountId) -> Result<Vec<NumberThere>, VoiceAgentsFailure> {
    let rows: Vec<NumberRow> = all(exchange, account, |after| {
        let ask = Ask::list("list_phone_numbers", Method::GET, &["v2", "list-phone-numbers"]);
        page(ask, Some(OLDEST_FIRST), after)
    })
    .await?;
    let by_number: BTreeMap<String, NumberRow> = rows.into_iter().map(|row| (row.phone_number.clone(), row)).collect();
    Ok(by_number.into_values().map(NumberThere::from).collect())
}

pub(super) async fn get(
    exchange: &Exchange,
    account: &AccountId,
    number: &str,
) -> Result<NumberThere, VoiceAgentsFailure> {
    let ask = Ask::get("get_phone_number", &["get-phone-number"]).of(number);
    let row: NumberRow = exchange.read(account, &ask, "the number").await?;
    Ok(row.into())
}

/// Replaces one of a number's lists: `INBOUND` or `OUTBOUND`. Shares that are not those of a whole are refused here: Retell says of them only that something is wrong.
pub(super) async fn bind(
    exchange: &Exchange,
    account: &AccountId,
    number: &str,
    list: &'static str,
    bound: &[BoundAgent],
) -> Result<NumberThere, VoiceAgentsFailure> {
    let shares: Vec<u32> = bound.iter().map(|bound| bound.weight).collect();
    let fractions = fractions(&shares).ok_or_else(|| refused("weights"))?;
    let agents: Vec<Value> = bound.iter().zip(fractions).map(|(bound, weight)| written(bound, weight)).collect();
    let ask = Ask::new("update_phone_number", Method::PATCH, &["update-phone-number"]).of(number);
    let row: NumberRow = exchange.read(account, &ask.saying(json!({list: agents})), "the number").await?;
    Ok(row.into())
}

/// A version is a number where it can be one: a tag never is.
fn written(bound: &BoundAgent, weight: f64) -> Value {
    let mut agent = json!({"agent_id": bound.agent, "weight": weight});
    if let (Some(fields), Some(version)) = (agent.as_object_mut(), &bound.version) {
        let version = version.parse::<u32>().map_or_else(|_| Value::from(version.as_str()), Value::from);
        fields.insert("agent_version".into(), version);
    }
    agent
}

#[derive(Deserialize)]
struct NumberRow {
    phone_number: String,
    nickname: Option<String>,
    inbound_agents: Option<Vec<BoundRow>>,
    outbound_agents: Option<Vec<BoundRow>>,
    inbound_webhook_url: Option<String>,
    last_modification_timestamp: Option<i64>,
}

#[derive(Deserialize)]
struct BoundRow {
    agent_id: String,
    agent_version: Option<VersionRow>,
    weight: f64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum VersionRow {
    Number(u32),
    Tag(String),
}

impl From<NumberRow> for NumberThere {
    fn from(row: NumberRow) -> Self {
        Self {
            number: row.phone_number,
            nickname: row.nickname,
            inbound: bound_agents(row.inbound_agents.unwrap_or_default()),
            outbound: bound_agents(row.outbound_agents.unwrap_or_default()),
            inbound_webhook_url: row.inbound_webhook_url,
            modified_at: instant(row.last_modification_timestamp),
        }
    }
}

fn bound_agents(rows: Vec<BoundRow>) -> Vec<BoundAgent> {
    let weights = thousandths(&rows.iter().map(|row| row.weight).collect::<Vec<_>>());
    let bound = |(row, weight): (BoundRow, u32)| BoundAgent {
        agent: row.agent_id,
        version: row.agent_version.map(|version| match version {
            VersionRow::Number(number) => number.to_string(),
            VersionRow::Tag(tag) => tag,
        }),
        weight,
    };
    rows.into_iter().zip(weights).map(bound).collect()
}
