//! What came of a call, asked of its address.

use super::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn a_call_tells_how_far_it_came() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(SALON, 2, &json!({})).await;
    let viewer = world.key(SALON, Role::Viewer).await;
    let booked = world.get(&viewer, "/api/v1/calls/call_1/analysis").await.ok();
    assert_eq!((&booked["intent"], &booked["reached"]), (&json!("book"), &json!("confirmed")));
    assert_eq!((&booked["promise"], &booked["loss"]), (&json!("not_made"), &json!(null)));
    assert_eq!(booked["cost"], json!({ "minor": 12, "currency": "USD" }));
    assert!(booked["confirmed_after_ms"].is_i64(), "{booked}");

    let only_said = world.get(&viewer, "/api/v1/calls/call_2/analysis").await.ok();
    assert_eq!((&only_said["intent"], &only_said["reached"]), (&json!("book"), &json!("asked")));
}

#[tokio::test]
async fn what_came_of_a_call_is_told_to_its_company_alone() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let praxis = world.key(PRAXIS, Role::Admin).await;
    for path in ["/api/v1/calls/call_1/analysis", "/api/v1/calls/call_nobody/analysis"] {
        assert_eq!(world.get(&praxis, path).await.problem(), (404, "not-found".into()), "{path}");
    }
}
