//! What holds for every projection and every query: replaying gives the same rows however the log is cut, forgetting a
//! person leaves nothing, and no company sees another's rows.

use crate::page::{Paging, Span};
use crate::rows::ReadModels;
use crate::scope::Scope;
use crate::series::Period;
use crate::testing::{Log, PAGE, Tenant, absorb, absorb_one, dump, read_models, time};
use crate::*;
use jiff::civil::date;
use jiff::tz::TimeZone;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::access::{KeyIssued, Role};
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::alerts::{
    AlertDelivered, AlertEscalated, AlertFired, AlertKind, AlertRule, AlertRuleSet, AlertUndelivered, Channel, Means,
    Tier,
};
use ringbuch_domain::call::{
    BookingContradicted, CallEvent, CallImported, CallbackNote, CallbackNoteTaken, CallbackRequested, Refusal,
};
use ringbuch_domain::company::*;
use ringbuch_domain::comparison::{Compared, Done, Finding, List, What};
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::diary::*;
use ringbuch_domain::ids::{AlertId, KeyId, UserId, derived};
use ringbuch_domain::mail::{CustomerMailSet, MailFailed, MailSettings, Occasion};
use ringbuch_domain::number::NumberAssigned;
use ringbuch_domain::private::Private;
use ringbuch_domain::user::{
    PasswordSet, SignedIn, UserCard, UserDeactivated, UserErased, UserInvited, UserRoleChanged,
};
use ringbuch_domain::webhook::Provider;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use uuid::Uuid;

/// Everything that can happen at one company, with every kind of event that a projection reads.
fn a_companys_life(tenant: &Tenant, log: &mut Log) {
    set_up(tenant, log);
    users(tenant, log);
    deliveries(tenant, log);
    log.at("2025-07-01T08:20:00Z");
    let settings = MailSettings { on: true, calendar_mails: false, reminder_hours: 2, reply_to: None };
    log.mailing(&tenant.company, CustomerMailSet { company: tenant.company.clone(), settings, by: "cli".into() });
    tenant.booked_call(log, "1", "max", "b");
    tenant.booked_call(log, "2", "eva", "c");
    moves_and_cancellations(tenant, log);
    compared(tenant, log);
    troubles(tenant, log);
    let (id, now) = (tenant.call("on"), log.now.to_string());
    log.call(&tenant.company, &id, tenant.received("on", &now));
    taken_over(tenant, log);
    told_of_troubles(tenant, log);
}

/// What another system had before, in the same shapes as it would be imported.
fn taken_over(tenant: &Tenant, log: &mut Log) {
    let (company, call) = (&tenant.company, tenant.call("9"));
    let BookingRequested { booking, customer, branch, event_type, slot, zone, language, private, .. } =
        tenant.requested(None, "max", "i");
    let contact = private.known().cloned().expect("nobody was erased");
    let provider = Some(tenant.provider_ref("i"));
    let imported = BookingImported {
        booking,
        customer,
        call: Some(call.clone()),
        branch,
        event_type,
        team: None,
        slot,
        staff: Some(tenant.staff.clone()),
        standing: Standing::Confirmed,
        zone,
        language,
        requested_at: time("2025-05-01T08:00:00Z"),
        private: Private::Known(TakenOver { contact, provider }),
    };
    log.call(company, &call, CallImported { call: call.clone() }).diary(company, PAGE, imported);
}

