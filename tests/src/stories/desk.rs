//! What callers are promised while they are on the line, and that it is kept.

use crate::app::{Said, Setting, TestApp};
use crate::contract::database::Database;
use futures_util::future::join_all;
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::privacy::export;
use ringbuch_api::trace::of_call;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::desk::RulesChange;
use ringbuch_domain::ids::BookingId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::appointments::AppointmentStatus;
use ringbuch_projections::{Scope, holds};
use serde_json::{Value, json};
use std::time::Duration;

/// The id of what was booked.
async fn booked(app: &TestApp) -> Vec<BookingId> {
    let standing = |status| matches!(status, AppointmentStatus::Confirmed);
    app.appointments().await.into_iter().filter(|it| standing(it.status)).map(|it| it.booking).collect()
}

pub async fn lesson_09_booked_is_said_once_the_calendar_has_it(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offer = anna.is_offered("11:00").await;
    let held = anna.asks("hold_slot", &json!({ "offer_id": offer })).await;
    assert_eq!(
        (held["success"].as_bool(), held["next_step"].as_str()),
        (Some(true), Some("book_appointment")),
        "{held}"
    );
    let answer = anna.takes(&offer).await;
    assert_eq!((answer["success"].as_bool(), answer["status"].as_str()), (Some(true), Some("confirmed")), "{answer}");
    let live = app.calcom().live_bookings();
    assert_eq!((live.len(), live[0].attendee.name.as_str()), (1, "Anna"));
    let sentence = answer["message"].as_str().unwrap();
    assert!(sentence.contains("gebucht") && sentence.contains("11 Uhr"), "{sentence}");
    app.settle().await;
    let [booking] = booked(&app).await[..] else { panic!("one is booked") };
    let appointment = app.appointment(booking).await;
    assert_eq!((appointment.source.as_str(), appointment.call), ("desk", Some(anna.call_id())));
    // What the call's webhooks say of it meets it.
    anna.ends_call_booking("11:00").await;
    app.settle().await;
    assert_eq!((app.calcom().live_bookings().len(), app.happened("BookingContradicted").await), (1, 0));
    assert_eq!(app.outcomes().await, ["confirmed"]);
    app.finish().await;
}

pub async fn what_the_agent_was_answered_stands_in_the_calls_tree(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offer = anna.is_offered("11:00").await;
    anna.takes(&offer).await;
    let ben = app.caller("Ben");
    let refused = ben.asks("hold_slot", &json!({ "offer_id": offer })).await;
    anna.asks("sing_a_song", &json!({ "name": "Anna" })).await;
    anna.ends_call_booking("11:00").await;
    app.settle().await;
    let steps = of_call(app.app(), &app.salon.id, &anna.call_id()).await.unwrap();
    let answered: Vec<_> = steps.iter().filter(|step| step.kind == "FunctionAnswered").map(|step| &step.data).collect();
    let expected = [
        (Some("check_availability"), Some(true), None),
        (Some("book_appointment"), Some(true), None),
        (Some("sing_a_song"), Some(false), Some("function_unknown")),
    ];
    let told = answered.iter().map(|it| (it["function"].as_str(), it["success"].as_bool(), it["reason"].as_str()));
    let (mut answers, mut told) = (Vec::from(expected), told.collect::<Vec<_>>());
    answers.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, answers, "and nothing of another call");
    assert!(answered.iter().all(|it| !it.to_string().contains("Anna")), "{answered:?}");
    let [booking] = booked(&app).await[..] else { panic!("one is booked") };
    let customer = app.appointment(booking).await.customer;
    let hers = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap().events;
    assert_eq!(hers.iter().filter(|it| it.event == "FunctionAnswered").count(), 3, "she may ask for them");
    // Whoever was refused has nothing else in the log yet.
    let own = StreamId::functions(&app.salon.id, &ben.call_id());
    let noted: Vec<_> = app.events().await.into_iter().filter(|event| event.stream == own).map(|it| it.data).collect();
    let [AnyEvent::Call(CallEvent::FunctionAnswered(it))] = &noted[..] else { panic!("{noted:?}") };
    assert_eq!((it.success, it.reason.as_deref()), (false, refused["reason"].as_str()));
    app.finish().await;
}

pub async fn what_call_ended_says_differently_is_flagged_and_books_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offer = anna.is_offered("11:00").await;
    anna.takes(&offer).await;
    anna.ends_call_booking("15:00").await;
    app.settle().await;
    assert_eq!((app.calcom().live_bookings().len(), app.happened("BookingContradicted").await), (1, 1));
    app.finish().await;
}

