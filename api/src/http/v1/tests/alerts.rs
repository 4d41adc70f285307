//! What is measured, what fires, and what can be set over the API.

use super::world::{NOW, PRAXIS, SALON, World};
use crate::alerts::evaluate;
use crate::setup::SetUp;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::access::Role;
use ringbuch_domain::alerts::AlertKind;
use ringbuch_domain::company::{BreakerOpened, Command, CompanyEvent, SyncFinished, SyncScope};
use ringbuch_domain::comparison::{self, Compared, Comparison, Done, Finding, List, What};
use ringbuch_domain::diary::{BookingFailed, DiaryEvent, OverlapSeen};
use ringbuch_domain::event::EventFamily;
use ringbuch_domain::ids::{BookingId, CompanyId, CustomerId, DeliveryId};
use ringbuch_domain::ports::Clock;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::webhook::{Body, Delivered, Provider, Verdict, WebhookEvent, WebhookProcessed, WebhookReceived};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

const RULES: &str = "/api/v1/alerts/rules";

fn salon() -> CompanyId {
    CompanyId::new(SALON).unwrap()
}

/// An event as if somebody had told it, in a stream of its own.
async fn happens(world: &World, event: impl EventFamily) {
    let (cause, stream) = (Cause::first(Uuid::now_v7()), StreamId::diary(&salon(), jiff::civil::date(2025, 8, 1)));
    let stream = StreamId::from_stored(format!("{stream}-{}", cause.command));
    world.app.journal.begin(&stream, Some(&salon()), cause, &event).await.unwrap();
}

/// On three Tuesdays before, somebody was heard of at this hour.
async fn usually_called(world: &World) {
    for week in 1..=3_i64 {
        let received_at = NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(week * 7 * 24 - 3);
        let delivery = DeliveryId::new(&format!("week{week}")).unwrap();
        let (provider, event) = (Provider::Retell, "call_ended".to_owned());
        let received = WebhookReceived {
            delivery: delivery.clone(),
            provider,
            account: SALON.parse().unwrap(),
            company: None,
            event: event.clone(),
            call: None,
            bytes: 2,
            verdict: Verdict::CurrentKey,
            received_at,
            private: Private::Known(Delivered { headers: vec![], body: Body::Text("{}".into()) }),
        };
        let processed =
            WebhookProcessed { delivery, provider, event, received_at, company: salon(), call: None, attempt: 1 };
        happens(world, WebhookEvent::from(received)).await;
        happens(world, WebhookEvent::from(processed)).await;
    }
}

async fn everything_goes_wrong(world: &World) {
    let now: Timestamp = NOW.parse().unwrap();
    usually_called(world).await;
    let opened = BreakerOpened { provider: Provider::Calcom, until: now };
    SetUp::new(&world.app, "test").change(&salon(), Command::NoteBreakerOpened(opened)).await.unwrap();
    let (booking, customer) = (BookingId(Uuid::now_v7()), CustomerId(Uuid::now_v7()));
    let failed = BookingFailed { booking, customer, call: None, attempt: None, reason: "taken".into() };
    happens(world, DiaryEvent::from(OverlapSeen { booking: None, start: now, end: now })).await;
    happens(world, DiaryEvent::from(failed)).await;
    let failures = vec!["no key".to_owned()];
    let (run, scope, by) = (Uuid::now_v7(), SyncScope::All, "cli".to_owned());
    happens(world, CompanyEvent::from(SyncFinished { run, scope, by, tallies: vec![], failures, changes: 0 })).await;
    let finding = Finding { what: What::BookingGone, done: Done::Filed, call: None, booking: None, at: None };
    let list = List::Calendar(salon());
    let (stream, cause) = (StreamId::comparison(&list), Cause::first(Uuid::now_v7()));
    let compared = Compared { list, from: now, to: now, listed: 1, findings: vec![finding] };
    let tell = comparison::Command::Tell(compared);
    world.app.journal.execute::<Comparison>(&stream, Some(&salon()), cause, tell).await.unwrap();
    world.deliver_bytes(SALON, Some(SALON), b"not json").await;
    world.settle().await;
    world.app.tally.count("rejected:signature_wrong", SALON);
    let asked = super::world::ended(SALON, 1, &super::world::wants("11:00"));
    world.deliver(SALON, &asked).await;
}

