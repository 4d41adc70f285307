//! Whose appointment it is, and what only they may do to it.

use crate::app::{Caller, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_domain::desk::RulesChange;
use ringbuch_projections::appointments::AppointmentStatus;
use ringbuch_projections::{Paging, Scope, callbacks};
use serde_json::{Value, json};

const ALL: Paging = Paging { after: None, limit: 50 };

impl<'a> Caller<'a> {
    /// Somebody who calls again, from that number or from none.
    fn again(&self, from: Option<&str>) -> Caller<'a> {
        let mut again = self.app().caller(&self.name);
        again.from = from.map(str::to_owned);
        again.date = self.date;
        again
    }

    async fn finds(&self, args: Value) -> Value {
        self.asks("find_appointments", &args).await
    }
}

fn reason(answer: &Value) -> &str {
    assert_eq!(answer["success"], false, "{answer}");
    answer["reason"].as_str().unwrap()
}

/// The one appointment that was told.
fn told(answer: &Value) -> &Value {
    assert_eq!(
        (&answer["success"], answer["appointments"].as_array().map(Vec::len)),
        (&json!(true), Some(1)),
        "{answer}"
    );
    &answer["appointments"][0]
}

pub async fn an_appointment_is_told_to_whoever_shows_two_things_that_agree(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    let (day, number) = (anna.date.to_string(), anna.from.clone().unwrap());
    let hers = anna.again(Some(&number));
    assert_eq!(reason(&hers.finds(json!({})).await), "name_missing");
    let known = hers.finds(json!({ "name": "Anna" })).await;
    assert_eq!(
        (told(&known)["service"].as_str(), told(&known)["branch"].as_str()),
        (Some("Haarschnitt"), Some("mitte"))
    );
    let withheld = || anna.again(Some("anonymous"));
    assert_eq!(reason(&withheld().finds(json!({ "name": "Anna" })).await), "proof_missing");
    let spoken = number.replace("+49", "0");
    told(&withheld().finds(json!({ "name": "Anna", "telefonnummer": spoken })).await);
    told(&withheld().finds(json!({ "name": "Anna", "datum": day, "uhrzeit": "11 Uhr" })).await);
    // One thing, or two of which one is wrong, tells nothing, not even that there is something.
    for (args, from) in [
        (json!({ "name": "Ben" }), Some(number.as_str())),
        (json!({ "name": "Anna", "datum": day, "uhrzeit": "11:30" }), Some("anonymous")),
        (json!({ "name": "Ben", "datum": day, "uhrzeit": "11:00" }), Some("anonymous")),
        (json!({ "name": "Anna" }), Some("+491713920099")),
        (json!({ "name": "Anna", "telefonnummer": "+491713920098" }), Some("anonymous")),
    ] {
        let answer = anna.again(from).finds(args.clone()).await;
        assert_eq!(reason(&answer), "no_appointment", "{args}");
        let nothing = anna.again(from).finds(json!({ "name": "Zoe", "telefonnummer": "+491713920097" })).await;
        assert_eq!(answer["message"], nothing["message"], "{args}");
    }
    app.finish().await;
}

pub async fn whoever_guesses_too_often_is_told_nothing_and_called_back(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    let stranger = anna.again(Some("+491713920099"));
    let guess = |time: &str| json!({ "name": "Anna", "datum": anna.date.to_string(), "uhrzeit": time });
    for time in ["9:00", "9:00", "9:00", "9:30", "10:00"] {
        assert_eq!(reason(&stranger.finds(guess(time)).await), "no_appointment", "{time}");
    }
    assert_eq!(app.happened("AppointmentWithheld").await, 3, "the same guess counts once");
    assert_eq!(reason(&stranger.finds(guess("11:00")).await), "guesses_exhausted");
    let cancel = json!({ "name": "Anna", "datum": anna.date.to_string(), "uhrzeit": "11:00" });
    assert_eq!(reason(&stranger.asks("cancel_appointment", &cancel).await), "guesses_exhausted");
    app.settle().await;
    let waiting = callbacks::list(app.rows(), Scope::All, false, ALL).await.unwrap().items;
    assert_eq!(waiting.iter().map(|it| it.reason.as_deref()).collect::<Vec<_>>(), [Some("guesses_exhausted")]);
    // In another call, two things agree again.
    told(&anna.again(None).finds(guess("11:00")).await);
    app.finish().await;
}

