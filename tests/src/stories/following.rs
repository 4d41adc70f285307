//! What happens at Cal.com itself reaches the book, in whatever order it is told, and as often.

use super::doubt::{booked_while_the_first_is_lost, let_only_others_serve};
use super::forgetting::{EDELTRAUD, erase};
use crate::app::{Setting, TestApp, Told, until};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::Operation;
use ringbuch_adapters::sandbox::calcom::Booking;
use ringbuch_adapters::store::Store;
use ringbuch_api::appointments::{Appointments, NewAppointment};
use ringbuch_api::privacy::export;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ids::{BookingId, BranchId};
use ringbuch_domain::recorded::Recorded;
use ringbuch_domain::webhook::WebhookEvent;
use ringbuch_projections::appointments::AppointmentStatus;
use ringbuch_projections::deliveries::DeliveryStatus;

const ELEVEN: &str = "2025-07-01T11:00:00+02:00";

impl TestApp {
    /// What Cal.com has of a booking of ours.
    fn there(&self, booking: BookingId) -> Booking {
        let [there] = &self.live(booking)[..] else { panic!("one of ours lives there: {:?}", self.live(booking)) };
        there.clone()
    }

    async fn status(&self, booking: BookingId) -> AppointmentStatus {
        self.appointment(booking).await.status
    }

    async fn all_processed(&self) {
        let deliveries = self.deliveries().await;
        let open: Vec<_> = deliveries.iter().filter(|it| it.status != DeliveryStatus::Processed).collect();
        assert!(open.is_empty(), "{open:?}");
    }
}

pub async fn what_the_salon_books_itself_is_refused_to_a_caller(database: Database) {
    let app = TestApp::start(database).await;
    let by_hand = app.books_there("Färben", ELEVEN);
    app.heeds(&Told::of("BOOKING_CREATED", &by_hand)).await;
    assert_eq!(app.happened("ForeignBookingSeen").await, 1);

    // Anna colours for 90 minutes and needs 15 behind.
    for (name, time) in [("Ben", "11:00"), ("Cem", "10:00"), ("Dora", "12:30")] {
        app.caller(name).asks_for("Färben").books(time).await;
    }
    app.caller("Eva").asks_for("Färben").books("13:00").await;
    assert_eq!(app.asked(Operation::CreateBooking), 1, "the calendar is asked for what is free alone");
    let taken = "refused: slot_taken";
    assert_eq!(app.outcomes().await, ["confirmed", taken, taken, taken]);
    // Whoever served it in the log cannot be led back to the guest.
    let events = app.events().await;
    let public: String = events.iter().map(|it| String::from_utf8(it.data.encode().unwrap().public).unwrap()).collect();
    assert!(!public.contains(&by_hand.uid) && !public.contains("erika"), "a uid is a bearer secret");
    app.all_processed().await;
    app.finish().await;
}

pub async fn what_the_salon_cancels_itself_is_free_again(database: Database) {
    let app = TestApp::start(database).await;
    let by_hand = app.books_there("Färben", ELEVEN);
    app.heeds(&Told::of("BOOKING_CREATED", &by_hand)).await;
    let anna = app.caller("Anna").asks_for("Färben");
    anna.books("15:00").await;
    let ours = app.there(anna.booking());
    for there in [&by_hand, &ours] {
        assert!(app.calcom().cancel_directly(&there.uid, "Krank"));
        app.heeds(&Told::of("BOOKING_CANCELLED", &app.calcom().booking(&there.uid).unwrap())).await;
    }
    let cancelled = app.appointment(anna.booking()).await;
    assert_eq!((cancelled.status, cancelled.cancelled_by.as_deref()), (AppointmentStatus::Cancelled, Some("calendar")));
    app.caller("Ben").asks_for("Färben").books("11:00").await;
    app.caller("Cem").asks_for("Färben").books("15:00").await;
    assert_eq!(app.outcomes().await, ["cancelled", "confirmed", "confirmed"]);
    app.finish().await;
}

