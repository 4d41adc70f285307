//! Every request that is proven gets an answer that helps, whatever is in it; and what a company wants done is done.

use crate::app::TestApp;
use crate::contract::database::Database;
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::desk::callback_done;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::company::Command;
use ringbuch_domain::desk::{Fallback, RulesChange};
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::callbacks::{self, Callback};
use ringbuch_projections::{Paging, Scope};
use serde_json::{Value, json};

async fn waiting(app: &TestApp) -> Vec<Callback> {
    let all = Paging { after: None, limit: 50 };
    callbacks::list(app.rows(), Scope::Company(&app.salon.id), false, all).await.unwrap().items
}

pub async fn whatever_an_agent_sends_it_gets_a_sentence_to_say(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offer = anna.is_offered("11:00").await;
    let day = anna.date.to_string();
    for (function, args, reason) in [
        ("make_coffee", json!({}), "function_unknown"),
        ("book_appointment", json!({}), "date_missing"),
        ("book_appointment", json!(null), "date_missing"),
        ("book_appointment", json!("kein JSON"), "date_missing"),
        ("book_appointment", json!({ "offer_id": "erfunden" }), "offer_unknown"),
        ("book_appointment", json!({ "offer_id": offer }), "name_missing"),
        ("book_appointment", json!({ "offer_id": offer, "name": "Anna", "email": "anna" }), "email_unreadable"),
        ("book_appointment", json!({ "offer_id": offer, "name": "Anna", "phone": "x" }), "phone_unreadable"),
        ("book_appointment", json!({ "offer_id": offer, "datum": day, "uhrzeit": "12:00" }), "contradiction"),
        ("book_appointment", json!({ "uhrzeit": "12:00", "name": "Anna" }), "date_missing"),
        ("hold_slot", json!({}), "offer_unknown"),
        ("check_availability", json!({ "datum": "irgendwann" }), "date_unreadable"),
        ("check_availability", json!({ "datum": "2025-06-29", "uhrzeit": "11:00" }), "in_the_past"),
        ("check_availability", json!({ "datum": day, "dienstleistung": "Rakete" }), "service_unknown"),
        ("check_availability", json!({ "datum": day, "mitarbeiter": "Zoe" }), "staff_unknown"),
        ("check_availability", json!({ "datum": day, "filiale": "Paris" }), "branch_unknown"),
        ("move_appointment", json!({}), "name_missing"),
        ("cancel_appointment", json!({ "appointment_id": "erfunden" }), "appointment_unknown"),
        ("find_appointments", json!({ "telefonnummer": "x" }), "phone_unreadable"),
    ] {
        for named in [function.to_owned(), format!("{function}_v17")] {
            let answer = anna.asks(&named, &args).await;
            assert_eq!(
                (&answer["success"], &answer["reason"]),
                (&json!(false), &json!(reason)),
                "{named} {args}: {answer}"
            );
            assert!(answer["message"].as_str().unwrap().len() > 10, "{answer}");
        }
    }
    let english = anna.asks("make_coffee", &json!({ "language": "en" })).await;
    assert!(english["message"].as_str().unwrap().contains("Can I help you"), "{english}");
    assert!(app.calcom().live_bookings().is_empty());
    app.finish().await;
}

