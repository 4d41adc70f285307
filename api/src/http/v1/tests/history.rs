//! What auditors ask beyond the list of events.

use super::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn the_whole_log_is_proven_stretch_by_stretch() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let key = world.key(SALON, Role::Auditor).await;
    let head = world.app.journal.log().head().await.unwrap();
    let (mut checked, mut query) = (0, String::new());
    loop {
        let proof = world.get(&key, &format!("/api/v1/audit/verify?limit=20{query}")).await.ok();
        assert_eq!((&proof["holds"], &proof["broken"], &proof["head"]), (&json!(true), &Value::Null, &json!(head)));
        checked += proof["events"].as_u64().unwrap();
        assert_eq!(proof["position"], checked);
        if proof["done"] == true {
            break;
        }
        query = format!("&after={}&hash={}", proof["position"], proof["hash"].as_str().unwrap());
    }
    assert_eq!(checked, head);

    let other = "0".repeat(64);
    let proof = world.get(&key, &format!("/api/v1/audit/verify?after=3&hash={other}")).await.ok();
    assert_eq!((&proof["holds"], &proof["done"]), (&json!(false), &json!(false)));
    assert!(proof["broken"]["why"].as_str().unwrap().contains("position 3"), "{proof}");
    for query in ["after=3", "after=3&hash=x", &format!("hash={other}"), "limit=0", "limit=20001", "after=-1"] {
        let refused = world.get(&key, &format!("/api/v1/audit/verify?{query}")).await;
        assert_eq!(refused.problem(), (400, "query-unusable".into()), "{query}");
    }
}

#[tokio::test]
async fn a_stream_is_shown_as_it_stood() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let key = world.key(SALON, Role::Auditor).await;
    let path = "/api/v1/streams/call-salon-call_1/state";
    let now = world.get(&key, path).await.ok();
    assert_eq!((&now["kind"], &now["revision"]), (&json!("call"), &json!(4)));
    assert!(!now.to_string().contains("Mustermann"), "{now}");
    let events = world.walk(&key, "/api/v1/events?stream=call-salon-call_1").await;
    let second = events[1]["position"].as_u64().unwrap();
    let then = world.get(&key, &format!("{path}?at={second}")).await.ok();
    assert_eq!((&then["revision"], &then["position"]), (&json!(2), &json!(second)));
    assert_ne!(then["state"], now["state"]);
    assert_eq!(world.get(&key, &format!("{path}?at=2025-07-01T06:00:00Z")).await.ok(), now);
    assert_eq!(world.get(&key, &format!("{path}?at=1")).await.problem(), (422, "not_yet".into()));
    assert_eq!(world.get(&key, &format!("{path}?at=early")).await.status, 400);
    let other = world.key(PRAXIS, Role::Auditor).await;
    assert_eq!(world.get(&other, path).await.status, 404);
    assert_eq!(world.get(&key, "/api/v1/streams/call-salon-none/state").await.status, 404);
}

#[tokio::test]
async fn a_calls_tree_leads_from_the_webhook_to_the_calendar() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let key = world.key(SALON, Role::Auditor).await;
    let tree = world.get(&key, "/api/v1/calls/call_1/trace").await.ok();
    let steps = tree["items"].as_array().unwrap();
    assert_eq!((&steps[0]["kind"], &steps[0]["depth"]), (&json!("WebhookReceived"), &json!(0)));
    let confirmed = steps.iter().find(|step| step["kind"] == "BookingConfirmed").unwrap();
    assert_eq!(confirmed["uid"], "known");
    let other = world.key(PRAXIS, Role::Auditor).await;
    assert_eq!(world.get(&other, "/api/v1/calls/call_1/trace").await.status, 404);
}