fn set_up(tenant: &Tenant, log: &mut Log) {
    let (company, branch) = (&tenant.company, || tenant.branch.clone());
    let name = format!("{company} by name");
    let window = Window { from: jiff::civil::time(9, 0, 0, 0), to: jiff::civil::time(17, 0, 0, 0) };
    log.account(AccountOpened {
        account: tenant.account.clone(),
        name: name.clone(),
        signature: SignatureForm::Combined,
        base_url: None,
    })
    .company(
        company,
        CompanyRegistered {
            company: company.clone(),
            account: tenant.account.clone(),
            name: name.clone(),
            zone: "Europe/Berlin".into(),
            language: "de".into(),
            placeholder_domain: format!("{company}.example.com"),
        },
    )
    .company(company, BranchOpened { branch: branch(), name: name.clone(), default_event_type: None })
    .company(company, BranchDefaultChanged { branch: branch(), event_type: tenant.event_type })
    .company(company, AgentAssigned { agent: format!("agent_{company}"), branch: branch() })
    .company(
        company,
        EventTypeSynced {
            event_type: tenant.event_type,
            title: name.clone(),
            aliases: vec![],
            minutes: 30,
            buffer_before: 0,
            buffer_after: 0,
            notice_minutes: 0,
            horizon_days: None,
            team: None,
            branches: vec![],
            staff: vec![tenant.staff.clone()],
        },
    )
    .company(company, StaffSynced { staff: tenant.staff.clone(), name, host: Some(5), branches: vec![] })
    .company(
        company,
        WorkingHoursSynced {
            staff: tenant.staff.clone(),
            weekly: vec![WeeklyHours { weekday: 1, window }],
            overrides: vec![],
            schedule: None,
            zone: None,
        },
    )
    .number(
        company,
        &tenant.number,
        NumberAssigned { number: tenant.number.clone(), company: company.clone(), branch: branch() },
    )
    .access(
        company,
        KeyIssued {
            key: key_of(tenant),
            company: company.clone(),
            name: format!("{company} key"),
            role: Role::Admin,
            hash: format!("hash-{company}"),
            scopes: vec![],
            expires_at: None,
            by: "cli".into(),
        },
    );
}

fn key_of(tenant: &Tenant) -> KeyId {
    KeyId(derived(&["key", tenant.company.as_str()]))
}

fn user_of(tenant: &Tenant) -> UserId {
    UserId(derived(&["user", tenant.company.as_str()]))
}

fn users(tenant: &Tenant, log: &mut Log) {
    let (user, company, by) = (user_of(tenant), tenant.company.clone(), "cli".to_owned());
    let card = UserCard { email: email_of(tenant), name: Some(format!("Max of {company}")) };
    let invited = UserInvited { user, company, role: Role::Viewer, by: by.clone(), private: Private::Known(card) };
    log.user(&tenant.company, user, invited)
        .user(&tenant.company, user, PasswordSet { user })
        .user(&tenant.company, user, UserRoleChanged { user, role: Role::Admin, by })
        .user(&tenant.company, user, SignedIn { user });
}

fn email_of(tenant: &Tenant) -> String {
    format!("leitung@{}.example.com", tenant.company)
}

fn deliveries(tenant: &Tenant, log: &mut Log) {
    let received_at = log.now;
    for name in ["done", "open", "retried", "dead", "strange", "again"] {
        let mut received = tenant.webhook_received(name, "call_ended");
        received.company = (name != "done").then(|| tenant.company.clone());
        log.webhook(&tenant.delivery(name), received);
    }
    log.at("2025-07-01T08:00:00.25Z");
    let id = |name| tenant.delivery(name);
    log.webhook(&id("done"), tenant.webhook_processed("done", "call_ended", received_at))
        .webhook(&id("retried"), tenant.webhook_failed("retried", "call_ended", 1, Some("2025-07-01T08:00:10Z")))
        .webhook(&id("dead"), tenant.webhook_failed("dead", "call_ended", 4, None))
        .webhook(&id("strange"), tenant.webhook_quarantined("strange", "call_ended"))
        .webhook(&id("again"), tenant.webhook_quarantined("again", "call_ended"))
        .webhook(&id("again"), tenant.webhook_replayed("again", "call_ended"));
}

fn moves_and_cancellations(tenant: &Tenant, log: &mut Log) {
    let (company, new_page) = (&tenant.company, date(2025, 7, 3));
    let (moved, cancelled) = (tenant.booking("b"), tenant.booking("c"));
    let to = Tenant::slot("2025-07-03T09:00:00Z");
    let by = "api".to_owned();
    log.at("2025-07-01T09:00:00Z").diary(company, PAGE, BookingSettled { booking: moved }).diary(
        company,
        PAGE,
        BookingMoveRequested { booking: moved, to, page: new_page, staff: vec![], by: by.clone() },
    );
    tenant.moved_to(log, "max", "b", new_page);
    log.diary(company, new_page, tenant.cancel_requested("b", None));
    log.diary(company, PAGE, tenant.cancel_requested("c", Some("krank"))).diary(
        company,
        PAGE,
        BookingCancelled { booking: cancelled, by },
    );
}