pub async fn a_call_that_an_agent_made_up_books_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    for invented in ["1", "call_001", "None", "{{call_id}}"] {
        let answer = anna.clone().under(invented).asks("check_availability", &json!({ "datum": "morgen" })).await;
        assert_eq!(answer["reason"], "call_unknown", "{invented}: {answer}");
    }
    // Only the envelope's id counts.
    let said = anna.asks("check_availability", &json!({ "datum": "morgen", "uhrzeit": "11:00", "call_id": "1" })).await;
    assert_eq!(said["available"], true, "{said}");
    // Arguments alone, about a company that the address names.
    let alone = async |function: &str, args: Value| {
        let path = format!("/api/mcp/retell/functions/{function}?company={}", app.salon.id);
        app.function(&path, &app.salon.retell_key, &args).await
    };
    let services = alone("list_services", json!({ "filiale": "mitte" })).await;
    assert_eq!((services.status, services.body["success"].as_bool()), (200, Some(true)), "{}", services.body);
    let nowhere = alone("list_services", json!({})).await;
    assert_eq!(nowhere.body["reason"], "branch_missing");
    let book = |call: &str| json!({ "filiale": "mitte", "datum": "morgen", "uhrzeit": "11:00", "name": "Anna", "call_id": call });
    assert_eq!(alone("book_appointment", book("call_001")).await.body["reason"], "call_unknown");
    assert_eq!(alone("book_appointment", book("call_0a1b2c3d4e5f6071")).await.body["reason"], "call_unknown");
    // One that is known is where its number was called.
    anna.send(&anna.started()).await;
    app.settle().await;
    let known = json!({ "datum": "morgen", "uhrzeit": "11:00", "name": "Anna", "call_id": anna.call });
    assert_eq!(alone("book_appointment", known).await.body["status"], "confirmed");
    app.finish().await;
}

pub async fn lesson_18_what_is_not_signed_is_turned_away(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let body = json!({ "name": "list_services", "args": {}, "call": anna.on_the_line() });
    for path in ["/api/mcp/retell/functions/list_services", "/api/mcp/retell/inbound"] {
        let unsigned = app.post(path, &[], body.to_string().into_bytes()).await;
        assert_eq!(unsigned.status, 401, "{path}");
        assert_eq!(app.function(path, "key_of_somebody_else", &body).await.status, 401, "{path}");
    }
    let other = app.function("/api/mcp/retell/functions/book_appointment", &app.salon.retell_key, &body).await;
    assert_eq!(
        (other.status, other.body["reason"].as_str()),
        (200, Some("function_mismatch")),
        "the signed name counts"
    );
    assert!(app.events().await.iter().all(|event| event.stream.as_str() != "call-salon_morgenrot-call_anna_0"));
    app.finish().await;
}

pub async fn where_nothing_can_be_done_the_company_says_what_then(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let ask = json!({ "datum": anna.date.to_string(), "uhrzeit": "11:00" });
    let down = || app.calcom().faults().next(Operation::ListSlots, Fault::CutBefore);
    let rule = |provider_down| RulesChange {
        provider_down: Some(provider_down),
        forward_to: Some("+493023125009".into()),
        ..RulesChange::default()
    };
    let tries = async || {
        (0..3).for_each(|_| down());
        let answer = anna.asks("check_availability", &ask).await;
        app.calcom().faults().calm();
        assert_eq!(
            (answer["success"].as_bool(), answer["reason"].as_str()),
            (Some(false), Some("provider_down")),
            "{answer}"
        );
        answer
    };
    app.desk_does(rule(Fallback::Inform)).await;
    assert_eq!(tries().await["next_step"], "ask_otherwise");
    app.desk_does(rule(Fallback::Forward)).await;
    let forwarded = tries().await;
    assert_eq!((&forwarded["next_step"], &forwarded["forward_to"]), (&json!("transfer_call"), &json!("+493023125009")));
    assert!(waiting(&app).await.is_empty());
    app.desk_does(rule(Fallback::Callback)).await;
    assert!(tries().await["message"].as_str().unwrap().contains("rufen Sie zurück"));
    app.settle().await;
    assert_eq!(waiting(&app).await[0].reason.as_deref(), Some("provider_down"));

    let close = Command::DeactivateBranch { branch: BranchId::new("nord").unwrap() };
    SetUp::new(app.app(), "story").change(&app.salon.id, close).await.unwrap();
    app.desk_does(RulesChange { branch_closed: Some(Fallback::Forward), ..RulesChange::default() }).await;
    let closed = app.caller("Ben").calls("nord").asks("check_availability", &ask).await;
    assert_eq!((&closed["reason"], &closed["next_step"]), (&json!("branch_inactive"), &json!("transfer_call")));
    app.finish().await;
}

