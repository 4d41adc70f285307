//! What the staff do to an appointment that a call has made, and what the calendar's host may still have to say.

use crate::app::{Setting, TestApp};
use crate::contract::database::Database;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use ringbuch_adapters::sandbox::calcom::{Guest, Status};
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::appointments::{AppointmentError, Appointments, NewAppointment};
use ringbuch_domain::diary::Rejection;
use ringbuch_domain::ids::{BookingId, BranchId};
use ringbuch_projections::appointments::AppointmentStatus;
use uuid::Uuid;

impl TestApp {
    fn desk(&self) -> Appointments<'_> {
        Appointments::new(self.app(), self.salon.id.clone(), "staff")
    }

    /// Asks for a cancellation, as the staff do.
    pub async fn cancel(&self, booking: BookingId) -> Result<(), AppointmentError> {
        self.desk().cancel(booking, Some("Der Kunde hat abgesagt.".into())).await.map(drop)
    }

    /// Asks for an appointment at the first branch, as the staff do.
    async fn book(&self, service: &str, start: &str) -> Result<(), AppointmentError> {
        let new = NewAppointment {
            booking: BookingId(Uuid::now_v7()),
            branch: BranchId::new("mitte").unwrap(),
            service: Some(service.into()),
            staff: None,
            start: start.parse().unwrap(),
            name: "Max Mustermann".into(),
            phone: None,
            email: None,
            notes: None,
            source: "staff".into(),
        };
        self.desk().book(new).await.map(drop)
    }

    /// Asks for a move, as the staff do.
    pub async fn move_to(&self, booking: BookingId, start: &str) -> Result<(), AppointmentError> {
        self.desk().move_to(booking, start.parse().unwrap()).await.map(drop)
    }
}

