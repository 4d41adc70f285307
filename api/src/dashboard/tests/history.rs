//! The history as an auditor walks through it.

use super::signed_in;
use crate::http::v1::tests::world::{PRAXIS, SALON, World, wants};
use ringbuch_domain::access::Role;

#[tokio::test]
async fn an_auditor_sees_streams_their_past_and_what_led_to_what() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    world.call(PRAXIS, 2, &wants("11:00")).await;
    let auditor = signed_in(&world, SALON, Role::Auditor, "max@example.com").await;
    let newest = auditor.get("/c/salon/history").await;
    assert_eq!(newest.status, 200, "{}", newest.text);
    assert!(newest.text.contains("call-salon-call_1") && !newest.text.contains("praxis"), "{}", newest.text);
    let opened = auditor.get("/c/salon/history?stream=call-salon-call_1").await;
    assert_eq!(opened.header("location"), "/c/salon/history/streams/call-salon-call%5F1");
    let stream = auditor.get("/c/salon/history/streams/call-salon-call_1").await.text;
    assert!(stream.contains("Appointment wanted") && stream.contains("sealed part"), "{stream}");
    assert!(!stream.contains("Mustermann"));
    let now = auditor.get("/c/salon/history/streams/call-salon-call_1/state").await.text;
    assert!(now.contains("call_1") && now.contains("What belongs to people") && !now.contains("Mustermann"), "{now}");
    let early = auditor.get("/c/salon/history/streams/call-salon-call_1/state?at=2025-06-01T00:00").await;
    assert_eq!((early.status, early.text.contains("did not exist then")), (422, true), "{}", early.text);
    let tree = auditor.get("/c/salon/history/calls/call_1").await.text;
    assert!(tree.contains("deep-1") && tree.contains("Booking confirmed"), "{tree}");
    for foreign in ["streams/call-praxis-call_2", "streams/call-praxis-call_2/state", "calls/call_2"] {
        assert_eq!(auditor.get(&format!("/c/salon/history/{foreign}")).await.status, 404, "{foreign}");
    }
    let viewer = signed_in(&world, SALON, Role::Viewer, "eva@example.com").await;
    for page in ["", "/access", "/proof", "/streams/call-salon-call_1", "/calls/call_1"] {
        assert_eq!(viewer.get(&format!("/c/salon/history{page}")).await.status, 403, "{page}");
    }
}

#[tokio::test]
async fn the_access_log_says_who_looked_at_what() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let admin = signed_in(&world, SALON, Role::Admin, "max@example.com").await;
    let csrf = admin.get("/c/salon/calls/call_1").await.csrf().to_owned();
    assert_eq!(admin.post("/c/salon/calls/call_1", &format!("csrf={csrf}")).await.status, 200);
    let log = admin.get("/c/salon/history/access").await.text;
    let (_, rows) = log.split_once("<tbody>").unwrap();
    assert!(rows.contains("max@example.com") && rows.contains("Personal data viewed"), "{log}");
    assert!(log.contains("/c/salon/calls/call%5F1"), "{log}");
}

#[tokio::test]
async fn the_proof_goes_on_by_itself_to_the_end() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let auditor = signed_in(&world, SALON, Role::Auditor, "max@example.com").await;
    assert!(auditor.get("/c/salon/history/proof").await.text.contains("after=0"));
    let proven = auditor.get("/c/salon/history/proof?after=0").await;
    assert!(proven.text.contains("The chain holds") && !proven.headers.contains_key("refresh"), "{}", proven.text);
    let forged = format!("/c/salon/history/proof?after=3&hash={}", "00".repeat(32));
    let broken = auditor.get(&forged).await;
    assert!(broken.text.contains("broken at position 3"), "{}", broken.text);
    assert_eq!(auditor.get("/c/salon/history/proof?after=3").await.status, 400);
}

#[tokio::test]
async fn an_owner_takes_the_bundle_and_nobody_else_does() {
    let world = World::new().await;
    world.call(SALON, 1, &wants("11:00")).await;
    let auditor = signed_in(&world, SALON, Role::Auditor, "max@example.com").await;
    let csrf = auditor.get("/c/salon/history").await.csrf().to_owned();
    assert_eq!(auditor.post("/c/salon/history/bundle", &format!("csrf={csrf}")).await.status, 403);
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let csrf = owner.get("/c/salon/history").await.csrf().to_owned();
    let bundle = owner.post("/c/salon/history/bundle", &format!("csrf={csrf}")).await;
    assert_eq!((bundle.status, bundle.header("content-type")), (200, "application/x-tar"));
    assert!(bundle.header("content-disposition").contains("ringbuch-audit-2025-07-01.tar"));
    let mut archive = tar::Archive::new(bundle.text.as_bytes());
    let names: Vec<String> =
        archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
    for file in ["events.jsonl", "checkpoint.json", "README.md", "schemas/CallEnded.v1.json"] {
        assert!(names.contains(&format!("ringbuch-audit/{file}")), "{file}: {names:?}");
    }
    assert!(bundle.text.contains("BookingConfirmed") && !bundle.text.contains("Mustermann"));
}
