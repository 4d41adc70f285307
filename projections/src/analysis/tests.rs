use super::*;
use crate::scope::Scope;
use crate::series::Period;
use crate::testing::{Log, PAGE, Tenant, dump, projected, time};
use jiff::tz::TimeZone;
use ringbuch_domain::analysis::{Intent, Loss, Promise, Sentiment, Step};
use ringbuch_domain::call::{CallClosed, CallEnded, CallErased, Refusal, Spoken};
use ringbuch_domain::company::PromptPublished;
use ringbuch_domain::private::Private;

const BOOKED: &str =
    "Agent: Um elf Uhr, passt das?\nUser: Ja, danke.\nAgent: Der Termin ist gebucht.\nUser: Super, perfekt.";
const LEFT: &str = "Agent: Salon, hallo.\nUser: Ich hätte gern einen Termin.\nAgent: Um elf Uhr, passt das?\nUser: Nein, das ist mir viel zu teuer.";

fn days(since: &str, until: &str) -> Period {
    Period { since: time(since), until: time(until), zone: TimeZone::UTC }
}

async fn agents_of(log: &Log) -> Agents {
    let july = days("2025-07-01T12:00:00Z", "2025-08-01T00:00:00Z");
    agents(&*projected(log).await, Scope::All, &july).await.unwrap()
}

fn said(tenant: &Tenant, call: &str, words: &str) -> CallEnded {
    let private = Private::Known(Spoken { transcript: Some(words.into()), recording_url: None });
    CallEnded { private, ..tenant.ended(call, "max") }
}

/// A call that got its appointment; the log heard of the end when the confirmation stood there already.
fn booked(tenant: &Tenant, log: &mut Log, call: &str, version: i64) {
    let (company, id, booking) = (&tenant.company, &tenant.call(call), &format!("b{call}"));
    let mut received = tenant.received(call, "2025-07-01T08:00:00Z");
    received.agent_version = Some(version);
    log.at("2025-07-01T08:04:00Z")
        .call(company, id, received)
        .call(company, id, tenant.asked(call, "max", booking))
        .diary(company, PAGE, tenant.requested(Some(call), "max", booking));
    log.at("2025-07-01T08:04:02Z").diary(company, PAGE, tenant.confirmed(Some(call), "max", booking));
    log.call(company, id, said(tenant, call, BOOKED));
}

fn left(tenant: &Tenant, log: &mut Log, call: &str, version: i64) {
    let (company, id) = (&tenant.company, &tenant.call(call));
    let mut received = tenant.received(call, "2025-07-02T08:00:00Z");
    received.agent_version = Some(version);
    log.call(company, id, received).call(company, id, said(tenant, call, LEFT));
}

#[tokio::test]
async fn a_call_is_judged_by_its_row() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    booked(&salon, &mut log, "1", 3);
    let found = find(&*projected(&log).await, Scope::All, &salon.call("1")).await.unwrap().unwrap();
    assert_eq!(
        (found.intent, found.reached, found.promise),
        (Some(Intent::Book), Some(Step::Told), Some(Promise::Kept))
    );
    assert_eq!((found.loss, found.sentiment), (None, Some(Sentiment::Positive)));
    assert_eq!((found.agent.as_deref(), found.agent_version), (Some("agent_salon"), Some(3)));
    assert_eq!((found.confirmed_after_ms, found.duration_ms), (Some(2_000), Some(300_000)));
    assert_eq!((found.cost.map(|it| it.minor), found.latency.map(|it| it.p95_ms)), (Some(70), Some(1_600)));
    assert_eq!(find(&*projected(&log).await, Scope::All, &salon.call("2")).await.unwrap(), None);
}

#[tokio::test]
async fn a_version_is_put_beside_the_one_before() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    booked(&salon, &mut log, "1", 3);
    left(&salon, &mut log, "2", 3);
    let published =
        PromptPublished { agent: "agent_salon".into(), version: 4, by: "cli".into(), why: "Kürzer.".into() };
    log.at("2025-07-01T20:00:00Z").company(&salon.company, published);
    booked(&salon, &mut log, "3", 4);
    let found = agents_of(&log).await;
    let told: Vec<_> =
        found.versions.iter().map(|it| (it.agent_version, it.tally.booking_rate, it.booking_rate_change)).collect();
    assert_eq!(told, [(Some(3), Some(0.5), None), (Some(4), Some(1.0), Some(0.5))]);
    let [before, after] = &found.versions[..] else { panic!("{found:#?}") };
    assert_eq!(before.published, None);
    assert_eq!(
        after.published.as_ref().map(|it| (it.at.to_string(), it.why.as_str())),
        Some(("2025-07-01T20:00:00Z".into(), "Kürzer."))
    );
    assert_eq!(
        (before.first_day.to_string(), before.last_day.to_string()),
        ("2025-07-01T00:00:00Z".into(), "2025-07-02T00:00:00Z".into())
    );
    let tally = &before.tally;
    assert_eq!(tally.losses, [Lost { loss: Loss::Price, code: None, calls: 1 }]);
    let reached: Vec<_> = tally.steps.iter().map(|it| it.calls).collect();
    assert_eq!(reached, [2, 2, 2, 1, 1, 1, 1, 1], "{:?}", tally.steps);
    assert_eq!((tally.positive, tally.negative, tally.avg_latency_p50_ms), (1, 1, Some(800.0)));
    assert_eq!((found.totals.calls, found.totals.said_booked_kept), (3, 2));
}

