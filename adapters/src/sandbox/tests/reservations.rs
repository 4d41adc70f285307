//! Slot reservations are advice: they hide and keep other reservations away, and bookings ignore them.

use std::time::Duration;

use serde_json::{Value, json};

use super::harness::{Reply, Town};

const NINE: &str = "2025-07-02T09:00:00Z";

async fn reserve(town: &Town, kind: u64, start: &str, key: &str, minutes: Option<u32>) -> Reply {
    let mut body = json!({"eventTypeId": kind, "slotStart": start});
    if let Some(minutes) = minutes {
        body["reservationDuration"] = minutes.into();
    }
    town.ask("POST", "/v2/slots/reservations", "2024-09-04", key, Some(&body)).await
}

async fn is_shown(town: &Town, kind: u64) -> bool {
    let path = format!("/v2/slots?eventTypeId={kind}&start=2025-07-02T08:00:00Z&end=2025-07-02T09:00:00Z");
    let reply = town.get(&path, "2024-09-04").await;
    reply.data()["2025-07-02"].as_array().is_some_and(|day| day.contains(&json!({"start": "2025-07-02T09:00:00.000Z"})))
}

#[tokio::test]
async fn a_reservation_hides_the_slot_until_it_lapses() {
    let town = Town::open().await;
    assert!(is_shown(&town, town.cut).await);
    let reply = reserve(&town, town.cut, NINE, "", None).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    assert_eq!(reply.data()["reservationDuration"], 5);
    assert_eq!(reply.data()["reservationUntil"], "2025-06-30T08:05:00.000Z");
    assert_eq!(reply.data()["slotEnd"], "2025-07-02T09:30:00.000Z");
    assert!(!is_shown(&town, town.cut).await, "from its own maker too");
    assert!(!is_shown(&town, town.advice).await, "whichever event type asks");
    town.pass(Duration::from_mins(5));
    assert!(is_shown(&town, town.cut).await);
    let uid = reply.data()["reservationUid"].as_str().unwrap();
    let gone = town.get(&format!("/v2/slots/reservations/{uid}"), "2024-09-04").await;
    assert_eq!((gone.status, gone.data()), (200, &Value::Null));
}

#[tokio::test]
async fn a_booking_neither_looks_at_it_nor_uses_it_up() {
    let town = Town::open().await;
    let uid = reserve(&town, town.cut, NINE, "", None).await.data()["reservationUid"].as_str().unwrap().to_owned();
    assert_eq!(town.book(&Town::wish(town.cut, NINE)).await.status, 201);
    let path = format!("/v2/slots/reservations/{uid}");
    assert_eq!(town.get(&path, "2024-09-04").await.data()["reservationUid"], uid);
    assert_eq!(town.ask("DELETE", &path, "2024-09-04", "", None).await.body, json!({"status": "success"}));
    assert_eq!(town.ask("DELETE", &path, "2024-09-04", "", None).await.status, 404);
}

#[tokio::test]
async fn refusals() {
    let town = Town::open().await;
    reserve(&town, town.cut, NINE, "", None).await;
    let again = reserve(&town, town.cut, "2025-07-02T09:15:00Z", "", None).await;
    assert_eq!(again.status, 422);
    assert!(again.message().starts_with("This time slot is already reserved by another user."));
    assert_eq!(reserve(&town, town.wash, NINE, "", None).await.status, 201, "each event type for itself");
    town.book(&Town::wish(town.cut, "2025-07-02T11:00:00Z")).await;
    let booked = reserve(&town, town.cut, "2025-07-02T11:00:00Z", "", None).await;
    assert_eq!((booked.status, booked.message()), (422, "Can't reserve a slot if the event is already booked."));
    // Working hours are not asked.
    assert_eq!(reserve(&town, town.cut, "2025-07-05T22:00:00Z", "", None).await.status, 201);
    assert_eq!(reserve(&town, 99, NINE, "", None).await.status, 404);
    assert_eq!(reserve(&town, town.cut, "nine", "", None).await.status, 400);
}

#[tokio::test]
async fn an_own_duration_is_for_members() {
    let town = Town::open().await;
    assert_eq!(reserve(&town, town.cut, NINE, "", Some(10)).await.status, 401);
    assert_eq!(reserve(&town, town.cut, NINE, &town.ben.api_key, Some(10)).await.status, 403);
    let reply = reserve(&town, town.cut, NINE, &town.anna.api_key, Some(10)).await;
    assert_eq!(reply.data()["reservationUntil"], "2025-06-30T08:10:00.000Z");
}

#[tokio::test]
async fn only_the_first_host_of_a_team_is_reserved() {
    let town = Town::open().await;
    reserve(&town, town.wash, "2025-07-02T07:00:00Z", "", None).await;
    let path = format!("/v2/slots?eventTypeId={}&start=2025-07-02&end=2025-07-02", town.wash);
    let reply = town.get(&path, "2024-09-04").await;
    assert_eq!(reply.data()["2025-07-02"][0]["start"], "2025-07-02T07:00:00.000Z", "Ben still is free");
}