fn troubles(tenant: &Tenant, log: &mut Log) {
    let (company, call) = (&tenant.company, &tenant.call("1"));
    let next_attempt_at = time("2025-07-01T09:05:00Z");
    log.call(company, call, tenant.refused("1", "max", "r", Refusal::DateUnreadable))
        .call(company, call, CallbackRequested { call: call.clone(), reason: "booking_refused".into() })
        .call(company, call, note(tenant))
        .diary(company, PAGE, held(tenant))
        .call(
            company,
            call,
            BookingContradicted {
                call: call.clone(),
                booking: tenant.booking("b"),
                differs: vec!["start".into()],
                start: None,
            },
        )
        .call(company, &tenant.call("3"), tenant.asked("3", "eva", "f"))
        .diary(company, PAGE, tenant.requested(Some("3"), "eva", "f"))
        .diary(
            company,
            PAGE,
            BookingPostponed {
                booking: tenant.booking("f"),
                act: Act::Book,
                attempt: 1,
                reason: "no connection".into(),
                next_attempt_at,
            },
        )
        .diary(company, PAGE, tenant.failed(Some("3"), "eva", "f", "taken"))
        .diary(company, PAGE, tenant.requested(None, "eva", "u"))
        .diary(company, PAGE, tenant.unknown("u", Act::Book, 1, "2025-07-01T09:06:00Z"));
    as_the_providers_have_it(tenant, log);
}

/// What the providers say of the company, and who changed something there.
fn as_the_providers_have_it(tenant: &Tenant, log: &mut Log) {
    let (company, text) = (&tenant.company, |what: &str| format!("{what} of {}", tenant.company));
    let rules = EventTypeRulesSynced {
        event_type: tenant.event_type,
        slug: text("slug"),
        lengths: vec![],
        slot_interval: None,
        window: None,
        limits: vec![],
        requires_confirmation: false,
        hidden: false,
        bookable: true,
        fields: vec![],
        schedule: None,
    };
    let agent = AgentSynced {
        agent: text("agent"),
        name: text("name"),
        version: 7,
        published: Some(6),
        voice: "11labs-Lina".into(),
        language: None,
        webhook_url: None,
        webhook_events: None,
        engine: "custom".into(),
        engine_id: None,
        max_call_ms: None,
    };
    let number = PhoneNumberSynced {
        number: tenant.number.clone(),
        nickname: Some(text("number")),
        inbound: vec![],
        inbound_webhook_url: None,
    };
    let finished =
        SyncFinished { run: RUN, scope: SyncScope::All, by: text("by"), tallies: vec![], failures: vec![], changes: 3 };
    let published = PromptPublished { agent: text("agent"), version: 7, by: text("by"), why: text("why") };
    log.company(company, rules).company(company, agent).company(company, number);
    log.company(company, finished).company(company, published);
}

fn compared(tenant: &Tenant, log: &mut Log) {
    let finding = Finding { what: What::BookingGone, done: Done::Filed, call: None, booking: None, at: None };
    let (list, at) = (List::Calendar(tenant.company.clone()), log.now);
    log.comparison(Compared { list, from: at, to: at, listed: 1, findings: vec![finding] });
}

/// Alerts that fired, and a mail that did not go out.
fn told_of_troubles(tenant: &Tenant, log: &mut Log) {
    let (company, alert) = (&tenant.company, alert_of(tenant));
    let (slack, mail) = (Channel::new(Tier::First, Means::Slack), Channel::new(Tier::Second, Means::Email));
    let opened = BreakerOpened { provider: Provider::Calcom, until: log.now };
    let fired = AlertFired {
        alert,
        company: company.clone(),
        kind: AlertKind::BreakerOpen,
        subject: "calcom".into(),
        measured: 3,
        threshold: 2,
        fired_at: log.now,
        channels: vec![slack],
        escalate_at: Some(log.now),
    };
    let reason = || "status_500".to_owned();
    let undelivered =
        AlertUndelivered { alert, channel: mail, attempt: 1, reason: reason(), next_attempt_at: Some(log.now) };
    let kind = AlertKind::Silence;
    let rule = AlertRuleSet { kind, rule: AlertRule { on: false, ..kind.usual_rule() }, by: "cli".into() };
    log.company(company, opened).alert(company, rule).alert(company, fired);
    log.alert(company, AlertEscalated { alert, channels: vec![mail] });
    log.alert(company, AlertDelivered { alert, channel: slack, attempt: 1 }).alert(company, undelivered);
    let (booking, news, next_attempt_at) = (tenant.booking("f"), Uuid::nil(), Some(log.now));
    let failed = MailFailed { booking, occasion: Occasion::News, news, attempt: 1, reason: reason(), next_attempt_at };
    log.mail(company, booking, failed);
}

