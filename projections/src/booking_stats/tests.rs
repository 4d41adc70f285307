use super::*;
use crate::testing::{Log, PAGE, Tenant, projected, time};
use jiff::civil::date;
use jiff::tz::TimeZone;
use ringbuch_domain::call::{BookingContradicted, Refusal};
use ringbuch_domain::diary::*;

fn july_first() -> Period {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    Period { since: time("2025-06-30T22:00:00Z"), until: time("2025-07-01T22:00:00Z"), zone }
}

/// Two confirmed (one of them moved, one cancelled), two refused, one failed, one in doubt.
fn a_day(salon: &Tenant) -> Log {
    let mut log = Log::new();
    let (company, call) = (&salon.company, &salon.call("1"));
    salon.booked_call(&mut log, "1", "max", "moved");
    salon.booked_call(&mut log, "2", "eva", "cancelled");
    log.at("2025-07-01T09:10:00Z")
        .call(company, call, salon.refused("1", "max", "r1", Refusal::DateUnreadable))
        .call(company, call, salon.refused("1", "max", "r2", Refusal::Diary { rejection: Rejection::SlotTaken }))
        .diary(company, PAGE, salon.requested(Some("1"), "max", "failed"))
        .diary(company, PAGE, salon.failed(Some("1"), "max", "failed", "taken"))
        .call(company, call, salon.refused("1", "max", "failed", Refusal::Calendar { reason: "taken".into() }))
        .diary(company, PAGE, salon.requested(Some("1"), "max", "doubt"))
        .diary(company, PAGE, salon.unknown("doubt", Act::Book, 1, "2025-07-01T09:11:00Z"));
    salon.moved_to(&mut log, "max", "moved", date(2025, 7, 3));
    log.diary(company, PAGE, BookingCancelled { booking: salon.booking("cancelled"), by: "api".into() });
    log
}

#[tokio::test]
async fn totals_rates_and_losses_of_a_day() {
    let salon = Tenant::new("salon", 1);
    let rows = projected(&a_day(&salon)).await;
    let found = stats(&*rows, Scope::Company(&salon.company), &july_first()).await.unwrap();
    let expected = BookingCounts {
        requested: 4,
        confirmed: 2,
        failed: 1,
        refused: 2,
        cancelled: 1,
        moved: 1,
        unknown: 1,
        ..BookingCounts::default()
    };
    assert_eq!(found.totals, expected);
    assert_eq!((found.success_rate, found.cancellation_rate), (Some(2.0 / 6.0), Some(0.5)));
    let losses: Vec<_> = found.losses.iter().map(|it| (it.outcome.as_str(), it.reason.as_str(), it.count)).collect();
    assert_eq!(losses, [("failed", "taken", 1), ("refused", "date_unreadable", 1), ("refused", "slot_taken", 1)]);
    assert_eq!(totals(&*rows, Scope::All).await.unwrap(), expected);
}

#[tokio::test]
async fn a_wish_that_is_read_after_all_was_not_refused() {
    let salon = Tenant::new("salon", 1);
    let mut log = a_day(&salon);
    log.call(&salon.company, &salon.call("1"), salon.asked("1", "max", "r1"));
    let rows = projected(&log).await;
    let found = stats(&*rows, Scope::Company(&salon.company), &july_first()).await.unwrap();
    assert_eq!(found.totals.refused, 1);
    let losses: Vec<_> = found.losses.iter().map(|it| (it.outcome.as_str(), it.reason.as_str(), it.count)).collect();
    assert_eq!(losses, [("failed", "taken", 1), ("refused", "slot_taken", 1)]);
}

