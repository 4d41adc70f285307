//! Users invited, changed, shut out and forgotten.

use super::world::{Answer, PRAXIS, SALON, World};
use http::Method;
use ringbuch_domain::access::Role;
use secrecy::SecretString;
use serde_json::{Value, json};

const PASSWORD: &str = "a sentence that nobody knows";

async fn invited(world: &World, key: &str, email: &str, role: &str) -> Answer {
    world.post(key, "/api/v1/users", json!({ "email": email, "role": role, "name": "Max Mustermann" })).await
}

/// Chooses a password by the link of an answer.
async fn chosen(world: &World, answer: &Value) {
    let link = answer["link"].as_str().unwrap().strip_prefix("/welcome/").unwrap();
    let link = crate::http::auth::Token::given(link);
    let users = crate::users::Users::new(&world.app);
    users.choose_password(&link, SecretString::from(PASSWORD)).await.unwrap();
}

async fn comes_in(world: &World, email: &str) -> bool {
    crate::users::Users::new(&world.app).sign_in(email, SecretString::from(PASSWORD), None).await.is_ok()
}

#[tokio::test]
async fn somebody_is_invited_changes_roles_and_is_shut_out() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let made = invited(&world, &admin, "Max@Example.com", "viewer").await;
    assert_eq!(made.status, 201);
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let made = made.ok();
    assert_eq!((&made["user"]["email"], &made["user"]["role"]), (&json!("max@example.com"), &json!("viewer")));
    chosen(&world, &made).await;
    assert!(comes_in(&world, "max@example.com").await);

    let changed = world.ask(Method::PATCH, &admin, &location, Some(json!({ "role": "operator" }))).await.ok();
    assert_eq!(changed["role"], "operator");
    assert_eq!(world.get(&admin, &location).await.ok(), changed);
    assert_eq!(world.walk(&admin, "/api/v1/users").await, [changed]);

    let renewed = world.post(&admin, &format!("{location}/reset"), Value::Null).await.ok();
    assert_ne!(renewed["link"], made["link"]);
    chosen(&world, &renewed).await;

    let gone = world.post(&admin, &format!("{location}/deactivate"), Value::Null).await.ok();
    assert!(
        gone["deactivated_at"].is_string() && gone["email"].is_null() && gone["name"] == "Max Mustermann",
        "{gone}"
    );
    assert!(!comes_in(&world, "max@example.com").await);
    let refused = world.ask(Method::PATCH, &admin, &location, Some(json!({ "role": "viewer" }))).await;
    assert_eq!(refused.problem(), (409, "user".into()));
}

#[tokio::test]
async fn whoever_is_erased_has_no_name_any_more() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    let made = invited(&world, &admin, "max@example.com", "viewer").await.ok();
    let path = format!("/api/v1/users/{}", made["user"]["user_id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(world.ask(Method::DELETE, &admin, &path, None).await.status, 204);
    }
    let kept = world.get(&admin, &path).await.ok();
    assert!(kept["name"].is_null() && kept["email"].is_null() && kept["deactivated_at"].is_string(), "{kept}");
    let erasures = world.app.store.keys.erasures().await.unwrap();
    let id = made["user"]["user_id"].as_str().unwrap();
    assert!(erasures.iter().any(|it| it.customer.0.to_string() == id), "a restore repeats it");
}

#[tokio::test]
async fn nobody_makes_or_changes_what_is_above_them() {
    let world = World::new().await;
    let (admin, owner) = (world.key(SALON, Role::Admin).await, world.key(SALON, Role::Owner).await);
    let limited = world.scoped_key(SALON, Role::Admin, &["administer"]).await;
    assert_eq!(invited(&world, &admin, "eva@example.com", "owner").await.status, 403);
    assert_eq!(invited(&world, &limited, "eva@example.com", "viewer").await.status, 403);
    let eva = invited(&world, &owner, "eva@example.com", "owner").await.ok();
    let path = format!("/api/v1/users/{}", eva["user"]["user_id"].as_str().unwrap());
    let role = || Some(json!({ "role": "viewer" }));
    for (method, path, body) in [
        (Method::PATCH, path.clone(), role()),
        (Method::POST, format!("{path}/reset"), None),
        (Method::POST, format!("{path}/deactivate"), None),
        (Method::DELETE, path.clone(), None),
    ] {
        assert_eq!(world.ask(method.clone(), &admin, &path, body.clone()).await.status, 403, "{method} {path}");
    }
    let max = invited(&world, &admin, "max@example.com", "admin").await.ok();
    let max = format!("/api/v1/users/{}", max["user"]["user_id"].as_str().unwrap());
    assert_eq!(world.ask(Method::PATCH, &limited, &max, role()).await.status, 403);
    assert_eq!(world.post(&limited, &format!("{max}/reset"), Value::Null).await.status, 403, "a link is a way in");
    assert_eq!(world.ask(Method::PATCH, &admin, &max, Some(json!({ "role": "owner" }))).await.status, 403);
    assert_eq!(world.ask(Method::PATCH, &owner, &path, role()).await.status, 200);
}

#[tokio::test]
async fn what_cannot_be_a_user_is_told_why() {
    let world = World::new().await;
    let admin = world.key(SALON, Role::Admin).await;
    invited(&world, &admin, "max@example.com", "viewer").await.ok();
    for (body, status, rule) in [
        (json!({ "email": "max", "role": "viewer" }), 422, "no_address"),
        (json!({ "email": "MAX@example.com", "role": "viewer" }), 422, "address_taken"),
        (json!({ "email": "ida@example.com", "role": "viewer", "name": "a\u{7}b" }), 422, "name"),
        (json!({ "email": "ida@example.com", "role": "viewer", "name": "x".repeat(101) }), 422, "name"),
        (json!({ "email": "ida@example.com", "role": "king" }), 400, "body-unusable"),
        (json!({ "email": "ida@example.com" }), 400, "body-unusable"),
    ] {
        assert_eq!(world.post(&admin, "/api/v1/users", body.clone()).await.problem(), (status, rule.into()), "{body}");
    }
    let other = world.key(PRAXIS, Role::Admin).await;
    assert!(world.walk(&other, "/api/v1/users").await.is_empty());
}
