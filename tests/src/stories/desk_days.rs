//! On which days callers are offered something, by whom, and what becomes of what was noted.

use crate::app::{Setting, TestApp};
use crate::contract::database::Database;
use futures_util::future::join_all;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::company::HolidaysChange;
use ringbuch_domain::desk::RulesChange;
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::ids::{BranchId, StaffId};
use ringbuch_projections::{Paging, Scope, callbacks};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const UNITY: &str = "2025-10-03";

async fn keeps(app: &TestApp, change: HolidaysChange) {
    let mitte = BranchId::new("mitte").unwrap();
    SetUp::new(app.app(), "story").holidays(&app.salon.id, mitte, change).await.unwrap();
    app.settle().await;
}

fn offered(answer: &Value) -> &Vec<Value> {
    answer["alternatives"].as_array().unwrap_or_else(|| panic!("{answer}"))
}

pub async fn on_a_holiday_it_is_closed_and_callers_hear_which_one_it_is(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").on(UNITY);
    let at_eleven = json!({ "datum": UNITY, "uhrzeit": "11:00" });
    assert_eq!(anna.asks("check_availability", &at_eleven).await["available"], true, "without a state it is a day");
    keeps(&app, HolidaysChange { state: Some("BE".into()), ..HolidaysChange::default() }).await;
    let why = "Am Tag der Deutschen Einheit haben wir geschlossen.";
    for asks in [&at_eleven, &json!({ "datum": UNITY }), &json!({ "datum": "am Tag der deutschen Einheit" })] {
        let answer = anna.asks("check_availability", asks).await;
        assert_eq!(
            (answer["available"].as_bool(), answer["reason"].as_str()),
            (Some(false), Some("closed")),
            "{answer}"
        );
        assert!(answer["message"].as_str().unwrap().starts_with(why) && !offered(&answer).is_empty(), "{answer}");
        let there = |it: &Value| it["branch"] == "mitte" && it["start"].as_str().unwrap().starts_with(UNITY);
        assert!(!offered(&answer).iter().any(there), "{answer}");
    }
    assert_eq!(anna.asks("opening_hours", &json!({ "datum": UNITY })).await["message"], why);
    let english = anna.asks("opening_hours", &json!({ "datum": UNITY, "language": "en" })).await;
    assert_eq!(english["message"], "On German Unity Day we are closed.");
    let booking = json!({ "datum": UNITY, "uhrzeit": "11:00", "name": "Anna" });
    assert_eq!(anna.asks("book_appointment", &booking).await["reason"], "closed");
    anna.books("11:00").await;
    assert_eq!(app.outcomes().await, ["refused: closed"], "whoever is called about it after the call hears the same");
    // The other branch keeps no holidays, and this one may be open all the same.
    let ben = app.caller("Ben").calls("nord").on(UNITY);
    assert_eq!(ben.asks("check_availability", &at_eleven).await["available"], true);
    keeps(&app, HolidaysChange { open_on: vec![UNITY.parse().unwrap()], ..HolidaysChange::default() }).await;
    let cem = app.caller("Cem");
    assert_eq!(
        cem.asks("book_appointment", &json!({ "datum": UNITY, "uhrzeit": "11:00", "name": "Cem" })).await["status"],
        "confirmed"
    );
    // A day that the branch has named itself has no name to be said.
    keeps(&app, HolidaysChange { closed_on: vec!["2025-07-04".parse().unwrap()], ..HolidaysChange::default() }).await;
    let closed = cem.asks("check_availability", &json!({ "datum": "2025-07-04", "uhrzeit": "11:00" })).await;
    assert!(closed["message"].as_str().unwrap().starts_with("Freitag, der 4. Juli ist geschlossen."), "{closed}");
    app.finish().await;
}

pub async fn whoever_asks_for_a_week_is_offered_days_of_all_of_it(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    for (said, from, to) in
        [("nächste Woche", "2025-07-07", "2025-07-14"), ("in den nächsten vier Wochen", "2025-06-30", "2025-07-29")]
    {
        let answer = anna.asks("check_availability", &json!({ "datum": said })).await;
        let starts: Vec<&str> = offered(&answer).iter().map(|it| it["start"].as_str().unwrap()).collect();
        let days: BTreeSet<&str> = starts.iter().map(|start| &start[..10]).collect();
        assert_eq!((starts.len(), days.len()), (3, 3), "{said}: {answer}");
        assert!(days.iter().all(|day| (from..to).contains(day)), "{said}: {starts:?}");
    }
    app.finish().await;
}