pub async fn what_the_salon_moves_itself_stands_where_it_was_moved(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").asks_for("Färben");
    anna.books("11:00").await;
    let by_hand = app.books_there("Färben", "2025-07-01T13:00:00+02:00");
    app.heeds(&Told::of("BOOKING_CREATED", &by_hand)).await;
    // On its day, to another one, and back.
    let mut uids = vec![app.there(anna.booking()).uid];
    for (day, clock) in [("2025-07-01", "15:00"), ("2025-07-03", "09:00"), ("2025-07-01", "11:00")] {
        let moved = app.moves_there(uids.last().unwrap(), &format!("{day}T{clock}:00+02:00")).await;
        app.heeds(&Told::moved("BOOKING_RESCHEDULED", &moved)).await;
        let appointment = app.appointment(anna.booking()).await;
        assert_eq!((appointment.status, appointment.start_at), (AppointmentStatus::Confirmed, moved.start));
        assert_eq!((appointment.page.to_string().as_str(), appointment.settled), (day, true));
        uids.push(moved.uid);
    }
    assert_eq!(app.appointment(anna.booking()).await.moves, 3);
    let moved = app.moves_there(&by_hand.uid, "2025-07-02T13:00:00+02:00").await;
    app.heeds(&Told::moved("BOOKING_RESCHEDULED", &moved)).await;
    assert_eq!((app.happened("ForeignBookingSeen").await, app.happened("ForeignBookingGone").await), (2, 1));

    // What was told of its former names changes nothing, and each of them is known for what it was.
    let events = app.events().await.len();
    for uid in &uids {
        app.heeds(&Told::of("BOOKING_CREATED", &app.calcom().booking(uid).unwrap())).await;
    }
    let of_the_book = |kinds: &str| kinds.starts_with("Booking") || kinds.starts_with("Foreign");
    let later = app.events().await.split_off(events);
    let changed: Vec<_> = later.iter().map(|it| it.data.encode().unwrap().kind).filter(|it| of_the_book(it)).collect();
    assert!(changed.is_empty(), "{changed:?}");
    app.caller("Ben").asks_for("Färben").books("13:00").await;
    app.caller("Cem").asks_for("Färben").books("11:00").await;
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed", "refused: slot_taken"]);
    app.finish().await;
}

/// All orders of three things.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

pub async fn every_order_of_the_calendars_deliveries_ends_the_same(database: Database) {
    let app = TestApp::start(database).await;
    for (at, order) in ORDERS.into_iter().enumerate() {
        let day = format!("2025-07-{:02}", at + 2);
        let anna = app.caller("Anna").asks_for("Färben").on(&day);
        anna.books("11:00").await;
        let made = app.there(anna.booking());
        let to = format!("2025-07-{:02}T15:00:00+02:00", at + 12);
        let moved = app.moves_there(&made.uid, &to).await;
        // Half of them end cancelled, and half where they were moved.
        let cancelled = at % 2 == 0;
        if cancelled {
            app.calcom().cancel_directly(&moved.uid, "Krank");
        }
        let last = app.calcom().booking(&moved.uid).unwrap();
        let third = if cancelled { "BOOKING_CANCELLED" } else { "BOOKING_REASSIGNED" };
        let told =
            [Told::of("BOOKING_CREATED", &made), Told::moved("BOOKING_RESCHEDULED", &last), Told::of(third, &last)];
        for next in order {
            app.heeds(&told[next]).await;
            app.heeds(&told[next]).await;
        }
        let appointment = app.appointment(anna.booking()).await;
        let expected = if cancelled { AppointmentStatus::Cancelled } else { AppointmentStatus::Confirmed };
        assert_eq!(appointment.status, expected, "{order:?}");
        if !cancelled {
            assert_eq!((appointment.start_at, appointment.moves), (moved.start, 1), "{order:?}");
        }
        // Its first place is free in any case.
        let ben = app.caller("Ben").asks_for("Färben").on(&day);
        ben.books("11:00").await;
        assert_eq!(app.status(ben.booking()).await, AppointmentStatus::Confirmed, "{order:?}");
    }
    app.all_processed().await;
    app.finish().await;
}

