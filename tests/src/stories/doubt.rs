//! Cal.com does not answer, or not as it should, and nobody knows whether it has booked. However it was, the wish is booked
//! once.

use crate::app::{Setting, TestApp, until};
use crate::contract::database::Database;
use ringbuch_adapters::sandbox::calcom::{Hosting, Scheduling};
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::appointments::AppointmentError;
use ringbuch_domain::diary::Rejection;
use ringbuch_domain::ids::BookingId;
use ringbuch_projections::appointments::AppointmentStatus;
use std::time::Duration;

const HOUR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

impl TestApp {
    /// Moves the clock from one thing that falls due to the next, until the appointment has come to this.
    async fn advance_until(&self, booking: BookingId, status: AppointmentStatus) {
        for _ in 0..100 {
            if self.appointment(booking).await.status == status {
                return;
            }
            self.advance_to_next().await;
        }
        panic!("it never came to {status:?}: {:?}", self.appointment(booking).await);
    }

    async fn advance_to_next(&self) {
        self.clock.set(self.next_due().expect("something falls due later"));
        self.settle().await;
    }
}

pub async fn lesson_13_what_was_booked_without_an_answer_is_found(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let faults = [Fault::BookedThenTimedOut, Fault::CutAfter, Fault::ServerErrorAfter, Fault::Malformed];
    for (hour, fault) in (9..).zip(faults) {
        for (service, minute) in [("Haarschnitt", 0), ("Maniküre", 30)] {
            app.calcom().faults().next(Operation::CreateBooking, fault);
            let caller = app.caller("Anna").asks_for(service);
            caller.books(&format!("{hour}:{minute:02}")).await;
            let appointment = app.appointment(caller.booking()).await;
            assert_eq!(appointment.status, AppointmentStatus::Confirmed, "{fault:?} {service}");
            assert_eq!((appointment.attempts, app.live(caller.booking()).len()), (1, 1), "{fault:?} {service}");
        }
    }
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.calcom().books().len(), app.asked(Operation::CreateBooking)), (8, 8));
    app.finish().await;
}

pub async fn lesson_13_what_was_not_booked_is_asked_for_again(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let faults = [Fault::TimedOutBefore, Fault::CutBefore, Fault::ServerErrorBefore];
    for (hour, fault) in (9..).zip(faults) {
        app.calcom().faults().next(Operation::CreateBooking, fault);
        let caller = app.caller("Anna");
        caller.books(&format!("{hour}:00")).await;

        let appointment = app.appointment(caller.booking()).await;
        assert_eq!((appointment.status, appointment.in_doubt), (AppointmentStatus::Unknown, true), "{fault:?}");
        assert!(appointment.next_attempt_at.is_some_and(|next| next > app.now()), "the next attempt is visible");
        assert!(appointment.last_trouble.is_some(), "so is what went wrong");
        assert_eq!(app.live(caller.booking()).len(), 0);

        app.advance_until(caller.booking(), AppointmentStatus::Confirmed).await;
        let appointment = app.appointment(caller.booking()).await;
        assert_eq!((appointment.attempts, appointment.next_attempt_at), (2, None), "{fault:?}");
    }
    assert_eq!(app.outcomes().await, ["confirmed"; 3]);
    assert_eq!(app.calcom().books().len(), 3);
    app.finish().await;
}

/// The first request is lost on its way, a look-up finds nothing, and a second one books; the first may land yet.
pub async fn booked_while_the_first_is_lost(app: &TestApp, service: &str) -> BookingId {
    app.calcom().faults().next(Operation::CreateBooking, Fault::LateOnCue);
    let caller = app.caller("Anna").asks_for(service);
    caller.books("11:00").await;
    assert_eq!(app.appointment(caller.booking()).await.status, AppointmentStatus::Unknown);
    app.advance_until(caller.booking(), AppointmentStatus::Confirmed).await;
    let appointment = app.appointment(caller.booking()).await;
    assert_eq!((appointment.attempts, appointment.settled), (2, false));
    assert_eq!((app.calcom().books().len(), app.calcom().faults().late_waiting()), (1, 1));
    caller.booking()
}