#[tokio::test]
async fn each_kind_of_trouble_fires_once_for_its_own_company() {
    let world = World::new().await;
    let (admin, viewer) = (world.key(SALON, Role::Admin).await, world.key(SALON, Role::Viewer).await);
    let one = |kind: AlertKind| (kind.to_string(), json!({ "threshold": 1 }));
    let rules: serde_json::Map<_, _> = AlertKind::ALL.into_iter().map(one).collect();
    world.ask(Method::PUT, &admin, RULES, Some(rules.into())).await.ok();
    everything_goes_wrong(&world).await;
    // Three hours later, in office hours: nobody has been heard of since, and a wish has waited all the time.
    let intake = |app: &crate::app::App| crate::intake::IntakeErrands {
        journal: app.journal.clone(),
        rows: app.store.rows.clone(),
        directory: app.directory.clone(),
        people: app.people.clone(),
        metrics: app.metrics.clone(),
        calendar: app.heeding.clone(),
    };
    for row in ringbuch_projections::intake_todo::due(&*world.app.store.rows, world.clock.now(), 9).await.unwrap() {
        crate::runners::Errands::run(&intake(&world.app), row).await.unwrap();
    }
    world.clock.advance(SignedDuration::from_mins(55));
    world.app.catch_up().await.unwrap();
    evaluate(&world.app).await.unwrap();
    world.clock.advance(SignedDuration::from_hours(4));
    for _ in 0..2 {
        world.app.catch_up().await.unwrap();
        evaluate(&world.app).await.unwrap();
    }
    world.app.catch_up().await.unwrap();
    let fired = world.walk(&viewer, "/api/v1/alerts").await;
    let kinds: BTreeSet<&str> = fired.iter().filter_map(|alert| alert["kind"].as_str()).collect();
    assert_eq!(kinds, AlertKind::ALL.map(AlertKind::as_str).into(), "{fired:#?}");
    assert_eq!(fired.len(), AlertKind::ALL.len(), "each once");
    let other = world.key(PRAXIS, Role::Viewer).await;
    assert!(world.walk(&other, "/api/v1/alerts").await.is_empty());
    let resolved = world.walk(&viewer, "/api/v1/alerts?status=resolved").await;
    assert!(resolved.iter().any(|alert| alert["kind"] == "overlap_seen"), "what is counted is over after its hour");
    let open = world.walk(&viewer, "/api/v1/alerts?status=open").await;
    assert!(open.iter().any(|alert| alert["kind"] == "breaker_open" && alert["subject"] == "calcom"), "{open:?}");
}

#[tokio::test]
async fn webhooks_that_nobody_processes_are_a_backlog_of_whomever_they_may_be() {
    let world = World::new().await;
    let keys = [world.key(SALON, Role::Viewer).await, world.key(PRAXIS, Role::Viewer).await];
    let fired = async || {
        world.app.catch_up().await.unwrap();
        evaluate(&world.app).await.unwrap();
        world.app.catch_up().await.unwrap();
        let mut measured = Vec::new();
        for key in &keys {
            let alerts = world.walk(key, "/api/v1/alerts").await;
            let backlog = alerts.into_iter().find(|alert| alert["kind"] == "backlog_age");
            measured.push(backlog.map_or(0, |alert| alert["measured"].as_u64().unwrap()));
        }
        measured
    };
    world.deliver_bytes(PRAXIS, Some(PRAXIS), b"{}").await;
    world.clock.advance(SignedDuration::from_mins(5));
    // Of this one the account alone is known.
    world.deliver(SALON, &super::world::ended(SALON, 1, &json!({}))).await;
    world.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(fired().await, [0, 11]);
    world.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(fired().await, [12, 11]);
}

