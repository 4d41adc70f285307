//! A voice agent that calls tools instead of signed functions.

use super::*;
use crate::http::v1::tests::world::{PRAXIS, SALON, ended, wants};
use ringbuch_domain::access::Role;

impl World {
    async fn on_the_line(&self, key: &str, call: &str, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let told = self.mcp(key, "calcom", "tools/call", params, &[("x-call-id", call)]).await.ok();
        assert!(told["error"].is_null(), "{tool}: {told}");
        told["result"]["structuredContent"].clone()
    }

    /// Somebody who has booked calls again, and is on the line.
    async fn calls_again(&self, number: u32, call: &str, time: &str) {
        let mut told = ended(SALON, number, &wants(time));
        self.deliver(SALON, &told).await;
        self.settle().await;
        told["event"] = "call_started".into();
        let body = told["call"].as_object_mut().unwrap();
        body.insert("call_id".into(), call.into());
        body.insert("call_status".into(), "ongoing".into());
        body.retain(|name, _| {
            !["end_timestamp", "duration_ms", "collected_dynamic_variables"].contains(&name.as_str())
        });
        self.deliver(SALON, &told).await;
        self.settle().await;
    }
}

#[tokio::test]
async fn with_a_call_on_the_line_the_tools_are_the_desks() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let told = world.mcp(&key, "calcom", "tools/list", json!({}), &[("x-call-id", "{{call_id}}")]).await.ok();
    let names: Vec<_> = told["result"]["tools"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!((names.len(), &names[0]), (10, &json!("check_availability")));
    assert!(!names.contains(&json!("create_booking")));
    let services = world.on_the_line(&key, "call_9_of_the_salon", "list_services", json!({})).await;
    assert!(services["success"].as_bool().unwrap() && services["message"].as_str().unwrap().contains("Haarschnitt"));
}

#[tokio::test]
async fn a_call_that_the_log_knows_is_told_nothing_for_its_number_alone() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    world.calls_again(11, "call_of_max", "11:00").await;
    world.calls_again(12, "call_of_eva", "12:00").await;
    let told = world.on_the_line(&key, "call_of_max", "find_appointments", json!({})).await;
    let text = told.to_string();
    // The number alone opens nothing: the name has to be said as well.
    assert_eq!((&told["success"], &told["reason"]), (&json!(false), &json!("name_missing")), "{text}");
}

#[tokio::test]
async fn another_companys_call_is_no_call_here() {
    let world = World::new().await;
    let (ours, theirs) = (world.key(SALON, Role::Operator).await, world.key(PRAXIS, Role::Operator).await);
    world.calls_again(11, "call_of_max", "11:00").await;
    let told = world.on_the_line(&ours, "call_of_max", "find_appointments", json!({})).await;
    assert_eq!(told["reason"], json!("name_missing"), "{told}");
    let told = world.on_the_line(&theirs, "call_of_max", "find_appointments", json!({})).await;
    assert_eq!((&told["success"], &told["reason"]), (&json!(false), &json!("call_unknown")), "{told}");
    let viewer = world.key(SALON, Role::Viewer).await;
    let params = json!({ "name": "find_appointments", "arguments": {} });
    let told = world.mcp(&viewer, "calcom", "tools/call", params, &[("x-call-id", "call_of_max")]).await.ok();
    assert_eq!(told["result"]["isError"], json!(true));
}
