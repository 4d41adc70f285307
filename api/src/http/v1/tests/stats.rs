//! The company in numbers.

use super::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn calls_and_bookings_are_counted_by_hour_day_outcome_and_reason() {
    let world = World::new().await;
    for (number, said) in [(1, wants("11:00")), (2, wants("12:00")), (3, wants("20:00")), (4, json!({}))] {
        world.call(SALON, number, &said).await;
    }
    world.clock.advance(jiff::SignedDuration::from_mins(30));
    let key = world.key(SALON, Role::Viewer).await;
    let calls = world.get(&key, "/api/v1/stats/calls").await.ok();
    assert_eq!((&calls["totals"]["calls"], &calls["totals"]["cost_minor"]), (&json!(4), &json!(48)));
    assert_eq!((&calls["avg_duration_ms"], &calls["zone"]), (&json!(30_000.0), &json!("Europe/Berlin")));
    assert_eq!(
        (&calls["by_agent_version"][0]["agent_version"], &calls["booking_rate"]),
        (&json!(3), &json!(2.0 / 3.0))
    );
    assert_eq!(calls["daily"].as_array().unwrap().len(), 8);
    let today = calls["daily"].as_array().unwrap().iter().find(|day| day["date"] == "2025-07-01").unwrap();
    assert_eq!(today["calls"], 4);

    let analysis = &calls["analysis"];
    assert_eq!((&analysis["calls"], &analysis["wanted"], &analysis["booked"]), (&json!(4), &json!(4), &json!(2)));
    assert_eq!(analysis["steps"][6], json!({"step": "confirmed", "calls": 2}));
    assert_eq!(analysis["losses"][0], json!({"loss": "refused", "code": "closed", "calls": 1}));
    let agents = world.get(&key, "/api/v1/stats/agents").await.ok();
    let [version] = agents["versions"].as_array().unwrap().as_slice() else { panic!("{agents}") };
    assert_eq!((&version["agent_version"], &version["calls"], &version["booked"]), (&json!(3), &json!(4), &json!(2)));
    assert_eq!((&agents["totals"]["booking_rate"], &agents["zone"]), (&json!(0.5), &json!("UTC")));

    let bookings = world.get(&key, "/api/v1/stats/bookings?since=2025-07-01T00:00:00Z").await.ok();
    assert_eq!((&bookings["totals"]["confirmed"], &bookings["totals"]["refused"]), (&json!(2), &json!(1)));
    assert_eq!(bookings["losses"], json!([{"outcome": "refused", "reason": "closed", "count": 1}]));
    assert_eq!(bookings["by_status"], json!([{"status": "confirmed", "count": 2, "in_doubt": 0}]));
    assert_eq!(bookings["hourly"].as_array().unwrap().len(), 7);

    let other = world.key(PRAXIS, Role::Viewer).await;
    assert_eq!(world.get(&other, "/api/v1/stats/calls").await.ok()["totals"]["calls"], 0);
    assert_eq!(world.get(&other, "/api/v1/stats/bookings").await.ok()["totals"]["requested"], 0);
    assert_eq!(world.get(&other, "/api/v1/stats/agents").await.ok()["versions"], json!([]));
}

#[tokio::test]
async fn webhooks_of_the_last_day_are_counted_with_what_was_not_taken_in() {
    let world = World::new().await;
    world.call(SALON, 1, &json!({})).await;
    world.deliver_bytes(SALON, Some(SALON), b"{").await;
    world.settle().await;
    world.app.tally.count("duplicate:retell", SALON);
    world.app.tally.count("duplicate:retell", SALON);
    world.app.tally.count("rejected:signature_wrong", SALON);
    world.app.tally.count("rejected:signature_wrong", PRAXIS);
    world.clock.advance(jiff::SignedDuration::from_mins(1));
    let key = world.key(SALON, Role::Viewer).await;
    let stats = world.get(&key, "/api/v1/stats/webhooks").await.ok();
    let ended = stats["items"].as_array().unwrap().iter().find(|it| it["event_type"] == "call_ended").unwrap();
    assert_eq!((&ended["count"], &ended["success_count"], &ended["failed_count"]), (&json!(1), &json!(1), &json!(0)));
    assert!(ended["avg_processing_time"].is_number() && ended["p95"].is_number());
    assert_eq!(stats["hourly"].as_array().unwrap().len(), 25);
    assert_eq!(stats["door"], json!({"duplicates": 2, "rejected": {"signature_wrong": 1}}));

    world.clock.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(world.get(&key, "/api/v1/stats/webhooks").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_period_has_to_be_one() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for query in [
        "since=2025-07-02T00:00:00Z&until=2025-07-01T00:00:00Z",
        "since=2025-07-01T06:00:00Z",
        "since=2020-01-01T00:00:00Z",
        "since=last+week",
    ] {
        for stats in ["agents", "calls", "bookings"] {
            let refused = world.get(&key, &format!("/api/v1/stats/{stats}?{query}")).await;
            assert_eq!(refused.problem(), (400, "query-unusable".into()), "{stats} {query}");
        }
    }
}
