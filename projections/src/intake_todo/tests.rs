use super::*;
use crate::testing::{Log, Tenant, projected, time};

async fn waiting(log: &Log) -> Vec<(String, String, i64)> {
    let far = time("2030-01-01T00:00:00Z");
    let found = due(&*projected(log).await, far, 100).await.unwrap();
    found.into_iter().map(|it| (it.delivery.to_string(), it.due_at.to_string(), it.attempt)).collect()
}

#[tokio::test]
async fn what_was_received_is_due_at_once_in_order() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    for name in ["b", "a", "c"] {
        log.webhook(&salon.delivery(name), salon.webhook_received(name, "call_ended"));
    }
    let rows = projected(&log).await;
    let names = |found: Vec<DueDelivery>| found.into_iter().map(|it| it.delivery.to_string()).collect::<Vec<_>>();
    assert_eq!(names(due(&*rows, log.now, 2).await.unwrap()), ["salonb", "salona"]);
    assert!(due(&*rows, time("2025-07-01T07:59:59.999999Z"), 10).await.unwrap().is_empty());
    assert_eq!(next_due(&*rows, time("2025-07-01T07:59:59Z")).await.unwrap(), Some(log.now));
    assert_eq!(next_due(&*rows, log.now).await.unwrap(), None);
    assert_eq!(backlog(&*rows).await.unwrap(), Backlog { count: 3, oldest_due: Some(log.now) });
}

#[tokio::test]
async fn what_came_to_an_end_is_off_the_list() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    for name in ["done", "strange", "dead"] {
        log.webhook(&salon.delivery(name), salon.webhook_received(name, "call_ended"));
    }
    log.webhook(&salon.delivery("done"), salon.webhook_processed("done", "call_ended", log.now))
        .webhook(&salon.delivery("strange"), salon.webhook_quarantined("strange", "call_ended"))
        .webhook(&salon.delivery("dead"), salon.webhook_failed("dead", "call_ended", 4, None));
    assert!(waiting(&log).await.is_empty());
    let rows = projected(&log).await;
    assert_eq!(backlog(&*rows).await.unwrap(), Backlog { count: 0, oldest_due: None });
    assert_eq!(next_due(&*rows, time("2025-07-01T00:00:00Z")).await.unwrap(), None);
}

#[tokio::test]
async fn a_failure_waits_and_a_replay_starts_afresh() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let id = salon.delivery("a");
    log.webhook(&id, salon.webhook_received("a", "call_ended"))
        .webhook(&id, salon.webhook_failed("a", "call_ended", 1, Some("2025-07-01T08:00:10Z")));
    assert_eq!(waiting(&log).await, [("salona".into(), "2025-07-01T08:00:10Z".into(), 1)]);

    log.webhook(&id, salon.webhook_failed("a", "call_ended", 2, None));
    log.at("2025-07-03T00:00:00Z").webhook(&id, salon.webhook_replayed("a", "call_ended"));
    assert_eq!(waiting(&log).await, [("salona".into(), "2025-07-03T00:00:00Z".into(), 0)]);
}
