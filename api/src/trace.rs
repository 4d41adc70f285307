//! The tree of one phone call: what each event led to, from the webhooks that came in to what the calendar made of it.

use crate::app::App;
use crate::journal::JournalError;
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::diary::{BookingArrived, BookingMoveRequested, BookingMoved, DiaryEvent};
use ringbuch_domain::event::DecodeError;
use ringbuch_domain::ids::{CallId, CompanyId, DeliveryId};
use ringbuch_domain::ports::About;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Envelope, Recorded, StreamId};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter};
use ringbuch_projections::rows::RowsError;
use ringbuch_projections::{Paging, Scope};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use uuid::Uuid;

/// Deliveries of one call that are looked at; a call has three, and each may have been repeated with another body.
const DELIVERIES: u32 = 200;

/// Events that are looked through around a call or behind a delivery's receipt, and how many of its newest replays are
/// followed so.
const LOOKED_THROUGH: usize = 500;
const WINDOWS: usize = 3;

#[derive(Debug, Error)]
pub enum TraceError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
}

/// One event of the tree. The steps stand in the tree's order: each behind the one that led to it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "TraceStep")]
pub struct Step {
    /// 0 for what came from outside.
    pub depth: usize,
    pub position: u64,
    pub stream: StreamId,
    pub kind: String,
    pub id: Uuid,
    pub causation: Option<Uuid>,
    pub time: Timestamp,
    /// How long it took from the event that led to it.
    pub after_ms: Option<i64>,
    /// The public part.
    pub data: Value,
    /// Whether the calendar's uid is known where the event has one. The uid itself lets its holder change the booking, and
    /// is shown nowhere.
    pub uid: Option<Uid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Uid {
    Known,
    Erased,
}

/// An event of the chain before it has its place in the tree.
struct Found {
    envelope: Recorded<Value>,
    kind: String,
    uid: Option<Uid>,
}

/// The tree of a call; empty for a call that the log does not know.
pub async fn of_call(app: &App, company: &CompanyId, call: &CallId) -> Result<Vec<Step>, TraceError> {
    let events = events_of(app, company, call).await?;
    Ok(tree(events.into_iter().map(|(envelope, event)| found(envelope, &event)).collect()))
}

/// What one delivery led to, itself first; empty for one that the log does not know.
pub async fn of_delivery(app: &App, delivery: &Delivery) -> Result<Vec<Step>, TraceError> {
    let own = StreamId::webhook(&delivery.delivery);
    let call = delivery.call.as_deref().and_then(|call| CallId::new(call).ok());
    let mut events = match (&delivery.company, call) {
        (Some(company), Some(call)) => events_of(app, company, &call).await?,
        _ => vec![],
    };
    if events.iter().all(|(envelope, _)| envelope.stream != own) {
        events = close_behind(app, &own).await?;
    }
    let steps = tree(events.into_iter().map(|(envelope, event)| found(envelope, &event)).collect());
    Ok(below(steps, &own))
}

/// A delivery's own events, and those of its chain that were written right after it came or was replayed: what the
/// calendar tells is taken in at once, and no stream says where.
async fn close_behind(app: &App, own: &StreamId) -> Result<Vec<Read>, JournalError> {
    let history = app.journal.log().read_stream(own, 0).await?;
    let begun = |it: &&Envelope| it.kind == "WebhookReceived" || it.kind == "WebhookReplayed";
    let correlation = history.first().map(|first| first.cause.correlation);
    let begins: Vec<u64> = history.iter().rev().filter(begun).map(|it| it.position).take(WINDOWS).collect();
    let mut found: BTreeMap<u64, Envelope> = history.into_iter().map(|it| (it.position, it)).collect();
    for position in begins {
        let behind = app.journal.log().read_all(position, LOOKED_THROUGH).await?;
        let told = behind.into_iter().filter(|it| Some(it.cause.correlation) == correlation);
        found.extend(told.map(|it| (it.position, it)));
    }
    let envelopes: Vec<Envelope> = found.into_values().collect();
    let events = app.journal.open_any(envelopes.clone()).await?;
    Ok(envelopes.into_iter().zip(events.into_iter().map(|event| event.data)).collect())
}

/// The steps of one stream with everything that stands behind them in the tree.
fn below(steps: Vec<Step>, own: &StreamId) -> Vec<Step> {
    let mut top = None;
    let kept = steps.into_iter().filter_map(|step| {
        if top.is_none_or(|top| step.depth <= top) {
            top = (step.stream == *own).then_some(step.depth);
        }
        top.map(|top| Step { depth: step.depth - top, ..step })
    });
    kept.collect()
}

/// How long something took, as people read it.
pub fn took(milliseconds: i64) -> String {
    match milliseconds {
        ..10_000 => format!("{milliseconds} ms"),
        10_000..600_000 => format!("{} s", milliseconds / 1_000),
        _ => format!("{} min", milliseconds / 60_000),
    }
}

/// The events of that tree, in no order; none for a call that the log does not know.
async fn events_of(app: &App, company: &CompanyId, call: &CallId) -> Result<Vec<Read>, TraceError> {
    let of_the_call = read(app, &StreamId::call(company, call)).await?;
    let Some((first, _)) = of_the_call.first() else { return Ok(vec![]) };
    let (position, correlation) = (first.position, first.cause.correlation);
    // What becomes of the booking is told though another chain has taken it up, as a restored backup does.
    let bookings: BTreeSet<Uuid> = of_the_call.iter().filter_map(|(_, event)| event.as_ref().ok()?.about()).collect();
    let about = About { correlation: Some(correlation), bookings: bookings.iter().copied().collect() };
    let is_told = |(envelope, event): &Read| {
        let about = event.as_ref().ok().and_then(AnyEvent::about);
        envelope.cause.correlation == correlation || about.is_some_and(|booking| bookings.contains(&booking))
    };
    let (mut streams, mut seen) = (streams_of(&of_the_call, company), BTreeSet::new());
    streams.insert(StreamId::functions(company, call));
    streams.extend(deliveries_of(app, call).await?.iter().map(StreamId::webhook));
    streams.extend(streams_around(app, position, correlation).await?);
    let mut events = of_the_call;
    while let Some(stream) = streams.pop_first() {
        if seen.insert(stream.clone()) {
            let told = app.journal.log().read_about(&stream, &about).await.map_err(JournalError::from)?;
            let mut more = opened(app, told).await?;
            more.retain(is_told);
            streams.extend(streams_of(&more, company));
            events.append(&mut more);
        }
    }
    Ok(events)
}

type Read = (Envelope, Result<AnyEvent, DecodeError>);

async fn read(app: &App, stream: &StreamId) -> Result<Vec<Read>, JournalError> {
    opened(app, app.journal.log().read_stream(stream, 0).await?).await
}

async fn opened(app: &App, envelopes: Vec<Envelope>) -> Result<Vec<Read>, JournalError> {
    let events = app.journal.open_any(envelopes.clone()).await?;
    Ok(envelopes.into_iter().zip(events.into_iter().map(|event| event.data)).collect())
}

/// Streams of a chain that none of its events names, such as the page of a time that was held and not taken: they have an
/// event close to where the call stands.
async fn streams_around(app: &App, position: u64, correlation: Uuid) -> Result<BTreeSet<StreamId>, JournalError> {
    let before = position.saturating_sub(LOOKED_THROUGH as u64 / 5);
    let around = app.journal.log().read_all(before, LOOKED_THROUGH).await?;
    Ok(around.into_iter().filter(|it| it.cause.correlation == correlation).map(|it| it.stream).collect())
}

async fn deliveries_of(app: &App, call: &CallId) -> Result<Vec<DeliveryId>, RowsError> {
    let filter = DeliveryFilter { call: Some(call.to_string()), ..DeliveryFilter::default() };
    // Whose a delivery is, its receipt cannot say yet; the chain that it belongs to can.
    let paging = Paging { after: None, limit: DELIVERIES };
    let page = deliveries::list(&*app.store.rows, Scope::All, &filter, paging).await?;
    Ok(page.items.into_iter().map(|delivery| delivery.delivery).collect())
}

/// Other streams that events of a call lead to.
fn streams_of(events: &[Read], company: &CompanyId) -> BTreeSet<StreamId> {
    let page = |page: Date| StreamId::diary(company, page);
    let stream = |(_, event): &Read| match event.as_ref().ok()? {
        AnyEvent::Call(CallEvent::CustomerIdentified(it)) => Some(StreamId::customer(it.customer)),
        AnyEvent::Call(CallEvent::BookingAsked(it)) => Some(page(it.page)),
        AnyEvent::Diary(
            DiaryEvent::BookingMoveRequested(BookingMoveRequested { page: other, .. })
            | DiaryEvent::BookingMoved(BookingMoved { page: other, .. })
            | DiaryEvent::BookingArrived(BookingArrived { from: other, .. }),
        ) => Some(page(*other)),
        _ => None,
    };
    events.iter().filter_map(stream).collect()
}

fn found(envelope: Envelope, event: &Result<AnyEvent, DecodeError>) -> Found {
    let uid = match event {
        Ok(AnyEvent::Diary(DiaryEvent::BookingPending(it))) => Some(uid(&it.private)),
        Ok(AnyEvent::Diary(DiaryEvent::BookingConfirmed(it))) => Some(uid(&it.private)),
        _ => None,
    };
    let Envelope { position, stream, revision, id, cause, company, time, kind, public, .. } = envelope;
    let data = serde_json::from_slice(&public).unwrap_or_default();
    Found { envelope: Recorded { position, stream, revision, id, cause, company, time, data }, kind, uid }
}

fn uid<T>(private: &Private<T>) -> Uid {
    private.known().map_or(Uid::Erased, |_| Uid::Known)
}

/// Puts every event behind the one that led to it, and those that share a cause in their order.
fn tree(mut events: Vec<Found>) -> Vec<Step> {
    events.sort_by_key(|event| event.envelope.position);
    let times: BTreeMap<Uuid, Timestamp> = events.iter().map(|it| (it.envelope.id, it.envelope.time)).collect();
    let mut led_to: BTreeMap<Option<Uuid>, Vec<Found>> = BTreeMap::new();
    // What is to be told next stands at the end.
    for event in events.into_iter().rev() {
        let cause = event.envelope.cause.causation.filter(|cause| times.contains_key(cause));
        led_to.entry(cause).or_default().push(event);
    }
    let roots = led_to.remove(&None).unwrap_or_default();
    let mut waiting: Vec<(usize, Found)> = roots.into_iter().map(|root| (0, root)).collect();
    let mut steps = Vec::new();
    while let Some((depth, event)) = waiting.pop() {
        let children = led_to.remove(&Some(event.envelope.id)).unwrap_or_default();
        waiting.extend(children.into_iter().map(|child| (depth + 1, child)));
        steps.push(step(depth, event, &times));
    }
    steps
}

fn step(depth: usize, found: Found, times: &BTreeMap<Uuid, Timestamp>) -> Step {
    let Found { envelope: Recorded { position, stream, id, cause, time, data, .. }, kind, uid } = found;
    let led = cause.causation.and_then(|cause| times.get(&cause));
    let after_ms = led.map(|led| time.as_millisecond().saturating_sub(led.as_millisecond()));
    Step { depth, position, stream, kind, id, causation: cause.causation, time, after_ms, data, uid }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::recorded::Cause;

    fn found(position: u64, cause: Option<u128>) -> Found {
        let (id, causation) = (Uuid::from_u128(position.into()), cause.map(Uuid::from_u128));
        let cause = Cause { command: id, correlation: Uuid::nil(), causation };
        let time = Timestamp::from_millisecond(i64::try_from(position).unwrap() * 100).unwrap();
        let (stream, data) = (StreamId::from_stored("s"), Value::Null);
        let envelope = Recorded { position, stream, revision: 1, id, cause, company: None, time, data };
        Found { envelope, kind: "Noted".into(), uid: None }
    }

    #[test]
    fn every_event_stands_behind_the_one_that_led_to_it() {
        let events = vec![
            found(6, Some(2)),
            found(1, None),
            found(4, None),
            found(2, Some(1)),
            found(3, Some(1)),
            found(5, Some(3)),
            found(7, Some(4)),
        ];
        let told: Vec<_> = tree(events).iter().map(|it| (it.position, it.depth, it.after_ms)).collect();
        let expected = [
            (1, 0, None),
            (2, 1, Some(100)),
            (6, 2, Some(400)),
            (3, 1, Some(200)),
            (5, 2, Some(200)),
            (4, 0, None),
            (7, 1, Some(300)),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn below_a_stream_stands_what_its_events_led_to_and_nothing_else() {
        let mut events = vec![
            found(1, None),
            found(2, Some(1)),
            found(3, Some(2)),
            found(4, Some(1)),
            found(5, None),
            found(6, Some(5)),
        ];
        for own in [1, 5] {
            events[own].envelope.stream = StreamId::from_stored("own");
        }
        let told: Vec<_> =
            below(tree(events), &StreamId::from_stored("own")).iter().map(|it| (it.position, it.depth)).collect();
        assert_eq!(told, [(2, 0), (3, 1), (6, 0)]);
    }

    #[test]
    fn a_step_tells_how_long_it_took() {
        assert_eq!([7, 9_999, 10_000, 600_000].map(took), ["7 ms", "9999 ms", "10 s", "10 min"]);
    }

    #[test]
    fn what_has_lost_its_cause_is_still_told() {
        let told: Vec<_> = tree(vec![found(2, Some(99)), found(3, Some(2))]).iter().map(|it| it.depth).collect();
        assert_eq!(told, [0, 1]);
    }
}