pub async fn staff_see_whom_to_call_back_and_close_it(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben").from("anonymous"));
    let asked = anna.asks("request_callback", &json!({ "anliegen": "Bitte nach 16 Uhr." })).await;
    assert_eq!(asked["success"], true, "{asked}");
    anna.asks("request_callback", &json!({ "name": "Anna" })).await;
    let number = json!({ "name": "Ben", "telefonnummer": "0171 39200 88" });
    assert_eq!(ben.asks("request_callback", &number).await["success"], true);
    // A call that is over and whose wish could not be followed appears without anybody asking.
    let cem = app.caller("Cem").says("datum", "irgendwann");
    cem.ends_call_booking("11:00").await;
    app.settle().await;
    let listed = waiting(&app).await;
    let of = |name: &str| {
        listed.iter().find(|it| it.name.as_deref() == Some(name)).unwrap_or_else(|| panic!("{name}: {listed:?}"))
    };
    assert_eq!(
        (of("Anna").phone.as_deref(), of("Anna").note.as_deref()),
        (anna.from.as_deref(), Some("Bitte nach 16 Uhr."))
    );
    assert_eq!(of("Ben").phone.as_deref(), Some("+491713920088"));
    assert_eq!(of("Cem").reason.as_deref(), Some("date_unreadable"));
    for caller in [&anna, &ben, &cem] {
        assert!(callback_done(app.app(), &app.salon.id, &caller.call_id(), "erika").await.unwrap());
        assert!(!callback_done(app.app(), &app.salon.id, &caller.call_id(), "erika").await.unwrap(), "once");
    }
    app.settle().await;
    assert!(waiting(&app).await.is_empty());
    app.finish().await;
}

pub async fn before_a_word_is_said_the_agent_knows_who_calls_and_which_day_it_is(database: Database) {
    let app = TestApp::start(database).await;
    let neighbour = app.open(&crate::app::NEIGHBOUR).await;
    let anna = app.caller("Anna");
    let told = |answer: &Value| answer["call_inbound"]["dynamic_variables"].clone();
    let unknown = told(&anna.rings().await);
    assert_eq!(
        (&unknown["caller_known"], &unknown["caller_name"], &unknown["next_appointment"]),
        (&json!("false"), &json!(""), &json!(""))
    );
    assert_eq!(
        (&unknown["branch"], &unknown["open_now"], &unknown["today"]),
        (&json!("mitte"), &json!("true"), &json!("Montag, der 30. Juni"))
    );
    assert!(unknown["coming_days"].as_str().unwrap().contains("morgen: Dienstag, der 1. Juli 2025"), "{unknown}");
    assert!(unknown.as_object().unwrap().values().all(Value::is_string), "Retell takes texts alone: {unknown}");
    assert!(app.customers().await.is_empty(), "a call that only rings makes nobody known");
    anna.books("11:00").await;
    anna.clone().on("2025-07-03").under("call_second_0001").books("15:00").await;
    let known = told(&anna.rings().await);
    assert_eq!((&known["caller_known"], &known["caller_name"]), (&json!("true"), &json!("Anna")));
    assert!(known["next_appointment"].as_str().unwrap().contains("1. Juli"), "the next one: {known}");
    let elsewhere = told(&anna.clone().of(&neighbour).rings().await);
    assert_eq!((&elsewhere["caller_known"], &elsewhere["caller_name"]), (&json!("false"), &json!("")));
    // What the company wants done with some calls.
    let change = RulesChange {
        reject_withheld: Some(true),
        agent_when_closed: Some("agent_night".into()),
        ..RulesChange::default()
    };
    app.desk_does(change).await;
    assert_eq!(app.caller("Eva").from("anonymous").rings().await["call_inbound"], json!({ "reject": true }));
    assert!(anna.rings().await["call_inbound"].get("override_agent_id").is_none());
    app.advance_to("2025-06-30T20:00:00Z").await;
    assert_eq!(anna.rings().await["call_inbound"]["override_agent_id"], "agent_night");
    // A number that is nobody's rings on with its own agent.
    let nobody = app.caller("Eva").dials("+493023125999");
    assert_eq!(nobody.rings().await["call_inbound"], json!({}));
    app.finish().await;
}
