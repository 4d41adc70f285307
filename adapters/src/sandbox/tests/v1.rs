//! Version 1 on the wire.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::calcom::{BookingLimit, BookingWindow, Per, Status};
use super::harness::{Reply, Town, at, but};

const NINE: &str = "2025-07-02T09:00:00Z";

async fn ask(town: &Town, method: &str, path: &str, body: Option<&Value>) -> Reply {
    let sign = if path.contains('?') { '&' } else { '?' };
    let path = format!("/v1{path}{sign}apiKey={}", town.anna.api_key);
    town.ask(method, &path, "", "", body).await
}

fn wish(kind: u64, start: &str) -> Value {
    json!({
        "eventTypeId": kind,
        "start": start,
        "responses": {"name": "Max Mustermann", "email": "max@example.com"},
        "timeZone": "Europe/Berlin",
        "language": "de",
        "metadata": {"attempt": "a-1"},
    })
}

#[tokio::test]
async fn a_booking_from_its_making_to_its_end() {
    let town = Town::open().await;
    let booked = ask(&town, "POST", "/bookings", Some(&wish(town.cut, NINE))).await;
    assert_eq!(
        (booked.status, &booked.body["status"]),
        (200, &json!("ACCEPTED")),
        "the booking itself: {}",
        booked.body
    );
    assert_eq!(booked.body["endTime"], "2025-07-02T09:30:00.000Z");
    let number = booked.body["id"].as_u64().unwrap();
    let one = format!("/bookings/{number}");
    assert_eq!(ask(&town, "GET", &one, None).await.body["booking"]["uid"], booked.body["uid"]);
    let list = ask(&town, "GET", "/bookings?dateFrom=2025-07-02T08:00:00Z&take=10&page=1", None).await;
    assert_eq!(list.body["bookings"][0]["metadata"], json!({"attempt": "a-1"}));
    assert_eq!(ask(&town, "GET", "/bookings?take=10&page=2", None).await.body, json!({"bookings": []}));

    let wrong = ask(&town, "POST", &format!("{one}/cancel"), Some(&json!({}))).await;
    assert_eq!((wrong.status, wrong.message()), (405, "Method Not Allowed (Allow: DELETE)"));
    let cancelled = ask(&town, "DELETE", &format!("{one}/cancel?cancellationReason=krank"), None).await;
    assert_eq!((cancelled.status, cancelled.message()), (200, "Booking successfully cancelled."));
    let kept = town.calcom.booking(booked.body["uid"].as_str().unwrap()).unwrap();
    assert_eq!((kept.status, kept.cancellation_reason.as_deref()), (Status::Cancelled, Some("krank")));
    assert_eq!(ask(&town, "DELETE", &one, None).await.status, 400, "once");
}

#[tokio::test]
async fn refusals() {
    let town = Town::open().await;
    let plain = || wish(town.cut, NINE);
    town.calcom.change_event_type(town.cut, |kind| kind.minimum_notice_minutes = 60);
    assert_eq!(ask(&town, "POST", "/bookings", Some(&wish(town.cut, "2025-07-02T10:00:00Z"))).await.status, 200);
    for (body, status, text) in [
        (wish(town.cut, "2025-07-02T10:00:00Z"), 400, "no_available_users_found_error"),
        (wish(town.cut, "2025-07-05T10:00:00Z"), 400, "no_available_users_found_error"),
        (wish(town.cut, "2025-06-30T08:30:00Z"), 400, "booking_time_out_of_bounds_error"),
        (wish(99, NINE), 404, "event_type_not_found_error"),
        (but(plain(), "/end", json!("2025-07-02T10:00:00Z")), 400, "Invalid event length"),
        (but(plain(), "/metadata/attempt", json!(1)), 400, "invalid_type in 'metadata,attempt'"),
        (but(plain(), "/metadata", Value::Null), 400, "invalid_type in 'metadata': Required"),
        (but(plain(), "/timeZone", Value::Null), 400, "invalid_type in 'timeZone': Required"),
        (but(plain(), "/responses/email", Value::Null), 400, "{email}error_required_field"),
        (but(plain(), "/responses/email", json!("max")), 400, "{email}email_validation_error"),
        (but(plain(), "/eventTypeId", json!("7")), 400, "An error occured while querying the database"),
    ] {
        let reply = ask(&town, "POST", "/bookings", Some(&body)).await;
        assert_eq!(reply.status, status, "{body} was answered {}", reply.body);
        assert!(reply.message().contains(text), "{body} was answered {}", reply.body);
    }
    for (key, status, body) in [
        ("", 401, json!({"message": "No apiKey provided"})),
        ("?apiKey=cal_live_wrong", 401, json!({"error": "Your API key is not valid."})),
    ] {
        let reply = town.ask("GET", &format!("/v1/me{key}"), "", "", None).await;
        assert_eq!((reply.status, reply.body), (status, body));
    }
    let theirs = town.book(&Town::wish(town.cut, "2025-07-02T12:00:00Z")).await.data()["id"].as_u64().unwrap();
    let path = format!("/v1/bookings/{theirs}?apiKey={}", town.ben.api_key);
    let reply = town.ask("GET", &path, "", "", None).await;
    assert_eq!((reply.status, &reply.body["error"]), (403, &json!("You are not authorized to perform this request.")));
    town.calcom.make_admin(town.ben.user);
    assert_eq!(town.ask("GET", &path, "", "", None).await.status, 200);
}