#[tokio::test]
async fn a_promise_without_a_confirmation_is_counted_as_broken_until_it_comes() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.received("1", "2025-07-01T08:00:00Z"))
        .call(company, id, salon.asked("1", "max", "b"))
        .call(company, id, said(&salon, "1", BOOKED))
        .call(company, id, salon.refused("1", "max", "b", Refusal::TimeMissing));
    let tally = agents_of(&log).await.totals;
    assert_eq!((tally.said_booked_broken, tally.said_booked_early, tally.booked), (1, 0, 0));
    assert_eq!(tally.losses, [Lost { loss: Loss::Refused, code: Some("time_missing".into()), calls: 1 }]);
    log.at("2025-07-01T08:06:00Z").diary(company, PAGE, salon.confirmed(Some("1"), "max", "b"));
    let tally = agents_of(&log).await.totals;
    assert_eq!((tally.said_booked_broken, tally.said_booked_early, tally.booked), (0, 1, 1));
    assert_eq!(tally.losses, []);
}

#[tokio::test]
async fn only_what_is_over_is_counted() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.received("1", "2025-07-01T08:00:00Z"));
    assert_eq!(agents_of(&log).await.totals.calls, 0);
    log.call(company, id, CallClosed { call: id.clone(), reason: "silent".into() });
    assert_eq!(agents_of(&log).await.totals.calls, 1);
}

#[tokio::test]
async fn the_order_in_which_a_calls_events_come_does_not_matter() {
    type Part = fn(&mut Log, &Tenant);
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let ended: Part = |log, it| {
        log.call(&it.company, &it.call("1"), said(it, "1", BOOKED));
    };
    let analyzed: Part = |log, it| {
        log.call(&it.company, &it.call("1"), it.analyzed("1", "max"));
    };
    let confirmed: Part = |log, it| {
        log.diary(&it.company, PAGE, it.confirmed(Some("1"), "max", "b"));
    };
    let orders = [[ended, analyzed, confirmed], [confirmed, ended, analyzed], [analyzed, confirmed, ended]];
    let mut results = Vec::new();
    for order in orders {
        let mut log = Log::new();
        log.call(company, id, salon.received("1", "2025-07-01T08:00:00Z")).call(
            company,
            id,
            salon.asked("1", "max", "b"),
        );
        for part in order {
            part(&mut log, &salon);
        }
        results.push(agents_of(&log).await);
    }
    assert!(results.iter().all(|found| *found == results[0]), "{results:#?}");
    assert_eq!((results[0].totals.calls, results[0].totals.said_booked_kept), (1, 1));
}

#[tokio::test]
async fn what_was_heard_goes_with_the_person_and_the_counts_with_it() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    booked(&salon, &mut log, "1", 3);
    left(&salon, &mut log, "2", 3);
    let before = dump(&*projected(&log).await).await;
    assert!(before["analysis_days"].iter().any(|row| row.contains("said_booked")));
    let mut by_person = Log { events: log.events.clone(), now: log.now };
    by_person.customer(&salon.company, salon.customer("max"), salon.erased("max"));
    for call in ["1", "2"] {
        log.call(&salon.company, &salon.call(call), CallErased { call: salon.call(call) });
    }
    for log in [&log, &by_person] {
        let rows = dump(&*projected(log).await).await;
        let kept = format!("{:?} {:?}", rows["call_analyses"], rows["analysis_days"]);
        assert!(!kept.contains("book") && !kept.contains("price") && !kept.contains("negative"), "{kept}");
        let tally = agents_of(log).await.totals;
        assert_eq!((tally.calls, tally.booked, tally.said_booked_kept), (2, 1, 0), "what the log itself says stays");
    }
}
