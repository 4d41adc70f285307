//! Cal.com is not to be had for a while, or only so and so often.

use crate::app::{Setting, TestApp};
use crate::contract::database::Database;
use futures_util::future::join_all;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::{Fault, Operation, RateLimit};
use ringbuch_api::providers::CALCOM_KEY;
use ringbuch_api::setup::SetUp;
use ringbuch_projections::appointments::AppointmentStatus;
use secrecy::SecretString;
use std::time::Duration;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

pub async fn after_an_hour_without_calcom_every_wish_is_booked_once(database: Database) {
    let app = TestApp::start(database).await;
    app.calcom().faults().set_down(true);
    for time in ["9:00", "9:00", "10:00", "11:00", "14:00", "17:30"] {
        app.caller("Anna").ends_call_booking(time).await;
    }
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["asked".to_owned(); 6], 0));
    app.calcom().faults().set_down(false);
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["confirmed".to_owned(); 6], 6));
    app.finish().await;
}

pub async fn a_wish_ends_when_its_time_has_come(database: Database) {
    let app = TestApp::start(database).await;
    app.calcom().faults().set_down(true);
    let anna = app.caller("Anna").on("2025-06-30").asks_for("Färben");
    anna.books("11:00").await;
    app.advance_until_quiet(HOUR * 2).await;
    let appointment = app.appointment(anna.booking()).await;
    assert_ne!(appointment.status, AppointmentStatus::Confirmed);
    app.calcom().faults().set_down(false);
    app.advance_until_quiet(HOUR * 48).await;
    let appointment = app.appointment(anna.booking()).await;
    assert_eq!((appointment.status, appointment.in_doubt), (AppointmentStatus::Failed, false));
    assert_eq!(app.outcomes().await, ["failed: too_late"]);
    assert!(app.calcom().books().is_empty());
    app.finish().await;
}

pub async fn one_request_too_many_is_made_again_later(database: Database) {
    let app = TestApp::start(database).await;
    app.calcom().faults().next(Operation::CreateBooking, Fault::RateLimited);
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    let appointment = app.appointment(anna.booking()).await;
    // Nothing was done, so nothing is in doubt.
    assert_eq!((appointment.status, appointment.in_doubt), (AppointmentStatus::Requested, false));
    assert!(appointment.next_attempt_at.is_some_and(|next| next > app.now()));
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["confirmed".to_owned()], 1));
    app.finish().await;
}

pub async fn lesson_16_calcoms_limit_is_never_gone_beyond(database: Database) {
    const CALLS: usize = 120;
    let app = TestApp::with(database, Setting { calcom_per_minute: 110, ..Setting::default() }).await;
    let minute = Duration::from_mins(1);
    app.calcom().set_rate_limit(RateLimit { requests: 120, window: minute, block: minute });
    let days = ["2025-07-01", "2025-07-02", "2025-07-03", "2025-07-04", "2025-07-05", "2025-07-06"];
    let callers: Vec<_> = (0..CALLS).map(|at| (app.caller("Anna").on(days[at / 20]), at % 20)).collect();
    let calling = callers.iter().map(async |(caller, at)| {
        let time = format!("{}:{:02}", 8 + at / 2, at % 2 * 30);
        caller.send(&caller.ended(crate::app::Said::Books(&time))).await;
    });
    join_all(calling).await;
    app.settle().await;
    assert!(app.calcom().books().len() < CALLS);
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.calcom().live_bookings().len(), app.calcom().too_many_sent()), (CALLS, 0));
    app.finish().await;
}

pub async fn a_key_that_calcom_refuses_holds_bookings_up_until_it_is_replaced(database: Database) {
    let app = TestApp::start(database).await;
    let set_up = SetUp::new(app.app(), "story");
    let key = |key: &str| SecretString::from(key.to_owned());
    set_up.company_secret(&app.salon.id, CALCOM_KEY, key("cal_live_wrong")).await.unwrap();
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    app.advance_until_quiet(SignedDuration::from_mins(5)).await;
    let appointment = app.appointment(anna.booking()).await;
    assert_eq!((appointment.status, appointment.in_doubt), (AppointmentStatus::Requested, false));
    assert_eq!(appointment.last_trouble.as_deref(), Some("key_refused"));

    app.calcom().add_key(app.salon.calendar_owner, "cal_live_new");
    set_up.company_secret(&app.salon.id, CALCOM_KEY, key("cal_live_new")).await.unwrap();
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["confirmed".to_owned()], 1));
    app.finish().await;
}