fn alert_of(tenant: &Tenant) -> AlertId {
    AlertId(derived(&["alert", tenant.company.as_str()]))
}

fn agent_of(tenant: &Tenant) -> String {
    format!("agent of {}", tenant.company)
}

/// One run goes over all companies.
const RUN: Uuid = Uuid::from_u128(0xa1);

fn note(tenant: &Tenant) -> CallbackNoteTaken {
    let name = Some(format!("max of {}", tenant.company));
    let private = Private::Known(CallbackNote { name, phone: None, text: Some("Ab 16 Uhr.".into()) });
    CallbackNoteTaken { call: tenant.call("1"), customer: tenant.customer("max"), private }
}

fn held(tenant: &Tenant) -> SlotHeld {
    SlotHeld {
        holder: Holder::Call(tenant.call("4")),
        branch: tenant.branch.clone(),
        event_type: tenant.event_type,
        slot: Tenant::slot("2025-07-02T11:00:00Z"),
        staff: vec![tenant.staff.clone()],
        until: time("2025-07-01T10:00:00Z"),
    }
}

fn two_lives() -> (Tenant, Tenant, Log) {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    a_companys_life(&salon, &mut log);
    log.at("2025-07-01T08:00:00Z");
    a_companys_life(&praxis, &mut log);
    (salon, praxis, log)
}

#[tokio::test]
async fn the_same_rows_however_the_log_is_cut() {
    let (.., log) = two_lives();
    let whole = read_models().await;
    absorb(&*whole, &log.events, usize::MAX).await;
    let expected = dump(&*whole).await;
    assert!(expected.values().all(|rows| !rows.is_empty()), "a table that this story leaves empty: {expected:#?}");
    for batch in [1, 2, 3, 7] {
        let rows = read_models().await;
        absorb(&*rows, &log.events, batch).await;
        assert_eq!(dump(&*rows).await, expected, "in batches of {batch}");
    }
}

#[tokio::test]
async fn each_projection_makes_its_rows_without_the_others() {
    let (.., log) = two_lives();
    let rows = read_models().await;
    absorb(&*rows, &log.events, 10).await;
    let together = dump(&*rows).await;
    for projection in all() {
        let rows = read_models().await;
        absorb_one(&*rows, projection, &log.events, 4).await;
        let mut alone = dump(&*rows).await;
        for table in projection.tables {
            assert_eq!(alone.remove(*table), together.get(*table).cloned(), "{table}");
        }
        assert!(alone.values().all(Vec::is_empty), "{} writes into tables of others", projection.name);
    }
}

#[test]
fn every_projection_has_its_own_name_and_tables() {
    let (mut projections, mut names) = (HashSet::new(), HashSet::new());
    for projection in all() {
        assert!(projections.insert(projection.name), "{}", projection.name);
        let name = |sql: &'static str| sql.split_whitespace().nth(5).unwrap();
        let made: Vec<_> = projection.table_ddl().map(name).collect();
        assert_eq!(made, projection.tables, "{} names each of its tables", projection.name);
        assert!(projection.table_ddl().all(|sql| sql.starts_with("CREATE TABLE IF NOT EXISTS ")));
        for index in projection.index_ddl() {
            let words: Vec<_> = index.split_whitespace().collect();
            assert_eq!(words[..5], ["CREATE", "INDEX", "IF", "NOT", "EXISTS"]);
            assert!(words[6] == "ON" && projection.tables.contains(&words[7]), "{index}");
        }
        for sql in projection.ddl {
            let name = sql.split_whitespace().nth(5).unwrap();
            assert!(names.insert(name), "{name} twice");
        }
    }
}

