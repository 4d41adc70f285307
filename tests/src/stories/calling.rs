//! Who calls, what they say, and what can be made of it.

use crate::app::{Said, Setting, TestApp};
use crate::contract::database::Database;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::company::Command;
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::calls::Outcome;
use serde_json::json;
use std::collections::BTreeSet;

pub async fn lesson_01_summer_and_winter_time(database: Database) {
    let app = TestApp::with(database, Setting::at("2026-03-20T09:00:00Z")).await;
    let days = [("2026-03-28", "2026-03-28T10:00:00Z"), ("2026-03-29", "2026-03-29T09:00:00Z")];
    booked_at_eleven(&app, &days).await;
    refused_at_half_past_two(&app, "2026-03-29", "time_does_not_exist").await;
    app.advance_to("2026-10-20T09:00:00Z").await;
    let days = [("2026-10-24", "2026-10-24T09:00:00Z"), ("2026-10-25", "2026-10-25T10:00:00Z")];
    booked_at_eleven(&app, &days).await;
    refused_at_half_past_two(&app, "2026-10-25", "time_exists_twice").await;
    app.finish().await;
}

async fn booked_at_eleven(app: &TestApp, days: &[(&str, &str)]) {
    for (day, start) in days {
        let caller = app.caller("Anna").on(day);
        caller.books("11:00").await;
        let there = app.live(caller.booking());
        assert_eq!(there.first().map(|it| it.start.to_string()).as_deref(), Some(*start));
        assert_eq!(app.appointment(caller.booking()).await.page.to_string(), *day);
    }
}

async fn refused_at_half_past_two(app: &TestApp, day: &str, fact: &str) {
    let caller = app.caller("Ben").on(day);
    caller.books("02:30").await;
    let call = app.call(&caller.call_id()).await.call;
    assert_eq!((call.outcome, call.refusal_code.as_deref()), (Outcome::Refused, Some(fact)));
}

pub async fn lesson_11_callers_without_a_number_are_people_of_their_own(database: Database) {
    let app = TestApp::start(database).await;
    for (hour, from) in (8..).zip(["anonymous", "unknown", "blocked", "withheld", ""]) {
        app.caller("Anna").from(from).books(&format!("{hour}:00")).await;
    }
    let mut nameless = app.caller("Ben");
    nameless.from = None;
    nameless.books("13:00").await;
    assert_eq!(app.outcomes().await, ["confirmed"; 6]);

    let customers = app.customers().await;
    assert_eq!(customers.len(), 6, "each call is a person, however many webhooks tell of it");
    assert!(customers.iter().all(|it| it.anonymous && it.phone.is_none() && it.calls == 1), "{customers:?}");
    let booked = app.calcom().live_bookings();
    let addresses: BTreeSet<_> = booked.iter().map(|it| it.attendee.email.as_str()).collect();
    assert_eq!(addresses.len(), 6);
    assert!(addresses.iter().all(|it| it.ends_with("@anruf.example.com")), "{addresses:?}");
    assert!(booked.iter().all(|it| it.attendee.phone.is_none()));
    app.finish().await;
}

pub async fn a_caller_without_an_address_keeps_one_placeholder(database: Database) {
    let app = TestApp::start(database).await;
    // The same number, written as networks write it.
    for (time, from) in [("9:00", "+491713920077"), ("10:00", "00491713920077"), ("11:00", "01713920077")] {
        app.caller("Anna").from(from).books(time).await;
    }
    let booked = app.calcom().live_bookings();
    let addresses: BTreeSet<_> = booked.iter().map(|it| it.attendee.email.as_str()).collect();
    assert_eq!((booked.len(), addresses.len()), (3, 1), "{addresses:?}");
    let [customer] = &app.customers().await[..] else { panic!("one person") };
    assert_eq!((customer.calls, customer.appointments), (3, 3));
    assert_eq!(customer.phone.as_deref(), Some("+491713920077"));

    // Once there is an address, it is used.
    app.caller("Anna").from("+491713920077").says("email", "anna @ example . com").books("12:00").await;
    app.caller("Anna").from("+491713920077").books("13:00").await;
    let known = |email: &str| app.calcom().live_bookings().iter().filter(|it| it.attendee.email == email).count();
    assert_eq!(known("anna@example.com"), 2);
    app.finish().await;
}

pub async fn a_call_through_the_web_belongs_to_its_agents_branch(database: Database) {
    let app = TestApp::start(database).await;
    let mut anna = app.caller("Anna");
    (anna.from, anna.to) = (None, None);
    anna.books("11:00").await;
    let call = app.call(&anna.call_id()).await.call;
    assert_eq!((call.outcome, call.branch.unwrap().as_str()), (Outcome::Confirmed, "mitte"));
    assert_eq!(call.our_number, None);
    app.finish().await;
}

