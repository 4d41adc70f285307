//! Appointments booked, moved and cancelled by programs.

use super::world::{Answer, PRAXIS, SALON, World};
use http::Request;
use ringbuch_domain::access::Role;
use serde_json::{Value, json};

fn wanted(start: &str) -> Value {
    json!({
        "branch": "mitte",
        "service": "haarschnitt",
        "start": start,
        "name": "Max Mustermann",
        "phone": "0171 39200 42",
        "email": "max@example.com",
        "notes": "Möchte Tee.",
    })
}

const ELEVEN: &str = "2025-07-02T11:00:00+02:00";

async fn book_with(world: &World, key: &str, idempotency: &str, body: Value) -> Answer {
    let request = Request::post("/api/v1/appointments").header("authorization", format!("Bearer {key}"));
    world.send(request.header("idempotency-key", idempotency), Some(body)).await
}

#[tokio::test]
async fn an_appointment_is_booked_and_the_calendar_follows() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let answer = world.post(&key, "/api/v1/appointments", wanted(ELEVEN)).await;
    assert_eq!(answer.status, 201);
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let booked = answer.ok();
    assert_eq!(location, format!("/api/v1/appointments/{}", booked["booking"].as_str().unwrap()));
    assert_eq!((&booked["status"], &booked["start_at"]), (&json!("requested"), &json!("2025-07-02T09:00:00Z")));
    assert_eq!((&booked["end_at"], &booked["phone"]), (&json!("2025-07-02T09:30:00Z"), &json!("+491713920042")));

    world.settle().await;
    let stands = world.get(&key, &location).await.ok();
    assert_eq!((&stands["status"], &stands["staff"]), (&json!("confirmed"), &json!("anna")));
}

#[tokio::test]
async fn one_idempotency_key_is_one_appointment() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let first = book_with(&world, &key, "order-1", wanted(ELEVEN)).await.ok();
    let again = book_with(&world, &key, "order-1", wanted(ELEVEN)).await;
    assert_eq!((again.status, &again.body["booking"]), (201, &first["booking"]));
    let other = book_with(&world, &key, "order-2", wanted(ELEVEN)).await.ok();
    assert_ne!(other["booking"], first["booking"], "two people serve at that time");
    assert_eq!(world.walk(&key, "/api/v1/appointments").await.len(), 2);

    let reused = book_with(&world, &key, "order-1", wanted("2025-07-03T11:00:00+02:00")).await;
    assert_eq!(reused.problem(), (422, "idempotency_key_reused".into()));
    let elsewhere = world.key(PRAXIS, Role::Operator).await;
    let theirs = book_with(&world, &elsewhere, "order-1", wanted(ELEVEN)).await.ok();
    assert_ne!(theirs["booking"], first["booking"], "another company's key is another key");
    assert_eq!(book_with(&world, &key, &"x".repeat(256), wanted(ELEVEN)).await.status, 400);
}

#[tokio::test]
async fn the_diary_says_no_with_a_word_and_sentences() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    for _ in 0..2 {
        world.post(&key, "/api/v1/appointments", wanted(ELEVEN)).await.ok();
    }
    let head = world.app.journal.log().head().await.unwrap();
    let with = |field: &str, value: Value| {
        let mut body = wanted("2025-07-02T12:00:00+02:00");
        body[field] = value;
        body
    };
    for (body, status, rule) in [
        (wanted(ELEVEN), 409, "slot_taken"),
        (wanted("2025-07-02T20:00:00+02:00"), 409, "closed"),
        (wanted("2025-06-30T11:00:00+02:00"), 409, "in_the_past"),
        (wanted("2025-12-01T11:00:00+01:00"), 409, "too_far_ahead"),
        (with("branch", json!("nord")), 409, "branch_inactive"),
        (with("branch", json!("hafen")), 422, "branch_unknown"),
        (with("service", json!("Massage")), 422, "service_unknown"),
        (with("service", json!(7)), 422, "service_unknown"),
        (with("staff", json!("Dora")), 422, "staff_unknown"),
        (with("phone", json!("nobody")), 422, "not_a_number"),
        (with("email", json!("max at example.com")), 422, "not_an_address"),
        (with("name", json!(" ")), 422, "length"),
        (with("start", json!("tomorrow")), 400, "body-unusable"),
        (with("start", json!("2025-07-02T11:00:00")), 400, "body-unusable"),
        (with("branch", json!("Mitte!")), 400, "body-unusable"),
        (with("colour", json!("red")), 400, "body-unusable"),
    ] {
        let refused = world.post(&key, "/api/v1/appointments", body.clone()).await;
        assert_eq!(refused.problem(), (status, rule.into()), "{body}");
        assert!(refused.body["detail"].as_str().unwrap().ends_with('.'), "{}", refused.body);
        if status == 409 {
            assert!(refused.body["spoken"].is_string(), "{}", refused.body);
        }
    }
    let taken = world.post(&key, "/api/v1/appointments", wanted(ELEVEN)).await;
    assert_eq!(taken.body["detail"], "The time is taken.");
    assert_eq!(taken.body["spoken"], "Dieser Termin ist leider schon vergeben.");
    assert_eq!(world.app.journal.log().head().await.unwrap(), head, "a refusal writes nothing");
}

