//! What was never told is found at the providers, shown, and made up for; what cannot be known for sure is left alone.

use super::forgetting::{GERTRUD, erase};
use crate::app::{Said, Setting, TestApp, Told, until};
use crate::contract::database::Database;
use jiff::SignedDuration;
use ringbuch_adapters::sandbox::calcom::{Booking, DeliveryFault, DeliveryRates};
use ringbuch_adapters::sandbox::{Operation, Sandbox, SandboxOptions};
use ringbuch_adapters::sealing::company_owner;
use ringbuch_api::privacy::export;
use ringbuch_api::providers::CALCOM_KEY;
use ringbuch_api::pushing::{Pushing, listen};
use ringbuch_api::reconcile::{self, Found, Scan, reconcile};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::company::{CalendarApi, Command};
use ringbuch_domain::comparison::{Done, What};
use ringbuch_domain::ids::BookingId;
use ringbuch_projections::appointments::AppointmentStatus;
use ringbuch_projections::{Paging, Scope, comparisons};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl TestApp {
    async fn compare(&self, dry_run: bool) -> Found {
        reconcile(self.app(), Scan { dry_run, ..Scan::usual(self.now()) }).await.unwrap()
    }

    fn only(&self, booking: BookingId) -> Booking {
        let [there] = &self.live(booking)[..] else { panic!("one of ours lives there") };
        there.clone()
    }
}

fn whats(found: &Found) -> Vec<&'static str> {
    let mut whats: Vec<_> = found.findings.iter().map(|finding| finding.what.as_str()).collect();
    whats.sort_unstable();
    whats
}

pub async fn lesson_13_what_the_calendar_never_told_is_found_there(database: Database) {
    let app = TestApp::start(database).await;
    let [anna, ben, cem] = ["Anna", "Ben", "Cem"].map(|name| app.caller(name).asks_for("Färben"));
    anna.books("9:00").await;
    ben.books("11:00").await;
    let dora = app.caller("Dora").asks_for("Hochzeit");
    dora.books("16:00").await;
    let seen = app.books_there("Färben", "2025-07-01T13:00:00+02:00");
    app.heeds(&Told::of("BOOKING_CREATED", &seen)).await;
    app.advance(MINUTE * 10).await;
    assert_eq!(app.compare(false).await, Found { bookings: 4, ..Found::default() }, "both sides agree");

    // None of this is told.
    app.calcom().cancel_directly(&app.only(anna.booking()).uid, "Krank");
    let moved = app.moves_there(&app.only(ben.booking()).uid, "2025-07-03T11:00:00+02:00").await;
    app.calcom().decide_directly(&app.only(dora.booking()).uid, true);
    app.calcom().cancel_directly(&seen.uid, "Krank");
    app.books_there("Färben", "2025-07-01T15:00:00+02:00");
    assert_eq!(app.compare(false).await.missing, 0, "Cal.com may still be telling");
    app.advance(MINUTE * 10).await;

    let before = app.events().await.len();
    let trial = app.compare(true).await;
    let expected = ["booking_differs", "booking_differs", "booking_differs", "foreign_differs", "foreign_differs"];
    assert_eq!((whats(&trial), trial.healed, trial.failures.len()), (expected.to_vec(), 0, 0), "{trial:?}");
    assert_eq!(app.events().await.len(), before, "a trial writes nothing");

    let found = app.compare(false).await;
    assert_eq!((whats(&found), found.healed), (expected.to_vec(), 5), "{found:?}");
    let counted = |kind: &str| app.measured(&format!("ringbuch_mismatch_total{{kind=\"{kind}\"}}"));
    assert_eq!((counted("booking_differs"), counted("foreign_differs")), (3, 2));
    app.settle().await;
    let standing = app.appointment(ben.booking()).await;
    assert_eq!((standing.status, standing.start_at), (AppointmentStatus::Confirmed, moved.start));
    assert_eq!(app.appointment(anna.booking()).await.status, AppointmentStatus::Cancelled);
    assert_eq!(app.appointment(dora.booking()).await.status, AppointmentStatus::Confirmed);
    cem.books("13:00").await;
    assert_eq!(app.appointment(cem.booking()).await.status, AppointmentStatus::Confirmed, "that time is free again");
    app.caller("Eva").asks_for("Färben").books("15:00").await;
    assert_eq!(app.outcomes().await, ["cancelled", "confirmed", "confirmed", "confirmed", "refused: slot_taken"]);

    let again = app.compare(false).await;
    assert_eq!((again.missing, again.failures.len()), (0, 0), "{again:?}");
    app.settle().await;
    let kept = comparisons::list(app.rows(), Scope::Company(&app.salon.id), Paging::default()).await.unwrap().items;
    assert_eq!(kept.iter().map(|it| it.found).collect::<Vec<_>>(), [5, 0], "and it is there to be seen");
    // What comes late after all tells nothing new.
    let events = app.events().await.len();
    app.heeds(&Told::moved("BOOKING_RESCHEDULED", &moved)).await;
    assert_eq!(app.events().await.len(), events + 2, "a receipt and its end");
    app.finish().await;
}

