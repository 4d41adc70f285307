//! Keys made and taken back.

use super::world::{PRAXIS, SALON, World};
use http::Method;
use ringbuch_domain::access::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_is_shown_once_works_at_once_and_no_longer_once_it_is_revoked() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let body = json!({"name": "Kasse", "role": "operator", "scopes": ["read"], "expires_at": "2026-01-01T00:00:00Z"});
    let made = world.post(&admin, "/api/v1/keys", body).await;
    assert_eq!(made.status, 201);
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let made = made.ok();
    let key = made["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("rb_"));
    assert_eq!(world.get(&key, "/api/v1/calls").await.status, 200);
    assert_eq!(world.post(&key, "/api/v1/appointments", json!({})).await.status, 403, "its scope is to read");

    let listed = world.walk(&admin, "/api/v1/keys").await;
    let ours = listed.iter().find(|it| it["key_id"] == made["key_id"]).unwrap();
    assert_eq!((&ours["name"], &ours["role"]), (&json!("Kasse"), &json!("operator")));
    assert!(!json!(listed).to_string().contains(&key));

    assert_eq!(world.ask(Method::DELETE, &admin, &location, None).await.status, 204);
    assert_eq!(world.get(&key, "/api/v1/calls").await.status, 401);
    assert_eq!(world.ask(Method::DELETE, &admin, &location, None).await.status, 204, "asking again changes nothing");
}

#[tokio::test]
async fn a_key_ends_when_it_expires() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let body = json!({"name": "kurz", "role": "viewer", "expires_at": "2025-07-01T06:01:00Z"});
    let key = world.post(&admin, "/api/v1/keys", body).await.ok()["key"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&key, "/api/v1/calls").await.status, 200);
    world.clock.advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(world.get(&key, "/api/v1/calls").await.status, 401);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let scoped = world.scoped_key(SALON, Role::Admin, &["administer", "read"]).await;
    let post = async |key: &str, body: Value| world.post(key, "/api/v1/keys", body).await;
    let wanted = |role: &str, scopes: Value| json!({"name": "x", "role": role, "scopes": scopes});
    assert_eq!(post(&admin, wanted("owner", json!([]))).await.status, 403);
    assert_eq!(post(&scoped, wanted("admin", json!([]))).await.status, 403);
    assert_eq!(post(&scoped, wanted("admin", json!(["operate"]))).await.status, 403);
    assert_eq!(post(&scoped, wanted("admin", json!(["read"]))).await.status, 201);
    for (body, status, rule) in [
        (wanted("viewer", json!(["everything"])), 422, "scope_unknown"),
        (json!({"name": " ", "role": "viewer"}), 422, "length"),
        (json!({"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}), 422, "in_the_past"),
        (wanted("king", json!([])), 400, "body-unusable"),
        (json!({"role": "viewer"}), 400, "body-unusable"),
    ] {
        assert_eq!(post(&admin, body.clone()).await.problem(), (status, rule.into()), "{body}");
    }

    let owner = world.key(SALON, Role::Owner).await;
    let owners = world.walk(&admin, "/api/v1/keys").await;
    let owners = owners.iter().find(|it| it["role"] == "owner").unwrap()["key_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/keys/{owners}");
    assert_eq!(world.ask(Method::DELETE, &admin, &path, None).await.status, 403);
    assert_eq!(world.ask(Method::DELETE, &owner, &path, None).await.status, 204);
}

#[tokio::test]
async fn another_companys_keys_are_out_of_reach() {
    let world = World::new().await;
    let (salon, praxis) = (world.key(SALON, Role::Admin).await, world.key(PRAXIS, Role::Admin).await);
    let keys = world.walk(&salon, "/api/v1/keys").await;
    let theirs = format!("/api/v1/keys/{}", keys[0]["key_id"].as_str().unwrap());
    assert_eq!(world.ask(Method::DELETE, &praxis, &theirs, None).await.status, 404);
    assert_eq!(world.get(&salon, "/api/v1/calls").await.status, 200);
    assert!(world.walk(&praxis, "/api/v1/keys").await.iter().all(|it| it["company"] == PRAXIS));
}