pub async fn lesson_02_a_function_that_is_sent_again_while_the_first_runs_books_once(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offer = anna.is_offered("11:00").await;
    let answers = join_all((0..5).map(|_| anna.takes(&offer))).await;
    assert!(answers.iter().all(|it| it["status"] == "confirmed"), "{answers:?}");
    assert!(answers.iter().all(|it| it == &answers[0]), "the same answer, however often: {answers:?}");
    let again = anna.takes(&offer).await;
    assert_eq!(again, answers[0]);
    assert_eq!((app.calcom().live_bookings().len(), app.happened("BookingRequested").await), (1, 1));
    app.finish().await;
}

pub async fn lesson_04_a_function_that_comes_before_any_webhook_is_answered(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offer = anna.is_offered("11:00").await;
    assert_eq!(anna.takes(&offer).await["status"], "confirmed");
    for webhook in anna.webhooks(Said::Books("11:00")) {
        anna.send(&webhook).await;
    }
    app.settle().await;
    assert_eq!(app.happened("CallReceived").await, 1);
    let [customer] = &app.customers().await[..] else { panic!("one person") };
    assert_eq!((customer.name.as_deref(), customer.calls), (Some("Anna"), 1));
    app.finish().await;
}

pub async fn lesson_05_what_a_caller_keeps_is_theirs_until_they_hang_up(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    // One person serves it.
    let cut = |time: &str| json!({ "datum": anna.date.to_string(), "uhrzeit": time, "dienstleistung": "Färben" });
    let offer = anna.asks("check_availability", &cut("11:00")).await["offer"]["offer_id"].clone();
    assert_eq!(anna.asks("hold_slot", &json!({ "offer_id": offer })).await["success"], true);
    let taken = ben.asks("check_availability", &cut("11:00")).await;
    assert_eq!((taken["available"].as_bool(), taken["reason"].as_str()), (Some(false), Some("slot_taken")), "{taken}");
    assert!(!taken["alternatives"].as_array().unwrap().is_empty());
    // It does not stand in their own way, and is asked for again without harm.
    assert_eq!(anna.asks("check_availability", &cut("11:00")).await["available"], true);
    assert_eq!(anna.asks("hold_slot", &json!({ "offer_id": offer })).await["success"], true);
    app.settle().await;
    assert_eq!(app.happened("SlotHeld").await, 1);
    anna.send(&anna.ended(Said::Nothing)).await;
    app.settle().await;
    assert_eq!(ben.asks("check_availability", &cut("11:00")).await["available"], true);
    let late = anna.asks("hold_slot", &json!({ "offer_id": offer })).await;
    assert_eq!((late["success"].as_bool(), late["reason"].as_str()), (Some(false), Some("call_over")));
    app.finish().await;
}

pub async fn choosing_another_time_lets_the_first_one_go(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let later = anna.date.tomorrow().unwrap().to_string();
    let there = app.caller("Anna").under(&anna.call).on(&later);
    let (first, second) = (anna.is_offered("10:00").await, there.is_offered("15:00").await);
    for offer in [&first, &second] {
        assert_eq!(anna.asks("hold_slot", &json!({ "offer_id": offer })).await["success"], true);
    }
    app.settle().await;
    let kept = holds::list(app.rows(), Scope::All).await.unwrap();
    assert_eq!(kept.iter().map(|it| it.page.to_string()).collect::<Vec<_>>(), [later]);
    // Booking the first one after all lets the other go.
    assert_eq!(anna.takes(&first).await["status"], "confirmed");
    app.settle().await;
    assert!(holds::list(app.rows(), Scope::All).await.unwrap().is_empty());
    app.finish().await;
}

pub async fn what_is_kept_for_a_call_that_never_ends_comes_free(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna").asks_for("Färben"), app.caller("Ben"));
    let ask = json!({ "datum": anna.date.to_string(), "uhrzeit": "11:00", "dienstleistung": "Färben" });
    let offer = anna.asks("check_availability", &ask).await["offer"]["offer_id"].clone();
    anna.asks("hold_slot", &json!({ "offer_id": offer })).await;
    app.advance(jiff::SignedDuration::from_mins(59)).await;
    assert_eq!(app.happened("HoldExpired").await, 1, "an hour after the call began");
    let taken = ben.asks("check_availability", &ask).await["offer"]["offer_id"].clone();
    assert_eq!(ben.asks("book_appointment", &json!({ "offer_id": taken, "name": "Ben" })).await["status"], "confirmed");
    // Whoever comes too late hears so, and what else there is.
    let late = anna.takes(offer.as_str().unwrap()).await;
    assert_eq!((late["success"].as_bool(), late["reason"].as_str()), (Some(false), Some("slot_taken")), "{late}");
    assert!(!late["alternatives"].as_array().unwrap().is_empty(), "{late}");
    app.finish().await;
}

