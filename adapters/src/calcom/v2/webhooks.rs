//! Subscriptions: one of the key's owner, which tells of the owner's own services alone, and one of each service of a team.
//! One stands for each address, so asking for it again only brings it up to date.

use super::event_types;
use crate::calcom::answer::{About, Answer, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use http::Method;
use ringbuch_domain::ids::EventTypeId;
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

/// Where a subscription hangs.
struct Hook {
    path: Vec<String>,
    event_type: Option<EventTypeId>,
}

pub(in crate::calcom) async fn webhooks(line: &Line<'_>) -> Result<Vec<WebhookThere>, CalendarFailure> {
    let mut all = Vec::new();
    for hook in hooks(line).await? {
        all.extend(hook.list(line).await?);
    }
    Ok(all)
}

pub(in crate::calcom) async fn register(
    line: &Line<'_>,
    url: &str,
    triggers: &[&str],
    secret: &str,
) -> Result<Vec<WebhookThere>, CalendarFailure> {
    let body = Subscribing { active: true, subscriber_url: url, triggers, secret };
    let mut registered = Vec::new();
    for hook in hooks(line).await? {
        registered.push(hook.register(line, &body).await?);
    }
    Ok(registered)
}

async fn hooks(line: &Line<'_>) -> Result<Vec<Hook>, CalendarFailure> {
    let of_team = event_types::event_types(line).await?.into_iter().filter_map(|found| {
        let (team, number) = (found.team?.to_string(), found.event_type.to_string());
        let path = vec!["teams".into(), team, "event-types".into(), number, "webhooks".into()];
        Some(Hook { path, event_type: Some(found.event_type) })
    });
    let own = Hook { path: vec!["webhooks".into()], event_type: None };
    Ok([own].into_iter().chain(of_team).collect())
}

impl Hook {
    fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    async fn list(&self, line: &Line<'_>) -> Result<Vec<WebhookThere>, CalendarFailure> {
        let listed = line.every(Ask::get("webhooks", self.segments())).await?;
        listed.iter().map(|item| self.read(item)).collect()
    }

    async fn register(&self, line: &Line<'_>, body: &Subscribing<'_>) -> Result<WebhookThere, CalendarFailure> {
        let known = self.list(line).await?.into_iter().find(|known| known.url == body.subscriber_url);
        let (method, id) =
            known.as_ref().map_or((Method::POST, None), |known| (Method::PATCH, Some(known.id.as_str())));
        let segments = self.segments().into_iter().chain(id).collect();
        let ask = Ask::sending("register_webhook", method, segments, body)?;
        line.write(ask, |answer: &Answer| self.read(answer.data(About::Webhook)?)).await
    }

    fn read(&self, data: &Value) -> Result<WebhookThere, CalendarFailure> {
        let Told { id, subscriber_url: url, active, triggers } = Told::deserialize(data).map_err(|_| unreadable())?;
        let id = match id {
            Value::String(id) => id,
            Value::Number(id) => id.to_string(),
            _ => return Err(unreadable()),
        };
        Ok(WebhookThere { id, event_type: self.event_type, url, active, triggers })
    }
}