pub async fn templates_that_nobody_filled_are_absent(database: Database) {
    let app = TestApp::start(database).await;
    let unfilled = app.caller("Anna").says("booking_confirmed", "{{booking_confirmed}}");
    unfilled.books("9:00").await;
    let call = app.call(&unfilled.call_id()).await.call;
    assert_eq!((call.outcome, call.refusal_code), (Outcome::None, None));

    let dateless = app.caller("Ben").says("datum", "{{datum}}");
    dateless.books("10:00").await;
    assert_eq!(app.call(&dateless.call_id()).await.call.refusal_code.as_deref(), Some("date_missing"));

    let nameless =
        app.caller("Cem").says("name", "{{name}}").says("email", "{{email}}").says("dienstleistung", "{{x}}");
    nameless.books("11:00").await;
    let there = &app.live(nameless.booking())[0];
    assert_eq!(there.attendee.name, "Telefonkunde");
    assert_eq!(there.event_type, app.salon.service("Haarschnitt").0.cast_unsigned(), "the branch's default");
    app.finish().await;
}

pub async fn a_wish_that_cannot_be_followed_is_refused_with_its_fact(database: Database) {
    let app = TestApp::start(database).await;
    let nord = BranchId::new("nord").unwrap();
    let close = Command::DeactivateBranch { branch: nord };
    SetUp::new(app.app(), "story").change(&app.salon.id, close).await.unwrap();
    let anna = || app.caller("Anna");
    for (caller, time, fact) in [
        (anna().says("datum", "irgendwann"), "11:00", "date_unreadable"),
        (anna().says("datum", 7), "11:00", "date_unreadable"),
        (anna(), "wenn es passt", "time_unreadable"),
        (anna().says("uhrzeit", json!(null)), "11:00", "time_missing"),
        (anna().on("2025-06-29"), "11:00", "in_the_past"),
        (anna().on("2025-06-30"), "9:00", "in_the_past"),
        (anna(), "19:00", "closed"),
        (anna(), "7:45", "closed"),
        (anna(), "17:45", "closed"),
        (anna().on("2026-06-30"), "11:00", "too_far_ahead"),
        (anna().asks_for("Raketenstart"), "11:00", "service_unknown"),
        (anna().says("mitarbeiter", "Zoe"), "11:00", "staff_unknown"),
        (anna().calls("nord"), "11:00", "branch_inactive"),
    ] {
        caller.books(time).await;
        let known = app.call(&caller.call_id()).await;
        assert_eq!(known.call.refusal_code.as_deref(), Some(fact), "{time}");
        assert_eq!((known.call.outcome, known.call.duration_ms), (Outcome::Refused, Some(95_000)), "{fact}");
        let said = caller.ended(Said::Books(time))["call"]["collected_dynamic_variables"].clone();
        let date = said["datum"].as_str().map_or_else(|| said["datum"].to_string(), str::to_owned);
        assert_eq!(known.call.extracted_date, Some(date), "{fact}");
        assert!(known.more.refusal.is_some(), "{fact}");
    }
    assert!(app.appointments().await.is_empty());
    assert!(app.calcom().requests().is_empty(), "nobody needed the calendar for that");
    app.finish().await;
}

pub async fn a_later_word_changes_nothing_and_is_flagged(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    anna.send(&anna.ended(Said::Books("11:00"))).await;
    ben.send(&ben.ended(Said::Books("12:00"))).await;
    app.settle().await;
    anna.send(&anna.analyzed(Said::Books("15:00"))).await;
    ben.send(&ben.analyzed(Said::Nothing)).await;
    app.settle().await;
    let known = app.call(&anna.call_id()).await;
    assert_eq!((known.call.contradicted, known.more.differs), (true, Some(vec!["start".to_owned()])));
    assert_eq!(known.more.contradicted_start, Some("2025-07-01T13:00:00Z".parse().unwrap()));
    let known = app.call(&ben.call_id()).await;
    assert_eq!((known.call.contradicted, known.more.differs), (true, Some(vec!["withdrawn".to_owned()])));
    assert_eq!(app.measured(r#"ringbuch_mismatch_total{kind="contradiction"}"#), 2);
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed"]);
    let starts: BTreeSet<_> = app.calcom().books().iter().map(|it| it.start.to_string()).collect();
    assert_eq!(Vec::from_iter(starts), ["2025-07-01T09:00:00Z", "2025-07-01T10:00:00Z"]);
    app.finish().await;
}
