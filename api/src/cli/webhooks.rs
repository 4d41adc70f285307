//! `ringbuch webhooks`: deliveries, and what became of each.

mod replay;

use super::args::{WebhookFilter, WebhooksAction};
use super::desk::{Desk, first};
use super::output::{card, or_dash, printable};
use super::public_event;
use super::{Exit, Failure};
use crate::http::v1::{DeliveryContent, ShownEvent};
use crate::intake::received;
use ringbuch_domain::ids::DeliveryId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::WebhookEvent;
use ringbuch_projections::Paging;
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter, DeliveryStatus};
use ringbuch_projections::page::Span;
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: WebhooksAction) -> Result<Exit, Failure> {
    match action {
        WebhooksAction::List { filter, length } => list(desk, &filter, length.limit).await?,
        WebhooksAction::Show { id } => show(desk, &id).await?,
        WebhooksAction::Replay(args) => replay::run(desk, args).await?,
    }
    Ok(Exit::Done)
}

/// The filter as the read model knows it.
fn filter_of(desk: &Desk<'_>, filter: &WebhookFilter) -> Result<DeliveryFilter, Failure> {
    let status = filter.status.map(|status| status.as_str().parse::<DeliveryStatus>()).transpose();
    let status = status.map_err(|unknown| Failure::usage(unknown.to_string()))?;
    let since = filter.since.map(|since| since.from(desk.now()));
    let span = Span { since, until: None };
    Ok(DeliveryFilter { status, event: filter.event.clone(), span, ..DeliveryFilter::default() })
}

async fn list(desk: &Desk<'_>, filter: &WebhookFilter, limit: u32) -> Result<(), Failure> {
    let filter = filter_of(desk, filter)?;
    let page = async |paging: Paging| deliveries::list(desk.rows(), desk.scope(), &filter, paging).await;
    let found = first(limit, page).await?;
    let columns = ["Received", "Id", "Company", "Event", "Call", "Status", "Attempts", "Why"];
    desk.output.list(&found, &columns, |delivery| row(desk, delivery))
}

fn row(desk: &Desk<'_>, it: &Delivery) -> Vec<String> {
    vec![
        desk.local(it.company.as_ref()).exact(it.received_at),
        it.delivery.to_string(),
        or_dash(it.company.as_ref()),
        if it.event.is_empty() { "-".into() } else { it.event.clone() },
        or_dash(it.call.as_deref()),
        it.status.to_string(),
        it.attempts.to_string(),
        or_dash(it.why()),
    ]
}

/// A delivery as it came, with what was tried.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    delivery: Delivery,
    /// Absent (null) once it is erased.
    content: Option<DeliveryContent>,
    /// What happened to it, oldest first.
    events: Vec<ShownEvent>,
}

async fn show(desk: &Desk<'_>, id: &str) -> Result<(), Failure> {
    let unknown = || Failure::new(format!("there is no delivery '{id}'")).hint("`webhooks list` shows the newest");
    let id = DeliveryId::new(id).map_err(|_| unknown())?;
    let delivery = deliveries::find(desk.rows(), desk.scope(), &id).await?.ok_or_else(unknown)?;
    let stream = StreamId::webhook(&id);
    let content = content(desk, &stream).await?;
    // What is about nobody's number yet has no company whose log could tell it.
    if let (Some(company), Some(_)) = (&delivery.company, &content) {
        desk.set_up().note_view(company, "webhook", id.as_str()).await?;
    }
    let envelopes = desk.app.journal.log().read_stream(&stream, 0).await?;
    let events = envelopes.into_iter().map(ShownEvent::from).collect();
    let shown = Shown { delivery, content, events };
    desk.output.value(&shown, || told(desk, &shown))
}

/// The private part of the receipt.
async fn content(desk: &Desk<'_>, stream: &StreamId) -> Result<Option<DeliveryContent>, Failure> {
    let events = desk.app.journal.read_stream::<WebhookEvent>(stream).await?;
    let delivered = received(&events).and_then(|received| received.data.private.known().cloned());
    Ok(delivered.map(DeliveryContent::from))
}

fn told(desk: &Desk<'_>, shown: &Shown) -> String {
    let it = &shown.delivery;
    let local = desk.local(it.company.as_ref());
    let facts = card([
        ("Delivery", Some(it.delivery.to_string())),
        ("Received", Some(local.exact(it.received_at))),
        ("From", Some(format!("{}, account {}", it.provider.as_str(), it.account))),
        ("Company", it.company.as_ref().map(ToString::to_string)),
        ("Event", Some(it.event.clone()).filter(|event| !event.is_empty())),
        ("Call", it.call.clone()),
        ("Bytes", Some(it.bytes.to_string())),
        ("Status", Some(it.status.to_string())),
        ("Reason", it.reason.clone()),
        ("Detail", it.detail.clone()),
        ("Last error", it.last_error.clone()),
        ("Next attempt", it.next_attempt_at.map(|next| local.exact(next))),
        ("Replays", Some(it.replays).filter(|replays| *replays > 0).map(|replays| replays.to_string())),
    ]);
    let history = public_event::history(&shown.events, &local);
    format!("{facts}\n\n{history}\n\n{}", shown.content.as_ref().map_or_else(|| "(erased)".into(), said))
}

/// Headers, an empty line, and the body: JSON in lines that can be read, anything else as it came.
fn said(content: &DeliveryContent) -> String {
    let headers = content.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    let base64 = || content.body_base64.as_deref().map(|base64| format!("(not text; in base64) {base64}"));
    let body = content.body.as_deref().map(pretty).or_else(base64).unwrap_or_default();
    printable(&format!("{}\n{body}", headers.collect::<String>()))
}

fn pretty(body: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(body).ok();
    parsed.and_then(|body| serde_json::to_string_pretty(&body).ok()).unwrap_or_else(|| body.to_owned())
}