/// Refused by a rule, or failed at the calendar: by hand it counts as in a call, and in a call it counts once although the
/// call is told of it as well.
pub async fn what_is_not_booked_is_counted_once_whoever_asked_for_it(database: Database) {
    let app = TestApp::start(database).await;
    let counted = || app.measured("mcp_booking_failure_total");
    let closed = app.book("Färben", "2025-07-01T20:00:00+02:00").await;
    assert!(matches!(closed, Err(AppointmentError::Refused(Rejection::Closed))), "{closed:?}");
    assert!(app.book("Raketenstart", "2025-07-01T11:00:00+02:00").await.is_err());
    assert_eq!((counted(), app.measured(r#"mcp_booking_failure_total{reason="closed"}"#)), (2, 1));
    app.caller("Anna").asks_for("Färben").books("20:00").await;
    app.caller("Ben").asks_for("Färben").books("wenn es passt").await;
    assert_eq!((counted(), app.measured(r#"mcp_booking_failure_total{reason="time_unreadable"}"#)), (4, 1));

    app.calcom().remove_event_type(app.salon.service("Färben").0.cast_unsigned());
    app.book("Färben", "2025-07-01T11:00:00+02:00").await.unwrap();
    app.settle().await;
    assert_eq!(app.happened("BookingFailed").await, 1);
    let at_the_calendar = r#"mcp_booking_failure_total{reason="event_type_unknown"}"#;
    assert_eq!((counted(), app.measured(at_the_calendar)), (5, 1));
    app.caller("Cem").asks_for("Färben").books("15:00").await;
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    assert_eq!((app.happened("BookingFailed").await, app.happened("BookingRefused").await), (2, 3));
    assert_eq!((counted(), app.measured(at_the_calendar)), (6, 2));
    app.finish().await;
}

pub async fn a_cancelled_appointment_is_gone_and_its_time_free(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").asks_for("Färben");
    anna.books("11:00").await;
    app.cancel(anna.booking()).await.unwrap();
    app.settle().await;

    let appointment = app.appointment(anna.booking()).await;
    assert_eq!(appointment.status, AppointmentStatus::Cancelled);
    assert_eq!(appointment.cancel_reason.as_deref(), Some("Der Kunde hat abgesagt."));
    assert_eq!(app.calcom().books()[0].status, Status::Cancelled);
    assert_eq!(app.customer(appointment.customer).await.appointments, 0);

    app.caller("Ben").asks_for("Färben").books("11:00").await;
    assert_eq!(app.outcomes().await, ["cancelled", "confirmed"]);
    // Once more changes nothing.
    assert!(app.cancel(anna.booking()).await.is_ok());
    app.finish().await;
}

pub async fn a_moved_appointment_stands_at_its_new_time_alone(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").asks_for("Färben");
    anna.books("11:00").await;
    for (to, day) in [("2025-07-01T15:00:00+02:00", "2025-07-01"), ("2025-07-03T09:00:00+02:00", "2025-07-03")] {
        app.move_to(anna.booking(), to).await.unwrap();
        app.settle().await;
        let appointment = app.appointment(anna.booking()).await;
        let start = to.parse().unwrap();
        assert_eq!((appointment.status, appointment.start_at), (AppointmentStatus::Confirmed, start));
        assert_eq!((appointment.page.to_string().as_str(), appointment.under_way), (day, None));
        let [there] = &app.calcom().live_bookings()[..] else { panic!("one stays") };
        assert_eq!(there.start, start);
    }
    // Its old times are free, its new one is not.
    app.caller("Ben").asks_for("Färben").books("11:00").await;
    app.caller("Cem").asks_for("Färben").books("15:00").await;
    app.caller("Dora").asks_for("Färben").on("2025-07-03").books("10:00").await;
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed", "confirmed", "refused: slot_taken"]);

    let refused = app.move_to(anna.booking(), "2025-07-01T12:00:00+02:00").await;
    assert!(matches!(refused, Err(AppointmentError::Refused(Rejection::SlotTaken))), "{refused:?}");
    app.settle().await;
    assert_eq!(app.appointment(anna.booking()).await.start_at, "2025-07-03T07:00:00Z".parse().unwrap());
    app.finish().await;
}

pub async fn a_cancellation_reaches_a_booking_that_nobody_is_sure_of(database: Database) {
    for fault in [Fault::TimedOutBefore, Fault::LateOnCue] {
        let another = database.fresh().await;
        ringbuch_adapters::store::Store::migrate(&another.url, false).await.unwrap();
        let app = TestApp::with(another, Setting::impatient()).await;
        app.calcom().faults().next(Operation::CreateBooking, fault);
        let anna = app.caller("Anna");
        anna.books("11:00").await;
        assert!(app.appointment(anna.booking()).await.in_doubt);
        app.cancel(anna.booking()).await.unwrap();
        app.calcom().faults().release_late();
        app.advance_until_quiet(SignedDuration::from_hours(1)).await;
        let appointment = app.appointment(anna.booking()).await;
        assert_eq!(
            (appointment.status, app.live(anna.booking()).len()),
            (AppointmentStatus::Cancelled, 0),
            "{fault:?}"
        );
        app.finish().await;
    }
}

pub async fn lesson_09_what_the_host_has_still_to_agree_to_is_not_booked(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").asks_for("Hochzeit");
    anna.books("11:00").await;
    assert_eq!(app.appointment(anna.booking()).await.status, AppointmentStatus::Pending);
    assert_eq!(app.outcomes().await, ["pending"]);
    assert_eq!((app.happened("BookingPending").await, app.happened("BookingConfirmed").await), (1, 0));
    assert_eq!(app.calcom().live_bookings()[0].status, Status::Pending);
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    assert_eq!(app.outcomes().await, ["pending"]);
    app.finish().await;
}

const DONE: [Fault; 4] = [Fault::BookedThenTimedOut, Fault::CutAfter, Fault::ServerErrorAfter, Fault::Malformed];
const NOT_DONE: [Fault; 3] = [Fault::TimedOutBefore, Fault::CutBefore, Fault::ServerErrorBefore];

pub async fn a_cancellation_without_an_answer_comes_to_its_end(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    for (hour, fault) in (9..).zip(DONE.into_iter().chain(NOT_DONE)) {
        let anna = app.caller("Anna");
        anna.books(&format!("{hour}:00")).await;
        app.calcom().faults().next(Operation::CancelBooking, fault);
        app.cancel(anna.booking()).await.unwrap();
        app.advance_until_quiet(SignedDuration::from_hours(1)).await;
        let appointment = app.appointment(anna.booking()).await;
        assert_eq!(
            (appointment.status, app.live(anna.booking()).len()),
            (AppointmentStatus::Cancelled, 0),
            "{fault:?}"
        );
    }
    app.finish().await;
}

pub async fn a_move_without_an_answer_is_found_where_it_leads(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    // To another time of its day, and to another day.
    for day in ["2025-07-01", "2025-07-02"] {
        for (hour, fault) in (8..).zip(DONE.into_iter().chain(NOT_DONE)) {
            let anna = app.caller("Anna").asks_for("Maniküre");
            anna.books(&format!("{hour}:00")).await;
            app.calcom().faults().next(Operation::RescheduleBooking, fault);
            let to = format!("{day}T{hour:02}:30:00+02:00");
            app.move_to(anna.booking(), &to).await.unwrap();
            app.advance_until_quiet(SignedDuration::from_mins(30)).await;
            let appointment = app.appointment(anna.booking()).await;
            let there = (appointment.status, appointment.start_at, appointment.moves);
            assert_eq!(there, (AppointmentStatus::Confirmed, to.parse().unwrap(), 1), "{fault:?} {day}");
            assert_eq!(app.live(anna.booking()).len(), 1, "{fault:?} {day}");
        }
        // Whoever is in the way of the next round.
        for booking in app.appointments().await {
            app.cancel(booking.booking).await.unwrap();
        }
        app.advance_until_quiet(SignedDuration::from_mins(30)).await;
    }
    app.finish().await;
}

pub async fn a_move_that_calcom_refuses_leaves_the_appointment_where_it_was(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").asks_for("Maniküre");
    anna.books("11:00").await;
    // Somebody has booked on Cal.com's own page meanwhile.
    let guest = Guest {
        name: "Max Mustermann".into(),
        email: Some("max@example.com".into()),
        phone: None,
        time_zone: TimeZone::get("Europe/Berlin").unwrap(),
    };
    let event_type = app.salon.service("Maniküre").0.cast_unsigned();
    app.calcom().book_directly(event_type, "2025-07-02T07:00:00Z".parse().unwrap(), guest).unwrap();
    app.move_to(anna.booking(), "2025-07-02T09:00:00+02:00").await.unwrap();
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    let appointment = app.appointment(anna.booking()).await;
    assert_eq!((appointment.status, appointment.moves), (AppointmentStatus::Confirmed, 0));
    assert_eq!((appointment.under_way, appointment.start_at.to_string()), (None, "2025-07-01T09:00:00Z".into()));
    // What was held for it is free again.
    app.caller("Ben").asks_for("Maniküre").on("2025-07-02").books("9:30").await;
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed"]);
    app.finish().await;
}