/// The log as a replay reads it once a person's key is destroyed.
fn forgotten(log: &Log, tenant: &Tenant, name: &str) -> Log {
    let person = tenant.customer(name);
    let mut events = log.events.clone();
    for event in &mut events {
        match &mut event.data {
            AnyEvent::Call(CallEvent::CustomerIdentified(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Call(CallEvent::CallEnded(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Call(CallEvent::CallAnalyzed(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Call(CallEvent::BookingAsked(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Call(CallEvent::BookingRefused(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Call(CallEvent::CallbackNoteTaken(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Diary(DiaryEvent::BookingRequested(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Diary(DiaryEvent::BookingConfirmed(it)) if it.customer == person => it.private = Private::Erased,
            AnyEvent::Customer(CustomerEvent::CustomerRegistered(it)) if it.customer == person => {
                it.private = Private::Erased;
            }
            _ => {}
        }
    }
    Log { events, now: log.now }
}

#[tokio::test]
async fn a_forgotten_person_is_gone_now_and_after_a_replay() {
    let (salon, _, mut log) = two_lives();
    log.customer(&salon.company, salon.customer("max"), salon.erased("max"));
    let now = read_models().await;
    absorb(&*now, &log.events, 10).await;
    let replayed = read_models().await;
    absorb(&*replayed, &forgotten(&log, &salon, "max").events, 10).await;
    let rows = dump(&*now).await;
    assert_eq!(rows, dump(&*replayed).await);
    let text = format!("{rows:?}");
    for trace in ["max of salon", "max@salon", "uid-salon-b"] {
        assert!(!text.contains(trace), "{trace}");
    }
    assert!(text.contains("eva of salon") && text.contains("max of praxis"), "somebody else was forgotten");
}

/// Every query of tenants' rows with its answer.
async fn every_answer(rows: &dyn ReadModels, scope: Scope<'_>, asked: &Tenant) -> BTreeMap<&'static str, Json> {
    let paging = Paging::default();
    let now = time("2025-07-01T12:00:00Z");
    let period =
        Period { since: time("2025-07-01T00:00:00Z"), until: time("2025-07-02T00:00:00Z"), zone: TimeZone::UTC };
    let (booking, customer) = (asked.booking("b"), asked.customer("max"));
    let mut answers = BTreeMap::new();
    macro_rules! ask {
        ($($module:ident :: $query:ident ( $($arg:expr),* )),+ $(,)?) => {
            $( let answer = $module::$query(rows, scope $(, $arg)*).await.unwrap();
               answers.insert(concat!(stringify!($module), "::", stringify!($query)), json!(answer)); )+
        };
    }
    ask!(
        alert_signals::breakers(),
        alert_signals::counted(time("2025-07-01T00:00:00Z")),
        alerts::backlog(),
        alerts::find(alert_of(asked)),
        alerts::list(None, paging),
        alerts::rules(),
        alerts::troubled(),
        analysis::agents(&period),
        analysis::find(&asked.call("1")),
        analysis::published(&agent_of(asked)),
        analysis::tally(&period),
        appointments::list(&appointments::AppointmentFilter::default(), paging),
        appointments::find(booking),
        appointments::of_call(&asked.call("1")),
        appointments::standing(Span::default(), 10),
        appointments::by_uid(&format!("uid-{}-b", asked.company)),
        booking_stats::stats(&period),
        booking_stats::by_status(),
        booking_stats::totals(),
        booking_todo::backlog(),
        booking_todo::pending(),
        booking_todo::find(booking),
        booking_todo::waiting_since(now),
        callbacks::find(&asked.call("1")),
        callbacks::list(true, paging),
        call_stats::stats(&period),
        calls::list(&calls::CallFilter::default(), paging),
        calls::find(&asked.call("1")),
        calls::live(time("2025-07-01T00:00:00Z"), 10),
        comparisons::list(paging),
        customers::list(None, paging),
        customers::find(customer),
        deliveries::list(&deliveries::DeliveryFilter::default(), paging),
        deliveries::count(&deliveries::DeliveryFilter::default()),
        deliveries::find(&asked.delivery("open")),
        deliveries::lost(time("2025-07-01T00:00:00Z")),
        deliveries::backlog(),
        deliveries::waiting_since(now),
        directory::accounts(),
        directory::companies(),
        directory::branches(),
        directory::event_types(),
        directory::staff(),
        directory::phone_numbers(),
        directory::agents(),
        directory::branch(&asked.branch),
        directory::event_type(asked.event_type),
        directory::staff_member(&asked.staff),
        directory::phone_number(&asked.number),
        holds::backlog(),
        holds::list(),
        keys::list(),
        keys::find(key_of(asked)),
        mail_todo::backlog(),
        summary::summary(),
        users::find(user_of(asked)),
        users::list(),
        there::agents(),
        there::numbers(),
        there::rules(),
        there::runs(paging),
        there::run(&RUN.to_string()),
        there::changes(paging),
        there::changes_of(&agent_of(asked), paging),
        webhook_stats::last_24_hours(now),
        webhook_stats::received(Span::default()),
        webhook_stats::totals(),
    );
    let named = appointments::provider_ref(rows, scope, booking).await.unwrap();
    answers.insert("appointments::provider_ref", json!(named.map(|it| it.uid)));
    let mut seen = Vec::new();
    for view in views::ALL {
        let found = views::newest(view, rows, scope, period.since, 100).await.unwrap();
        seen.extend(found.iter().map(|row| format!("{}: {row:?}", view.name)));
    }
    answers.insert("views::newest", json!(seen));
    answers
}

#[tokio::test]
async fn a_user_who_was_shut_out_signs_in_no_more_and_one_who_was_erased_has_no_name() {
    let (salon, praxis, mut log) = two_lives();
    let rows = read_models().await;
    absorb(&*rows, &log.events, 10).await;
    let known = users::by_email(&*rows, &email_of(&salon)).await.unwrap().unwrap();
    assert_eq!((known.user_id, known.role), (user_of(&salon), Role::Admin));
    assert!(known.password_set_at.is_some() && known.signed_in_at.is_some());
    let (user, by) = (user_of(&salon), "cli".to_owned());
    log.user(&salon.company, user, UserDeactivated { user, by: by.clone() });
    absorb(&*rows, &log.events, 10).await;
    assert!(users::by_email(&*rows, &email_of(&salon)).await.unwrap().is_none());
    let shut_out = users::find(&*rows, Scope::All, user).await.unwrap().unwrap();
    assert!(shut_out.email.is_none() && shut_out.name.is_some() && shut_out.deactivated_at.is_some());
    log.user(&salon.company, user, UserErased { user, by });
    absorb(&*rows, &log.events, 10).await;
    assert!(users::find(&*rows, Scope::All, user).await.unwrap().unwrap().name.is_none());
    assert!(users::by_email(&*rows, &email_of(&praxis)).await.unwrap().is_some());
}

#[tokio::test]
async fn no_company_sees_another_in_any_answer() {
    let (salon, praxis, log) = two_lives();
    let rows = read_models().await;
    absorb(&*rows, &log.events, 10).await;
    let alone = read_models().await;
    let mut own = Log::new();
    a_companys_life(&praxis, &mut own);
    absorb(&*alone, &own.events, 10).await;

    let beside = every_answer(&*rows, Scope::Company(&praxis.company), &praxis).await;
    let without = every_answer(&*alone, Scope::Company(&praxis.company), &praxis).await;
    let foreign = every_answer(&*rows, Scope::Company(&praxis.company), &salon).await;
    for (query, answer) in &beside {
        assert!(!answer.to_string().contains("salon"), "{query}: {answer}");
        assert_eq!(answer, &without[query], "{query} depends on another company's rows");
        assert!(!foreign[query].to_string().contains("salon"), "{query}: {}", foreign[query]);
        let about_one = ["find", "of_call", "branch", "event_type", "staff_member", "phone_number", "provider_ref"];
        if about_one.iter().any(|name| query.ends_with(&format!("::{name}"))) {
            assert!(!answer.is_null() && *answer != json!([]), "{query} finds its own");
            assert!(foreign[query].is_null() || foreign[query] == json!([]), "{query}: {}", foreign[query]);
        }
    }
}

#[tokio::test]
async fn an_owner_sees_all() {
    let (salon, _, log) = two_lives();
    let rows = read_models().await;
    absorb(&*rows, &log.events, 10).await;
    let answers = every_answer(&*rows, Scope::All, &salon).await;
    let lists = answers.iter().filter(|(_, answer)| answer.is_array() || answer.get("items").is_some());
    for (query, answer) in lists {
        let text = answer.to_string();
        let of_none = ["stats", "by_status", "of_call", "changes_of", "last_24_hours"];
        let by_company = !of_none.iter().any(|name| query.ends_with(name));
        assert_eq!(by_company, text.contains("salon") && text.contains("praxis"), "{query}: {text}");
    }
    assert_eq!(answers["deliveries::count"], 12);
    assert_eq!(answers["booking_stats::totals"]["confirmed"], 6);
    assert_eq!(answers["call_stats::stats"]["totals"]["confirmed"], 4);
    assert_eq!(answers["analysis::tally"]["booked"], 4);
    assert_eq!(answers["webhook_stats::totals"]["received"], 12);
}

#[tokio::test]
async fn every_query_answers_on_empty_tables() {
    let salon = Tenant::new("salon", 1);
    let rows = read_models().await;
    let answers = every_answer(&*rows, Scope::Company(&salon.company), &salon).await;
    assert!(answers.values().all(|answer| !answer.to_string().contains("salon")));
    assert_eq!(answers["summary::summary"]["bookings"]["requested"], 0);
    assert_eq!(answers["webhook_stats::last_24_hours"]["hourly"].as_array().unwrap().len(), 24);
}

/// Queries that serve the system itself rather than a tenant.
const OF_THE_SYSTEM: [&str; 22] = [
    "alerts::due",
    "alerts::next_due",
    "mail_todo::due",
    "mail_todo::next_due",
    "calls::open",
    "engine::all",
    "engine::copied",
    "engine::counts",
    "engine::list",
    "engine::of_stream",
    "engine::streams",
    "intake_todo::due",
    "intake_todo::next_due",
    "intake_todo::backlog",
    "booking_todo::due",
    "booking_todo::next_due",
    "holds::due",
    "holds::next_due",
    "keys::by_hash",
    "there::last_run_by",
    "users::by_email",
    "directory::load",
];

#[tokio::test]
async fn the_test_of_isolation_knows_every_query() {
    let salon = Tenant::new("salon", 1);
    let rows = read_models().await;
    let known = every_answer(&*rows, Scope::Company(&salon.company), &salon).await;
    let mut found = Vec::new();
    queries_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut found);
    assert!(found.len() > 35, "{found:?}");
    for query in &found {
        assert!(known.contains_key(query.as_str()) || OF_THE_SYSTEM.contains(&query.as_str()), "{query} is not tested");
    }
}

/// `module::function` of every public async function, the module being the top one.
fn queries_below(folder: &Path, module: Option<&str>, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["testing", "stories", "tests", "select"].contains(&name.as_str()) {
            continue;
        }
        let module = module.unwrap_or(&name);
        if path.is_dir() {
            queries_below(&path, Some(module), found);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for line in source.lines().filter_map(|line| line.trim_start().strip_prefix("pub async fn ")) {
            let function: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.push(format!("{module}::{function}"));
        }
    }
}

#[tokio::test]
async fn a_batch_from_another_checkpoint_changes_nothing() {
    let (.., log) = two_lives();
    let rows = read_models().await;
    absorb(&*rows, &log.events, 10).await;
    let before = dump(&*rows).await;
    let step = calls::PROJECTION.step(0, &log.events).unwrap();
    assert!(rows.commit(&[step]).await.is_err());
    assert_eq!(dump(&*rows).await, before);
}

#[tokio::test]
async fn a_span_without_ends_is_everything() {
    let (salon, _, log) = two_lives();
    let rows = read_models().await;
    absorb(&*rows, &log.events, 10).await;
    let scope = Scope::Company(&salon.company);
    let count = |span| {
        let filter = deliveries::DeliveryFilter { span, ..deliveries::DeliveryFilter::default() };
        let rows = &rows;
        async move { deliveries::count(&**rows, scope, &filter).await.unwrap() }
    };
    assert_eq!(count(Span::default()).await, 6);
    assert_eq!(count(Span { since: Some(time("2025-07-02T00:00:00Z")), until: None }).await, 0);
}
