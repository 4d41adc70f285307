//! Who and what exists: me, teams, memberships, event types, schedules, webhooks.

use serde_json::{Value, json};

use super::super::calcom::{BookingWindow, NewEventType};
use super::harness::{Town, at};

fn titles(reply: &super::harness::Reply) -> Vec<&str> {
    reply.data().as_array().unwrap().iter().map(|kind| kind["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn people() {
    let town = Town::open().await;
    let me = town.get("/v2/me", "").await;
    assert_eq!((&me.data()["id"], &me.data()["timeZone"]), (&json!(town.anna.user), &json!("Europe/Berlin")));
    let teams = town.get("/v2/teams", "").await;
    assert_eq!(teams.data()[0]["slug"], "salon-mitte");
    let path = format!("/v2/teams/{}/memberships", town.team);
    let members = town.get(&path, "").await;
    let roles: Vec<_> = members.data().as_array().unwrap().iter().map(|member| &member["role"]).collect();
    assert_eq!(roles, ["OWNER", "MEMBER"]);
    let ben = town.get(&format!("{path}?emails=ben%40example.com"), "").await;
    assert_eq!(ben.data().as_array().unwrap().len(), 1);
    assert_eq!(ben.data()[0]["userId"], town.ben.user);
    assert_eq!(town.get(&format!("{path}?take=1&skip=1"), "").await.data()[0]["userId"], town.ben.user);
    assert_eq!(town.ask("GET", &path, "", &town.ben.api_key, None).await.status, 403);
}

#[tokio::test]
async fn event_types() {
    let town = Town::open().await;
    let window = BookingWindow::CalendarDays(30);
    town.calcom.add_event_type(NewEventType::personal(town.anna.user, "Farbe", 90).with(|kind| kind.window = window));
    let own = town.get("/v2/event-types", "2024-06-14").await;
    assert_eq!(titles(&own), ["Haarschnitt", "Farbe"], "personal ones alone");
    assert_eq!(own.data()[1]["bookingWindow"], json!([{"type": "calendarDays", "value": 30, "rolling": false}]));
    assert!(own.data()[0]["bookingFields"][0].get("field").is_none());
    assert_eq!(titles(&town.get("/v2/event-types?eventSlug=farbe", "2024-06-14").await), ["Farbe"]);
    assert_eq!(titles(&town.get("/v2/event-types?username=ben", "2024-06-14").await), Vec::<&str>::new());
    let newer = town.get("/v2/event-types", "2026-06-12").await;
    assert_eq!(newer.data()[0]["bookingFields"][1]["field"], "email");

    let of_team = town.get(&format!("/v2/teams/{}/event-types", town.team), "2026-06-12").await;
    assert_eq!(titles(&of_team), ["Waschen", "Beratung"]);
    assert_eq!(of_team.data()[0]["schedulingType"], "roundRobin");
    assert_eq!(of_team.data()[0]["hosts"][1]["userId"], town.ben.user);
    assert_eq!(of_team.data()[1]["schedulingType"], "collective");

    let one = town.get(&format!("/v2/event-types/{}", town.cut), "2024-06-14").await;
    assert_eq!(one.data()["lengthInMinutes"], 30);
    let foreign =
        town.ask("GET", &format!("/v2/event-types/{}", town.cut), "2024-06-14", &town.ben.api_key, None).await;
    assert_eq!(foreign.status, 404);
}

#[tokio::test]
async fn schedules_are_read_and_written() {
    let town = Town::open().await;
    let schedule = town.get("/v2/schedules/default", "2024-06-11").await;
    let days = json!(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]);
    assert_eq!(schedule.data()["availability"], json!([{"days": days, "startTime": "09:00", "endTime": "17:00"}]));
    assert_eq!(schedule.data()["isDefault"], true);
    let id = schedule.data()["id"].as_u64().unwrap();
    let path = format!("/v2/schedules/{id}");
    assert_eq!(town.get(&path, "2024-06-11").await.body, schedule.body);

    let closed = json!({"overrides": [{"date": "2025-07-02", "startTime": "12:00", "endTime": "13:00"}]});
    let patched = town.ask("PATCH", &path, "2024-06-11", &town.anna.api_key, Some(&closed)).await;
    assert_eq!(patched.data()["overrides"], closed["overrides"]);
    assert_eq!(patched.data()["availability"], schedule.data()["availability"]);
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T09:00:00Z")).await.status, 400);
    assert_eq!(town.book(&Town::wish(town.cut, "2025-07-02T10:00:00Z")).await.status, 201);

    for wrong in [
        json!({"timeZone": "Berlin"}),
        json!({"availability": [{"days": ["Montag"], "startTime": "09:00", "endTime": "10:00"}]}),
        json!({"hours": 3}),
    ] {
        assert_eq!(
            town.ask("PATCH", &path, "2024-06-11", &town.anna.api_key, Some(&wrong)).await.status,
            400,
            "{wrong}"
        );
    }
    assert_eq!(town.ask("GET", &path, "2024-06-11", &town.ben.api_key, None).await.status, 403);
    assert_eq!(town.get("/v2/schedules/99", "2024-06-11").await.status, 404);
    let of_team = town.get(&format!("/v2/teams/{}/schedules", town.team), "").await;
    assert_eq!(of_team.data().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn webhooks_are_kept() {
    let town = Town::open().await;
    let body = json!({"active": true, "subscriberUrl": "https://ringbuch.example.com/hook", "triggers": ["BOOKING_CREATED"], "secret": "s"});
    let post = async |body: &Value| town.ask("POST", "/v2/webhooks", "", &town.anna.api_key, Some(body)).await.status;
    assert_eq!(post(&body).await, 201);
    assert_eq!(post(&body).await, 409, "once for each user and url");
    assert_eq!(post(&json!({"subscriberUrl": "nowhere", "triggers": []})).await, 400);
    assert_eq!(town.get("/v2/webhooks", "").await.data()[0]["triggers"], json!(["BOOKING_CREATED"]));
    let kept = town.calcom.webhooks();
    assert_eq!((kept.len(), kept[0].user, kept[0].active), (1, town.anna.user, true));
}

#[tokio::test]
async fn a_host_who_is_gone_still_has_bookings() {
    let town = Town::open().await;
    let guest = super::super::calcom::Guest {
        name: "Erika".into(),
        email: Some("erika@example.com".into()),
        phone: None,
        time_zone: super::harness::berlin(),
    };
    let (start, end) = (at("2025-07-02T09:00:00Z"), at("2025-07-02T10:00:00Z"));
    let booking = town.calcom.force_booking(town.cut, 424_242, start, end, guest).unwrap();
    town.calcom.remove_event_type(town.cut);
    let reply = town.get(&format!("/v2/bookings/{}", booking.uid), "2024-08-13").await;
    assert_eq!(reply.data()["hosts"][0]["id"], "unknown");
}
