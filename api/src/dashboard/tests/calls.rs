//! Calls as pages show them: who called stays hidden until somebody asks.

use super::signed_in;
use super::webhooks::views;
use crate::http::v1::tests::world::{SALON, World, ended, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn calls_are_listed_and_those_that_go_on_stand_first() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let mut begun = ended(SALON, 2, &json!({}));
    begun["event"] = json!("call_started");
    begun["call"]["call_status"] = json!("ongoing");
    for gone in ["end_timestamp", "duration_ms", "disconnection_reason", "transcript", "call_cost"] {
        begun["call"].as_object_mut().unwrap().remove(gone);
    }
    world.deliver(SALON, &begun).await;
    world.settle().await;
    let viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get("/c/salon/calls").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let (live, all) = page.text.split_once(r#"id="all""#).unwrap();
    assert!(live.contains("/calls/call%5F2") && !live.contains("/calls/call%5F1"), "{live}");
    assert!(
        all.contains("/calls/call%5F1")
            && all.contains(r#"<span class="badge good">Booked</span>"#)
            && all.contains("0:30"),
        "{all}"
    );
    assert!(all.contains("+49•••01") && !all.contains("+491713920001"));
    let none = viewer.get("/c/salon/calls?outcome=refused&direction=inbound").await.text;
    assert!(none.contains("No call matches."), "{none}");
    assert_eq!(viewer.get("/c/salon/calls?outcome=odd").await.status, 400);
}

#[tokio::test]
async fn what_was_said_is_shown_beside_what_happened_once_somebody_asks() {
    let world = World::new().await;
    let mut body = ended(SALON, 1, &wants("11:00"));
    body["call"]["transcript_with_tool_calls"] = json!([
        {"role": "user", "content": "Ich möchte einen Termin.", "words": [{"start": 2.0}]},
        {"role": "tool_call_invocation", "name": "check_availability", "arguments": "{}"},
    ]);
    world.deliver(SALON, &body).await;
    world.settle().await;
    let viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get("/c/salon/calls/call_1").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for told in ["Request to the calendar", "Booking confirmed", "version 3", "0.12 USD", "/appointments/", "Confirmed"]
    {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("Ich möchte") && !page.text.contains("+491713920001"), "{}", page.text);
    let shown = viewer.post("/c/salon/calls/call_1", &format!("csrf={}", page.csrf())).await;
    for told in ["Ich möchte einen Termin.", "check_availability", "0:02", "+491713920001"] {
        assert!(shown.text.contains(told), "{told}: {}", shown.text);
    }
    assert_eq!(views(&world).await, [("call".to_owned(), "call_1".to_owned())]);
    let other = signed_in(&world, "praxis", Role::Admin, "eva@example.com").await;
    assert_eq!(other.get("/c/praxis/calls/call_1").await.status, 404);
}
