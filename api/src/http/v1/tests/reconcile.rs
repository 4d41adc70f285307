//! Calls that were never told are found and fed through the same intake.

use super::world::{SALON, World};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn a_call_that_was_never_told_is_found_and_healed() {
    let world = World::new().await;
    let owner = world.key(SALON, Role::Owner).await;
    let path = "/api/v1/reconcile";
    let told = world.post(&owner, path, json!({"dry_run": true})).await.ok();
    assert_eq!((&told["calls"], &told["missing"], &told["healed"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(world.get(&owner, "/api/v1/calls/call_9").await.status, 404);

    let healed = world.post(&owner, path, json!({"since": "2025-06-01T00:00:00Z"})).await.ok();
    assert_eq!(healed, json!({"calls": 1, "missing": 1, "healed": 1, "failures": []}));
    world.settle().await;
    assert_eq!(world.get(&owner, "/api/v1/calls/call_9").await.ok()["outcome"], "confirmed");
    assert_eq!(world.post(&owner, path, json!({})).await.ok()["missing"], 0);
}
