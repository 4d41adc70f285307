//! What comparing with the providers has found, and an owner who compares now.

use super::{Browser, signed_in};
use crate::alerts::evaluate;
use crate::http::v1::tests::world::{PRAXIS, SALON, World};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::access::Role;
use ringbuch_domain::comparison::{Compared, ComparisonEvent, Done, Finding, List, What};
use ringbuch_domain::ids::{AccountId, BookingId, CompanyId};
use ringbuch_domain::ports::{CallSummary, Clock, VoiceAgents, VoiceAgentsFailure};
use ringbuch_domain::recorded::{Cause, StreamId};
use std::sync::Arc;
use uuid::Uuid;

const PAGE: &str = "/c/salon/sync/comparisons";

/// A company's calendar was compared, and these bookings were not there any more.
async fn compared(world: &World, company: &str, gone: &[BookingId]) {
    let (company, now): (CompanyId, Timestamp) = (company.parse().unwrap(), world.clock.now());
    let finding = |booking: &BookingId| Finding {
        what: What::BookingGone,
        done: Done::Filed,
        call: None,
        booking: Some(*booking),
        at: Some(now),
    };
    let findings = gone.iter().map(finding).collect();
    let list = List::Calendar(company.clone());
    let stream = StreamId::comparison(&list);
    let from = now - SignedDuration::from_hours(24);
    let event = ComparisonEvent::from(Compared { list, from, to: now, listed: 9, findings });
    world.app.journal.begin(&stream, Some(&company), Cause::first(Uuid::now_v7()), &event).await.unwrap();
    world.app.catch_up().await.unwrap();
}

fn bookings(count: usize) -> Vec<BookingId> {
    std::iter::repeat_with(|| BookingId(Uuid::now_v7())).take(count).collect()
}

/// With the page's token, as its form sends it.
async fn compares(owner: &Browser<'_>, form: &str) -> (u16, String) {
    let csrf = owner.get(PAGE).await.csrf().to_owned();
    let shown = owner.post(PAGE, &format!("csrf={csrf}&{form}")).await;
    (shown.status, shown.text)
}

#[tokio::test]
async fn an_owner_looks_first_and_then_makes_up_for_what_is_missing() {
    let world = World::new().await;
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let empty = owner.get(PAGE).await;
    assert!(empty.status == 200 && empty.text.contains("Nothing was compared yet."), "{}", empty.text);
    let head = async || world.app.journal.log().head().await.unwrap();
    let before = head().await;
    let (status, tried) = compares(&owner, "since=&dry_run=true").await;
    for told in ["1 × end or analysis of a call never told", "call_9", "only looked at", "Make up for it", "</html>"] {
        assert!(status == 200 && tried.contains(told), "{told}: {tried}");
    }
    assert_eq!(head().await, before, "a trial writes nothing");
    let (_, healed) = compares(&owner, "since=2025-06-01T00:00").await;
    assert!(healed.contains("· made up for") && !healed.contains("Make up for it"), "{healed}");
    assert!(head().await > before);
    let all = owner.get(&format!("{PAGE}?all=true")).await.text;
    for told in ["Calls at Retell", "1 × end or analysis", "/c/salon/webhooks?call=call_9&#38;all=true"] {
        assert!(all.contains(told), "{told}: {all}");
    }
    assert!(!owner.get(PAGE).await.text.contains("call_9"), "an account's list is no company's");
    world.settle().await;
    let (_, again) = compares(&owner, "dry_run=true").await;
    assert!(again.contains("All of it is known here.") && !again.contains("Make up for it"), "{again}");
    assert_eq!(compares(&owner, "since=yesterday").await.0, 400);
}

#[tokio::test]
async fn a_company_sees_what_was_found_at_its_calendar_alone() {
    let world = World::new().await;
    let (ours, theirs) = (bookings(7), bookings(1));
    compared(&world, SALON, &ours).await;
    compared(&world, PRAXIS, &theirs).await;
    let mut viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get(PAGE).await;
    for told in ["Appointments at Cal.com", "7 × appointment no more to be found", "and 2 more", "made up for"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(page.text.contains(&format!("/c/salon/appointments/{}", ours[0])), "{}", page.text);
    assert!(!page.text.contains(&theirs[0].to_string()), "{}", page.text);
    assert!(!page.text.contains("Compare now"), "{}", page.text);
    assert_eq!(viewer.get(&format!("{PAGE}?all=true")).await.status, 403);
    assert_eq!(compares(&viewer, "dry_run=true").await.0, 403);
    assert!(viewer.get("/c/salon/sync").await.text.contains(&format!(r#"href="{PAGE}""#)));
    viewer.cookie.push_str("; ringbuch-language=de");
    let german = viewer.get(PAGE).await.text;
    for told in ["Gefunden bei den Anbietern", "7 × Termin bei Cal.com nicht mehr zu finden", "und 2 weitere"] {
        assert!(german.contains(told), "{told}: {german}");
    }
    let owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let all = owner.get(&format!("{PAGE}?all=true")).await.text;
    assert!(all.contains(&format!("/c/praxis/appointments/{}", theirs[0])), "{all}");
}

#[tokio::test]
async fn an_alert_about_differences_leads_to_them() {
    let world = World::new().await;
    compared(&world, SALON, &bookings(5)).await;
    evaluate(&world.app).await.unwrap();
    world.app.catch_up().await.unwrap();
    let viewer = signed_in(&world, SALON, Role::Viewer, "max@example.com").await;
    let page = viewer.get("/c/salon/alerts").await.text;
    assert!(page.contains("Calendar and book do not agree"), "{page}");
    assert!(page.contains(&format!(r#"<a href="{PAGE}">What was found</a>"#)), "{page}");
}

/// A voice provider that cannot be reached.
struct Away;

#[async_trait]
impl VoiceAgents for Away {
    async fn list_calls(&self, _: &AccountId, _: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
        Err(VoiceAgentsFailure::Unavailable("no connection".into()))
    }
    async fn get_call(&self, _: &AccountId, _: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
        Err(VoiceAgentsFailure::NotFound)
    }
    async fn delete_call(&self, _: &AccountId, _: &str) -> Result<(), VoiceAgentsFailure> {
        Err(VoiceAgentsFailure::NotFound)
    }
}

#[tokio::test]
async fn what_a_provider_would_not_tell_is_said_in_both_languages() {
    let world = World::with(|app| app.voice = Arc::new(Away)).await;
    let mut owner = signed_in(&world, SALON, Role::Owner, "eva@example.com").await;
    let (_, english) = compares(&owner, "dry_run=true").await;
    let told = "account salon: the voice provider did not answer as it should: no connection";
    assert!(english.contains("Not compared") && english.contains(told), "{english}");
    owner.cookie.push_str("; ringbuch-language=de");
    let (_, german) = compares(&owner, "dry_run=true").await;
    // As the catalogue says of the trouble itself.
    assert!(
        german.contains("<li>Konto salon: ") && german.contains("hat nicht geantwortet, wie er soll: no connection"),
        "{german}"
    );
    assert!(german.contains("Nicht verglichen") && !german.contains("the voice provider"), "{german}");
}
