//! Changes at the providers, as far as they are decided before anybody is asked.

use super::world::{SALON, World};
use http::Method;
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn whoever_writes_words_says_which_they_have_read_and_why() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Admin).await;
    for (body, told) in [
        (json!({"prompt": "Neu.", "why": "Ansage"}), "If-Match"),
        (json!({"prompt": "Neu.", "read": "x", "why": " "}), "'why'"),
        (json!({"prompt": "Neu.", "read": "x", "why": "a\u{0}b"}), "control characters"),
    ] {
        let refused = world.ask(Method::PUT, &key, "/api/v1/agents/agent_salon/prompt", Some(body)).await;
        assert_eq!(refused.problem(), (400, "body-unusable".into()));
        assert!(refused.body["detail"].as_str().unwrap().contains(told), "{}", refused.body);
    }
}
