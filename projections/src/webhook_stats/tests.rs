use super::*;
use crate::testing::{Log, Tenant, projected, time};

/// A delivery received at one time and processed so many milliseconds later.
fn processed(log: &mut Log, tenant: &Tenant, name: &str, event: &str, received: &str, millis: i64) {
    let received_at = time(received);
    log.at(received).webhook(&tenant.delivery(name), tenant.webhook_received(name, event));
    log.now = received_at + jiff::SignedDuration::from_millis(millis);
    log.webhook(&tenant.delivery(name), tenant.webhook_processed(name, event, received_at));
}

fn seconds(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-9)
}

#[tokio::test]
async fn the_monitors_table_by_event_type() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    processed(&mut log, &salon, "a", "call_ended", "2025-07-01T08:00:00Z", 100);
    processed(&mut log, &salon, "b", "call_ended", "2025-07-01T09:30:00Z", 300);
    processed(&mut log, &salon, "c", "call_analyzed", "2025-07-01T09:30:00Z", 50);
    for name in ["open", "retried", "dead", "strange"] {
        log.at("2025-07-01T09:45:00Z").webhook(&salon.delivery(name), salon.webhook_received(name, "call_ended"));
    }
    let retry = Some("2025-07-01T09:45:10Z");
    log.webhook(&salon.delivery("retried"), salon.webhook_failed("retried", "call_ended", 1, retry))
        .webhook(&salon.delivery("dead"), salon.webhook_failed("dead", "call_ended", 4, None))
        .webhook(&salon.delivery("strange"), salon.webhook_quarantined("strange", "call_ended"));
    let found = last_24_hours(&*projected(&log).await, Scope::All, time("2025-07-01T10:00:00Z")).await.unwrap();

    let [analyzed, ended] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!((analyzed.event_type.as_str(), analyzed.count, analyzed.success_count), ("call_analyzed", 1, 1));
    assert_eq!((ended.event_type.as_str(), ended.provider.as_str()), ("call_ended", "retell"));
    assert_eq!((ended.count, ended.success_count, ended.failed_count), (6, 2, 2));
    assert!(seconds(ended.avg_processing_time, 0.2), "{ended:?}");
    assert!(ended.p95.is_some_and(|p95| p95 > 0.25 && p95 <= 0.5), "{ended:?}");
}

#[tokio::test]
async fn the_span_is_24_hours_to_the_microsecond() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    processed(&mut log, &salon, "before", "call_ended", "2025-07-01T10:29:59.999999Z", 10);
    processed(&mut log, &salon, "first", "call_ended", "2025-07-01T10:30:00Z", 10);
    processed(&mut log, &salon, "second", "call_ended", "2025-07-01T11:00:00Z", 10);
    let rows = projected(&log).await;
    let found = last_24_hours(&*rows, Scope::All, time("2025-07-02T10:30:00Z")).await.unwrap();
    assert_eq!(found.items[0].count, 2);
    assert_eq!(found.since, time("2025-07-01T10:30:00Z"));
    assert_eq!(found.hourly.len(), 25);
    assert_eq!((found.hourly[0].hour, found.hourly[0].count), (time("2025-07-01T10:00:00Z"), 1));
    assert_eq!(found.hourly[1].success_count, 1);
    assert_eq!(found.hourly.iter().map(|hour| hour.count).sum::<i64>(), 2);

    let on_the_hour = last_24_hours(&*rows, Scope::All, time("2025-07-02T11:00:00Z")).await.unwrap();
    assert_eq!((on_the_hour.items[0].count, on_the_hour.hourly.len()), (1, 24));
    let empty = last_24_hours(&*rows, Scope::All, time("2025-07-03T11:00:00Z")).await.unwrap();
    assert!(empty.items.is_empty());
}

#[tokio::test]
async fn a_replay_counts_a_delivery_anew_and_not_twice() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let id = salon.delivery("a");
    processed(&mut log, &salon, "a", "call_ended", "2025-07-01T08:00:00Z", 100);
    log.webhook(&id, salon.webhook_replayed("a", "call_ended"));
    let now = time("2025-07-01T09:00:00Z");
    let replayed = last_24_hours(&*projected(&log).await, Scope::All, now).await.unwrap();
    assert_eq!((replayed.items[0].count, replayed.items[0].success_count), (1, 0));
    assert_eq!(replayed.items[0].avg_processing_time, None);

    log.webhook(&id, salon.webhook_processed("a", "call_ended", time("2025-07-01T08:00:00Z")));
    let again = last_24_hours(&*projected(&log).await, Scope::All, now).await.unwrap();
    assert_eq!((again.items[0].count, again.items[0].success_count), (1, 1));
}

#[tokio::test]
async fn totals_follow_what_became_of_each() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    processed(&mut log, &salon, "a", "call_ended", "2025-07-01T08:00:00Z", 100);
    for name in ["open", "retried", "dead", "strange"] {
        log.webhook(&salon.delivery(name), salon.webhook_received(name, "call_ended"));
    }
    let retry = Some("2025-07-01T09:45:10Z");
    log.webhook(&salon.delivery("retried"), salon.webhook_failed("retried", "call_ended", 1, retry))
        .webhook(&salon.delivery("dead"), salon.webhook_failed("dead", "call_ended", 4, None))
        .webhook(&salon.delivery("strange"), salon.webhook_quarantined("strange", "call_ended"));
    let expected = WebhookTotals { received: 5, waiting: 1, processed: 1, failed: 1, dead: 1, quarantined: 1 };
    let rows = projected(&log).await;
    assert_eq!(totals(&*rows, Scope::All).await.unwrap(), expected);
    // Only of the processed one it is known whose it is.
    let own = WebhookTotals { received: 1, processed: 1, ..WebhookTotals::default() };
    assert_eq!(totals(&*rows, Scope::Company(&salon.company)).await.unwrap(), own);
    let now = time("2025-07-01T09:00:00Z");
    let stats = last_24_hours(&*rows, Scope::Company(&salon.company), now).await.unwrap();
    assert_eq!(stats.items[0].count, 1);
}
