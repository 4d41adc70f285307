//! Deliveries processed again, and the trial run that promises what will come of it.

use super::world::{PRAXIS, SALON, World, ended, wants};
use crate::replay::{Which, dry_run, select};
use crate::setup::SetUp;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::{BranchId, CompanyId};
use ringbuch_projections::Scope;
use ringbuch_projections::deliveries::{DeliveryFilter, DeliveryStatus};
use serde_json::{Value, json};

const STRAY: &str = "+493023125999";

/// Two deliveries of one call to a number that nobody has yet.
async fn strays(world: &World) -> [String; 2] {
    let mut first = ended(SALON, 1, &wants("11:00"));
    first["call"]["to_number"] = json!(STRAY);
    let mut second = first.clone();
    second["event"] = json!("call_analyzed");
    second["call"]["call_analysis"] = json!({ "call_summary": "Ein Termin.", "user_sentiment": "Positive" });
    let ids = [world.deliver(SALON, &first).await, world.deliver(SALON, &second).await];
    world.settle().await;
    ids.map(|id| id.to_string())
}

async fn assign(world: &World) {
    let (company, branch) = (CompanyId::new(SALON).unwrap(), BranchId::new("mitte").unwrap());
    SetUp::new(&world.app, "test").number(&company, STRAY, branch).await.unwrap();
    world.app.catch_up().await.unwrap();
}

