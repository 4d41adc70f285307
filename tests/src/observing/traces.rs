//! The real binary sends its traces to a collector: one call is one trace, from its webhook to the request to Cal.com, though
//! to-do lists lie between; and whoever names a trace of their own finds the request in it.

use super::collector::{Collector, Span};
use super::tap::Tap;
use super::{client, free_port};
use crate::app::Prepared;
use crate::contract::database::Database;
use crate::stories::crash::program::Program;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use reqwest::Client;
use ringbuch_adapters::sandbox::sign;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::intake::correlation_of_call;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{CalendarApi, Command};
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const THEIR_TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const THEIR_SPAN: &str = "b7ad6b7169203331";

/// What Retell says of a call; `event` is the delivery.
fn webhook(event: &str, number: &str) -> Value {
    let now = SystemClock.now();
    let date = now.to_zoned(TimeZone::UTC).date().saturating_add(3.days());
    json!({ "event": event, "call": {
        "call_id": "call_traced", "call_type": "phone_call", "direction": "inbound", "from_number": "+493023125777",
        "to_number": number, "start_timestamp": now.as_millisecond() - 60_000, "end_timestamp": now.as_millisecond(),
        "call_status": "ended",
        "collected_dynamic_variables": {
            "booking_confirmed": "true", "name": "Max Mustermann", "datum": date.to_string(), "uhrzeit": "11:00",
        },
    }})
}

struct Retell<'a> {
    client: Client,
    url: String,
    key: &'a str,
}

impl Retell<'_> {
    async fn tell(&self, body: &Value, traceparent: Option<&str>) {
        let body = body.to_string().into_bytes();
        let signature = sign(&body, self.key, Timestamp::as_millisecond(SystemClock.now()));
        let url = format!("{}/api/mcp/retell/webhook", self.url);
        let mut request = self.client.post(url).header("x-retell-signature", signature).body(body);
        if let Some(place) = traceparent {
            request = request.header("traceparent", place);
        }
        assert_eq!(request.send().await.unwrap().status(), 204);
    }
}

/// Has the salon's calendar asked through a tap.
async fn tapped(database: &Database, prepared: &Prepared) -> Tap {
    let tap = Tap::before(&prepared.sandbox.calcom_url()).await;
    let master = Arc::new(MasterKeys::parse(&prepared.master_key).unwrap());
    let providers = ProviderSettings { allow_loopback: true, ..ProviderSettings::default() };
    let (store, clock, patience) = (database.store().await, Arc::new(SystemClock), Patience::default());
    let app = App::start(Parts { store, master, clock, patience, providers }).await.unwrap();
    let connect = Command::ConnectCalendar { base_url: Some(tap.url.clone()), api: CalendarApi::V2 };
    SetUp::new(&app, "story").change(&prepared.salon.id, connect).await.unwrap();
    app.store.close().await;
    tap
}

/// The names from the root of the trace down to a span.
fn path(spans: &[Span], to: &Span) -> Vec<String> {
    let up = |span: &&Span| {
        let parent = span.parent();
        spans.iter().find(|it| it.id() == parent && it.trace() == span.trace())
    };
    let mut names: Vec<String> = std::iter::successors(Some(to), up).map(|span| span.name.clone()).collect();
    names.reverse();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_call_is_one_trace_from_its_webhook_to_the_calendar() {
    let database = Database::sqlite().await;
    let prepared = Prepared::on(&database, Arc::new(SystemClock)).await;
    let (collector, tap) = (Collector::start().await, tapped(&database, &prepared).await);
    let (port, salon) = (free_port(), &prepared.salon);
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str())];
    let server = Program::serve_with(&database.url, &prepared.master_key, port, &settings).await;
    let client = client();
    let retell = Retell { client: client.clone(), url: format!("http://127.0.0.1:{port}"), key: &salon.retell_key };
    retell.tell(&webhook("call_ended", salon.number("mitte")), None).await;
    let booked = async {
        while prepared.sandbox.calcom().live_bookings().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), booked).await.expect("the call is booked");
    let theirs = format!("00-{THEIR_TRACE}-{THEIR_SPAN}-01");
    retell.tell(&webhook("call_analyzed", salon.number("mitte")), Some(&theirs)).await;
    server.end().await;

    let spans = collector.spans();
    let trace = correlation_of_call(&salon.account, "call_traced").simple().to_string();
    let asked = spans.iter().find(|span| span.kind == 3 && span.name == "provider book");
    let asked = asked.unwrap_or_else(|| panic!("no request for a booking in {spans:?}"));
    assert_eq!(asked.trace(), trace);
    let down = path(&spans, asked);
    let way = ["POST /api/mcp/retell/webhook", "WebhookReceived", "intake", "BookingAsked", "booking"];
    assert_eq!(down[..5], way, "{down:?}");
    assert_eq!(down.len(), 6, "{down:?}");
    let confirmed = spans.iter().find(|span| span.name == "BookingConfirmed").unwrap();
    assert_eq!(path(&spans, confirmed)[..5], way);
    assert!(spans.iter().all(|span| span.began > 0 && span.began <= span.ended), "{spans:?}");
    let told = format!("traceparent: 00-{trace}-{}-01", asked.id());
    assert!(tap.said().contains(&told), "no {told} in\n{}", tap.said());

    // Who asks within a trace of their own finds the request there, linked with the trace of the call.
    let request = spans.iter().find(|span| span.trace() == THEIR_TRACE).expect("a request in their trace");
    assert_eq!((request.parent().as_str(), request.kind), (THEIR_SPAN, 2));
    let linked = (THEIR_TRACE.to_owned(), request.id());
    let analyzed = spans.iter().find(|span| span.links() == [linked.clone()]).expect("a link to their request");
    assert_eq!((analyzed.name.as_str(), analyzed.trace(), analyzed.parent().as_str()), ("WebhookReceived", trace, ""));

    let all = format!("{spans:?}");
    for private in ["Mustermann", "+49302", "4930231"] {
        assert!(!all.contains(private), "{private} in a span");
    }
}
