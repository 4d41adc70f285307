use super::*;
use crate::testing::{Log, PAGE, Tenant, projected, time};
use jiff::civil::date;
use ringbuch_domain::customer::{Card, CustomerChanged};
use ringbuch_domain::diary::BookingCancelled;
use ringbuch_domain::private::Private;

async fn one(log: &Log, tenant: &Tenant, name: &str) -> Customer {
    find(&*projected(log).await, Scope::Company(&tenant.company), tenant.customer(name)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_person_is_counted_with_their_calls_and_confirmed_bookings() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    log.at("2025-07-01T10:00:00Z");
    log.call(&salon.company, &salon.call("2"), salon.identified("2", "max"));
    let found = one(&log, &salon, "max").await;
    assert_eq!((found.calls, found.appointments, found.anonymous), (2, 1, false));
    assert_eq!((found.first_seen_at, found.last_seen_at), (time("2025-07-01T08:00:00Z"), log.now));
    assert_eq!(found.name.as_deref(), Some("max of salon"));
}

#[tokio::test]
async fn a_move_counts_no_second_booking_and_a_cancellation_takes_one_away_once() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    let mut moved = salon.confirmed(Some("1"), "max", "b");
    moved.moved_from = Some(PAGE);
    log.diary(&salon.company, date(2025, 7, 3), moved);
    assert_eq!(one(&log, &salon, "max").await.appointments, 1);

    let cancelled = BookingCancelled { booking: salon.booking("b"), by: "api".into() };
    log.diary(&salon.company, PAGE, cancelled.clone()).diary(&salon.company, PAGE, cancelled);
    assert_eq!(one(&log, &salon, "max").await.appointments, 0);
}

#[tokio::test]
async fn cancelling_what_was_never_confirmed_takes_nothing_away() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    log.diary(&salon.company, PAGE, salon.requested(None, "max", "c")).diary(
        &salon.company,
        PAGE,
        BookingCancelled { booking: salon.booking("c"), by: "api".into() },
    );
    assert_eq!(one(&log, &salon, "max").await.appointments, 1);
}

#[tokio::test]
async fn a_call_may_be_told_before_its_person() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    log.call(&salon.company, &salon.call("1"), salon.identified("1", "max")).customer(
        &salon.company,
        salon.customer("max"),
        salon.registered("max"),
    );
    let found = one(&log, &salon, "max").await;
    assert_eq!((found.calls, found.name.as_deref()), (1, Some("max of salon")));
}

#[tokio::test]
async fn the_card_reads_as_it_was_written_last_until_it_is_erased() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let id = salon.customer("max");
    let private = Private::Known(Card { name: Some("Max Mustermann".into()), ..Card::default() });
    log.customer(&salon.company, id, salon.registered("max")).customer(
        &salon.company,
        id,
        CustomerChanged { customer: id, private },
    );
    let found = one(&log, &salon, "max").await;
    assert_eq!((found.name.as_deref(), found.phone, found.email), (Some("Max Mustermann"), None, None));

    log.customer(&salon.company, id, salon.erased("max"));
    let found = one(&log, &salon, "max").await;
    assert_eq!((found.name, found.phone, found.email, found.erased), (None, None, None, true));
}

#[tokio::test]
async fn people_are_found_by_their_exact_number() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    log.customer(&salon.company, salon.customer("max"), salon.registered("max"));
    let mut anonymous = salon.registered("nobody");
    (anonymous.anonymous, anonymous.private) = (true, Private::Known(Card::default()));
    log.at("2025-07-01T09:00:00Z").customer(&salon.company, salon.customer("nobody"), anonymous);
    let rows = projected(&log).await;
    let scope = Scope::Company(&salon.company);
    let number = salon.caller_number();
    let names = |page: Page<Customer>| page.items.into_iter().map(|it| it.customer).collect::<Vec<_>>();
    let (max, nobody) = (salon.customer("max"), salon.customer("nobody"));
    assert_eq!(names(list(&*rows, scope, None, Paging::default()).await.unwrap()), [nobody, max]);
    assert_eq!(names(list(&*rows, scope, Some(&number), Paging::default()).await.unwrap()), [max]);
    let shorter = &number[..number.len() - 1];
    assert!(names(list(&*rows, scope, Some(shorter), Paging::default()).await.unwrap()).is_empty());
    assert!(one(&log, &salon, "nobody").await.anonymous);
}