pub async fn lesson_07_what_was_offered_can_be_booked(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let day = |service: &str| json!({ "datum": anna.date.to_string(), "dienstleistung": service });
    for service in ["Haarschnitt", "Färben", "Maniküre"] {
        let answer = anna.asks("check_availability", &day(service)).await;
        let offers = answer["alternatives"].as_array().unwrap().clone();
        assert_eq!(offers.len(), 3, "{answer}");
        let caller = app.caller("Ben");
        let again = caller.asks("check_availability", &day(service)).await;
        let offer = &again["alternatives"][0];
        let taken = caller.takes(offer["offer_id"].as_str().unwrap()).await;
        assert_eq!(taken["status"], "confirmed", "{service}: {taken}");
        let there = app.calcom().live_bookings();
        assert!(there.iter().any(|it| it.start.to_string() == offer["start"].as_str().unwrap()), "{service}");
    }
    app.finish().await;
}

pub async fn lesson_08_an_offer_is_booked_as_it_was_made_and_by_nobody_else(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    let offer = anna.is_offered("11:00").await;
    let foreign = ben.takes(&offer).await;
    assert_eq!((foreign["success"].as_bool(), foreign["reason"].as_str()), (Some(false), Some("offer_unknown")));
    for garbled in ["", "x", &offer[1..], &format!("{offer}A"), "offer_1"] {
        let answer = anna.asks("hold_slot", &json!({ "offer_id": garbled })).await;
        assert_eq!(answer["reason"], "offer_unknown", "{garbled}: {answer}");
    }
    let other = json!({ "offer_id": offer, "name": "Anna", "datum": "2025-07-02", "uhrzeit": "11:00" });
    let contradiction = anna.asks("book_appointment", &other).await;
    assert_eq!(contradiction["reason"], "contradiction", "{contradiction}");
    assert_eq!(anna.takes(&offer).await["status"], "confirmed");
    let [there] = &app.calcom().live_bookings()[..] else { panic!("one") };
    assert_eq!(there.start.to_string(), "2025-07-01T09:00:00Z");
    app.finish().await;
}

pub async fn of_ten_callers_for_one_time_as_many_get_it_as_there_are_people(database: Database) {
    let app = TestApp::start(database).await;
    let callers: Vec<_> = (0..10).map(|at| app.caller(&format!("Caller{at}"))).collect();
    let ask = json!({ "datum": callers[0].date.to_string(), "uhrzeit": "11:00", "dienstleistung": "Färben" });
    let offers = join_all(callers.iter().map(|caller| caller.asks("check_availability", &ask))).await;
    let offers: Vec<&str> = offers.iter().map(|it| it["offer"]["offer_id"].as_str().unwrap()).collect();
    let answers = join_all(callers.iter().zip(offers).map(|(caller, offer)| caller.takes(offer))).await;
    let confirmed = answers.iter().filter(|it| it["status"] == "confirmed").count();
    assert_eq!(confirmed, 1, "{answers:?}");
    let told = |it: &Value| {
        it["success"] == false && it["reason"] == "slot_taken" && it["alternatives"][0]["offer_id"].is_string()
    };
    assert_eq!(answers.iter().filter(|it| told(it)).count(), 9, "{answers:?}");
    assert_eq!(app.calcom().live_bookings().len(), 1);
    app.finish().await;
}

pub async fn of_twenty_callers_for_three_people_at_four_times_twelve_are_booked(database: Database) {
    let app = TestApp::start(database).await;
    let callers: Vec<_> = (0..20).map(|at| app.caller(&format!("Caller{at}"))).collect();
    let ask = |at: usize| {
        let time = ["9:00", "10:00", "11:00", "14:00"][at % 4];
        json!({ "datum": callers[0].date.to_string(), "uhrzeit": time, "dienstleistung": "Beratung" })
    };
    let asked = callers.iter().enumerate().map(async |(at, caller)| caller.asks("check_availability", &ask(at)).await);
    let offers: Vec<Value> = join_all(asked).await.iter().map(|it| it["offer"]["offer_id"].clone()).collect();
    let taking = callers.iter().zip(&offers).map(async |(caller, offer)| caller.takes(offer.as_str().unwrap()).await);
    let answers = join_all(taking).await;
    app.settle().await;
    let promised = answers.iter().filter(|it| it["success"] == true).count();
    assert_eq!((promised, app.calcom().live_bookings().len()), (12, 12), "{answers:?}");
    assert!(answers.iter().filter(|it| it["success"] == false).all(|it| it["reason"] == "slot_taken"), "{answers:?}");
    app.finish().await;
}