#[tokio::test]
async fn a_move_is_a_booking_that_names_the_old_one() {
    let town = Town::open().await;
    let old = ask(&town, "POST", "/bookings", Some(&wish(town.cut, NINE))).await;
    let uid = old.body["uid"].as_str().unwrap();
    let move_it = but(wish(town.cut, "2025-07-02T09:15:00Z"), "/rescheduleUid", json!(uid));
    let moved = ask(&town, "POST", "/bookings", Some(&move_it)).await;
    assert_eq!((moved.status, &moved.body["startTime"]), (200, &json!("2025-07-02T09:15:00.000Z")));
    assert_eq!(town.calcom.booking(uid).unwrap().rescheduled_to.as_deref(), moved.body["uid"].as_str());
    let again = ask(&town, "POST", "/bookings", Some(&move_it)).await;
    assert_eq!((again.status, again.message()), (403, "cancelled_bookings_cannot_be_rescheduled"));
}

#[tokio::test]
async fn who_and_what_exists() {
    let town = Town::open().await;
    town.calcom.change_event_type(town.cut, |kind| {
        kind.window = BookingWindow::CalendarDays(30);
        kind.limits = vec![BookingLimit { per: Per::Day, bookings: 3 }];
    });
    let own = ask(&town, "GET", "/event-types", None).await;
    let titles: Vec<_> = own.body["event_types"].as_array().unwrap().iter().map(|kind| &kind["title"]).collect();
    assert_eq!(titles, ["Haarschnitt"], "those of teams do not appear");
    assert_eq!(own.body["event_types"][0]["bookingLimits"], json!({"PER_DAY": 3}));
    assert_eq!(own.body["event_types"][0]["periodType"], "ROLLING");
    let team = ask(&town, "GET", &format!("/teams/{}/event-types", town.team), None).await;
    assert_eq!(team.body["event_types"][0]["schedulingType"], "ROUND_ROBIN");
    assert_eq!(ask(&town, "GET", "/users", None).await.body["total"], 1, "only oneself");
    let hours = ask(&town, "GET", "/schedules", None).await;
    let row = &hours.body["schedules"][0]["availability"][0];
    assert_eq!(
        (&row["days"], &row["startTime"], &row["date"]),
        (&json!([1, 2, 3, 4, 5]), &json!("09:00:00"), &Value::Null)
    );
    let path =
        format!("/slots?eventTypeId={}&startTime={NINE}&endTime=2025-07-02T10:00:00Z&timeZone=Europe/Berlin", town.cut);
    let slots = ask(&town, "GET", &path, None).await;
    assert_eq!(slots.body["slots"]["2025-07-02"][0]["time"], "2025-07-02T11:00:00.000+02:00");
    assert_eq!(ask(&town, "GET", "/nothing", None).await.status, 404);
}

#[tokio::test]
async fn thirty_requests_a_minute_for_each_user() {
    let town = Town::open().await;
    for left in (0..30).rev() {
        let reply = ask(&town, "GET", "/me", None).await;
        assert_eq!((reply.status, reply.header("x-ratelimit-remaining")), (200, left.to_string().as_str()));
    }
    let refused = ask(&town, "GET", "/me", None).await;
    let reset = (at(super::harness::NOW).as_millisecond() + 60_000).to_string();
    assert_eq!((refused.status, refused.header("x-ratelimit-reset")), (429, reset.as_str()));
    assert_eq!(town.get("/v2/me", "").await.status, 200, "version 2 counts for itself");
    town.pass(Duration::from_mins(1));
    assert_eq!(ask(&town, "GET", "/me", None).await.status, 200);
}
