//! The same thing many times, in any order, and several who want the same.

use crate::app::{Caller, Said, TestApp};
use crate::contract::database::Database;
use futures_util::future::join_all;
use ringbuch_adapters::store::Store;
use ringbuch_domain::ids::CustomerId;
use ringbuch_projections::appointments::Appointment;
use ringbuch_projections::calls::{Call, CallDetail, Outcome};
use ringbuch_projections::customers::Customer;
use uuid::Uuid;

pub async fn lesson_02_the_same_webhook_ten_times_books_once(database: Database) {
    let mut app = TestApp::start(database).await;
    let anna = app.caller("Anna");
    let webhook = anna.ended(Said::Books("11:00"));
    for _ in 0..5 {
        anna.send(&webhook).await;
    }
    app.settle().await;
    for _ in 0..5 {
        anna.send(&webhook).await;
    }
    let ben = app.caller("Ben");
    let webhook = ben.ended(Said::Books("12:00"));
    join_all((0..10).map(|_| ben.send(&webhook))).await;
    app.settle().await;

    assert_eq!(app.outcomes().await, ["confirmed", "confirmed"]);
    assert_eq!((app.calcom().books().len(), app.deliveries().await.len()), (2, 2));
    assert_eq!(app.happened("BookingAsked").await, 2);
    assert_eq!(app.counted().await["duplicate:retell"], 18);
    app.restart().await;
    assert_eq!(app.counted().await["duplicate:retell"], 18, "counters outlive the server");
    app.finish().await;
}

/// What is left of a call, without the random name of its customer and without what the calendar was told.
#[derive(Debug, Clone, PartialEq)]
struct Left {
    call: CallDetail,
    appointment: Appointment,
    customer: Customer,
}

pub async fn lesson_04_every_order_of_a_calls_webhooks_ends_the_same(database: Database) {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let (mut first, mut databases) = (None, vec![database]);
    for _ in 1..ORDERS.len() {
        let another = databases[0].fresh().await;
        Store::migrate(&another.url, false).await.unwrap();
        databases.push(another);
    }
    let told = ORDERS.into_iter().zip(databases).map(|(order, database)| tell(database, order));
    for (order, left) in ORDERS.iter().zip(join_all(told).await) {
        let Call { outcome, cost_minor, duration_ms, summary, .. } = &left.call.call;
        assert_eq!((*outcome, *cost_minor, *duration_ms), (Outcome::Confirmed, Some(12), Some(95_000)));
        assert_eq!(summary.as_deref(), Some("Anna hat angerufen."));
        assert_eq!(&left, first.get_or_insert_with(|| left.clone()), "{order:?}");
    }
}

/// Tells a call's webhooks in this order, each once the last has been dealt with.
async fn tell(database: Database, order: [usize; 3]) -> Left {
    let app = TestApp::start(database).await;
    let anna = app.caller("Anna").says("email", "anna@example.com");
    let webhooks = anna.webhooks(Said::Books("11:00"));
    for at in order {
        anna.send(&webhooks[at]).await;
        app.settle().await;
    }
    let left = left(&app, &anna).await;
    app.finish().await;
    left
}

async fn left(app: &TestApp, caller: &Caller<'_>) -> Left {
    let nobody = CustomerId(Uuid::nil());
    let mut call = app.call(&caller.call_id()).await;
    let mut appointment = app.appointment(caller.booking()).await;
    let mut customer = app.customer(appointment.customer).await;
    (call.call.customer, appointment.customer, customer.customer) = (Some(nobody), nobody, nobody);
    // The calendar is told of what was known when it was asked; the summary may come later.
    appointment.notes = None;
    Left { call, appointment, customer }
}

pub async fn of_two_callers_for_one_person_one_gets_the_time(database: Database) {
    let app = TestApp::start(database).await;
    let callers = [app.caller("Anna").asks_for("Färben"), app.caller("Ben").asks_for("Färben")];
    join_all(callers.iter().map(|caller| caller.ends_call_booking("11:00"))).await;
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed", "refused: slot_taken"]);
    assert_eq!(app.calcom().books().len(), 1);
    // Until the buffer after it is over, the time is taken as well.
    app.caller("Cem").asks_for("Färben").books("12:30").await;
    app.caller("Dora").asks_for("Färben").books("12:45").await;
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed", "refused: slot_taken", "refused: slot_taken"]);
    app.finish().await;
}

pub async fn two_callers_and_two_people_are_both_booked(database: Database) {
    let app = TestApp::start(database).await;
    let callers = [app.caller("Anna"), app.caller("Ben").calls("nord"), app.caller("Cem")];
    join_all(callers.iter().map(|caller| caller.ends_call_booking("11:00"))).await;
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed", "refused: slot_taken"]);
    let staff: Vec<_> = app.appointments().await.iter().map(|it| it.staff.clone()).collect();
    assert_ne!(staff[0], staff[1]);
    app.finish().await;
}
