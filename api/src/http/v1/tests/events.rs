//! The log as auditors read it.

use super::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn the_log_is_told_in_its_order_without_what_belongs_to_persons() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(PRAXIS, 2, &wants("11:00")).await;
    let auditor = world.key(SALON, Role::Auditor).await;
    let events = world.walk(&auditor, "/api/v1/events").await;
    let positions: Vec<_> = events.iter().map(|event| event["position"].as_u64().unwrap()).collect();
    assert!(positions.is_sorted() && positions.len() > 20);
    assert!(events.iter().all(|event| event["company"] == SALON));
    let told = json!(events).to_string();
    assert!(!told.contains("Mustermann") && !told.contains("+4917139200"), "{told}");
    let identified = events.iter().find(|event| event["kind"] == "CustomerIdentified").unwrap();
    assert_eq!((&identified["sealed"], &identified["version"]), (&json!(true), &json!(1)));
    assert_eq!((&identified["data"]["call"], &identified["revision"]), (&json!("call_1"), &json!(2)));
    for id in ["id", "command", "correlation", "time"] {
        assert!(identified[id].is_string(), "{id}");
    }

    let path = format!("/api/v1/events/{}", identified["position"]);
    assert_eq!(&world.get(&auditor, &path).await.ok(), identified);
    let other = world.key(PRAXIS, Role::Auditor).await;
    assert_eq!(world.get(&other, &path).await.status, 404);
    for path in ["events/0", "events/999999", "events/x"] {
        assert_eq!(world.get(&auditor, &format!("/api/v1/{path}")).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn one_stream_and_what_comes_after_a_position_can_be_asked_for() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let auditor = world.key(SALON, Role::Auditor).await;
    let stream = world.walk(&auditor, "/api/v1/events?stream=call-salon-call_1").await;
    let kinds: Vec<_> = stream.iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["CallReceived", "CustomerIdentified", "CallEnded", "BookingAsked"]);
    let third = stream[2]["position"].as_u64().unwrap();
    let rest = world.walk(&auditor, &format!("/api/v1/events?stream=call-salon-call_1&after={third}")).await;
    assert_eq!(rest, stream[3..]);
    let after = world.walk(&auditor, &format!("/api/v1/events?after={third}")).await;
    assert_eq!(after[0], stream[3]);
    assert_eq!(world.walk(&auditor, "/api/v1/events?stream=call-praxis-call_1").await.len(), 0);

    let other = world.key(PRAXIS, Role::Auditor).await;
    assert_eq!(world.walk(&other, "/api/v1/events?stream=call-salon-call_1").await.len(), 0);
    assert_eq!(world.get(&auditor, "/api/v1/events?after=early").await.status, 400);
    assert_eq!(world.get(&auditor, "/api/v1/events?all=true").await.status, 403);
}

#[tokio::test]
async fn an_owner_sees_the_whole_log() {
    let world = World::new().await;
    let owner = world.key(SALON, Role::Owner).await;
    let head = world.app.journal.log().head().await.unwrap();
    let all = world.walk(&owner, "/api/v1/events?all=true").await;
    assert_eq!(all.len() as u64, head);
    assert_eq!(all[0]["kind"], "AccountOpened");
}