fn kinds(preview: &Value) -> Vec<&str> {
    preview["events"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_trial_run_writes_nothing_and_tells_what_the_replay_then_does() {
    let world = World::new().await;
    let ids = strays(&world).await;
    let owner = world.key(SALON, Role::Owner).await;
    let path = "/api/v1/webhooks/replay?all=true";
    let still = world.post(&owner, path, json!({"status": "quarantined", "dry_run": true})).await.ok();
    assert_eq!((&still["found"], &still["items"][0]["reason"]), (&json!(2), &json!("unknown_number")));
    assert_eq!(kinds(&still["items"][0]), ["WebhookReplayed", "WebhookQuarantined"]);
    assert_eq!(still["items"][0]["changes"], false);

    assign(&world).await;
    let head = world.app.journal.log().head().await.unwrap();
    let told = world.post(&owner, path, json!({"status": "quarantined", "dry_run": true})).await.ok();
    assert_eq!(world.app.journal.log().head().await.unwrap(), head, "a trial run writes nothing");
    let items = told["items"].as_array().unwrap();
    assert_eq!((&items[0]["delivery"], &items[1]["delivery"]), (&json!(ids[0]), &json!(ids[1])));
    let first = ["CustomerRegistered", "CallReceived", "CustomerIdentified", "CallEnded", "BookingAsked"];
    assert_eq!(kinds(&items[0]), [&["WebhookReplayed"][..], &first, &["WebhookProcessed"]].concat());
    assert_eq!(kinds(&items[1]), ["WebhookReplayed", "CallAnalyzed", "WebhookProcessed"], "the end is known by then");
    assert_eq!((&items[0]["company"], &items[0]["call"]), (&json!(SALON), &json!("call_1")));

    let done = world.post(&owner, path, json!({"status": "quarantined"})).await;
    assert_eq!((done.status, &done.body["replayed"]), (202, &json!(2)));
    let written = |events: Vec<Value>| -> Vec<String> {
        let kinds = events.into_iter().map(|event| event["kind"].as_str().unwrap().to_owned());
        kinds.filter(|kind| !kind.starts_with("Webhook")).collect()
    };
    let mut promised: Vec<&str> = items.iter().flat_map(kinds).filter(|kind| !kind.starts_with("Webhook")).collect();
    world.settle().await;
    let log = world.walk(&owner, &format!("/api/v1/events?after={head}&all=true")).await;
    let mut log: Vec<String> = written(log).into_iter().filter(|kind| promised.contains(&kind.as_str())).collect();
    log.sort();
    promised.sort_unstable();
    assert_eq!(log, promised);
    assert_eq!(world.get(&owner, "/api/v1/calls/call_1").await.ok()["outcome"], "confirmed");
}

#[tokio::test]
async fn what_was_processed_before_gains_nothing() {
    let world = World::new().await;
    let id = world.call(SALON, 1, &wants("11:00")).await;
    let key = world.key(SALON, Role::Operator).await;
    let path = format!("/api/v1/webhooks/{id}/replay");
    let told = world.post(&key, &format!("{path}?dry_run=true"), json!(null)).await.ok();
    assert_eq!(kinds(&told["items"][0]), ["WebhookReplayed", "WebhookProcessed"]);
    assert_eq!(told["items"][0]["changes"], false);
    let done = world.post(&key, &path, json!(null)).await.ok();
    assert_eq!((&done["found"], &done["replayed"], &done["waiting"]), (&json!(1), &json!(1), &json!(0)));
    let counted = r#"mcp_webhook_total{provider="retell",event="call_ended",outcome="replayed"} 1"#;
    assert!(world.app.metrics.render().contains(counted));
    let again = world.post(&key, &path, json!(null)).await.ok();
    assert_eq!((&again["replayed"], &again["waiting"]), (&json!(0), &json!(1)), "it is on the list already");
    world.settle().await;
    assert_eq!(world.walk(&key, "/api/v1/appointments").await.len(), 1);
    let shown = world.get(&key, &format!("/api/v1/webhooks/{id}")).await.ok();
    assert_eq!((&shown["status"], &shown["replays"]), (&json!("processed"), &json!(1)));
}

#[tokio::test]
async fn a_filter_is_asked_for_and_mistakes_are_told() {
    let world = World::new().await;
    for number in 1..=3 {
        world.call(SALON, number, &json!({})).await;
    }
    let key = world.key(SALON, Role::Operator).await;
    let post = async |body: Value| world.post(&key, "/api/v1/webhooks/replay", body).await;
    for body in [
        json!({}),
        json!({"dry_run": true}),
        json!({"ids": ["x"], "status": "dead"}),
        json!({"status": "odd"}),
        json!({"state": "dead"}),
        json!({"status": "dead", "limit": 0}),
        json!({"status": "dead", "limit": 10_001}),
    ] {
        assert_eq!(post(body.clone()).await.problem(), (400, "body-unusable".into()), "{body}");
    }
    let some = post(json!({"event": "call_ended", "limit": 2, "dry_run": true})).await.ok();
    assert_eq!((&some["found"], &some["more"]), (&json!(2), &json!(true)));
    let none = post(json!({"ids": ["none", "No Id"]})).await.ok();
    assert_eq!((&none["found"], &none["unknown"]), (&json!(0), &json!(["none", "No Id"])));
    let late = post(json!({"since": "2025-07-01T07:00:00Z", "dry_run": true})).await.ok();
    assert_eq!(late["found"], 0);
}

#[tokio::test]
async fn another_companys_deliveries_are_out_of_reach() {
    let world = World::new().await;
    let id = world.call(SALON, 1, &json!({})).await;
    let head = world.app.journal.log().head().await.unwrap();
    let key = world.key(PRAXIS, Role::Admin).await;
    assert_eq!(world.post(&key, &format!("/api/v1/webhooks/{id}/replay"), json!(null)).await.status, 404);
    let named = world.post(&key, "/api/v1/webhooks/replay", json!({"ids": [id.as_str()]})).await.ok();
    assert_eq!((&named["found"], &named["unknown"]), (&json!(0), &json!([id.as_str()])));
    let found = world.post(&key, "/api/v1/webhooks/replay", json!({"status": "processed"})).await.ok();
    assert_eq!(found["found"], 0);
    let all = world.post(&key, "/api/v1/webhooks/replay?all=true", json!({"status": "processed"})).await;
    assert_eq!(all.status, 403);
    assert_eq!(world.app.journal.log().head().await.unwrap(), head + 1, "only a key was made");
}

#[tokio::test]
async fn a_selection_is_bounded_and_in_the_order_of_receipt() {
    let world = World::new().await;
    for number in 1..=3 {
        world.call(SALON, number, &json!({})).await;
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let processed = DeliveryFilter { status: Some(DeliveryStatus::Processed), ..DeliveryFilter::default() };
    let which = Which::Matching(processed);
    let all = select(&world.app, Scope::All, &which, 10).await.unwrap();
    let calls: Vec<_> = all.deliveries.iter().map(|it| it.call.as_deref().unwrap()).collect();
    assert_eq!((calls, all.more), (vec!["call_1", "call_2", "call_3"], false));
    let newest = select(&world.app, Scope::All, &which, 2).await.unwrap();
    let calls: Vec<_> = newest.deliveries.iter().map(|it| it.call.as_deref().unwrap()).collect();
    assert_eq!((calls, newest.more), (vec!["call_2", "call_3"], true));
    let twice = Which::Ids([&all.deliveries[0], &all.deliveries[0]].map(|it| it.delivery.to_string()).into());
    assert_eq!(select(&world.app, Scope::All, &twice, 10).await.unwrap().deliveries.len(), 1);
    assert_eq!(dry_run(&world.app, &all.deliveries).await.unwrap().len(), 3);
}