#[tokio::test]
async fn bookings_stand_where_they_came_to() {
    let salon = Tenant::new("salon", 1);
    let mut log = a_day(&salon);
    let standing =
        |found: Vec<StatusCount>| found.into_iter().map(|it| (it.status, it.count, it.in_doubt)).collect::<Vec<_>>();
    let row = |status: &str, count, in_doubt| (status.to_owned(), count, in_doubt);
    let found = by_status(&*projected(&log).await, Scope::Company(&salon.company)).await.unwrap();
    let rest = [row("cancelled", 1, 0), row("confirmed", 1, 0), row("failed", 1, 0)];
    assert_eq!(standing(found), [rest.as_slice(), &[row("unknown", 1, 1)]].concat());

    log.diary(&salon.company, PAGE, salon.attempt("doubt", Act::Book, 2, "2025-07-01T09:12:00Z"));
    let found = by_status(&*projected(&log).await, Scope::All).await.unwrap();
    assert_eq!(standing(found), [rest.as_slice(), &[row("requested", 1, 0)]].concat());

    log.diary(&salon.company, PAGE, salon.unknown("moved", Act::Cancel, 2, "2025-07-01T09:12:00Z"));
    let found = by_status(&*projected(&log).await, Scope::All).await.unwrap();
    assert_eq!(standing(found)[1], row("confirmed", 1, 1));
}

#[tokio::test]
async fn series_have_utc_hours_and_local_days() {
    let salon = Tenant::new("salon", 1);
    let mut log = a_day(&salon);
    // 23:30 UTC on the first is 01:30 on the second in Berlin.
    log.at("2025-07-01T23:30:00Z").diary(&salon.company, PAGE, salon.requested(None, "max", "late"));
    let rows = projected(&log).await;
    let period = Period { until: time("2025-07-02T22:00:00Z"), ..july_first() };
    let found = stats(&*rows, Scope::Company(&salon.company), &period).await.unwrap();
    assert_eq!(found.hourly.len(), 48);
    let at = |hour: &str| found.hourly.iter().find(|point| point.hour == time(hour)).unwrap().counts;
    assert_eq!((at("2025-07-01T08:00:00Z").confirmed, at("2025-07-01T09:00:00Z").refused), (2, 2));
    let days: Vec<_> = found.daily.iter().map(|day| (day.date.to_string(), day.counts.requested)).collect();
    assert_eq!(days, [("2025-07-01".to_owned(), 4), ("2025-07-02".to_owned(), 1)]);
    assert_eq!(stats(&*rows, Scope::All, &july_first()).await.unwrap().totals.requested, 4);
}

#[tokio::test]
async fn the_rarer_words_are_counted_too() {
    let salon = Tenant::new("salon", 1);
    let (company, booking) = (&salon.company, salon.booking("b"));
    let mut log = Log::new();
    log.diary(company, PAGE, salon.requested(None, "max", "b"));
    let call = salon.call("1");
    log.diary(company, PAGE, salon.pending("max", "b"))
        .diary(company, PAGE, salon.confirmed(None, "max", "b"))
        .diary(company, PAGE, BookingTwinCancelled { booking, attempt: None })
        .diary(company, PAGE, OverlapSeen { booking: None, start: log_start(), end: log_start() })
        .diary(company, PAGE, BookingMoveFailed { booking, attempt: None, reason: "taken".into() })
        .diary(company, PAGE, BookingCompleted { booking })
        .diary(company, PAGE, CustomerDidNotShow { booking })
        .call(company, &call, BookingContradicted { call: call.clone(), booking, differs: vec![], start: None });
    let rows = projected(&log).await;
    let expected = BookingCounts {
        requested: 1,
        pending: 1,
        confirmed: 1,
        twins: 1,
        overlaps: 1,
        completed: 1,
        no_show: 1,
        contradicted: 1,
        ..BookingCounts::default()
    };
    assert_eq!(totals(&*rows, Scope::All).await.unwrap(), expected);
    assert_eq!(by_status(&*rows, Scope::All).await.unwrap()[0].status, "no_show");
}

fn log_start() -> Timestamp {
    time("2025-07-02T09:00:00Z")
}
