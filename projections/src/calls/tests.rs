use super::*;
use crate::page::{Paging, Span};
use crate::scope::Scope;
use crate::testing::{Log, PAGE, START, Tenant, projected, time};
use ringbuch_domain::call::{
    BookingContradicted, CallClosed, CallbackDone, CallbackRequested, Direction, Rank, Refusal,
};
use ringbuch_domain::diary::{BookingCancelled, Rejection};

async fn one(log: &Log, tenant: &Tenant, call: &str) -> CallDetail {
    find(&*projected(log).await, Scope::Company(&tenant.company), &tenant.call(call)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_calls_facts_stand_in_its_row() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    let CallDetail { call, more } = one(&log, &salon, "1").await;
    assert_eq!((call.branch, call.customer), (Some(salon.branch.clone()), Some(salon.customer("max"))));
    assert_eq!((call.direction, call.our_number), (Some(Direction::Inbound), Some(salon.number.clone())));
    assert_eq!((call.agent.as_deref(), call.agent_version), (Some("agent_salon"), Some(3)));
    assert_eq!((call.duration_ms, call.cost_minor, call.currency.as_deref()), (Some(300_000), Some(70), Some("USD")));
    assert_eq!((call.status.as_deref(), call.disconnection.as_deref()), (Some("ended"), Some("user_hangup")));
    assert_eq!((call.sentiment.as_deref(), call.appointment_requested), (Some("positive"), Some(true)));
    assert_eq!((call.successful, call.voicemail), (Some(true), Some(false)));
    assert_eq!((call.extracted_date.as_deref(), call.extracted_time.as_deref()), (Some("02.07.2025"), Some("11 Uhr")));
    assert_eq!(call.extracted_start, Some(time(START)));
    assert_eq!(call.summary.as_deref(), Some("summary of salon"));
    assert_eq!(call.caller_number, Some(salon.caller_number()));
    assert_eq!(call.outcome, Outcome::Confirmed);
    assert_eq!((more.booking, more.event_type), (Some(salon.booking("b")), Some(salon.event_type)));
    assert_eq!(more.transcript.as_deref(), Some("transcript of salon"));
    assert_eq!(more.extracted_service.as_deref(), Some("Beratung"));
}

#[tokio::test]
async fn facts_that_come_first_make_the_row_and_later_ones_fill_it() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.analyzed("1", "max"))
        .call(company, id, salon.ended("1", "max"))
        .call(company, id, salon.identified("1", "max"))
        .call(company, id, salon.received("1", "2025-07-01T07:55:00Z"));
    let call = one(&log, &salon, "1").await.call;
    assert_eq!((call.began_at, call.started_at), (time("2025-07-01T07:55:00Z"), Some(time("2025-07-01T07:55:00Z"))));
    assert_eq!((call.sentiment.as_deref(), call.duration_ms), (Some("positive"), Some(300_000)));
    assert_eq!(call.caller_number, Some(salon.caller_number()));
}

#[tokio::test]
async fn calls_that_go_on_are_those_that_nobody_has_ended() {
    let salon = Tenant::new("salon", 1);
    let company = &salon.company;
    let mut log = Log::new();
    for (call, began) in [("1", "2025-07-01T07:55:00Z"), ("2", "2025-07-01T07:56:00Z"), ("3", "2025-07-01T04:00:00Z")] {
        log.call(company, &salon.call(call), salon.received(call, began));
    }
    let closed = CallClosed { call: salon.call("2"), reason: "silent".into() };
    log.call(company, &salon.call("2"), closed);
    let (rows, other) = (projected(&log).await, Tenant::new("praxis", 2));
    let since = time("2025-07-01T06:00:00Z");
    let going = live(&*rows, Scope::Company(company), since, 50).await.unwrap();
    assert_eq!(going.iter().map(|it| &it.call).collect::<Vec<_>>(), [&salon.call("1")]);
    assert!(live(&*rows, Scope::Company(&other.company), since, 50).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_later_word_without_a_fact_leaves_the_fact() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    let mut later = salon.ended("1", "max");
    (later.rank, later.duration_ms, later.disconnection) = (Rank::Analyzed, None, None);
    later.cost = ringbuch_domain::money::Money::from_cents(75.0);
    log.call(company, id, salon.ended("1", "max")).call(company, id, later);
    let call = one(&log, &salon, "1").await.call;
    assert_eq!((call.duration_ms, call.cost_minor), (Some(300_000), Some(75)));
    assert_eq!(call.disconnection.as_deref(), Some("user_hangup"));
}

#[tokio::test]
async fn a_refusal_stands_with_its_fact() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    let reason = Refusal::Diary { rejection: Rejection::BranchInactive { branch: "Mitte".into() } };
    log.call(company, id, salon.refused("1", "max", "b", reason));
    let CallDetail { call, more } = one(&log, &salon, "1").await;
    assert_eq!((call.outcome, call.refusal_code.as_deref()), (Outcome::Refused, Some("branch_inactive")));
    assert_eq!(more.refusal.unwrap()["rejection"]["branch"], "Mitte");
    assert_eq!(call.extracted_date.as_deref(), Some("vorgestern"));
}

