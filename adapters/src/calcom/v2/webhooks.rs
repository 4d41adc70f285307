//! Subscriptions of the key's owner. One stands for each address, so asking for it again only brings it up to date.

use crate::calcom::answer::{About, Answer, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use http::Method;
use ringbuch_domain::ports::{CalendarFailure, WebhookThere};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscribing<'a> {
    active: bool,
    subscriber_url: &'a str,
    triggers: &'a [&'a str],
    secret: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// A number in the published description, a text in what is served.
    id: Value,
    subscriber_url: String,
    active: bool,
    triggers: Vec<String>,
}

pub(in crate::calcom) async fn webhooks(line: &Line<'_>) -> Result<Vec<WebhookThere>, CalendarFailure> {
    line.every(Ask::get("webhooks", vec!["webhooks"])).await?.iter().map(webhook).collect()
}

pub(in crate::calcom) async fn register(
    line: &Line<'_>,
    url: &str,
    triggers: &[&str],
    secret: &str,
) -> Result<WebhookThere, CalendarFailure> {
    let known = webhooks(line).await?.into_iter().find(|known| known.url == url);
    let body = Subscribing { active: true, subscriber_url: url, triggers, secret };
    let ask = match &known {
        Some(known) => Ask::sending("register_webhook", Method::PATCH, vec!["webhooks", &known.id], &body)?,
        None => Ask::sending("register_webhook", Method::POST, vec!["webhooks"], &body)?,
    };
    line.write(ask, told).await
}

fn told(answer: &Answer) -> Result<WebhookThere, CalendarFailure> {
    webhook(answer.data(About::Webhook)?)
}

fn webhook(data: &Value) -> Result<WebhookThere, CalendarFailure> {
    let Told { id, subscriber_url: url, active, triggers } = Told::deserialize(data).map_err(|_| unreadable())?;
    let id = match id {
        Value::String(id) => id,
        Value::Number(id) => id.to_string(),
        _ => return Err(unreadable()),
    };
    Ok(WebhookThere { id, url, active, triggers })
}