/// The stand-in tells of everything itself, badly: some of it twice, some in another order, some never.
pub async fn lesson_03_what_is_told_badly_or_never_ends_the_same(database: Database) {
    let app = TestApp::start(database).await;
    let pushing = Pushing { app: app.app(), company: &app.salon.id };
    listen(&pushing, app.url()).await.unwrap();
    app.calcom().deliver_with(DeliveryRates { seed: 11, lost: 50, doubled: 300, overtaken: 300 });
    let mut callers = Vec::new();
    for hour in 8..16 {
        let caller = app.caller("Anna").asks_for("Färben").on(&format!("2025-07-{:02}", hour - 6));
        caller.books("9:00").await;
        let there = app.only(caller.booking());
        // Of the first move, the first cancellation and the first booking by hand nobody hears.
        if hour < 11 {
            app.calcom().next_delivery(DeliveryFault::Lost);
        }
        match hour % 4 {
            0 => drop(app.calcom().move_directly(&there.uid, there.start + MINUTE * 60 * 5)),
            1 => drop(app.calcom().cancel_directly(&there.uid, "Krank")),
            2 => drop(app.books_there("Färben", &format!("2025-07-{:02}T14:00:00+02:00", hour - 6))),
            _ => {}
        }
        callers.push((hour, caller));
    }
    app.calcom().settle_deliveries().await;
    app.settle().await;
    let faults: Vec<_> = app.calcom().deliveries().into_iter().filter_map(|it| it.fault).collect();
    for fault in [DeliveryFault::Lost, DeliveryFault::Doubled, DeliveryFault::Overtaken] {
        assert!(faults.contains(&fault), "{faults:?}");
    }
    assert!(app.calcom().deliveries().iter().all(|it| it.status.is_none_or(|status| status == 204)));
    app.advance(MINUTE * 10).await;
    app.compare(false).await;
    app.settle().await;
    assert_eq!(app.compare(false).await.missing, 0);
    for (hour, caller) in &callers {
        let appointment = app.appointment(caller.booking()).await;
        let cancelled = appointment.status == AppointmentStatus::Cancelled;
        assert_eq!((cancelled, appointment.moves), (hour % 4 == 1, i64::from(hour % 4 == 0)), "{hour}");
    }
    assert_eq!(app.happened("ForeignBookingSeen").await, 2);
    // What is told of the ends of the meetings is the last word.
    app.calcom().deliver_with(DeliveryRates::default());
    app.advance_to("2025-08-01T00:00:00Z").await;
    app.calcom().settle_deliveries().await;
    app.settle().await;
    let open = app.appointments().await.into_iter().filter(|it| it.status == AppointmentStatus::Confirmed).count();
    assert_eq!(open, 0, "all that was not cancelled took place");
    app.finish().await;
}

pub async fn what_was_booked_before_we_came_takes_its_time_too(database: Database) {
    let app = TestApp::start(database).await;
    app.books_there("Färben", "2025-08-20T11:00:00+02:00");
    app.advance(MINUTE * 60 * 24 * 30).await;
    let found = app.compare(false).await;
    assert_eq!((whats(&found), found.healed), (vec!["foreign_differs"], 1), "{found:?}");
    app.settle().await;
    app.caller("Anna").asks_for("Färben").on("2025-08-20").books("11:00").await;
    assert_eq!(app.outcomes().await, ["refused: slot_taken"]);
    assert_eq!(app.compare(false).await.bookings, 0, "and from then on what is new is enough");
    app.finish().await;
}