#[tokio::test]
async fn a_wish_that_is_read_after_all_is_no_longer_refused() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.refused("1", "max", "b", Refusal::DateMissing)).call(
        company,
        id,
        salon.asked("1", "max", "b"),
    );
    let CallDetail { call, more } = one(&log, &salon, "1").await;
    assert_eq!((call.outcome, call.refusal_code, more.refusal), (Outcome::Asked, None, None));
}

#[tokio::test]
async fn what_failed_at_the_calendar_is_not_called_refused() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    for reason in [Refusal::Calendar { reason: "gone".into() }, Refusal::Diary { rejection: Rejection::SlotTaken }] {
        let mut log = Log::new();
        log.call(company, id, salon.asked("1", "max", "b"))
            .diary(company, PAGE, salon.requested(Some("1"), "max", "b"))
            .diary(company, PAGE, salon.failed(Some("1"), "max", "b", "taken"))
            .call(company, id, salon.refused("1", "max", "b", reason));
        assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Failed);
    }
}

#[tokio::test]
async fn the_outcome_follows_the_booking() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.received("1", "2025-07-01T07:55:00Z"));
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::None);

    log.call(company, id, salon.asked("1", "max", "b"));
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Asked);

    log.diary(company, PAGE, salon.requested(Some("1"), "max", "b")).diary(company, PAGE, salon.pending("max", "b"));
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Pending);

    log.diary(company, PAGE, salon.confirmed(Some("1"), "max", "b"));
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Confirmed);

    log.diary(company, PAGE, BookingCancelled { booking: salon.booking("b"), by: "api".into() });
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn of_several_bookings_the_best_is_told() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "first");
    log.call(company, id, salon.refused("1", "max", "second", Refusal::InThePast));
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Confirmed);
    log.diary(company, PAGE, BookingCancelled { booking: salon.booking("first"), by: "api".into() });
    assert_eq!(one(&log, &salon, "1").await.call.outcome, Outcome::Cancelled);
}

#[tokio::test]
async fn contradictions_callbacks_and_closing_show() {
    let salon = Tenant::new("salon", 1);
    let (company, id) = (&salon.company, &salon.call("1"));
    let mut log = Log::new();
    log.call(company, id, salon.received("1", "2025-07-01T07:55:00Z"))
        .call(
            company,
            id,
            BookingContradicted {
                call: id.clone(),
                booking: salon.booking("b"),
                differs: vec!["start".into()],
                start: Some(time("2025-07-02T10:00:00Z")),
            },
        )
        .call(company, id, CallbackRequested { call: id.clone(), reason: "booking_refused".into() })
        .call(company, id, CallClosed { call: id.clone(), reason: "no word of its end".into() });
    let CallDetail { call, more } = one(&log, &salon, "1").await;
    assert!(call.contradicted);
    assert_eq!(more.differs, Some(vec!["start".to_owned()]));
    assert_eq!(more.contradicted_start, Some(time("2025-07-02T10:00:00Z")));
    assert_eq!((call.callback, more.callback_reason.as_deref()), (Callback::Requested, Some("booking_refused")));
    assert_eq!((call.status.as_deref(), more.closed_reason.as_deref()), (Some("closed"), Some("no word of its end")));

    log.call(company, id, CallbackDone { call: id.clone(), by: "erika".into() }).call(
        company,
        id,
        salon.ended("1", "max"),
    );
    let call = one(&log, &salon, "1").await.call;
    assert_eq!((call.callback, call.status.as_deref()), (Callback::Done, Some("ended")));
}

