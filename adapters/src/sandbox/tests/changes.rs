//! Cancel, reschedule, confirm, decline, mark absent.

use std::time::Duration;

use serde_json::json;

use super::super::calcom::{Cancelling, Confirmation, Status};
use super::harness::{Reply, Town, uid};

const NINE: &str = "2025-07-02T09:00:00Z";

async fn booked(town: &Town, kind: u64) -> String {
    let reply = town.book(&Town::wish(kind, NINE)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    uid(&reply)
}

#[tokio::test]
async fn cancelling_frees_the_time_once() {
    let town = Town::open().await;
    let first = booked(&town, town.cut).await;
    town.pass(Duration::from_secs(30));
    let reply = town.act(&first, "cancel", &json!({"cancellationReason": "krank"})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.data()["status"], "cancelled");
    assert_eq!(reply.data()["cancellationReason"], "krank");
    assert_eq!(reply.data()["updatedAt"], "2025-06-30T08:00:30.000Z");
    let again = town.act(&first, "cancel", &json!({})).await;
    assert_eq!((again.status, again.message()), (400, "This booking has already been cancelled."));
    let second = booked(&town, town.cut).await;
    assert_ne!(first, second);
    let unknown = town.act("nobody", "cancel", &json!({})).await;
    assert_eq!((unknown.status, unknown.message()), (404, "Booking with uid=nobody not found"));
    assert_eq!(town.act(&second, "cancel", &json!({"reason": "x"})).await.status, 400);
}

#[tokio::test]
async fn cancelling_has_its_rules() {
    let town = Town::open().await;
    let booking = booked(&town, town.cut).await;
    town.calcom.change_event_type(town.cut, |kind| kind.cancelling = Cancelling::Disabled);
    assert_eq!(town.act(&booking, "cancel", &json!({})).await.status, 400);
    town.calcom.change_event_type(town.cut, |kind| kind.cancelling = Cancelling::OnlyWithReason);
    let reply = town.act(&booking, "cancel", &json!({})).await;
    assert_eq!((reply.status, reply.message()), (400, "Cancellation reason is required"));
    town.set_time("2025-07-02T10:00:00Z");
    let over = town.act(&booking, "cancel", &json!({"cancellationReason": "zu spät"})).await;
    let text = "Cannot cancel a booking that has already ended";
    assert_eq!((over.status, &over.body), (400, &json!({"statusCode": 400, "message": text})));
}

#[tokio::test]
async fn a_move_makes_a_new_booking() {
    let town = Town::open().await;
    let old = booked(&town, town.cut).await;
    // Its own time is not in its way.
    let body = json!({"start": "2025-07-02T09:15:00Z", "reschedulingReason": "Stau"});
    let reply = town.act(&old, "reschedule", &body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let new = uid(&reply);
    assert_ne!(new, old);
    assert_eq!(reply.data()["rescheduledFromUid"], old);
    assert_eq!(reply.data()["start"], "2025-07-02T09:15:00.000Z");
    assert_eq!(reply.data()["metadata"], json!({"attempt": "a-1"}), "what we wrote moves along");
    let before = town.calcom.booking(&old).unwrap();
    assert_eq!((before.status, before.rescheduled_to.as_deref()), (Status::Cancelled, Some(new.as_str())));

    let again = town.act(&old, "reschedule", &body).await;
    assert_eq!(again.status, 400);
    assert!(again.message().contains(&new), "the text names the new booking: {}", again.message());
    assert_eq!(town.act("nobody", "reschedule", &body).await.status, 404);
    assert_eq!(town.act(&new, "reschedule", &json!({"start": "later"})).await.status, 400);
    assert_eq!(town.calcom.live_bookings().len(), 1);
}

#[tokio::test]
async fn a_move_looks_for_conflicts() {
    let town = Town::open().await;
    let first = booked(&town, town.cut).await;
    let second = uid(&town.book(&Town::wish(town.cut, "2025-07-02T10:00:00Z")).await);
    let to = |start: &str| json!({"start": start});
    assert_eq!(town.act(&first, "reschedule", &to("2025-07-02T09:45:00Z")).await.status, 400);
    assert_eq!(town.act(&first, "reschedule", &to("2025-06-30T07:00:00Z")).await.status, 400);
    assert_eq!(town.act(&first, "reschedule", &to("2025-07-05T09:00:00Z")).await.status, 400);
    town.act(&second, "cancel", &json!({})).await;
    assert_eq!(town.act(&second, "reschedule", &to("2025-07-02T11:00:00Z")).await.status, 400);
    assert_eq!(town.act(&first, "reschedule", &to("2025-07-02T09:45:00Z")).await.status, 201);
}

#[tokio::test]
async fn a_moved_round_robin_keeps_its_host_if_it_can() {
    let town = Town::open().await;
    let host = |reply: &Reply| reply.data()["hosts"][0]["id"].as_u64().unwrap();
    let booking = booked(&town, town.wash).await;
    let reply = town.act(&booking, "reschedule", &json!({"start": "2025-07-02T12:00:00Z"})).await;
    assert_eq!(host(&reply), town.anna.user);
    // Anna's afternoon goes; only Ben is left.
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T13:00:00Z")).await.status, 201);
    let only_her = json!({"start": "2025-07-02T13:00:00Z", "rescheduleWithSameHost": true});
    assert_eq!(town.act(&uid(&reply), "reschedule", &only_her).await.status, 400);
    let reply = town.act(&uid(&reply), "reschedule", &json!({"start": "2025-07-02T13:00:00Z"})).await;
    assert_eq!(host(&reply), town.ben.user);
}

#[tokio::test]
async fn pending_confirmed_declined() {
    let town = Town::open().await;
    let always = Confirmation::Always { blocks: false };
    town.calcom.change_event_type(town.cut, |kind| kind.confirmation = always);
    let first = town.book(&Town::wish(town.cut, NINE)).await;
    assert_eq!(first.data()["status"], "pending");
    // A pending one keeps nobody away here, and its unique key is not set.
    let other = super::harness::but(Town::wish(town.cut, NINE), "/attendee/email", json!("erika@example.com"));
    let second = town.book(&other).await;
    assert_eq!(second.status, 201, "{}", second.body);

    let reply = town.act(&uid(&first), "confirm", &json!({})).await;
    assert_eq!((reply.status, &reply.data()["status"]), (200, &json!("accepted")));
    assert_eq!(town.act(&uid(&first), "confirm", &json!({})).await.status, 400);
    let reply = town.act(&uid(&second), "decline", &json!({"reason": "belegt"})).await;
    assert_eq!(reply.data()["status"], "rejected");
    assert_eq!(town.act(&uid(&second), "confirm", &json!({})).await.status, 400);
    assert_eq!(town.act(&uid(&second), "reschedule", &json!({"start": "2025-07-03T09:00:00Z"})).await.status, 400);

    let path = format!("/v2/bookings/{}/confirm", uid(&first));
    assert_eq!(town.ask("POST", &path, "2024-08-13", "", Some(&json!({}))).await.status, 401);
    assert_eq!(town.ask("POST", &path, "2024-08-13", &town.ben.api_key, Some(&json!({}))).await.status, 403);
}

#[tokio::test]
async fn a_pending_booking_keeps_others_away_where_its_type_says_so() {
    let town = Town::open().await;
    town.calcom.change_event_type(town.cut, |kind| kind.confirmation = Confirmation::Always { blocks: true });
    booked(&town, town.cut).await;
    let other = super::harness::but(Town::wish(town.cut, NINE), "/attendee/email", json!("erika@example.com"));
    assert_eq!(town.book(&other).await.status, 400);
}

#[tokio::test]
async fn a_moved_pending_type_is_pending_again_unless_its_host_moves_it() {
    let town = Town::open().await;
    town.calcom.change_event_type(town.cut, |kind| kind.confirmation = Confirmation::Always { blocks: true });
    let booking = booked(&town, town.cut).await;
    let by_host = json!({"start": "2025-07-02T10:00:00Z", "rescheduledBy": "anna@example.com"});
    let reply = town.act(&booking, "reschedule", &by_host).await;
    assert_eq!(reply.data()["status"], "accepted");
    let reply = town.act(&uid(&reply), "reschedule", &json!({"start": "2025-07-02T11:00:00Z"})).await;
    assert_eq!(reply.data()["status"], "pending");
}

#[tokio::test]
async fn absence_is_marked_after_the_start() {
    let town = Town::open().await;
    let booking = booked(&town, town.cut).await;
    let body = json!({"host": false, "attendees": [{"email": "max@example.com", "absent": true}]});
    assert_eq!(town.act(&booking, "mark-absent", &body).await.status, 400);
    town.set_time("2025-07-02T09:20:00Z");
    let reply = town.act(&booking, "mark-absent", &body).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.data()["attendees"][0]["absent"], true);
}
