use super::*;
use crate::testing::{Log, Tenant, projected, time};

async fn one(log: &Log, tenant: &Tenant, name: &str) -> Delivery {
    find(&*projected(log).await, Scope::All, &tenant.delivery(name)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_delivery_from_receipt_to_its_end() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let id = salon.delivery("a");
    log.webhook(&id, salon.webhook_received("a", "call_ended"));
    let found = one(&log, &salon, "a").await;
    assert_eq!((found.status, found.attempts, found.next_attempt_at), (DeliveryStatus::Received, 0, Some(log.now)));
    assert_eq!((found.company, found.verdict, found.bytes), (None, Verdict::CurrentKey, 512));

    log.webhook(&id, salon.webhook_failed("a", "call_ended", 1, Some("2025-07-01T08:00:10Z")));
    let found = one(&log, &salon, "a").await;
    assert_eq!((found.status, found.attempts), (DeliveryStatus::Failed, 1));
    assert_eq!(found.next_attempt_at, Some(time("2025-07-01T08:00:10Z")));
    assert_eq!(found.last_error.as_deref(), Some("the calendar was away"));

    let received_at = log.now;
    log.at("2025-07-01T08:00:11Z");
    log.webhook(&id, WebhookEvent::from(salon.webhook_processed("a", "call_ended", received_at)));
    let found = one(&log, &salon, "a").await;
    assert_eq!((found.status, found.company), (DeliveryStatus::Processed, Some(salon.company.clone())));
    assert_eq!((found.processed_at, found.next_attempt_at), (Some(log.now), None));
}

#[tokio::test]
async fn a_replay_takes_a_delivery_out_of_quarantine_and_back_to_the_start() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let id = salon.delivery("a");
    log.webhook(&id, salon.webhook_received("a", "call_ended"))
        .webhook(&id, salon.webhook_quarantined("a", "call_ended"));
    let found = one(&log, &salon, "a").await;
    assert_eq!((found.status, found.reason.as_deref()), (DeliveryStatus::Quarantined, Some("unknown_number")));
    assert!(found.detail.unwrap().starts_with("the called number"));

    log.webhook(&id, salon.webhook_replayed("a", "call_ended"));
    let found = one(&log, &salon, "a").await;
    assert_eq!((found.status, found.reason, found.replays), (DeliveryStatus::Received, None, 1));

    log.webhook(&id, salon.webhook_failed("a", "call_ended", 4, None));
    let found = one(&log, &salon, "a").await;
    assert_eq!((found.status, found.attempts, found.next_attempt_at), (DeliveryStatus::Dead, 4, None));
}

#[tokio::test]
async fn what_waits_is_told_by_company_and_what_is_nobodys_yet_by_account() {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    let named = |tenant: &Tenant, name: &str| WebhookReceived {
        company: Some(tenant.company.clone()),
        ..tenant.webhook_received(name, "call_ended")
    };
    let received_at = log.now;
    log.webhook(&salon.delivery("done"), named(&salon, "done"))
        .webhook(&salon.delivery("done"), salon.webhook_processed("done", "call_ended", received_at))
        .webhook(&salon.delivery("dead"), named(&salon, "dead"))
        .webhook(&salon.delivery("dead"), salon.webhook_failed("dead", "call_ended", 4, None))
        .webhook(&salon.delivery("again"), named(&salon, "again"))
        .webhook(&salon.delivery("again"), salon.webhook_failed("again", "call_ended", 1, Some("2025-07-01T08:00:10Z")))
        .webhook(&praxis.delivery("open"), named(&praxis, "open"))
        .webhook(&praxis.delivery("nobodys"), praxis.webhook_received("nobodys", "call_ended"));
    let rows = projected(&log).await;
    let (at, again) = (log.now, time("2025-07-01T08:00:10Z"));
    let waits = |scope, now| waiting_since(&*rows, scope, now);
    let (own, account) = (Some(praxis.company.clone()), praxis.account.clone());
    let theirs = (own, account.clone(), at);
    assert_eq!(waits(Scope::Company(&salon.company), again).await.unwrap(), [], "not due yet");
    assert_eq!(waits(Scope::Company(&praxis.company), again).await.unwrap(), std::slice::from_ref(&theirs));
    let mut all = waits(Scope::All, time("2025-07-01T08:01:00Z")).await.unwrap();
    all.sort();
    let ours = (Some(salon.company.clone()), salon.account.clone(), again);
    assert_eq!(all, [(None, account, at), theirs, ours]);
    let told = |count, oldest_due| Backlog { count, oldest_due: Some(oldest_due) };
    assert_eq!(backlog(&*rows, Scope::All).await.unwrap(), told(3, at));
    assert_eq!(backlog(&*rows, Scope::Company(&salon.company)).await.unwrap(), told(1, again));
    assert_eq!(backlog(&*rows, Scope::Company(&praxis.company)).await.unwrap(), told(1, at));
}