pub async fn an_appointment_is_moved_for_whoever_it_was_told_to(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna").asks_for("Färben"), app.caller("Ben").asks_for("Färben"));
    anna.books("9:30").await;
    ben.books("14:00").await;
    let hers = anna.again(anna.from.as_deref());
    let id = told(&hers.finds(json!({ "name": "Anna" })).await)["appointment_id"].clone();
    let to = |time: &str| json!({ "appointment_id": id, "datum": anna.date.to_string(), "uhrzeit": time });
    assert_eq!(reason(&ben.asks("move_appointment", &to("11:00")).await), "appointment_unknown", "of another call");
    let taken = hers.asks("move_appointment", &to("14:00")).await;
    assert_eq!((reason(&taken), taken["alternatives"].as_array().unwrap().is_empty()), ("slot_taken", false));
    let moved = hers.asks("move_appointment", &to("11:00")).await;
    assert_eq!((moved["success"].as_bool(), moved["status"].as_str()), (Some(true), Some("moved")), "{moved}");
    assert_eq!(hers.asks("move_appointment", &to("11:00")).await, moved, "asked again");
    app.settle().await;
    let there = app.live(anna.booking());
    assert_eq!(there.iter().map(|it| it.start.to_string()).collect::<Vec<_>>(), ["2025-07-01T09:00:00Z"]);
    let cut =
        hers.asks("check_availability", &json!({ "datum": anna.date.to_string() })).await["alternatives"][0].clone();
    let to_a_cut = json!({ "appointment_id": id, "offer_id": cut["offer_id"] });
    assert_eq!(reason(&hers.asks("move_appointment", &to_a_cut).await), "contradiction", "an offer of another service");
    // To another day, by an offer.
    let next = json!({ "datum": anna.date.tomorrow().unwrap().to_string(), "dienstleistung": "Färben" });
    let offer = hers.asks("check_availability", &next).await["alternatives"][0].clone();
    let moved = hers.asks("move_appointment", &json!({ "appointment_id": id, "offer_id": offer["offer_id"] })).await;
    assert_eq!(moved["status"], "moved", "{moved}");
    app.settle().await;
    let there = app.live(anna.booking());
    assert_eq!(there.iter().map(|it| json!(it.start)).collect::<Vec<_>>(), [offer["start"].clone()]);
    app.finish().await;
}

pub async fn an_appointment_is_cancelled_for_whoever_it_belongs_to(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    let hers = anna.again(anna.from.as_deref());
    app.desk_does(RulesChange { cancel_notice_minutes: Some(60 * 48), ..RulesChange::default() }).await;
    assert_eq!(reason(&hers.asks("cancel_appointment", &json!({ "name": "Anna" })).await), "too_late_to_cancel");
    app.desk_does(RulesChange { cancel_notice_minutes: Some(60), ..RulesChange::default() }).await;
    let id = told(&hers.finds(json!({ "name": "Anna" })).await)["appointment_id"].clone();
    let cancelled = hers.asks("cancel_appointment", &json!({ "appointment_id": id })).await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    assert_eq!(hers.asks("cancel_appointment", &json!({ "appointment_id": id })).await, cancelled, "asked again");
    app.settle().await;
    assert_eq!(app.appointment(anna.booking()).await.status, AppointmentStatus::Cancelled);
    assert!(app.live(anna.booking()).is_empty());
    assert_eq!(reason(&hers.finds(json!({ "name": "Anna" })).await), "no_appointment");
    app.finish().await;
}

pub async fn what_was_booked_a_moment_ago_can_be_changed_in_the_same_call(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").from("anonymous");
    let offer = anna.is_offered("11:00").await;
    let id = anna.takes(&offer).await["appointment_id"].clone();
    let to = json!({ "appointment_id": id, "datum": anna.date.to_string(), "uhrzeit": "15:00" });
    assert_eq!(anna.asks("move_appointment", &to).await["status"], "moved");
    let cancelled = anna.asks("cancel_appointment", &json!({ "appointment_id": id })).await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    // The same time once more is another booking, offered anew.
    let anew = anna.is_offered("11:00").await;
    assert_ne!(anew, offer);
    assert_eq!(anna.takes(&anew).await["status"], "confirmed");
    assert_eq!(app.calcom().live_bookings().len(), 1);
    app.finish().await;
}

pub async fn of_two_appointments_the_caller_says_which(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let offers = [anna.is_offered("11:00").await, anna.is_offered("15:00").await];
    for offer in &offers {
        assert_eq!(anna.takes(offer).await["status"], "confirmed");
    }
    let which = anna.asks("cancel_appointment", &json!({ "name": "Anna" })).await;
    assert_eq!((reason(&which), which["appointments"].as_array().unwrap().len()), ("which_appointment", 2));
    app.desk_does(RulesChange { bookings_per_call: Some(2), ..RulesChange::default() }).await;
    let third = anna.is_offered("16:00").await;
    assert_eq!(reason(&anna.takes(&third).await), "too_many_bookings");
    app.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(app.calcom().live_bookings().len(), 2);
    app.finish().await;
}
