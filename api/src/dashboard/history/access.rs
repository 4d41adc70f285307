//! Who looked at what belongs to persons, and who gave and took keys; the newest first.

use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::v1::ShownEvent;
use crate::journal::JournalError;
use crate::problem::Problem;
use askama::Template;
use jiff::Timestamp;
use ringbuch_domain::access::Access;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::{keys, users};
use serde_json::Value;
use std::collections::HashMap;
use warp::reply::Response;

const LISTED: u64 = 50;

#[derive(Template)]
#[template(path = "history_access.html")]
struct AccessLog {
    page: Page,
    rows: Vec<Row>,
    next: Option<String>,
}

struct Row {
    time: Timestamp,
    position: u64,
    kind: String,
    /// Who did it, by name where they have one.
    by: String,
    /// `call`, `customer`, `webhook`, `key`, `tool`.
    what: String,
    id: String,
    /// Where that is shown.
    href: Option<String>,
}

pub async fn log(visit: Visit) -> Result<Response, Problem> {
    let stream = StreamId::access(visit.company());
    let head = visit.app.journal.load::<Access>(&stream).await?.revision;
    let before = visit.query.get::<u64>("before")?.unwrap_or(u64::MAX).min(head.saturating_add(1));
    let after = before.saturating_sub(LISTED + 1);
    let mut events = visit.app.journal.log().read_stream(&stream, after).await.map_err(JournalError::from)?;
    events.retain(|event| event.revision < before);
    let (page, names) = (visit.page("history.access"), names(&visit).await?);
    html(&AccessLog {
        next: (after > 0).then(|| page.url(&format!("/history/access?before={}", after + 1))),
        rows: events.into_iter().rev().map(|event| row(&page, &names, event.into())).collect(),
        page,
    })
}

/// Names by what the log calls whoever acts.
async fn names(visit: &Visit) -> Result<HashMap<String, String>, Problem> {
    let users = users::list(visit.rows(), visit.scope()).await?.into_iter();
    let keys = keys::list(visit.rows(), visit.scope()).await?.into_iter();
    let users = users.filter_map(|it| Some((format!("user:{}", it.user_id), it.name.or(it.email)?)));
    Ok(users.chain(keys.map(|it| (format!("key:{}", it.key_id), it.name))).collect())
}

fn row(page: &Page, names: &HashMap<String, String>, event: ShownEvent) -> Row {
    let text = |name: &str| event.data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let by = text("by");
    let (what, id) = match event.kind.as_str() {
        "PersonalDataViewed" => (text("what"), text("id")),
        "KeyIssued" | "KeyRevoked" => ("key".to_owned(), text("key")),
        _ => ("tool".to_owned(), text("tool")),
    };
    let folder = match what.as_str() {
        "call" => Some("/calls"),
        "customer" => Some("/customers"),
        "webhook" if id != "search" => Some("/webhooks"),
        _ => None,
    };
    Row {
        href: folder.map(|folder| page.link(folder, &id)),
        time: event.time,
        position: event.position,
        kind: event.kind,
        by: names.get(&by).cloned().unwrap_or(by),
        id: names.get(&format!("key:{id}")).cloned().unwrap_or(id),
        what,
    }
}