pub async fn every_order_of_deliveries_about_others_ends_the_same(database: Database) {
    let app = TestApp::start(database).await;
    for (at, order) in ORDERS.into_iter().enumerate() {
        let day = format!("2025-07-{:02}", at + 2);
        let made = app.books_there("Färben", &format!("{day}T11:00:00+02:00"));
        let moved = app.moves_there(&made.uid, &format!("{day}T15:00:00+02:00")).await;
        let told = [
            Told::of("BOOKING_CREATED", &made),
            Told::moved("BOOKING_RESCHEDULED", &moved),
            Told::of("BOOKING_CANCELLED", &app.calcom().booking(&made.uid).unwrap()),
        ];
        for next in order {
            app.heeds(&told[next]).await;
        }
        let (ben, cem) = (app.caller("Ben").asks_for("Färben").on(&day), app.caller("Cem").asks_for("Färben").on(&day));
        ben.books("11:00").await;
        cem.books("15:00").await;
        assert_eq!(app.status(ben.booking()).await, AppointmentStatus::Confirmed, "{order:?}");
        assert_eq!(app.call(&cem.call_id()).await.call.refusal_code.as_deref(), Some("slot_taken"), "{order:?}");
    }
    app.finish().await;
}

pub async fn lesson_02_a_delivery_that_comes_again_changes_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let by_hand = app.books_there("Färben", ELEVEN);
    let told = Told::of("BOOKING_CREATED", &by_hand);
    app.heeds(&told).await;
    assert!(app.calcom().cancel_directly(&by_hand.uid, "Krank"));
    app.heeds(&Told::of("BOOKING_CANCELLED", &app.calcom().booking(&by_hand.uid).unwrap())).await;
    let before = app.events().await.len();
    for _ in 0..3 {
        app.heeds(&told).await;
    }
    assert_eq!(app.events().await.len(), before, "the same bytes meet their own stream");
    assert_eq!(app.counted().await.get("duplicate:calcom"), Some(&3));
    // Told in other words it is asked for, and found to be gone.
    let mut again = told.clone();
    again.0["createdAt"] = "2025-06-30T09:00:00.000Z".into();
    app.heeds(&again).await;
    assert_eq!((app.happened("ForeignBookingSeen").await, app.happened("ForeignBookingGone").await), (1, 1));
    app.finish().await;
}

pub async fn lesson_18_what_the_calendar_did_not_sign_is_turned_away(database: Database) {
    let app = TestApp::start(database).await;
    let neighbour = app.open(&crate::app::NEIGHBOUR).await;
    let body = Told::of("BOOKING_CREATED", &app.books_there("Färben", ELEVEN)).0.to_string();
    let other = signature(&body, &neighbour.calendar_secret);
    let right = signature(&body, &app.salon.calendar_secret);
    for signatures in [&[][..], &["no-secret-provided"], &["0"], &[&other], &[&right, &right]] {
        assert_eq!(app.tells_signed(&app.salon, signatures, body.as_bytes()).await, 401, "{signatures:?}");
    }
    assert_eq!(app.tells_signed(&app.salon, &[&right], body.replace("Europe", "europe").as_bytes()).await, 401);
    assert_eq!(app.tells_signed(&neighbour, &[&right], body.as_bytes()).await, 401);
    let unknown = app.post("/api/mcp/calcom/webhook/nobody", &[("x-cal-signature-256", &right)], body.into()).await;
    assert_eq!(unknown.status, 401);
    assert!(app.deliveries().await.is_empty());
    let counted = app.counted().await;
    assert_eq!(counted.get("rejected:no_secret_there"), Some(&1), "{counted:?}");
    assert_eq!(counted.get("rejected:signature_wrong"), Some(&3), "{counted:?}");
    app.finish().await;
}

fn signature(body: &str, secret: &str) -> String {
    ringbuch_adapters::calcom::signature::sign(body.as_bytes(), &secrecy::SecretString::from(secret))
}