pub async fn what_is_over_is_completed_without_being_told(database: Database) {
    let app = TestApp::start(database).await;
    let (anna, ben) = (app.caller("Anna"), app.caller("Ben"));
    anna.books("9:00").await;
    ben.books("9:00").await;
    let there = app.only(ben.booking());
    app.advance_to("2025-07-01T08:00:00Z").await;
    app.marks_there(&there, true).await;
    app.advance(MINUTE * 10).await;
    let found = reconcile(app.app(), Scan { since: "2025-06-30T00:00:00Z".parse().unwrap(), ..Scan::usual(app.now()) });
    assert_eq!(found.await.unwrap().healed, 2);
    app.settle().await;
    assert_eq!(app.appointment(anna.booking()).await.status, AppointmentStatus::Completed);
    assert_eq!(app.appointment(ben.booking()).await.status, AppointmentStatus::NoShow);
    app.finish().await;
}

/// The same key, at a calendar that is not the one that was booked in.
async fn another_calendar(app: &TestApp) -> Sandbox {
    let clock = Arc::clone(&app.clock);
    let clock: Arc<dyn ringbuch_domain::ports::Clock> = clock;
    let options = SandboxOptions { clock: Arc::new(move || clock.now()), seed: 9, calcom_port: 0, retell_port: 0 };
    let other = Sandbox::start(options).await.unwrap();
    let keys = app.app().secrets.get(&company_owner(&app.salon.id), CALCOM_KEY).await.unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    let user = other.calcom().add_user(ringbuch_adapters::sandbox::calcom::NewUser::new("x", "x", zone));
    other.calcom().add_key(user, keys[0].expose_secret());
    other
}

async fn connect(app: &TestApp, base_url: String) {
    let command = Command::ConnectCalendar { base_url: Some(base_url), api: CalendarApi::V2 };
    SetUp::new(app.app(), "story").change(&app.salon.id, command).await.unwrap();
}

pub async fn lesson_13_a_calendar_that_knows_nothing_cancels_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let callers = ["9:00", "10:00", "11:00"].map(|time| (app.caller("Anna"), time));
    for (caller, time) in &callers[..2] {
        caller.books(time).await;
    }
    let own = app.calcom_url();
    let other = another_calendar(&app).await;
    callers[2].0.books(callers[2].1).await;
    app.advance(MINUTE * 30).await;
    connect(&app, other.calcom_url()).await;
    let found = app.compare(false).await;
    assert_eq!((found.missing, found.failures.len()), (0, 1), "{found:?}");
    assert!(found.failures[0].contains("knows none of 3 bookings"), "{found:?}");
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed"; 3]);
    connect(&app, own).await;
    assert_eq!(app.compare(false).await.missing, 0);
    app.finish().await;
}

pub async fn what_is_not_listed_is_asked_for_before_it_is_gone(database: Database) {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    app.calcom().faults().set_down(true);
    anna.books("11:00").await;
    app.advance(MINUTE * 30).await;
    app.calcom().faults().set_down(false);
    app.advance_until_quiet(SignedDuration::from_hours(1)).await;
    // It was asked for in that time and made after it, so the list does not have it, and it is alive all the same.
    let asked = app.asked(Operation::GetBooking);
    let span = Scan {
        since: "2025-06-30T07:00:00Z".parse().unwrap(),
        until: "2025-06-30T08:20:00Z".parse().unwrap(),
        ..Scan::usual(app.now())
    };
    let found = reconcile(app.app(), span).await.unwrap();
    assert_eq!((found.bookings, found.missing, app.asked(Operation::GetBooking)), (0, 0, asked + 1), "{found:?}");

    // Where the calendar does not know it when it is asked, it is gone.
    let (own, other) = (app.calcom_url(), another_calendar(&app).await);
    connect(&app, other.calcom_url()).await;
    let trial = reconcile(app.app(), Scan { dry_run: true, ..span }).await.unwrap();
    assert_eq!((whats(&trial), trial.healed), (vec!["booking_gone"], 0));
    let found = reconcile(app.app(), span).await.unwrap();
    assert_eq!((found.findings[0].what, found.findings[0].done), (What::BookingGone, Done::Filed));
    app.settle().await;
    assert_eq!(app.outcomes().await, ["cancelled"]);
    connect(&app, own).await;
    assert!(app.calcom().cancel_directly(&app.only(anna.booking()).uid, "Krank"));
    app.finish().await;
}

