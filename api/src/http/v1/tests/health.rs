//! What keeps up and what does not.

use super::world::{PRAXIS, SALON, World, ended};
use crate::pace;
use jiff::SignedDuration;
use ringbuch_adapters::counters::Count;
use ringbuch_domain::access::Role;
use serde_json::json;

#[tokio::test]
async fn read_models_are_told_with_how_far_they_have_come() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Admin).await;
    let all = world.walk(&key, "/api/v1/projections").await;
    assert_eq!(all.len(), ringbuch_projections::all().len());
    let head = world.app.journal.log().head().await.unwrap();
    for it in &all {
        assert_eq!((&it["checkpoint"], &it["lag"]), (&json!(head), &json!(0)), "{it}");
        assert_eq!((&it["activity"], &it["set_aside"]), (&json!("following"), &json!(0)), "{it}");
    }
    let one = world.get(&key, "/api/v1/projections/calls").await.ok();
    assert_eq!((&one["name"], &one["version"]), (&json!("calls"), &json!(1)));
    assert_eq!(world.get(&key, "/api/v1/projections/none").await.status, 404);
}

#[tokio::test]
async fn a_backlog_has_an_age_and_latencies_are_measured() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    world.deliver_bytes(SALON, Some(SALON), ended(SALON, 1, &json!({})).to_string().as_bytes()).await;
    world.clock.advance(SignedDuration::from_secs(40));
    let health = world.get(&key, "/api/v1/stats/health").await.ok();
    assert_eq!(
        (&health["backlog"]["intake"]["count"], &health["backlog"]["intake"]["age_seconds"]),
        (&json!(1), &json!(40.0))
    );
    assert_eq!(health["backlog"]["booking"]["count"], 0);
    assert_eq!(health["projections"].as_array().unwrap().len(), ringbuch_projections::all().len());
    assert!(health["latencies"]["append"][0]["count"].as_u64().unwrap() > 10);
    assert!(health["turned_away"].is_null());
    world.settle().await;
    let health = world.get(&key, "/api/v1/stats/health").await.ok();
    assert_eq!(health["backlog"]["intake"]["count"], 0);
    let routes = health["latencies"]["http"].as_array().unwrap();
    assert!(routes.iter().any(|it| it["route"] == "/api/v1/stats/health" && it["count"] == 1), "{routes:?}");
}

/// Nobody works on any list.
#[tokio::test]
async fn what_still_has_to_be_done_for_others_is_told_to_owners_alone() {
    let world = World::new().await;
    let theirs = world.key(PRAXIS, Role::Operator).await;
    let wanted = json!({ "branch": "mitte", "start": "2025-07-02T11:00:00+02:00", "name": "Max Mustermann" });
    world.post(&theirs, "/api/v1/appointments", wanted).await.ok();
    world.deliver_bytes(PRAXIS, Some(PRAXIS), b"{}").await;
    // Nobody knows yet that this one is of the salon.
    world.deliver(SALON, &ended(SALON, 1, &json!({}))).await;
    for (company, role, intake, booking) in [
        (SALON, Role::Viewer, 0, 0),
        (SALON, Role::Admin, 0, 0),
        (PRAXIS, Role::Viewer, 1, 1),
        (SALON, Role::Owner, 2, 1),
    ] {
        let backlog = world.get(&world.key(company, role).await, "/api/v1/stats/health").await.ok()["backlog"].clone();
        let counts = (&backlog["intake"]["count"], &backlog["booking"]["count"]);
        assert_eq!(counts, (&json!(intake), &json!(booking)), "{company} {role:?}");
    }
}

#[tokio::test]
async fn how_long_things_took_is_told_by_the_hour_for_all_nodes_and_for_a_day() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    let told = async || {
        let health = world.get(&key, "/api/v1/stats/health").await.ok();
        let hours = health["hourly"].as_array().unwrap().iter().filter(|it| it["work"] == "api").cloned();
        hours.collect::<Vec<_>>()
    };
    for _ in 0..3 {
        world.get(&key, "/api/v1/calls").await.ok();
    }
    let before = told().await;
    assert_eq!((before.len(), &before[0]["count"]), (1, &json!(3)), "{before:?}");
    pace::write(&world.app).await.unwrap();
    let hour = pace::hour_of(world.app.clock.now());
    let elsewhere = Count { name: "took:api:2500".into(), scope: String::new(), hour, count: 96 };
    world.app.store.counters.add(&[elsewhere]).await.unwrap();
    world.clock.advance(SignedDuration::from_hours(1));
    let both = told().await;
    // With the looks at the figures themselves.
    assert_eq!((both.len(), &both[0]["count"]), (1, &json!(100)), "{both:?}");
    assert!((0.001..0.0025).contains(&both[0]["p50"].as_f64().unwrap()), "{both:?}");
    assert_eq!(told().await.len(), 2, "the first look is of the next hour");
    world.clock.advance(SignedDuration::from_hours(49));
    pace::write(&world.app).await.unwrap();
    let left = world.app.store.counters.since(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    assert!(left.iter().all(|it| it.hour > hour), "{left:?}");
}

#[tokio::test]
async fn owners_see_what_was_turned_away() {
    let world = World::new().await;
    let owner = world.key(SALON, Role::Owner).await;
    world.app.tally.count("rejected:no_hint", "");
    world.app.tally.count("rejected:signature_wrong", SALON);
    let health = world.get(&owner, "/api/v1/stats/health").await.ok();
    assert_eq!(health["turned_away"], json!({"no_hint": 1}));
}