pub async fn a_late_request_finds_its_time_taken_by_the_second(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let booking = booked_while_the_first_is_lost(&app, "Maniküre").await;
    app.calcom().faults().release_late();
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.live(booking).len(), app.calcom().books().len()), (1, 1));
    assert!(app.appointment(booking).await.settled);
    app.finish().await;
}

/// Cal.com knows its own for the same person at the same time, unless the event type has changed meanwhile.
pub fn let_only_others_serve(app: &TestApp, service: &str, taken: u64) {
    app.calcom().change_event_type(app.salon.service(service).0.cast_unsigned(), |it| {
        let Hosting::Team { scheduling, hosts, .. } = &mut it.hosting else { panic!("a team's") };
        *scheduling = Scheduling::Collective;
        hosts.retain(|host| *host != taken);
    });
}

pub async fn a_late_twin_is_cancelled_and_the_first_confirmed_stays(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let booking = booked_while_the_first_is_lost(&app, "Haarschnitt").await;
    let taken = app.live(booking)[0].host();
    let_only_others_serve(&app, "Haarschnitt", taken);
    app.calcom().faults().release_late();
    until("the late request", || app.live(booking).len() == 2).await;
    app.advance_until_quiet(HOUR).await;
    let [stays] = &app.live(booking)[..] else { panic!("{:?}", app.live(booking)) };
    assert_eq!(stays.metadata["ringbuch_attempt"], "2");
    assert_eq!(app.happened("BookingTwinCancelled").await, 1);
    app.finish().await;
}

pub async fn a_late_twin_of_a_cancelled_appointment_is_cancelled(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let booking = booked_while_the_first_is_lost(&app, "Haarschnitt").await;
    app.cancel(booking).await.unwrap();
    app.settle().await;
    assert_eq!((app.appointment(booking).await.status, app.live(booking).len()), (AppointmentStatus::Cancelled, 0));

    app.calcom().faults().release_late();
    until("the late request", || app.live(booking).len() == 1).await;
    app.advance_until_quiet(HOUR).await;
    assert_eq!((app.live(booking).len(), app.happened("BookingTwinCancelled").await), (0, 1));
    assert_eq!(app.appointment(booking).await.status, AppointmentStatus::Cancelled);
    app.finish().await;
}

pub async fn an_appointment_moves_only_once_no_twin_can_come(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    let booking = booked_while_the_first_is_lost(&app, "Haarschnitt").await;
    let refused = app.move_to(booking, "2025-07-01T14:00:00+02:00").await;
    assert!(matches!(refused, Err(AppointmentError::Refused(Rejection::AttemptUnderWay))), "{refused:?}");
    app.calcom().faults().release_late();
    app.advance_until_quiet(HOUR).await;
    app.move_to(booking, "2025-07-01T14:00:00+02:00").await.unwrap();
    app.settle().await;
    let [stays] = &app.live(booking)[..] else { panic!("{:?}", app.live(booking)) };
    assert_eq!(stays.start.to_string(), "2025-07-01T12:00:00Z");
    app.finish().await;
}

pub async fn lesson_02_a_no_that_is_our_own_earlier_success_is_taken_over(database: Database) {
    let setting = Setting { answers_within: Duration::from_secs(5), ..Setting::default() };
    let app = TestApp::with(database, setting).await;
    app.calcom().faults().next(Operation::CreateBooking, Fault::LateOnCue);
    app.calcom().faults().next(Operation::CreateBooking, Fault::Slow(Duration::from_secs(4)));
    let caller = app.caller("Anna").asks_for("Maniküre");
    caller.books("11:00").await;
    // The first lands after the look-up that has found nothing and before the second is carried out.
    let first_lands = async {
        until("the second request", || app.asked(Operation::CreateBooking) == 2).await;
        app.calcom().faults().release_late();
    };
    tokio::join!(app.advance_until(caller.booking(), AppointmentStatus::Confirmed), first_lands);

    let [stays] = &app.live(caller.booking())[..] else { panic!("{:?}", app.calcom().books()) };
    assert_eq!(stays.metadata["ringbuch_attempt"], "1");
    assert_eq!((app.outcomes().await, app.calcom().books().len()), (vec!["confirmed".to_owned()], 1));
    app.finish().await;
}