pub async fn lesson_10_the_called_number_says_whose_call_it_is(database: Database) {
    let app = TestApp::start(database).await;
    let neighbour = app.open(&crate::app::NEIGHBOUR).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben").of(&neighbour));
    let (ours, theirs) = (anna.is_offered("11:00").await, ben.is_offered("11:00").await);
    assert_eq!(anna.takes(&theirs).await["reason"], "offer_unknown");
    assert_eq!(ben.takes(&ours).await["reason"], "offer_unknown");
    // Signed by one account, about the number of another's company.
    let stranger = app.caller("Eva").dials(neighbour.first_number());
    assert_eq!(stranger.sends_function("list_services", &json!({})).await.status, 401);
    let unknown = app.caller("Eva").dials("+493023125999");
    assert_eq!(
        unknown.asks("list_services", &json!({})).await["reason"],
        "number_unknown",
        "the agent proves the account"
    );
    // Named by its address, an unknown number is still nobody's.
    let body = json!({ "name": "list_services", "args": {}, "call": unknown.on_the_line() });
    let path = format!("/api/mcp/retell/functions/list_services?company={}", app.salon.id);
    let answer = app.function(&path, &app.salon.retell_key, &body).await;
    assert_eq!((answer.status, answer.body["reason"].as_str()), (200, Some("number_unknown")));
    let services = ben.asks("list_services", &json!({})).await;
    assert_eq!(services["services"][0]["name"], "Kontrolle");
    let there = anna.clone().calls("nord").asks("current_context", &json!({})).await;
    assert_eq!(there["context"]["branch"], "nord");
    app.finish().await;
}

pub async fn lesson_11_whoever_withholds_their_number_is_served(database: Database) {
    let app = TestApp::start(database).await;
    for (hour, from) in (9..).zip(["anonymous", "unknown", "blocked", "withheld", ""]) {
        let nobody = app.caller(&format!("Niemand{hour}")).from(from);
        assert_eq!(nobody.rings().await["call_inbound"]["dynamic_variables"]["caller_known"], "false");
        let offer = nobody.is_offered(&format!("{hour}:00")).await;
        assert_eq!(nobody.asks("book_appointment", &json!({ "offer_id": offer })).await["reason"], "name_missing");
        assert_eq!(nobody.takes(&offer).await["status"], "confirmed");
        let asked = nobody.asks("request_callback", &json!({ "name": nobody.name })).await;
        assert_eq!(asked["reason"], "phone_missing", "nobody can call back somebody without a number");
    }
    app.settle().await;
    assert_eq!(app.customers().await.len(), 5);
    app.finish().await;
}

pub async fn lesson_12_a_service_is_asked_for_and_never_guessed(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let ask = |service: &str| json!({ "datum": anna.date.to_string(), "uhrzeit": "11:00", "dienstleistung": service });
    let unknown = anna.asks("check_availability", &ask("Raketenstart")).await;
    assert_eq!((unknown["success"].as_bool(), unknown["reason"].as_str()), (Some(false), Some("service_unknown")));
    let colour = anna.asks("check_availability", &ask("färben")).await;
    let offer = colour["offer"]["offer_id"].as_str().unwrap();
    let cut = json!({ "offer_id": offer, "name": "Anna", "dienstleistung": "Haarschnitt" });
    assert_eq!(anna.asks("book_appointment", &cut).await["reason"], "contradiction");
    assert_eq!(anna.takes(offer).await["status"], "confirmed");
    let [there] = &app.calcom().live_bookings()[..] else { panic!("one") };
    assert_eq!(there.event_type, app.salon.service("Färben").0.cast_unsigned());
    app.finish().await;
}

pub async fn a_slow_calendar_is_waited_for_and_then_left_to_the_list(database: Database) {
    let setting = Setting { answers_within: Duration::from_secs(3), ..Setting::default() };
    let app = TestApp::with(database, setting).await;
    let anna = app.caller("Anna");
    app.desk_does(RulesChange { answer_within_seconds: Some(1), ..RulesChange::default() }).await;
    let offer = anna.is_offered("11:00").await;
    app.calcom().faults().next(Operation::CreateBooking, Fault::Slow(Duration::from_secs(2)));
    let answer = anna.takes(&offer).await;
    assert_eq!((answer["success"].as_bool(), answer["status"].as_str()), (Some(true), Some("noted")), "{answer}");
    assert!(!answer["message"].as_str().unwrap().contains("gebucht"), "{answer}");
    app.advance_until_quiet(jiff::SignedDuration::from_mins(5)).await;
    assert_eq!(booked(&app).await.len(), 1);
    let later = anna.takes(&offer).await;
    assert_eq!(later["status"], "confirmed", "asked again, what has become of it is told: {later}");
    app.finish().await;
}
