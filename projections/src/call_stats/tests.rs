use super::*;
use crate::scope::Scope;
use crate::series::Period;
use crate::testing::{Log, PAGE, Tenant, projected, time};
use jiff::tz::TimeZone;
use ringbuch_domain::call::{CallReceived, Direction, Rank, Refusal};
use ringbuch_domain::money::Money;

fn day() -> Period {
    Period { since: time("2025-07-01T00:00:00Z"), until: time("2025-07-02T00:00:00Z"), zone: TimeZone::UTC }
}

async fn stats_of(log: &Log) -> CallStats {
    stats(&*projected(log).await, Scope::All, &day()).await.unwrap()
}

fn pairs(shares: &[Share]) -> Vec<(&str, i64)> {
    shares.iter().map(|share| (share.value.as_str(), share.calls)).collect()
}

#[tokio::test]
async fn totals_shares_and_series_of_a_day() {
    let salon = Tenant::new("salon", 1);
    let (company, web) = (&salon.company, &salon.call("web"));
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    log.at("2025-07-01T10:00:00Z");
    let mut received = salon.received("web", "2025-07-01T10:00:00Z");
    (received.direction, received.agent_version) = (Direction::Web, Some(4));
    let mut ended = salon.ended("web", "eva");
    (ended.duration_ms, ended.cost, ended.disconnection) = (Some(100_000), None, Some("agent_hangup".into()));
    let mut analyzed = salon.analyzed("web", "eva");
    (analyzed.sentiment, analyzed.appointment_requested) = (Some("negative".into()), Some(false));
    log.call(company, web, received).call(company, web, ended).call(company, web, analyzed).call(
        company,
        web,
        salon.refused("web", "eva", "r", Refusal::TimeMissing),
    );
    let found = stats_of(&log).await;

    assert_eq!((found.totals.calls, found.totals.ended), (2, 2));
    assert_eq!((found.totals.duration_ms, found.avg_duration_ms), (400_000, Some(200_000.0)));
    assert_eq!((found.totals.cost_minor, found.avg_cost_minor, found.currency), (70, Some(70.0), "USD"));
    assert_eq!((found.totals.appointment_requested, found.totals.asked, found.totals.confirmed), (1, 2, 1));
    assert_eq!(found.booking_rate, Some(0.5));
    assert_eq!(pairs(&found.by_direction), [("inbound", 1), ("web", 1)]);
    assert_eq!(pairs(&found.by_sentiment), [("negative", 1), ("positive", 1)]);
    assert_eq!(pairs(&found.by_disconnection), [("agent_hangup", 1), ("user_hangup", 1)]);
    assert_eq!(pairs(&found.by_outcome), [("confirmed", 1), ("refused", 1)]);
    let versions: Vec<_> = found
        .by_agent_version
        .iter()
        .map(|it| (it.agent_version, it.counts.calls, it.counts.asked, it.counts.confirmed))
        .collect();
    assert_eq!(versions, [(Some(3), 1, 1, 1), (Some(4), 1, 1, 0)]);
    assert_eq!((found.hourly[8].counts.calls, found.hourly[10].counts.calls, found.hourly.len()), (1, 1, 24));
    assert_eq!(found.daily[0].counts, found.totals);
}

#[tokio::test]
async fn a_second_word_of_the_end_replaces_the_first() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    let mut later = salon.ended("1", "max");
    (later.rank, later.duration_ms, later.cost) = (Rank::Analyzed, Some(310_000), Money::from_cents(75.0));
    log.call(company, id, salon.received("1", "2025-07-01T08:00:00Z"))
        .call(company, id, salon.ended("1", "max"))
        .call(company, id, later);
    let found = stats_of(&log).await;
    assert_eq!((found.totals.calls, found.totals.duration_ms, found.totals.cost_minor), (1, 310_000, 75));
    assert_eq!(pairs(&found.by_disconnection), [("user_hangup", 1)]);
    assert_eq!(pairs(&found.by_outcome), [("none", 1)]);
}

#[tokio::test]
async fn every_order_of_a_calls_events_counts_the_same() {
    type Part = fn(&mut Log, &Tenant);
    let salon = Tenant::new("salon", 1);
    let received: Part = |log, it| {
        log.call(&it.company, &it.call("1"), it.received("1", "2025-07-01T08:00:00Z"));
    };
    let ended: Part = |log, it| {
        log.call(&it.company, &it.call("1"), it.ended("1", "max"));
    };
    let analyzed: Part = |log, it| {
        log.call(&it.company, &it.call("1"), it.analyzed("1", "max"));
    };
    let booked: Part = |log, it| {
        log.diary(&it.company, PAGE, it.requested(Some("1"), "max", "b"));
        log.diary(&it.company, PAGE, it.confirmed(Some("1"), "max", "b"));
    };
    let orders = [
        [received, ended, analyzed, booked],
        [booked, analyzed, ended, received],
        [analyzed, received, booked, ended],
        [ended, booked, received, analyzed],
    ];
    let mut results = Vec::new();
    for order in orders {
        let mut log = Log::new();
        for part in order {
            part(&mut log, &salon);
        }
        results.push(stats_of(&log).await);
    }
    assert!(results.iter().all(|found| *found == results[0]), "{results:#?}");
    assert_eq!((results[0].totals.calls, results[0].totals.confirmed), (1, 1));
    assert_eq!(pairs(&results[0].by_outcome), [("confirmed", 1)]);
}

#[tokio::test]
async fn a_call_without_an_agent_or_a_start_is_counted_where_it_was_heard_of() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let received = salon.received("1", "2025-07-01T08:00:00Z");
    log.at("2025-07-01T12:34:56Z").call(
        &salon.company,
        &salon.call("1"),
        CallReceived { agent: None, agent_version: None, started_at: None, ..received },
    );
    let found = stats_of(&log).await;
    assert_eq!((found.by_agent_version[0].agent.as_deref(), found.by_agent_version[0].agent_version), (None, None));
    assert_eq!(found.hourly[12].counts.calls, 1);
    assert_eq!((found.avg_duration_ms, found.avg_cost_minor, found.booking_rate), (None, None, None));
}

#[tokio::test]
async fn what_failed_at_the_calendar_and_was_told_the_call_is_failed() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.received("1", "2025-07-01T08:00:00Z"))
        .call(company, id, salon.asked("1", "max", "b"))
        .diary(company, PAGE, salon.requested(Some("1"), "max", "b"))
        .diary(company, PAGE, salon.failed(Some("1"), "max", "b", "taken"))
        .call(company, id, salon.refused("1", "max", "b", Refusal::Calendar { reason: "taken".into() }));
    let found = stats_of(&log).await;
    assert_eq!(pairs(&found.by_outcome), [("failed", 1)]);
    assert_eq!((found.totals.asked, found.totals.confirmed), (1, 0));
}
