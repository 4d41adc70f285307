//! Which holidays a branch keeps, over the API.

use super::world::{PRAXIS, SALON, World};
use http::Method;
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn a_branch_says_which_holidays_it_keeps_and_on_which_it_is_open() {
    let world = World::new().await;
    let (admin, viewer) = (world.key(SALON, Role::Admin).await, world.key(SALON, Role::Viewer).await);
    let path = "/api/v1/branches/mitte/holidays";
    let none = json!({ "state": null, "open_on": [], "closed_on": [] });
    assert_eq!(world.get(&viewer, path).await.ok(), none);
    let change = async |key: &str, body| world.ask(Method::PATCH, key, path, Some(body)).await;
    assert_eq!(change(&viewer, json!({ "state": "BE" })).await.status, 403);
    for (body, status, kind) in [
        (json!({ "state": "Bayern" }), 422, "holidays_unusable"),
        (json!({ "open_on": ["2026-10-03"], "closed_on": ["2026-10-03"] }), 422, "holidays_unusable"),
        (json!({ "open_on": ["3 October"] }), 400, "body-unusable"),
        (json!({ "states": "BE" }), 400, "body-unusable"),
    ] {
        assert_eq!(change(&admin, body.clone()).await.problem(), (status, kind.into()), "{body}");
    }
    assert_eq!(world.get(&viewer, path).await.ok(), none);
    let kept = change(&admin, json!({ "state": "be", "open_on": ["2026-10-03"], "closed_on": ["2026-12-24"] })).await;
    assert_eq!(kept.ok(), json!({ "state": "BE", "open_on": ["2026-10-03"], "closed_on": ["2026-12-24"] }));
    let usual = change(&admin, json!({ "as_usual": ["2026-10-03"] })).await.ok();
    assert_eq!(usual, json!({ "state": "BE", "open_on": [], "closed_on": ["2026-12-24"] }));
    assert_eq!(world.get(&admin, "/api/v1/branches/nowhere/holidays").await.status, 404);
    let other = world.key(PRAXIS, Role::Admin).await;
    assert_eq!(world.get(&other, path).await.ok(), none, "another company's branch of that name");
}
