//! What belongs to persons is handed out once it is written down who asked for it.

use super::world::{SALON, World, wants};
use jiff::SignedDuration;
use ringbuch_domain::access::{AccessEvent, Role};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::StreamId;
use serde_json::Value;

/// What was looked at, by whom, as the log says it.
async fn views(world: &World) -> Vec<(String, String, String)> {
    let stream = StreamId::access(&CompanyId::new(SALON).unwrap());
    let events = world.app.journal.read_stream::<AccessEvent>(&stream).await.unwrap();
    let view = |event: AccessEvent| match event {
        AccessEvent::PersonalDataViewed(it) => Some((it.what, it.id, it.by)),
        _ => None,
    };
    events.into_iter().filter_map(|event| view(event.data)).collect()
}

/// Each address with what it is about.
async fn addresses(world: &World, key: &str) -> Vec<(String, &'static str, String)> {
    let first = async |list: &str, name: &str| -> String {
        let items = world.get(key, &format!("/api/v1/{list}")).await.ok();
        items["items"][0][name].as_str().unwrap().to_owned()
    };
    let (call, booking) = ("call_1".to_owned(), first("appointments", "booking").await);
    let (customer, delivery) = (first("customers", "customer").await, first("webhooks", "delivery").await);
    let all = || "list".to_owned();
    vec![
        ("/api/v1/calls".into(), "call", all()),
        (format!("/api/v1/calls/{call}"), "call", call),
        ("/api/v1/customers".into(), "customer", all()),
        (format!("/api/v1/customers/{customer}"), "customer", customer.clone()),
        (format!("/api/v1/customers/{customer}/export"), "customer", customer),
        ("/api/v1/appointments".into(), "appointment", all()),
        (format!("/api/v1/appointments/{booking}"), "appointment", booking),
        ("/api/v1/appointments/export.csv".into(), "appointment", all()),
        ("/api/v1/appointments/export.ics".into(), "appointment", all()),
        ("/api/v1/webhooks?text=termin".into(), "webhook", "search".to_owned()),
        ("/api/v1/callbacks".into(), "callback", all()),
        (format!("/api/v1/webhooks/{delivery}"), "webhook", delivery),
    ]
}

#[tokio::test]
async fn whoever_is_handed_what_belongs_to_a_person_is_written_down() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let finder = world.key(SALON, Role::Admin).await;
    for (address, what, id) in addresses(&world, &finder).await {
        let key = world.key(SALON, Role::Admin).await;
        let before = views(&world).await.len();
        assert_eq!(world.get(&key, &address).await.status, 200, "{address}");
        let told = views(&world).await;
        assert_eq!(told.len(), before + 1, "{address}");
        let (looked_at, which, by) = &told[before];
        assert_eq!((looked_at.as_str(), which), (what, &id), "{address}");
        assert!(by.starts_with("key:"), "{by}");
    }
}

#[tokio::test]
async fn looking_at_the_same_again_is_one_view_for_ten_minutes() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let key = world.key(SALON, Role::Viewer).await;
    for (minutes, views_by_then) in [(0, 1), (0, 1), (10, 2), (0, 2)] {
        world.clock.advance(SignedDuration::from_mins(minutes));
        world.get(&key, "/api/v1/calls/call_1").await.ok();
        assert_eq!(views(&world).await.len(), views_by_then);
    }
}

#[tokio::test]
async fn what_is_refused_or_hidden_is_no_view() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let viewer = world.key(SALON, Role::Viewer).await;
    let delivery = world.get(&viewer, "/api/v1/webhooks").await.ok()["items"][0]["delivery"].clone();
    let hidden = world.get(&viewer, &format!("/api/v1/webhooks/{}", delivery.as_str().unwrap())).await.ok();
    assert_eq!(hidden["content"], Value::Null);
    assert_eq!(world.get(&viewer, "/api/v1/calls/call_2").await.status, 404);
    assert!(views(&world).await.is_empty());
}