#[tokio::test]
async fn an_alert_is_acknowledged_by_whoever_does_the_daily_work() {
    let world = World::new().await;
    let (operator, viewer) = (world.key(SALON, Role::Operator).await, world.key(SALON, Role::Viewer).await);
    happens(&world, DiaryEvent::from(OverlapSeen { booking: None, start: Timestamp::MIN, end: Timestamp::MAX })).await;
    world.app.catch_up().await.unwrap();
    evaluate(&world.app).await.unwrap();
    world.app.catch_up().await.unwrap();
    let [fired] = &world.walk(&viewer, "/api/v1/alerts").await[..] else { panic!("one") };
    let path = format!("/api/v1/alerts/{}", fired["alert"].as_str().unwrap());
    let acknowledge = format!("{path}/acknowledge");
    assert_eq!(world.post(&viewer, &acknowledge, json!({})).await.status, 403);
    assert_eq!(world.post(&world.key(PRAXIS, Role::Operator).await, &acknowledge, json!({})).await.status, 404);
    assert_eq!(world.post(&operator, &acknowledge, json!({})).await.ok()["status"], "acknowledged");
    assert_eq!(world.get(&viewer, &path).await.ok()["status"], "acknowledged");
}

#[tokio::test]
async fn rules_and_channels_are_set_within_bounds() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let put = async |path: &str, body| world.ask(Method::PUT, &admin, path, Some(body)).await;
    for (body, status) in [
        (json!({ "silence": { "threshold": 0 } }), 422),
        (json!({ "silence": { "window_minutes": 60 } }), 422),
        (json!({ "noise": { "threshold": 1 } }), 400),
        (json!({ "silence": { "loudness": 1 } }), 400),
    ] {
        assert_eq!(put(RULES, body.clone()).await.status, status, "{body}");
    }
    let changed = put(RULES, json!({ "silence": { "on": false } })).await.ok();
    assert_eq!((&changed["silence"]["on"], &changed["drift"]["on"]), (&json!(false), &json!(true)));
    let channel = |name: &str| format!("/api/v1/alerts/channels/{name}");
    for (name, body, status) in [
        ("first-slack", json!({ "url": "http://127.0.0.1:9/x" }), 422),
        ("first-slack", json!({ "url": "https://10.0.0.1/x" }), 422),
        ("first-slack", json!({ "to": ["ops@example.com"] }), 422),
        ("first-email", json!({ "to": [] }), 422),
        ("first-webhook", json!({ "url": "https://hooks.example.com", "secret": "short" }), 422),
        ("third-slack", json!({ "url": "https://hooks.example.com" }), 404),
    ] {
        assert_eq!(put(&channel(name), body.clone()).await.status, status, "{name} {body}");
    }
    let webhook = json!({ "url": "https://hooks.example.com/in?token=made-up" });
    let drawn = put(&channel("first-webhook"), webhook).await.ok();
    assert!(drawn["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")));
    let listed = world.get(&admin, "/api/v1/alerts/channels").await.ok();
    assert_eq!(listed["items"], json!(["first-webhook"]), "and not where it leads");
    assert_eq!(world.post(&admin, &channel("first-slack/test"), json!({})).await.status, 422);
    let removed = world.ask(Method::DELETE, &admin, &channel("first-webhook"), None).await;
    assert_eq!(removed.status, 204);
    assert_eq!(world.get(&admin, "/api/v1/alerts/channels").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn customers_are_written_to_only_where_a_mail_server_is_named() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let settings = world.get(&admin, "/api/v1/mail").await.ok();
    let usual = json!({ "on": false, "calendar_mails": true, "reminder_hours": 24, "reply_to": null });
    assert_eq!(settings, usual);
    let put = async |body| world.ask(Method::PUT, &admin, "/api/v1/mail", Some(body)).await;
    assert_eq!(put(json!({ "on": true })).await.status, 422);
    assert_eq!(put(json!({ "reminder_hours": 169 })).await.status, 422);
    assert_eq!(put(json!({ "reminder_hours": 2 })).await.ok()["reminder_hours"], 2);
}