#[tokio::test]
async fn what_is_free_is_what_can_be_booked() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let ask = async |query: &str| world.get(&key, &format!("/api/v1/availability?{query}")).await;
    let eleven = "branch=mitte&service=1&start=2025-07-02T11:00:00%2B02:00";
    let free = ask(eleven).await.ok();
    assert_eq!((&free["free"], &free["staff"]), (&json!(true), &json!(["anna", "ben"])));
    assert_eq!(free["end"], "2025-07-02T09:30:00Z");
    assert_eq!(ask(&format!("{eleven}&staff=ben")).await.ok()["staff"], json!(["ben"]));
    for _ in 0..2 {
        world.post(&key, "/api/v1/appointments", wanted(ELEVEN)).await.ok();
    }
    let taken = ask(eleven).await.ok();
    assert_eq!((&taken["free"], &taken["reason"]["rule"]), (&json!(false), &json!("slot_taken")));
    assert_eq!(taken["reason"]["spoken"], "Dieser Termin ist leider schon vergeben.");
    assert_eq!(ask("branch=nord&service=1&start=2025-07-02T09:00:00Z").await.ok()["reason"]["rule"], "branch_inactive");
    assert_eq!(ask("branch=mitte&service=x&start=2025-07-02T09:00:00Z").await.status, 422);
    for missing in ["branch=mitte", "start=2025-07-02T09:00:00Z", "branch=mitte&start=soon"] {
        assert_eq!(ask(missing).await.status, 400, "{missing}");
    }
}

#[tokio::test]
async fn an_appointment_is_moved_to_another_day_and_cancelled() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let booked = world.post(&key, "/api/v1/appointments", wanted(ELEVEN)).await.ok();
    world.settle().await;
    let path = format!("/api/v1/appointments/{}", booked["booking"].as_str().unwrap());

    let closed = world.post(&key, &format!("{path}/move"), json!({"start": "2025-07-03T21:00:00+02:00"})).await;
    assert_eq!(closed.problem(), (409, "closed".into()));
    let moving = world.post(&key, &format!("{path}/move"), json!({"start": "2025-07-03T12:00:00+02:00"})).await;
    assert_eq!((moving.status, &moving.body["under_way"]), (202, &json!("move")));
    world.settle().await;
    let moved = world.get(&key, &path).await.ok();
    assert_eq!((&moved["start_at"], &moved["page"]), (&json!("2025-07-03T10:00:00Z"), &json!("2025-07-03")));
    let kinds: Vec<_> = moved["history"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    for kind in ["BookingRequested", "BookingMoveRequested", "SlotHeld", "BookingMoved"] {
        assert!(kinds.contains(&json!(kind)), "{kind} in {kinds:?}");
    }

    let cancelling = world.post(&key, &format!("{path}/cancel"), json!({"reason": "Krank"})).await;
    assert_eq!(cancelling.status, 202);
    world.settle().await;
    let cancelled = world.get(&key, &path).await.ok();
    assert_eq!((&cancelled["status"], &cancelled["cancel_reason"]), (&json!("cancelled"), &json!("Krank")));
    assert!(cancelled["cancelled_by"].as_str().unwrap().starts_with("key:"));
    let again = world.ask(http::Method::POST, &key, &format!("{path}/cancel"), None).await;
    assert_eq!(again.status, 202, "asking again changes nothing");
    let too_late = world.post(&key, &format!("{path}/move"), json!({"start": "2025-07-04T12:00:00+02:00"})).await;
    assert_eq!(too_late.problem(), (409, "wrong_state".into()));
}

#[tokio::test]
async fn another_company_can_neither_move_nor_cancel() {
    let world = World::new().await;
    let (ours, theirs) = (world.key(SALON, Role::Operator).await, world.key(PRAXIS, Role::Admin).await);
    let booked = world.post(&ours, "/api/v1/appointments", wanted(ELEVEN)).await.ok();
    world.settle().await;
    let path = format!("/api/v1/appointments/{}", booked["booking"].as_str().unwrap());
    let to = json!({"start": "2025-07-03T12:00:00+02:00"});
    assert_eq!(world.post(&theirs, &format!("{path}/move"), to).await.status, 404);
    assert_eq!(world.post(&theirs, &format!("{path}/cancel"), json!({})).await.status, 404);
    assert_eq!(world.get(&ours, &path).await.ok()["status"], "confirmed");
}