pub async fn lesson_14_a_call_that_never_ended_is_asked_for_and_closed(database: Database) {
    let app = TestApp::start(database).await;
    let [ended, unknown, ongoing] = ["Anna", "Ben", "Cem"].map(|name| app.caller(name));
    for caller in [&ended, &unknown, &ongoing] {
        caller.send(&caller.started()).await;
    }
    app.retell().record_call(app.salon.retell_account, ended.kept(Said::Books("11:00"))).unwrap();
    let mut talking = ongoing.kept(Said::Nothing);
    talking["call_status"] = "ongoing".into();
    app.retell().record_call(app.salon.retell_account, talking).unwrap();
    // Nothing that began of late is on the list.
    let late = |app: &TestApp| Scan { since: app.now(), ..Scan::usual(app.now()) };
    app.advance(MINUTE * 110).await;
    assert_eq!(reconcile(app.app(), late(&app)).await.unwrap().missing, 0, "calls may take their time");

    app.advance(MINUTE * 15).await;
    let trial = reconcile(app.app(), Scan { dry_run: true, ..late(&app) }).await.unwrap();
    assert_eq!((whats(&trial), trial.healed), (vec!["call_open", "call_open"], 0));
    let found = reconcile(app.app(), late(&app)).await.unwrap();
    let mut done: Vec<_> = found.findings.iter().map(|finding| finding.done.as_str()).collect();
    done.sort_unstable();
    assert_eq!((whats(&found), done), (vec!["call_open", "call_open"], vec!["closed", "filed"]));
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed", "none", "none"], "its wish was heard after all");
    let closed = app.call(&unknown.call_id()).await;
    assert_eq!(closed.more.closed_reason.as_deref(), Some("unknown_at_provider"));
    assert_eq!(app.call(&ongoing.call_id()).await.more.closed_reason, None);
    assert_eq!(reconcile(app.app(), late(&app)).await.unwrap().missing, 0);

    app.advance(MINUTE * 60 * 24).await;
    reconcile(app.app(), late(&app)).await.unwrap();
    app.settle().await;
    assert_eq!(app.call(&ongoing.call_id()).await.more.closed_reason.as_deref(), Some("outlived"));
    // A closed call still takes what is told of it.
    unknown.send(&unknown.ended(Said::Nothing)).await;
    app.settle().await;
    assert_eq!(app.call(&unknown.call_id()).await.call.status.as_deref(), Some("ended"));
    app.finish().await;
}

pub async fn what_was_erased_is_not_brought_back(database: Database) {
    let app = TestApp::start(database).await;
    let caller = GERTRUD.calls(&app, "call_g1");
    caller.books("11:00").await;
    app.retell().record_call(app.salon.retell_account, caller.kept(Said::Books("11:00"))).unwrap();
    let customer = app.call(&caller.call_id()).await.call.customer.unwrap();
    erase(&app, customer, true).await.unwrap();
    app.retell().record_call(app.salon.retell_account, caller.kept(Said::Books("11:00"))).unwrap();
    app.advance(MINUTE * 20).await;
    assert_eq!(app.compare(false).await.missing, 0);

    let moved = app.moves_there(&app.only(caller.booking()).uid, "2025-07-03T11:00:00+02:00").await;
    app.advance(MINUTE * 10).await;
    let found = app.compare(false).await;
    assert_eq!((found.missing, found.healed), (1, 1), "{found:?}");
    app.settle().await;
    let kept = app.appointment(caller.booking()).await;
    assert_eq!((kept.status, kept.start_at, kept.name), (AppointmentStatus::Confirmed, moved.start, None));
    assert_eq!(app.compare(false).await.missing, 0);
    let document = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap();
    assert!(document.deliveries.is_empty() && document.events.iter().all(|event| event.private.is_none()));
    GERTRUD.is_in_no_file(&app).await;
    app.finish().await;
}

pub async fn one_server_of_two_compares(database: Database) {
    let mut app = TestApp::with(database, Setting::default()).await;
    app.join_another_server().await;
    let stop = CancellationToken::new();
    let every = Duration::from_mins(15);
    let comparing: Vec<_> =
        app.nodes().map(|node| tokio::spawn(reconcile::run(Arc::new(node.clone()), every, stop.clone()))).collect();
    assert_eq!(comparing.len(), 2);
    let lists = || app.retell().requests().get(&Operation::ListCalls).copied().unwrap_or_default();
    // In an hour each would compare three times at least and four at most.
    for _ in 0..60 {
        app.advance(MINUTE).await;
    }
    until("the last comparison", || lists() >= 3).await;
    assert!(lists() <= 4, "{} comparisons", lists());
    stop.cancel();
    for run in comparing {
        run.await.unwrap();
    }
    app.finish().await;
}
