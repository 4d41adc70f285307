//! GET /v2/slots, and that it agrees with what can be booked.

use jiff::civil::{date, time};
use serde_json::{Value, json};

use super::super::calcom::NewEventType;
use super::harness::{Town, at, but, office_hours};

async fn slots(town: &Town, query: &str) -> Value {
    let reply = town.get(&format!("/v2/slots?{query}"), "2024-09-04").await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    assert_eq!(reply.body["status"], "success");
    reply.data().clone()
}

fn all(slots: &Value) -> Vec<String> {
    let days = slots.as_object().unwrap().values();
    days.flat_map(|day| day.as_array().unwrap()).map(|slot| slot["start"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn days_times_and_formats() {
    let town = Town::open().await;
    let query = format!("eventTypeId={}&start=2025-07-02&end=2025-07-03", town.cut);
    let found = slots(&town, &query).await;
    assert_eq!(found["2025-07-02"].as_array().unwrap().len(), 16);
    assert_eq!(found["2025-07-02"][0], json!({"start": "2025-07-02T07:00:00.000Z"}));
    assert_eq!(found.as_object().unwrap().len(), 2);
    let found = slots(&town, &format!("{query}&timeZone=Europe/Berlin&format=range")).await;
    let first = json!({"start": "2025-07-02T09:00:00.000+02:00", "end": "2025-07-02T09:30:00.000+02:00"});
    assert_eq!(found["2025-07-02"][0], first);
    // Weekends are closed: no days at all.
    let weekend = format!("eventTypeId={}&start=2025-07-05&end=2025-07-06", town.cut);
    assert_eq!(slots(&town, &weekend).await, json!({}));
    // The days are those of the asked zone.
    let tokyo = slots(&town, &format!("{query}&timeZone=Asia/Tokyo")).await;
    assert_eq!(tokyo["2025-07-02"][0]["start"], "2025-07-02T16:00:00.000+09:00");
}

#[tokio::test]
async fn ways_to_name_an_event_type() {
    let town = Town::open().await;
    let day = "start=2025-07-02&end=2025-07-02";
    let by_id = slots(&town, &format!("{day}&eventTypeId={}", town.cut)).await;
    assert_eq!(slots(&town, &format!("{day}&eventTypeSlug=haarschnitt&username=anna")).await, by_id);
    let team = slots(&town, &format!("{day}&eventTypeSlug=waschen&teamSlug=salon-mitte")).await;
    assert!(all(&team).is_sorted_by(|a, b| a < b), "a time that two hosts have is there once");
    assert_eq!(team, slots(&town, &format!("{day}&eventTypeId={}", town.wash)).await);
    for query in ["eventTypeId=999", "eventTypeSlug=x&username=anna", "eventTypeSlug=waschen&teamSlug=x"] {
        let reply = town.get(&format!("/v2/slots?{day}&{query}"), "2024-09-04").await;
        assert_eq!((reply.status, reply.message()), (404, "Event Type not found"), "{query}");
    }
    for query in [
        "end=2025-07-02",
        "start=x&end=2025-07-02",
        "start=2025-07-02&end=2025-07-02&timeZone=Berlin",
        "start=2025-07-02&end=2025-07-02&days=3",
    ] {
        let reply = town.get(&format!("/v2/slots?eventTypeId={}&{query}", town.cut), "2024-09-04").await;
        assert_eq!(reply.status, 400, "{query}");
    }
}

/// Every slot can be booked, and no round time that is missing can.
#[tokio::test]
async fn slots_agree_with_bookings() {
    let town = Town::open().await;
    town.calcom.set_rate_limit(super::limits::plenty());
    let busy = NewEventType::personal(town.anna.user, "Pause", 20).with(|kind| kind.after_buffer_minutes = 10);
    let busy = town.calcom.add_event_type(busy);
    town.book(&Town::wish(busy, "2025-07-02T08:10:00Z")).await;
    town.book(&Town::wish(town.wash, "2025-07-02T10:00:00Z")).await;
    town.book(&Town::wish(town.advice, "2025-07-02T12:30:00Z")).await;
    town.calcom.change_event_type(town.cut, |kind| kind.before_buffer_minutes = 5);
    for kind in [town.cut, town.wash, town.advice] {
        let free = all(&slots(&town, &format!("eventTypeId={kind}&start=2025-07-02&end=2025-07-02")).await);
        assert!(!free.is_empty());
        for quarter in 0..40 {
            let start = at("2025-07-02T06:00:00Z").checked_add(jiff::SignedDuration::from_mins(quarter * 15)).unwrap();
            let wish = but(Town::wish(kind, &start.to_string()), "/attendee/email", json!("probe@example.com"));
            let reply = town.book(&wish).await;
            let listed = free.contains(&format!("{start:.3}"));
            if listed {
                assert_eq!(reply.status, 201, "{kind} at {start}: {}", reply.body);
            }
            if reply.status == 201 {
                assert!(town.calcom.cancel_directly(reply.data()["uid"].as_str().unwrap(), "probe"));
            }
        }
    }
    assert_eq!(town.calcom.overlapping(), 0);
}

#[tokio::test]
async fn round_robin_is_the_union_and_collective_the_intersection() {
    let town = Town::open().await;
    let day = "start=2025-07-02&end=2025-07-02";
    // Ben comes at eleven and stays; Anna is as ever.
    let late = office_hours().on(date(2025, 7, 2), time(11, 0, 0, 0), time(19, 0, 0, 0));
    town.calcom.add_schedule(town.ben.user, late);
    let key = town.ben.api_key.clone();
    let schedules = town.ask("GET", "/v2/schedules", "2024-06-11", &key, None).await;
    let id = schedules.data()[1]["id"].as_u64().unwrap();
    town.ask("PATCH", &format!("/v2/schedules/{id}"), "2024-06-11", &key, Some(&json!({"isDefault": true}))).await;
    let together = all(&slots(&town, &format!("{day}&eventTypeId={}", town.advice)).await);
    assert_eq!((together.first().unwrap().as_str(), together.len()), ("2025-07-02T09:00:00.000Z", 6));
    let either = all(&slots(&town, &format!("{day}&eventTypeId={}", town.wash)).await);
    assert_eq!(either.first().unwrap(), "2025-07-02T07:00:00.000Z");
    assert_eq!(either.last().unwrap(), "2025-07-02T15:45:00.000Z");
}

#[tokio::test]
async fn notice_window_interval_and_a_moved_booking() {
    let town = Town::open().await;
    town.calcom.change_event_type(town.cut, |kind| {
        kind.minimum_notice_minutes = 90;
        kind.slot_interval_minutes = Some(15);
        kind.window = super::super::calcom::BookingWindow::BusinessDays(1);
    });
    let query = format!("eventTypeId={}&start=2025-06-30&end=2025-07-04", town.cut);
    let found = slots(&town, &query).await;
    assert_eq!(found["2025-06-30"][0]["start"], "2025-06-30T09:30:00.000Z");
    assert_eq!(found["2025-06-30"][1]["start"], "2025-06-30T09:45:00.000Z");
    assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), ["2025-06-30", "2025-07-01"]);

    let booked = town.book(&Town::wish(town.cut, "2025-07-01T09:00:00Z")).await;
    let taken = "2025-07-01T09:00:00.000Z".to_owned();
    assert!(!all(&slots(&town, &query).await).contains(&taken));
    let moving = format!("{query}&bookingUidToReschedule={}", super::harness::uid(&booked));
    assert!(all(&slots(&town, &moving).await).contains(&taken));
}

#[tokio::test]
async fn the_change_of_clocks() {
    let town = Town::open().await;
    town.set_time("2025-10-20T08:00:00Z");
    let query = format!("eventTypeId={}&start=2025-10-24&end=2025-10-27", town.cut);
    let found = slots(&town, &query).await;
    assert_eq!(found["2025-10-24"][0]["start"], "2025-10-24T07:00:00.000Z");
    assert_eq!(found["2025-10-27"][0]["start"], "2025-10-27T08:00:00.000Z");
}