pub async fn an_echo_of_what_was_booked_here_costs_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    anna.books("11:00").await;
    app.heeds(&Told::of("BOOKING_CREATED", &app.there(anna.booking()))).await;
    app.move_to(anna.booking(), "2025-07-02T11:00:00+02:00").await.unwrap();
    app.settle().await;
    app.heeds(&Told::moved("BOOKING_RESCHEDULED", &app.there(anna.booking()))).await;
    let uid = app.there(anna.booking()).uid;
    app.cancel(anna.booking()).await.unwrap();
    app.settle().await;
    app.heeds(&Told::of("BOOKING_CANCELLED", &app.calcom().booking(&uid).unwrap())).await;
    app.all_processed().await;
    assert_eq!(app.asked(Operation::GetBooking), 0, "the book knew it all");
    app.finish().await;
}

pub async fn the_host_agrees_or_does_not(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna").asks_for("Hochzeit"), app.caller("Ben").asks_for("Hochzeit"));
    anna.books("10:00").await;
    ben.books("15:00").await;
    for (caller, agrees) in [(&anna, true), (&ben, false)] {
        let there = app.there(caller.booking());
        app.heeds(&Told::of("BOOKING_REQUESTED", &there)).await;
        assert_eq!(app.status(caller.booking()).await, AppointmentStatus::Pending);
        app.calcom().decide_directly(&there.uid, agrees);
        let event = if agrees { "BOOKING_CREATED" } else { "BOOKING_REJECTED" };
        app.heeds(&Told::of(event, &app.calcom().booking(&there.uid).unwrap())).await;
    }
    assert_eq!(app.status(anna.booking()).await, AppointmentStatus::Confirmed);
    let refused = app.appointment(ben.booking()).await;
    assert_eq!((refused.status, refused.reason.as_deref()), (AppointmentStatus::Failed, Some("rejected")));
    assert_eq!(app.outcomes().await, ["confirmed", "failed: rejected"]);
    app.finish().await;
}

pub async fn who_came_and_who_did_not(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    anna.books("10:00").await;
    ben.books("10:00").await;
    let there = [&anna, &ben].map(|caller| app.there(caller.booking()));
    app.advance_to("2025-07-01T10:00:00Z").await;
    for booking in &there {
        app.heeds(&Told::ended(booking)).await;
    }
    assert_eq!(app.status(anna.booking()).await, AppointmentStatus::Completed);
    app.marks_there(&there[0], true).await;
    app.heeds(&Told::absence(&there[0], true)).await;
    assert_eq!(app.status(anna.booking()).await, AppointmentStatus::NoShow);
    app.marks_there(&there[0], false).await;
    app.heeds(&Told::absence(&there[0], false)).await;
    assert_eq!(app.status(anna.booking()).await, AppointmentStatus::Completed);
    app.marks_there(&there[1], true).await;
    app.heeds(&Told::absence(&there[1], true)).await;
    assert_eq!(app.status(ben.booking()).await, AppointmentStatus::NoShow);
    app.all_processed().await;
    app.finish().await;
}

pub async fn while_the_calendar_is_away_its_deliveries_wait(database: Database) {
    let app = TestApp::start(database).await;
    let by_hand = app.books_there("Färben", ELEVEN);
    app.calcom().faults().set_down(true);
    app.hears(&Told::of("BOOKING_CREATED", &by_hand)).await;
    app.advance(SignedDuration::from_mins(1)).await;
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    let [waiting] = &app.deliveries().await[..] else { panic!("one delivery") };
    assert_eq!((waiting.status, waiting.attempts), (DeliveryStatus::Received, 0), "nothing is counted against it");
    app.calcom().faults().set_down(false);
    app.advance(SignedDuration::from_mins(10)).await;
    app.all_processed().await;
    assert_eq!(app.happened("ForeignBookingSeen").await, 1);
    app.finish().await;
}

