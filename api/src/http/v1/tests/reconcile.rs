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
    let finding = json!({"what": "call_missing", "done": "filed", "call": "call_9", "booking": null,
                         "at": healed["findings"][0]["at"]});
    let expected = json!({"calls": 1, "bookings": 0, "missing": 1, "healed": 1, "findings": [finding], "failures": []});
    assert_eq!(healed, expected);
    world.settle().await;
    assert_eq!(world.get(&owner, "/api/v1/calls/call_9").await.ok()["outcome"], "confirmed");
    assert_eq!(world.post(&owner, path, json!({})).await.ok()["missing"], 0);

    // What was found stays to be seen; an account's list is nobody's but an owner's.
    let kept = world.get(&owner, "/api/v1/reconcile?all=true").await.ok();
    assert_eq!((&kept["items"][0]["found"], &kept["items"][0]["account"]), (&json!(1), &json!(SALON)));
    assert_eq!(kept["items"][0]["findings"][0]["call"], "call_9");
    let viewer = world.key(SALON, Role::Viewer).await;
    assert_eq!(world.get(&viewer, "/api/v1/reconcile").await.ok()["items"], json!([]));
    assert_eq!(world.get(&viewer, "/api/v1/reconcile?all=true").await.status, 403);
}