pub async fn an_appointment_is_moved_to_whom_it_was_offered_with(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let first = anna.is_offered("9:00").await;
    let id = anna.takes(&first).await["appointment_id"].clone();
    let with_ben = json!({ "datum": anna.date.to_string(), "uhrzeit": "11:00", "mitarbeiter": "ben" });
    let offer = anna.asks("check_availability", &with_ben).await["offer"].clone();
    assert_eq!(offer["staff"], "ben", "{offer}");
    // Ben's time is asked for and nobody else's, although somebody else is free as well.
    let moved = anna.asks("move_appointment", &json!({ "appointment_id": id, "offer_id": offer["offer_id"] })).await;
    assert_eq!(moved["status"], "moved", "{moved}");
    app.settle().await;
    let events = app.events().await;
    let asked: Vec<Vec<StaffId>> = events
        .into_iter()
        .filter_map(|event| match event.data {
            AnyEvent::Diary(DiaryEvent::BookingMoveRequested(it)) => Some(it.staff),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [vec![StaffId::new("ben").unwrap()]]);
    app.finish().await;
}

pub async fn what_was_cancelled_does_not_count_among_a_calls_appointments(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    app.desk_does(RulesChange { bookings_per_call: Some(1), ..RulesChange::default() }).await;
    let (first, second) = (anna.is_offered("11:00").await, anna.is_offered("15:00").await);
    let id = anna.takes(&first).await["appointment_id"].clone();
    assert_eq!(anna.takes(&second).await["reason"], "too_many_bookings");
    assert_eq!(anna.asks("cancel_appointment", &json!({ "appointment_id": id })).await["status"], "cancelled");
    assert_eq!(anna.takes(&second).await["status"], "confirmed");
    assert_eq!(anna.takes(&anna.is_offered("16:00").await).await["reason"], "too_many_bookings");
    app.finish().await;
}

pub async fn what_was_noted_and_cannot_be_had_is_a_callback(database: Database) {
    let setting = Setting { answers_within: Duration::from_secs(2), ..Setting::default() };
    let app = TestApp::with(database, setting).await;
    app.desk_does(RulesChange { answer_within_seconds: Some(1), ..RulesChange::default() }).await;
    let anna = app.caller("Anna");
    let colour = json!({ "datum": anna.date.to_string(), "uhrzeit": "11:00", "dienstleistung": "Färben" });
    let offer = anna.asks("check_availability", &colour).await["offer"]["offer_id"].clone();
    app.calcom().faults().next(Operation::CreateBooking, Fault::TimedOutBefore);
    let answer = anna.takes(offer.as_str().unwrap()).await;
    assert_eq!(answer["status"], "noted", "{answer}");
    app.books_there("Färben", "2025-07-01T09:00:00Z");
    app.advance_until_quiet(SignedDuration::from_mins(10)).await;
    assert_eq!((app.happened("BookingConfirmed").await, app.happened("BookingFailed").await), (0, 1));
    let all = Paging { after: None, limit: 50 };
    let waiting = callbacks::list(app.rows(), Scope::Company(&app.salon.id), false, all).await.unwrap().items;
    assert_eq!(waiting.iter().map(|it| it.call.clone()).collect::<Vec<_>>(), [anna.call_id()], "{waiting:?}");
    app.finish().await;
}

pub async fn another_servers_request_is_waited_for(database: Database) {
    let mut app = TestApp::start(database).await;
    app.join_another_server().await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    let (first, second) = (anna.is_offered("11:00").await, ben.is_offered("11:00").await);
    // Either of two people could be taken for both, so that one request waits for the other's end.
    app.calcom().faults().next(Operation::CreateBooking, Fault::Slow(Duration::from_millis(800)));
    let answers = join_all([anna.takes(&first), ben.takes(&second)]).await;
    assert!(answers.iter().all(|it| it["status"] == "confirmed"), "{answers:?}");
    app.finish().await;
}