#[tokio::test]
async fn erasing_a_person_leaves_the_calls_without_them() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    salon.booked_call(&mut log, "2", "eva", "c");
    log.customer(&salon.company, salon.customer("max"), salon.erased("max"));
    let CallDetail { call, more } = one(&log, &salon, "1").await;
    assert_eq!((call.caller_number, call.summary, call.extracted_date, call.extracted_time), (None, None, None, None));
    assert_eq!(
        (more.transcript, more.recording_url, more.extracted_service, more.extracted_name),
        (None, None, None, None)
    );
    assert_eq!((call.outcome, call.duration_ms), (Outcome::Confirmed, Some(300_000)));
    assert!(one(&log, &salon, "2").await.call.summary.is_some());
}

#[tokio::test]
async fn calls_are_listed_by_when_they_began() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    for (name, started) in
        [("new", "2025-07-01T08:00:00Z"), ("old", "2024-01-01T00:00:00Z"), ("mid", "2025-01-01T00:00:00Z")]
    {
        log.call(&salon.company, &salon.call(name), salon.received(name, started));
    }
    let rows = projected(&log).await;
    let scope = Scope::Company(&salon.company);
    let first = list(&*rows, scope, &CallFilter::default(), Paging { after: None, limit: 2 }).await.unwrap();
    let second = list(&*rows, scope, &CallFilter::default(), Paging { after: first.next, limit: 2 }).await.unwrap();
    let names: Vec<_> = first.items.iter().chain(&second.items).map(|it| it.call.clone()).collect();
    assert_eq!(names, [salon.call("new"), salon.call("mid"), salon.call("old")]);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let salon = Tenant::new("salon", 1);
    let (company, other) = (&salon.company, salon.call("web"));
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    let mut web = salon.received("web", "2025-07-05T08:00:00Z");
    (web.direction, web.our_number) = (Direction::Web, None);
    log.call(company, &other, web).call(
        company,
        &other,
        CallbackRequested { call: other.clone(), reason: "asked".into() },
    );
    let rows = projected(&log).await;
    let none = CallFilter::default;
    let span = Span { since: Some(time("2025-07-05T00:00:00Z")), until: None };
    let cases = [
        (none(), 2),
        (CallFilter { branch: Some(salon.branch.clone()), ..none() }, 2),
        (CallFilter { direction: Some(Direction::Web), ..none() }, 1),
        (CallFilter { outcome: Some(Outcome::Confirmed), ..none() }, 1),
        (CallFilter { outcome: Some(Outcome::Refused), ..none() }, 0),
        (CallFilter { callback: Some(Callback::Requested), ..none() }, 1),
        (CallFilter { customer: Some(salon.customer("max")), ..none() }, 1),
        (CallFilter { customer: Some(salon.customer("eva")), ..none() }, 0),
        (CallFilter { span, ..none() }, 1),
    ];
    for (filter, expected) in cases {
        let page = list(&*rows, Scope::Company(company), &filter, Paging::default()).await.unwrap();
        assert_eq!(page.items.len(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn answers_carry_snake_case_and_utc() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    salon.booked_call(&mut log, "1", "max", "b");
    let json = serde_json::to_value(one(&log, &salon, "1").await).unwrap();
    assert_eq!(json["started_at"], "2025-07-01T08:00:00Z");
    assert_eq!(json["outcome"], "confirmed");
    assert_eq!(json["direction"], "inbound");
    assert_eq!(json["transcript"], "transcript of salon");
}

#[tokio::test]
async fn a_call_is_open_until_its_end_or_its_closing_is_told() {
    let salon = Tenant::new("salon", 1);
    let company = &salon.company;
    let mut log = Log::new();
    for call in ["1", "2", "3"] {
        log.call(company, &salon.call(call), salon.received(call, "2025-07-01T07:55:00Z"));
    }
    log.call(company, &salon.call("1"), salon.ended("1", "max"));
    let closed = CallClosed { call: salon.call("2"), reason: "outlived".into() };
    log.call(company, &salon.call("2"), closed);
    let rows = projected(&log).await;
    let until = |text| Span { since: None, until: Some(time(text)) };
    let going_on = open(&*rows, until("2025-07-01T10:00:00Z"), 10).await.unwrap();
    assert_eq!(going_on.iter().map(|it| it.call.clone()).collect::<Vec<_>>(), [salon.call("3")]);
    assert_eq!(going_on[0].account.as_ref(), Some(&salon.account));
    assert!(open(&*rows, until("2025-07-01T07:55:00Z"), 10).await.unwrap().is_empty());
}
