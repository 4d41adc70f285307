//! Every tool that needs no provider, called as its schema says, and its answer held against what it promises.

use super::*;
use crate::http::v1::tests::world::{SALON, ended, number_of, wants};
use ringbuch_domain::access::Role;

#[tokio::test]
async fn every_answer_is_what_its_schema_says() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Admin).await;
    let delivery = world.call(SALON, 1, &wants("11:00")).await.to_string();
    world.call(SALON, 2, &wants("11:00")).await;
    let booking = world.done(&key, "calcom", "get_bookings", json!({})).await["items"][0]["booking"].clone();
    for (server, tool, arguments) in [
        ("webhook", "list_webhooks", json!({ "limit": 1 })),
        ("webhook", "get_webhook", json!({ "id": delivery })),
        ("webhook", "get_webhook_stats", json!({})),
        ("webhook", "list_quarantine", json!({})),
        ("webhook", "replay_webhook", json!({ "id": delivery })),
        ("webhook", "replay_webhooks", json!({ "status": "processed" })),
        ("webhook", "replay_webhooks", json!({ "ids": [delivery], "dry_run": false })),
        ("calcom", "get_event_types", json!({ "branch": "mitte" })),
        ("calcom", "check_availability", json!({ "branch": "mitte", "start": "2025-07-02T12:00:00Z" })),
        ("calcom", "check_availability", json!({ "branch": "mitte", "start": "2025-07-02T01:00:00Z" })),
        ("calcom", "get_booking", json!({ "id": booking })),
        ("calcom", "cancel_booking", json!({ "id": booking, "dry_run": true })),
        ("calcom", "reschedule_booking", json!({ "id": booking, "start": "2025-07-03T09:00:00Z", "dry_run": true })),
        ("calcom", "reschedule_booking", json!({ "id": booking, "start": "2025-07-03T09:00:00Z" })),
        ("retell", "list_agents", json!({})),
        ("retell", "list_phone_numbers", json!({})),
        ("retell", "list_calls", json!({ "outcome": "confirmed" })),
        ("retell", "get_call", json!({ "id": "call_1" })),
        ("retell", "analyse_call", json!({ "id": "call_1" })),
        ("retell", "get_call_stats", json!({})),
        ("database", "get_booking_stats", json!({ "since": "2025-06-01T00:00:00Z" })),
        ("database", "search", json!({ "term": "call_1" })),
        ("database", "search", json!({ "term": "haar" })),
        ("database", "search", json!({ "term": "+491713920001" })),
        ("database", "phone_number_mapping", json!({ "number": number_of(SALON) })),
        ("queue", "get_queue_overview", json!({})),
        ("queue", "list_pending_items", json!({ "kind": "booking", "status": "requested" })),
        ("queue", "list_dead_items", json!({})),
        ("queue", "get_queue_item", json!({ "id": delivery })),
        ("queue", "retry_queue_item", json!({ "id": delivery, "dry_run": false })),
        ("queue", "get_queue_metrics", json!({})),
    ] {
        let answer = world.done(&key, server, tool, arguments.clone()).await;
        let described = world.list(&key, server).await.into_iter().find(|it| it["name"] == tool).unwrap();
        let schema = jsonschema::validator_for(&described["outputSchema"]).unwrap();
        let wrong: Vec<_> = schema.iter_errors(&answer).map(|error| format!("{error}")).collect();
        assert!(wrong.is_empty(), "{server} {tool}: {wrong:?}\n{answer}");
    }
    let found = world.done(&key, "database", "search", json!({ "term": "call_1" })).await;
    assert_eq!(found["items"][0]["uri"], "call://call_1");
    let number = json!({ "number": number_of(SALON) });
    let mapped = world.done(&key, "database", "phone_number_mapping", number).await;
    assert_eq!(mapped["items"][0]["branch_name"], "Mitte");
}

#[tokio::test]
async fn a_booking_is_made_once_however_often_it_is_asked_for() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let wanted = |more: Value| {
        let mut all = json!({ "branch": "mitte", "start": "2025-07-02T09:00:00Z", "name": "Max Mustermann" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    assert!(world.refused(&key, "calcom", "create_booking", wanted(json!({}))).await.contains("idempotency_key"));
    let told = world.done(&key, "calcom", "create_booking", wanted(json!({ "dry_run": true }))).await;
    assert_eq!((&told["would"], &told["check"]["free"]), (&json!("book"), &json!(true)));
    assert_eq!(world.done(&key, "calcom", "get_bookings", json!({})).await["items"], json!([]));
    let keyed = wanted(json!({ "idempotency_key": "peer-1" }));
    let first = world.done(&key, "calcom", "create_booking", keyed.clone()).await;
    let again = world.done(&key, "calcom", "create_booking", keyed).await;
    assert_eq!(first["booking"]["booking"], again["booking"]["booking"]);
    assert_eq!(world.done(&key, "calcom", "get_bookings", json!({})).await["items"].as_array().unwrap().len(), 1);
    // Two people serve it.
    let other = |name: &str| wanted(json!({ "idempotency_key": name, "phone": "+491713920042" }));
    world.done(&key, "calcom", "create_booking", other("peer-2")).await;
    assert!(world.refused(&key, "calcom", "create_booking", other("peer-3")).await.contains("slot_taken"));
}

#[tokio::test]
async fn what_is_not_free_comes_with_what_is_or_says_why_nothing_does() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    let night = json!({ "branch": "mitte", "start": "2025-07-02T01:00:00Z" });
    let told = world.done(&key, "calcom", "check_availability", night).await;
    assert_eq!((&told["free"], &told["reason"]["rule"]), (&json!(false), &json!("closed")));
    // The calendar cannot be reached here, so nothing can be offered, and that is told.
    assert_eq!(told["alternatives"], json!([]));
    assert!(told["note"].as_str().is_some_and(|note| !note.is_empty()), "{told}");
}

#[tokio::test]
async fn a_delivery_that_is_handed_over_is_proven_like_any_other() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let body = ended(SALON, 5, &wants("11:00")).to_string();
    let forged = json!({ "body": body, "signature": "v=1751349600000,d=00" });
    assert!(world.refused(&key, "webhook", "process_retell_webhook", forged).await.contains("signature-not-proven"));
    let signed = json!({ "body": body, "signature": world.signature(SALON, &body) });
    assert_eq!(world.done(&key, "webhook", "process_retell_webhook", signed).await["accepted"], json!(true));
    world.settle().await;
    assert_eq!(world.done(&key, "retell", "get_call", json!({ "id": "call_5" })).await["outcome"], "confirmed");
}

#[tokio::test]
async fn a_long_page_is_shortened_and_its_cursor_leads_on() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for number in 1..=30 {
        world.delivery_of(SALON, &ended(SALON, number, &json!({}))).await;
    }
    let (mut seen, mut cursor) = (0, Value::Null);
    loop {
        let told = world.tool(&key, "webhook", "list_webhooks", json!({ "limit": 200, "cursor": cursor })).await;
        let text = told["content"][0]["text"].as_str().unwrap();
        assert!(text.chars().count() <= 15_000 && !text.contains("\"cut\""), "{}", text.len());
        let page = &told["structuredContent"];
        seen += page["items"].as_array().unwrap().len();
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen, 30);
}
