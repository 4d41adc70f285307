//! Calls, customers and appointments as they are looked up.

use super::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn a_call_is_told_with_what_was_said_and_its_appointment() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let viewer = world.key(SALON, Role::Viewer).await;
    let call = world.get(&viewer, "/api/v1/calls/call_1").await.ok();
    assert_eq!((&call["outcome"], &call["cost_minor"]), (&json!("confirmed"), &json!(12)));
    assert_eq!(call["transcript"], "User: Ich möchte einen Termin.");
    let appointments = call["appointments"].as_array().unwrap();
    assert_eq!(appointments.len(), 1);
    assert_eq!(appointments[0]["start_at"], "2025-07-02T09:00:00Z");

    let booking = appointments[0]["booking"].as_str().unwrap();
    let appointment = world.get(&viewer, &format!("/api/v1/appointments/{booking}")).await.ok();
    assert_eq!((&appointment["status"], &appointment["call"]), (&json!("confirmed"), &json!("call_1")));
    let kinds: Vec<_> = appointment["history"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["BookingRequested", "BookingAttemptStarted", "BookingConfirmed", "BookingSettled"]);
    let told = appointment.to_string();
    assert!(!told.contains("uid-"), "the calendar's uid is a bearer secret: {told}");
}

#[tokio::test]
async fn lists_are_filtered_and_walked_to_their_end() {
    let world = World::new().await;
    for number in 1..=5 {
        let said = if number == 3 { json!({}) } else { wants(&format!("{}:00", 9 + number)) };
        world.call(SALON, number, &said).await;
    }
    let key = world.key(SALON, Role::Viewer).await;
    let ids = |items: Vec<serde_json::Value>, field: &str| -> Vec<String> {
        items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
    };
    let calls = ids(world.walk(&key, "/api/v1/calls").await, "call");
    assert_eq!(calls, ["call_5", "call_4", "call_3", "call_2", "call_1"]);
    assert_eq!(ids(world.walk(&key, "/api/v1/calls?outcome=none").await, "call"), ["call_3"]);
    assert_eq!(world.walk(&key, "/api/v1/calls?direction=outbound").await.len(), 0);
    assert_eq!(world.walk(&key, "/api/v1/calls?branch=mitte&direction=inbound").await.len(), 5);
    let early = "/api/v1/calls?since=2025-07-01T06:02:00Z&until=2025-07-01T06:04:00Z";
    assert_eq!(ids(world.walk(&key, early).await, "call"), ["call_3", "call_2"]);

    let appointments = world.walk(&key, "/api/v1/appointments?status=confirmed&staff=anna").await;
    assert_eq!(appointments.len(), 4);
    assert_eq!(world.walk(&key, "/api/v1/appointments?status=cancelled").await.len(), 0);
    let eleven = "/api/v1/appointments?since=2025-07-02T09:00:00Z&until=2025-07-02T09:30:00Z";
    assert_eq!(world.walk(&key, eleven).await.len(), 1);

    assert_eq!(world.walk(&key, "/api/v1/customers").await.len(), 5);
    let one = world.walk(&key, "/api/v1/customers?phone=%2B491713920002").await;
    assert_eq!((one.len(), &one[0]["name"]), (1, &json!("Max Mustermann")));
    assert_eq!(world.walk(&key, "/api/v1/customers?phone=+491713920002").await, one, "a plus that was not encoded");
    let customer = one[0]["customer"].as_str().unwrap();
    assert_eq!(world.get(&key, &format!("/api/v1/customers/{customer}")).await.ok(), one[0]);
    let theirs = format!("/api/v1/calls?customer={customer}");
    assert_eq!(ids(world.walk(&key, &theirs).await, "call"), ["call_2"]);
}

#[tokio::test]
async fn another_company_sees_nothing_of_it() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let (salon, praxis) = (world.key(SALON, Role::Admin).await, world.key(PRAXIS, Role::Admin).await);
    let call = world.get(&salon, "/api/v1/calls/call_1").await.ok();
    for list in ["calls", "appointments", "customers"] {
        assert_eq!(world.walk(&praxis, &format!("/api/v1/{list}")).await.len(), 0, "{list}");
        assert_eq!(world.walk(&salon, &format!("/api/v1/{list}")).await.len(), 1, "{list}");
    }
    let booking = call["booking"].as_str().unwrap();
    let customer = call["customer"].as_str().unwrap();
    for path in ["calls/call_1".into(), format!("appointments/{booking}"), format!("customers/{customer}")] {
        assert_eq!(world.get(&salon, &format!("/api/v1/{path}")).await.status, 200, "{path}");
        let refused = world.get(&praxis, &format!("/api/v1/{path}")).await;
        assert_eq!(refused.problem(), (404, "not-found".into()), "{path}");
    }
}

#[tokio::test]
async fn an_owner_names_the_company_and_sees_one_at_a_time() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(PRAXIS, 2, &wants("11:00")).await;
    let owner = world.key(SALON, Role::Owner).await;
    for (query, call) in [("", "call_1"), ("?company=salon", "call_1"), ("?company=praxis", "call_2")] {
        let calls = world.walk(&owner, &format!("/api/v1/calls{query}")).await;
        assert_eq!((calls.len(), &calls[0]["call"]), (1, &json!(call)), "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_found_and_bad_filters_are_told() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for path in ["calls/call%201", "appointments/1", "customers/nobody", "calls/call_404"] {
        assert_eq!(world.get(&key, &format!("/api/v1/{path}")).await.status, 404, "{path}");
    }
    for query in [
        "calls?direction=up",
        "calls?outcome=odd",
        "calls?branch=Mitte",
        "calls?since=yesterday",
        "calls?cursor=x",
        "calls?cursor=IngueSI",
        "appointments?status=odd",
        "customers?phone=nobody",
        "customers?customer=x",
    ] {
        let refused = world.get(&key, &format!("/api/v1/{query}")).await;
        assert_eq!(refused.problem(), (400, "query-unusable".into()), "{query}");
    }
}
