//! Every route that Cal.com's own description holds, and that is used here, is answered as described: [`Town::ask`] holds
//! each answer against it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::calcom::{Confirmation, NewEventType};
use super::{
    calcom_schema as schema,
    harness::{Reply, Town, uid},
};

/// Asks, and notes which route it was.
struct Tour {
    town: Town,
    seen: BTreeSet<String>,
}

impl Tour {
    async fn ask(&mut self, method: &str, path: &str, version: &str, body: Option<&Value>) -> Reply {
        let reply = self.town.ask(method, path, version, &self.town.anna.api_key.clone(), body).await;
        assert!(reply.status < 300, "{method} {path} was answered {}", reply.body);
        self.seen.insert(schema::name(method, path).unwrap());
        reply
    }

    async fn get(&mut self, path: &str, version: &str) -> Reply {
        self.ask("GET", path, version, None).await
    }

    async fn act(&mut self, uid: &str, act: &str, body: Value) -> Reply {
        self.ask("POST", &format!("/v2/bookings/{uid}/{act}"), "2026-02-25", Some(&body)).await
    }
}

#[tokio::test]
async fn every_route_is_answered_as_described() {
    let mut tour = Tour { town: Town::open().await, seen: BTreeSet::new() };
    bookings(&mut tour).await;
    directory(&mut tour).await;
    slots_and_webhooks(&mut tour).await;
    assert_eq!(tour.seen, schema::names());
}

async fn bookings(tour: &mut Tour) {
    let asked = NewEventType::personal(tour.town.anna.user, "Färben", 30);
    let asked = asked.with(|kind| kind.confirmation = Confirmation::Always { blocks: true });
    let asked = tour.town.calcom.add_event_type(asked);
    let (cut, wash) = (tour.town.cut, tour.town.wash);
    let mut book =
        async |kind, start| uid(&tour.ask("POST", "/v2/bookings", "2026-02-25", Some(&Town::wish(kind, start))).await);
    let (first, second) = (book(wash, "2025-07-02T09:00:00Z").await, book(asked, "2025-07-02T11:00:00Z").await);
    let (third, fourth) = (book(asked, "2025-07-02T12:00:00Z").await, book(cut, "2025-06-30T09:00:00Z").await);
    tour.act(&second, "confirm", json!({})).await;
    tour.act(&third, "decline", json!({"reason": "belegt"})).await;
    let moved = tour.act(&first, "reschedule", json!({"start": "2025-07-02T13:00:00Z"})).await;
    tour.act(&uid(&moved), "cancel", json!({"cancellationReason": "krank"})).await;
    tour.get(&format!("/v2/bookings/{first}"), "2026-02-25").await;
    for status in ["upcoming", "past", "cancelled", "unconfirmed"] {
        tour.get(&format!("/v2/bookings?status={status}"), "2026-05-01").await;
        tour.get(&format!("/v2/teams/{}/bookings?status={status}", tour.town.team), "2024-08-13").await;
    }
    tour.get("/v2/bookings?status=upcoming,cancelled", "2024-08-13").await;
    tour.town.set_time("2025-06-30T09:10:00Z");
    let absent = json!({"attendees": [{"email": "max@example.com", "absent": true}]});
    tour.act(&fourth, "mark-absent", absent).await;
}

async fn directory(tour: &mut Tour) {
    let (team, cut) = (tour.town.team, tour.town.cut);
    for version in ["2024-06-14", "2026-06-12"] {
        tour.get("/v2/event-types", version).await;
        tour.get(&format!("/v2/event-types/{cut}"), version).await;
        tour.get(&format!("/v2/event-types/{}", tour.town.wash), version).await;
        tour.get(&format!("/v2/teams/{team}/event-types"), version).await;
    }
    for path in ["/v2/me", "/v2/teams"] {
        tour.get(path, "").await;
    }
    for part in ["", "/memberships", "/schedules"] {
        tour.get(&format!("/v2/teams/{team}{part}"), "").await;
    }
    tour.get("/v2/schedules", "2024-06-11").await;
    let schedule = tour.get("/v2/schedules/default", "2024-06-11").await.data()["id"].clone();
    let path = format!("/v2/schedules/{schedule}");
    tour.get(&path, "2024-06-11").await;
    let closed = json!({"overrides": [{"date": "2025-12-24", "startTime": "00:00", "endTime": "00:00"}]});
    tour.ask("PATCH", &path, "2024-06-11", Some(&closed)).await;
}

async fn slots_and_webhooks(tour: &mut Tour) {
    let (team, cut, wash) = (tour.town.team, tour.town.cut, tour.town.wash);
    for format in ["time", "range"] {
        tour.get(&format!("/v2/slots?eventTypeId={cut}&start=2025-07-03&end=2025-07-04&format={format}"), "2024-09-04")
            .await;
    }
    let slot = json!({"eventTypeId": cut, "slotStart": "2025-07-03T09:00:00Z"});
    let reserved = tour.ask("POST", "/v2/slots/reservations", "2024-09-04", Some(&slot)).await;
    let path = format!("/v2/slots/reservations/{}", reserved.data()["reservationUid"].as_str().unwrap());
    for method in ["GET", "DELETE", "GET"] {
        tour.ask(method, &path, "2024-09-04", None).await;
    }
    let hook =
        json!({"active": true, "subscriberUrl": "https://ringbuch.example.com/hook", "triggers": ["BOOKING_CREATED"]});
    for path in ["/v2/webhooks".to_owned(), format!("/v2/teams/{team}/event-types/{wash}/webhooks")] {
        let made = tour.ask("POST", &path, "", Some(&hook)).await;
        tour.get(&path, "").await;
        tour.ask("PATCH", &format!("{path}/{}", made.data()["id"]), "", Some(&json!({"active": false}))).await;
    }
}
