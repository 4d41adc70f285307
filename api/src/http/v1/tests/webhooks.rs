//! Deliveries as the inspector shows them.

use super::world::{PRAXIS, SALON, World, ended, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn a_delivery_shows_what_came_of_it_and_its_content_to_those_who_work_with_it() {
    let world = World::new().await;
    let id = world.call(SALON, 1, &wants("11:00")).await;
    let path = format!("/api/v1/webhooks/{id}");
    for (role, sees) in [(Role::Operator, true), (Role::Admin, true), (Role::Viewer, false), (Role::Auditor, false)] {
        let key = world.key(SALON, role).await;
        let shown = world.get(&key, &path).await.ok();
        assert_eq!((&shown["status"], &shown["call"]), (&json!("processed"), &json!("call_1")));
        let kinds: Vec<_> = shown["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
        assert_eq!(kinds, ["WebhookReceived", "WebhookProcessed"]);
        assert_eq!(shown["content"].is_object(), sees, "{role:?}");
        assert_eq!(shown.to_string().contains("Mustermann"), sees, "{role:?}");
        if sees {
            assert_eq!(shown["content"]["headers"]["content-type"], "application/json");
            assert!(shown["content"]["body"].as_str().unwrap().contains("call_ended"));
        }
    }
    let scoped = world.scoped_key(SALON, Role::Admin, &["read"]).await;
    assert!(world.get(&scoped, &path).await.ok()["content"].is_null(), "a scope takes away");
}

#[tokio::test]
async fn a_body_that_is_no_text_comes_as_base64() {
    let world = World::new().await;
    let id = world.deliver_bytes(SALON, Some(SALON), b"\xff\xfe").await;
    world.settle().await;
    let key = world.key(SALON, Role::Operator).await;
    let shown = world.get(&key, &format!("/api/v1/webhooks/{id}")).await.ok();
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("quarantined"), &json!("not_utf8")));
    assert_eq!(shown["content"]["body_base64"], "//4=");
}

#[tokio::test]
async fn deliveries_are_filtered_and_walked_to_their_end() {
    let world = World::new().await;
    for number in 1..=3 {
        world.call(SALON, number, &json!({})).await;
    }
    world.deliver_bytes(SALON, Some(SALON), b"{").await;
    world.settle().await;
    let key = world.key(SALON, Role::Viewer).await;
    for (query, expected) in [
        ("", 4),
        ("?status=processed", 3),
        ("?status=quarantined", 1),
        ("?status=dead", 0),
        ("?event=call_ended&provider=retell", 3),
        ("?provider=calcom", 0),
        ("?call=call_2", 1),
        ("?since=2025-07-01T07:00:00Z", 0),
        ("?until=2025-07-01T07:00:00Z", 4),
    ] {
        assert_eq!(world.walk(&key, &format!("/api/v1/webhooks{query}")).await.len(), expected, "{query}");
    }
    assert_eq!(world.get(&key, "/api/v1/webhooks?status=lost").await.status, 400);
    assert_eq!(world.get(&key, "/api/v1/webhooks/none").await.status, 404);
}

#[tokio::test]
async fn what_belongs_to_nobody_is_seen_by_owners_alone() {
    let world = World::new().await;
    let mut stray = ended(SALON, 1, &json!({}));
    stray["call"]["to_number"] = json!("+493023125999");
    let id = world.deliver(SALON, &stray).await;
    world.settle().await;
    let ours = world.call(SALON, 2, &json!({})).await;
    let (admin, owner) = (world.key(SALON, Role::Admin).await, world.key(SALON, Role::Owner).await);
    let other = world.key(PRAXIS, Role::Admin).await;
    for key in [&admin, &other, &owner] {
        assert_eq!(world.get(key, &format!("/api/v1/webhooks/{id}")).await.status, 404);
    }
    assert_eq!(world.get(&other, &format!("/api/v1/webhooks/{ours}")).await.status, 404);
    assert_eq!(world.walk(&other, "/api/v1/webhooks").await.len(), 0);
    assert_eq!(world.get(&admin, "/api/v1/webhooks?all=true").await.problem(), (403, "not-allowed".into()));
    assert_eq!(world.walk(&owner, "/api/v1/webhooks?all=true").await.len(), 2);
    let shown = world.get(&owner, &format!("/api/v1/webhooks/{id}?all=true")).await.ok();
    assert_eq!((&shown["reason"], &shown["company"]), (&json!("unknown_number"), &json!(null)));
}

#[tokio::test]
async fn words_are_found_by_whoever_sees_contents() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(SALON, 2, &json!({})).await;
    world.call(PRAXIS, 3, &wants("11:00")).await;
    let key = world.key(SALON, Role::Operator).await;
    assert_eq!(world.walk(&key, "/api/v1/webhooks?text=max%20MUSTERMANN").await.len(), 1);
    assert_eq!(world.walk(&key, "/api/v1/webhooks?text=nowhere").await.len(), 0);
    assert_eq!(world.walk(&key, "/api/v1/webhooks?text=termin").await.len(), 2);
    let viewer = world.key(SALON, Role::Viewer).await;
    assert_eq!(world.get(&viewer, "/api/v1/webhooks?text=termin").await.status, 403);
}