fn ten_deliveries(tenant: &Tenant) -> Log {
    let mut log = Log::new();
    for place in 0..10 {
        let (name, event) = (place.to_string(), if place % 2 == 0 { "call_ended" } else { "call_analyzed" });
        // Pairs share a time, so that pages have to cut between equal times.
        log.at(&format!("2025-07-01T08:00:0{}Z", place / 2));
        log.webhook(&tenant.delivery(&name), tenant.webhook_received(&name, event));
    }
    log
}

#[tokio::test]
async fn pages_hold_every_delivery_once_newest_first() {
    let salon = Tenant::new("salon", 1);
    let rows = projected(&ten_deliveries(&salon)).await;
    let mut seen = Vec::new();
    let mut paging = Paging { after: None, limit: 3 };
    loop {
        let page = list(&*rows, Scope::All, &DeliveryFilter::default(), paging).await.unwrap();
        seen.extend(page.items.iter().map(|it| it.delivery.to_string()));
        let Some(next) = page.next else { break };
        paging.after = Some(next.to_string().parse().unwrap());
    }
    let expected: Vec<_> = (0..10).rev().map(|place| salon.delivery(&place.to_string()).to_string()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn filters_narrow_the_list_and_the_count_alike() {
    let salon = Tenant::new("salon", 1);
    let mut log = ten_deliveries(&salon);
    log.webhook(&salon.delivery("3"), salon.webhook_failed("3", "call_analyzed", 4, None));
    let rows = projected(&log).await;
    let span = Span { since: Some(time("2025-07-01T08:00:01Z")), until: Some(time("2025-07-01T08:00:03Z")) };
    let none = DeliveryFilter::default;
    let cases = [
        (DeliveryFilter { status: Some(DeliveryStatus::Dead), ..none() }, 1),
        (DeliveryFilter { event: Some("call_ended".into()), ..none() }, 5),
        (DeliveryFilter { provider: Some(Provider::Calcom), ..none() }, 0),
        (DeliveryFilter { provider: Some(Provider::Retell), ..none() }, 10),
        (DeliveryFilter { call: Some(salon.call("1").to_string()), ..none() }, 10),
        (DeliveryFilter { call: Some("call_other".into()), ..none() }, 0),
        (DeliveryFilter { span, ..none() }, 4),
        (DeliveryFilter { span, event: Some("call_ended".into()), ..none() }, 2),
    ];
    for (filter, expected) in cases {
        let page = list(&*rows, Scope::All, &filter, Paging::default()).await.unwrap();
        assert_eq!(page.items.len(), expected, "{filter:?}");
        assert_eq!(page.next, None);
        assert_eq!(count(&*rows, Scope::All, &filter).await.unwrap(), i64::try_from(expected).unwrap());
    }
}

#[tokio::test]
async fn a_companys_list_has_what_was_found_to_be_its_own() {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    let received_at = log.now;
    let mut named = salon.webhook_received("named", "call_ended");
    named.company = Some(salon.company.clone());
    log.webhook(&salon.delivery("named"), named)
        .webhook(&salon.delivery("found"), salon.webhook_received("found", "call_ended"))
        .webhook(&salon.delivery("found"), salon.webhook_processed("found", "call_ended", received_at))
        .webhook(&salon.delivery("open"), salon.webhook_received("open", "call_ended"));
    let rows = projected(&log).await;
    let filter = DeliveryFilter::default();
    let counted = |scope| count(&*rows, scope, &filter);
    assert_eq!(counted(Scope::Company(&salon.company)).await.unwrap(), 2);
    assert_eq!(counted(Scope::Company(&praxis.company)).await.unwrap(), 0);
    assert_eq!(counted(Scope::All).await.unwrap(), 3);
    let hidden = find(&*rows, Scope::Company(&praxis.company), &salon.delivery("named")).await.unwrap();
    assert_eq!(hidden, None);
}
