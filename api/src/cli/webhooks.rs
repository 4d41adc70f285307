//! `ringbuch webhooks`: deliveries, and what became of each.

use super::args::{WebhookFilter, WebhooksAction};
use super::desk::{Desk, first};
use super::output::{card, or_dash, printable};
use super::public_event::{self, PublicEvent};
use super::{Exit, Failure};
use crate::intake::bytes;
use ringbuch_domain::ids::DeliveryId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Delivered, WebhookEvent};
use ringbuch_projections::Paging;
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter, DeliveryStatus};
use ringbuch_projections::page::Span;
use serde::Serialize;

pub async fn run(desk: &Desk<'_>, action: WebhooksAction) -> Result<Exit, Failure> {
    match action {
        WebhooksAction::List { filter, length } => list(desk, &filter, length.limit).await?,
        WebhooksAction::Show { id } => show(desk, &id).await?,
        WebhooksAction::Replay(_) => return Err(Failure::new("later")),
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
        or_dash(why(it)),
    ]
}

/// What keeps it from being processed.
fn why(it: &Delivery) -> Option<&str> {
    match it.status {
        DeliveryStatus::Quarantined => it.reason.as_deref(),
        DeliveryStatus::Failed | DeliveryStatus::Dead => it.last_error.as_deref(),
        DeliveryStatus::Received | DeliveryStatus::Processed => None,
    }
}

/// A delivery as it came, with what was tried.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    delivery: Delivery,
    /// Absent (null) once the person was forgotten.
    headers: Option<Vec<(String, String)>>,
    /// What is not UTF-8 shows as `\u{fffd}`.
    body: Option<String>,
    history: Vec<PublicEvent>,
}

async fn show(desk: &Desk<'_>, id: &str) -> Result<(), Failure> {
    let id = delivery_id(id)?;
    let found = deliveries::find(desk.rows(), desk.scope(), &id).await?;
    let delivery = found.ok_or_else(|| unknown(&id))?;
    let stream = StreamId::webhook(&id);
    let delivered = delivered(desk, &stream).await?;
    let envelopes = desk.app.journal.log().read_stream(&stream, 0).await?;
    let history: Result<Vec<PublicEvent>, Failure> = envelopes.into_iter().map(PublicEvent::of).collect();
    let body = delivered.as_ref().map(|it| String::from_utf8_lossy(&bytes(&it.body)).into_owned());
    let shown = Shown { delivery, headers: delivered.map(|it| it.headers), body, history: history? };
    desk.output.value(&shown, || told(desk, &shown))
}

fn delivery_id(id: &str) -> Result<DeliveryId, Failure> {
    DeliveryId::new(id).map_err(|unusable| Failure::usage(unusable.to_string()))
}

fn unknown(id: &DeliveryId) -> Failure {
    Failure::new(format!("there is no delivery '{id}'")).hint("`ringbuch webhooks list` shows the newest")
}

/// The private part of the receipt.
async fn delivered(desk: &Desk<'_>, stream: &StreamId) -> Result<Option<Delivered>, Failure> {
    let events = desk.app.journal.read_stream::<WebhookEvent>(stream).await?;
    Ok(events.into_iter().find_map(|event| match event.data {
        WebhookEvent::WebhookReceived(received) => received.private.known().cloned(),
        _ => None,
    }))
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
    let headers = shown.headers.iter().flatten().map(|(name, value)| printable(&format!("{name}: {value}\n")));
    let body = shown.body.as_deref().unwrap_or("(erased)");
    let history = public_event::history(&shown.history, &local);
    format!("{facts}\n\n{history}\n\n{}\n{}", headers.collect::<String>(), printable(&pretty(body)))
}

/// JSON in lines that can be read; anything else as it came.
fn pretty(body: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(body).ok();
    parsed.and_then(|body| serde_json::to_string_pretty(&body).ok()).unwrap_or_else(|| body.to_owned())
}
