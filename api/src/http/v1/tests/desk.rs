//! What is done for callers on the line, and whom to call back, over the API.

use super::world::{PRAXIS, SALON, World, wants};
use http::Method;
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn the_desks_rules_are_changed_one_by_one_and_only_so_that_they_can_be_followed() {
    let world = World::new().await;
    let (admin, operator) = (world.key(SALON, Role::Admin).await, world.key(SALON, Role::Operator).await);
    let path = "/api/v1/desk/rules";
    let usual = world.get(&operator, path).await.ok();
    assert_eq!((&usual["provider_down"], &usual["ask_for"]), (&json!("callback"), &json!(["name"])));
    let change = async |key: &str, body| world.ask(Method::PATCH, key, path, Some(body)).await;
    assert_eq!(change(&operator, json!({ "bookings_per_call": 2 })).await.status, 403);
    for (body, status, rule) in [
        (json!({ "provider_down": "forward" }), 422, "rule_unusable"),
        (json!({ "bookings_per_call": 0 }), 422, "rule_unusable"),
        (json!({ "provider_down": "pray" }), 400, "body-unusable"),
        (json!({ "coffee": true }), 400, "body-unusable"),
    ] {
        assert_eq!(change(&admin, body.clone()).await.problem(), (status, rule.into()), "{body}");
    }
    assert_eq!(world.get(&admin, path).await.ok(), usual);
    let wanted = json!({ "provider_down": "forward", "forward_to": "030 23125 009", "bookings_per_call": 2 });
    let changed = change(&admin, wanted).await.ok();
    assert_eq!((&changed["forward_to"], &changed["bookings_per_call"]), (&json!("+493023125009"), &json!(2)));
    assert_eq!(changed["branch_closed"], usual["branch_closed"]);
    assert_eq!(world.get(&world.key(PRAXIS, Role::Admin).await, path).await.ok(), usual, "another company's stay");
}

#[tokio::test]
async fn who_was_refused_is_listed_until_somebody_has_called_back() {
    let world = World::new().await;
    let (operator, viewer) = (world.key(SALON, Role::Operator).await, world.key(SALON, Role::Viewer).await);
    world.call(SALON, 1, &wants("20:00")).await;
    world.settle().await;
    let listed = world.walk(&viewer, "/api/v1/callbacks").await;
    let [waiting] = &listed[..] else { panic!("one waits: {listed:?}") };
    assert_eq!((&waiting["status"], &waiting["reason"]), (&json!("refused"), &json!("closed")));
    let done = format!("/api/v1/callbacks/{}/done", waiting["call"].as_str().unwrap());
    assert_eq!(world.post(&viewer, &done, json!({})).await.status, 403);
    assert_eq!(world.post(&world.key(PRAXIS, Role::Operator).await, &done, json!({})).await.status, 404);
    assert_eq!(world.post(&operator, "/api/v1/callbacks/call_of_nobody/done", json!({})).await.status, 404);
    assert_eq!(world.post(&operator, &done, json!({})).await.ok()["status"], "done");
    assert!(world.walk(&viewer, "/api/v1/callbacks").await.is_empty());
    assert_eq!(world.walk(&viewer, "/api/v1/callbacks?done=true").await.len(), 1);
    assert_eq!(world.get(&viewer, "/api/v1/holds").await.ok()["items"], json!([]));
}