pub async fn what_cannot_be_understood_is_kept_and_can_be_replayed(database: Database) {
    let app = TestApp::start(database).await;
    let bodies: [(&[u8], &str); 4] = [
        (b"\xff\xfe", "not_utf8"),
        (b"{\"triggerEvent\":", "not_json"),
        (br#"{"triggerEvent":"BOOKING_DREAMT","payload":{"uid":"u"}}"#, "unknown_event"),
        (br#"{"triggerEvent":"BOOKING_CREATED","payload":{"title":"Beratung"}}"#, "field_missing"),
    ];
    for (body, reason) in bodies {
        assert_eq!(app.tells(&app.salon, body).await, 204);
        app.settle().await;
        let newest = app.deliveries().await.into_iter().find(|it| it.reason.as_deref() == Some(reason));
        assert_eq!(newest.map(|it| it.status), Some(DeliveryStatus::Quarantined), "{reason}");
    }
    app.heeds(&Told(serde_json::json!({"triggerEvent": "PING"}))).await;
    let statuses = app.deliveries().await;
    assert_eq!(statuses.iter().filter(|it| it.status == DeliveryStatus::Processed).count(), 1);

    // A replay is told beforehand, and then comes to the same.
    let by_hand = app.books_there("Färben", ELEVEN);
    app.calcom().faults().set_down(true);
    app.heeds(&Told::of("BOOKING_CREATED", &by_hand)).await;
    app.calcom().faults().set_down(false);
    let waiting: Vec<_> =
        app.deliveries().await.into_iter().filter(|it| it.status == DeliveryStatus::Received).collect();
    let previews = ringbuch_api::replay::dry_run(app.app(), &waiting).await.unwrap();
    let [preview] = &previews[..] else { panic!("one waits: {previews:?}") };
    assert_eq!(
        (preview.events.as_slice(), preview.changes),
        (["ForeignBookingSeen", "WebhookProcessed"].map(str::to_owned).as_slice(), true)
    );
    assert_eq!(app.happened("ForeignBookingSeen").await, 0);
    app.advance(SignedDuration::from_mins(1)).await;
    assert_eq!(app.happened("ForeignBookingSeen").await, 1);
    app.finish().await;
}

/// A request that was given up long ago, whose file was closed, lands after all.
pub async fn lesson_13_a_twin_that_the_calendar_tells_of_is_cancelled(database: Database) {
    for called_off in [false, true] {
        let another = database.fresh().await;
        Store::migrate(&another.url, false).await.unwrap();
        let app = TestApp::with(another, Setting::impatient()).await;
        let booking = booked_while_the_first_is_lost(&app, "Haarschnitt").await;
        let first = app.there(booking);
        app.advance_until_quiet(SignedDuration::from_hours(1)).await;
        assert!(app.appointment(booking).await.settled);
        if called_off {
            app.cancel(booking).await.unwrap();
            app.advance_until_quiet(SignedDuration::from_hours(1)).await;
        }
        let before = app.appointment(booking).await;
        let_only_others_serve(&app, "Haarschnitt", first.host());
        app.calcom().faults().release_late();
        let late = |it: &Booking| it.uid != first.uid;
        until("the late request", || app.live(booking).iter().any(late)).await;
        let twin = app.live(booking).into_iter().find(late).unwrap();
        app.heeds(&Told::of("BOOKING_CREATED", &twin)).await;
        let stays: Vec<_> = app.live(booking).into_iter().map(|it| it.uid).collect();
        assert_eq!(stays, if called_off { vec![] } else { vec![first.uid.clone()] });
        assert_eq!(app.happened("BookingTwinCancelled").await, 1);
        assert_eq!(app.appointment(booking).await, before, "nothing else has changed");
        app.finish().await;
    }
}

pub async fn what_the_calendar_told_of_the_forgotten_is_gone(database: Database) {
    let app = TestApp::start(database).await;
    let caller = EDELTRAUD.calls(&app, "call_e1");
    caller.books("11:00").await;
    let there = app.there(caller.booking());
    app.heeds(&Told::of("BOOKING_CREATED", &there)).await;
    let customer = app.call(&caller.call_id()).await.call.customer.unwrap();
    let document = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap();
    assert_eq!(document.deliveries.len(), 4, "what Cal.com has told belongs to the person too");

    let report = erase(&app, customer, true).await.unwrap();
    assert_eq!(report.deliveries, 4);
    app.settle().await;
    // It goes on being followed, for nobody.
    let moved = app.moves_there(&there.uid, "2025-07-02T15:00:00+02:00").await;
    app.heeds(&Told::moved("BOOKING_RESCHEDULED", &moved)).await;
    let kept = app.appointment(caller.booking()).await;
    assert_eq!((kept.status, kept.start_at, kept.name), (AppointmentStatus::Confirmed, moved.start, None));
    app.calcom().cancel_directly(&moved.uid, "Krank");
    app.heeds(&Told::of("BOOKING_CANCELLED", &app.calcom().booking(&moved.uid).unwrap())).await;
    assert_eq!(app.status(caller.booking()).await, AppointmentStatus::Cancelled);
    let document = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap();
    assert!(document.deliveries.is_empty(), "{document:?}");
    assert!(document.events.iter().all(|event| event.private.is_none()), "{document:?}");
    EDELTRAUD.is_in_no_file(&app).await;
    app.finish().await;
}

/// Cal.com lets the salon put what it likes behind one another; the book counts the time that a service needs after it.
pub async fn what_the_salon_moves_too_close_is_an_overlap_that_is_counted(database: Database) {
    let app = TestApp::start(database).await;
    app.caller("Anna").asks_for("Färben").books("11:00").await;
    let by_hand = app.books_there("Färben", "2025-07-01T13:00:00+02:00");
    app.heeds(&Told::of("BOOKING_CREATED", &by_hand)).await;
    assert_eq!((app.happened("OverlapSeen").await, app.measured("ringbuch_overlap_seen_total")), (0, 0));
    let closer = "2025-07-01T12:30:00+02:00".parse().unwrap();
    let moved = app.calcom().move_directly(&by_hand.uid, closer).unwrap();
    app.heeds(&Told::moved("BOOKING_RESCHEDULED", &moved)).await;
    assert_eq!((app.happened("OverlapSeen").await, app.measured("ringbuch_overlap_seen_total")), (1, 1));
    app.finish().await;
}

/// An appointment without a call is a chain of its own, and what the calendar tells of it belongs to that.
pub async fn what_the_calendar_told_of_an_appointment_by_hand_goes_with_its_person(database: Database) {
    let app = TestApp::start(database).await;
    let new = NewAppointment {
        booking: BookingId(uuid::Uuid::from_u128(7)),
        branch: BranchId::new("mitte").unwrap(),
        service: None,
        staff: None,
        start: ELEVEN.parse().unwrap(),
        name: "Max Mustermann".into(),
        phone: Some("+491713920042".into()),
        email: None,
        notes: None,
        source: "cli".into(),
    };
    Appointments::new(app.app(), app.salon.id.clone(), "staff").book(new).await.unwrap();
    app.settle().await;
    let there = app.there(BookingId(uuid::Uuid::from_u128(7)));
    app.heeds(&Told::of("BOOKING_CREATED", &there)).await;
    app.heeds(&Told::of("BOOKING_CREATED", &app.books_there("Beratung", ELEVEN))).await;
    let customer = app.appointment(BookingId(uuid::Uuid::from_u128(7))).await.customer;
    let of_receipt = |event: &Recorded<AnyEvent>| match &event.data {
        AnyEvent::Webhook(WebhookEvent::WebhookReceived(received)) => Some(received.private.known().is_some()),
        _ => None,
    };
    let readable = || async { app.events().await.iter().filter_map(of_receipt).collect::<Vec<_>>() };
    assert_eq!(readable().await, [true, false], "of strangers nothing is kept");
    let report = erase(&app, customer, true).await.unwrap();
    assert_eq!((report.calls, report.deliveries), (0, 1));
    assert_eq!(readable().await, [false, false]);
    app.finish().await;
}
