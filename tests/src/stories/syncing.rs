//! The set-up is kept in step with Cal.com and Retell, and what somebody changes here reaches them.

use crate::app::{NEIGHBOUR, Setting, TestApp};
use crate::contract::database::Database;
use jiff::civil::time;
use reqwest::Method;
use ringbuch_adapters::sandbox::calcom::Hosting;
use ringbuch_adapters::sandbox::retell::{NewAgent, NewPhoneNumber};
use ringbuch_adapters::sandbox::{Fault, Operation};
use ringbuch_api::doctor::{Finding, Severity, examine};
use ringbuch_api::pushing::{self, Author, NewHours, PushError, Pushing};
use ringbuch_api::setup::SetUp;
use ringbuch_api::sync::{Synced, Wanted, sync, undo};
use ringbuch_domain::access::Role;
use ringbuch_domain::company::{BoundAgent, Company, Kind, SyncKind, SyncScope, WeeklyHours, Window};
use ringbuch_domain::ids::StaffId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::{Paging, Scope, directory, there};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn author() -> Author {
    Author { by: "story".into(), why: "neue Ansage".into() }
}

impl TestApp {
    fn pushing(&self) -> Pushing<'_> {
        Pushing { app: self.app(), company: &self.salon.id }
    }

    async fn synced(&self, dry_run: bool) -> (Wanted, Synced) {
        let wanted = Wanted::new(SyncScope::All, "story", dry_run);
        let mut parts = vec![];
        let companies = vec![self.salon.id.clone()];
        sync(self.app(), companies, &wanted, |part| parts.push(part)).await.unwrap();
        self.settle().await;
        (wanted, parts.pop().unwrap())
    }

    async fn in_step(&self) {
        let (_, part) = self.synced(false).await;
        assert!(part.is_whole(), "{part:?}");
    }

    /// As `in_step`, with new words for the agent.
    pub async fn with_a_changed_agent(&self) {
        self.in_step().await;
        let (pushing, agent) = (self.pushing(), &self.salon.agent);
        let read = pushing::prompt(&pushing, agent, None).await.unwrap();
        pushing::draft(&pushing, agent, "Du bist der Empfang.", &read.digest, author()).await.unwrap();
        self.settle().await;
    }

    async fn set_up(&self) -> Company {
        let stream = StreamId::company(&self.salon.id);
        self.app().journal.load::<Company>(&stream).await.unwrap().aggregate.clone()
    }

    async fn findings(&self) -> Vec<Finding> {
        examine(self.app(), &self.salon.id).await.unwrap()
    }
}

fn counted(part: &Synced, kind: SyncKind) -> (u32, u32, u32, u32, u32) {
    let tally = part.tallies.iter().find(|tally| tally.kind == kind).unwrap();
    (tally.found, tally.added, tally.changed, tally.gone, tally.failed)
}

pub async fn the_calendar_wins_and_a_run_can_be_taken_back(database: Database) {
    let app = TestApp::start(database).await;
    let (_, would) = app.synced(true).await;
    assert_eq!(app.set_up().await.agents_there.len(), 0, "a dry run changes nothing");
    let (_, first) = app.synced(false).await;
    assert_eq!(would.differences, first.differences);
    assert_eq!(
        (counted(&first, SyncKind::Agents), counted(&first, SyncKind::PhoneNumbers)),
        ((1, 1, 0, 0, 0), (2, 2, 0, 0, 0))
    );
    assert_eq!((counted(&first, SyncKind::EventTypes).0, counted(&first, SyncKind::Staff).0), (5, 3));
    let (_, second) = app.synced(false).await;
    assert_eq!(second.differences, [], "{:?}", second.differences);

    let before = app.set_up().await;
    let colour = app.salon.service("Färben");
    let there = u64::try_from(colour.0).unwrap();
    app.calcom().change_event_type(there, |it| it.length_minutes = 120);
    app.calcom().remove_event_type(u64::try_from(app.salon.service("Beratung").0).unwrap());
    let (wanted, part) = app.synced(false).await;
    assert_eq!(counted(&part, SyncKind::EventTypes), (4, 0, 1, 1, 0));
    assert_eq!(app.set_up().await.event_types[&colour].minutes, 120);
    let changed = part.differences.iter().find(|it| it.what == Kind::Changed).unwrap();
    assert_eq!((changed.fields[0].field.as_str(), &changed.fields[0].before), ("minutes", &90.into()));
    let listed = directory::event_types(app.rows(), Scope::Company(&app.salon.id)).await.unwrap();
    assert_eq!(listed.iter().filter(|it| it.gone).count(), 1);

    let undone = undo(app.app(), Scope::All, wanted.run, "story", false).await.unwrap();
    assert_eq!(undone[0].left, [""; 0]);
    app.settle().await;
    let after = app.set_up().await;
    assert_eq!((&after.event_types, &after.gone_event_types), (&before.event_types, &before.gone_event_types));
    assert!(undo(app.app(), Scope::All, wanted.run, "story", false).await.is_err(), "only once");
    let runs = there::runs(app.rows(), Scope::Company(&app.salon.id), Paging::default()).await.unwrap().items;
    assert_eq!(runs.iter().filter(|run| run.undone_at.is_some()).count(), 1);
    app.finish().await;
}

/// What a caller hears of a service follows the calendar.
pub async fn what_the_calendar_has_no_more_is_not_booked(database: Database) {
    let app = TestApp::start(database).await;
    app.in_step().await;
    app.calcom().remove_event_type(u64::try_from(app.salon.service("Färben").0).unwrap());
    app.in_step().await;
    app.caller("Anna").asks_for("Färben").books("11:00").await;
    assert_eq!(app.outcomes().await, ["refused: service_unknown"]);
    app.finish().await;
}

pub async fn a_provider_that_fails_half_way_leaves_nothing_half_done(database: Database) {
    let app = TestApp::with(database, Setting::impatient()).await;
    app.in_step().await;
    let head = app.app().journal.log().head().await.unwrap();
    app.calcom()
        .change_event_type(u64::try_from(app.salon.service("Färben").0).unwrap(), |it| it.length_minutes = 120);
    // Both questions for the schedules, which come last, fail.
    for _ in 0..2 {
        app.calcom().faults().next(Operation::ListSchedules, Fault::ServerErrorBefore);
    }
    let (_, part) = app.synced(false).await;
    assert!(part.unreachable.is_some(), "{part:?}");
    assert_eq!(app.app().journal.log().head().await.unwrap(), head, "nothing was written");
    let of_the_salon = format!("ringbuch_sync_failed_total{{company=\"{}\"}}", app.salon.id);
    assert_eq!(app.measured(&of_the_salon), 1, "the run before was whole");
    app.in_step().await;
    assert_eq!(app.set_up().await.event_types[&app.salon.service("Färben")].minutes, 120);
    app.finish().await;
}

/// One account at Retell may serve many: each takes its own numbers and agents alone.
pub async fn lesson_10_a_company_takes_only_what_is_its_own(database: Database) {
    let app = TestApp::start(database).await;
    let account = app.salon.retell_account;
    let stranger = app.retell().add_agent(account, NewAgent::new("Fremd", "Du gehörst jemand anderem."));
    app.retell().add_phone_number(account, NewPhoneNumber::new("+493023125300", "Fremd", &stranger));
    app.open(&NEIGHBOUR).await;
    app.in_step().await;
    let set_up = app.set_up().await;
    assert_eq!(set_up.agents_there.keys().collect::<Vec<_>>(), [&app.salon.agent]);
    assert!(!set_up.numbers_there.contains_key("+493023125300"));
    assert_eq!(set_up.numbers_there.len(), 2);
    app.finish().await;
}

pub async fn an_agents_words_are_drafted_published_and_rolled_back(database: Database) {
    let app = TestApp::start(database).await;
    app.in_step().await;
    let (agent, account) = (app.salon.agent.clone(), app.salon.retell_account);
    let pushing = app.pushing();
    let read = pushing::prompt(&pushing, &agent, None).await.unwrap();
    let drafted = pushing::draft(&pushing, &agent, "Du bist der Empfang.\n", &read.digest, author()).await.unwrap();
    assert!(drafted.diff.contains("+Du bist der Empfang."), "{}", drafted.diff);
    pushing::publish(&pushing, &agent, drafted.version, author()).await.unwrap();
    let there = pushing::prompt(&pushing, &agent, None).await.unwrap();
    assert_eq!((there.published, there.prompt.as_str()), (true, "Du bist der Empfang.\n"));

    // Somebody writes in Retell's own dashboard meanwhile.
    app.retell().add_agent_version(account, &agent, "Von Hand geändert.", false).unwrap();
    let refused = pushing::draft(&pushing, &agent, "Überschrieben.", &there.digest, author()).await.unwrap_err();
    let PushError::ChangedMeanwhile { there: now } = refused else { panic!("{refused:?}") };
    assert_eq!(now["prompt"], "Von Hand geändert.");
    assert_eq!(pushing::prompt(&pushing, &agent, None).await.unwrap().prompt, "Von Hand geändert.");

    let back = pushing::roll_back(&pushing, &agent, drafted.version, author()).await.unwrap();
    assert!(back.version > drafted.version);
    assert_eq!(pushing::prompt(&pushing, &agent, None).await.unwrap().prompt, "Du bist der Empfang.\n");
    app.settle().await;
    let changes = there::changes(app.rows(), Scope::Company(&app.salon.id), Paging::default()).await.unwrap().items;
    let what: Vec<_> =
        changes.iter().rev().map(|it| (it.what.as_str(), it.by_whom.as_str(), it.why.as_str())).collect();
    let by = |what| (what, "story", "neue Ansage");
    assert_eq!(what, [by("prompt_drafted"), by("prompt_published"), by("prompt_drafted")]);
    app.finish().await;
}

pub async fn lesson_21_a_number_is_answered_by_the_version_that_it_names(database: Database) {
    let app = TestApp::start(database).await;
    app.in_step().await;
    let (agent, number, pushing) = (app.salon.agent.clone(), app.salon.number("mitte"), app.pushing());
    let read = pushing::prompt(&pushing, &agent, None).await.unwrap();
    let first = pushing::draft(&pushing, &agent, "Erste.", &read.digest, author()).await.unwrap();
    pushing::publish(&pushing, &agent, first.version, author()).await.unwrap();
    let bound = |version: u32, weight| BoundAgent { agent: agent.clone(), version: Some(version.to_string()), weight };
    let before = app.set_up().await.numbers_there[number].inbound.clone();
    pushing::bind(&pushing, number, vec![bound(first.version, 1000)], &before, author()).await.unwrap();

    let second = pushing::draft(&pushing, &agent, "Zweite.", &first.digest, author()).await.unwrap();
    pushing::publish(&pushing, &agent, second.version, author()).await.unwrap();
    let versions = pushing::versions(&pushing, &agent).await.unwrap();
    let answering = versions.iter().find(|it| it.numbers.iter().any(|known| known == number)).unwrap();
    assert_eq!(answering.version, first.version, "callers still hear the first");
    let drift = app.findings().await;
    let drift = drift.iter().find(|it| it.check == "agent_version" && it.thing == number).unwrap();
    assert_eq!(drift.severity, Severity::Doubtful, "{drift:?}");

    let both = vec![bound(first.version, 250), bound(second.version, 750)];
    // Somebody binds another version at Retell meanwhile.
    app.retell().change_phone_number(app.salon.retell_account, number, |it| it.nickname = Some("Mitte".into()));
    let known = app.set_up().await.numbers_there[number].inbound.clone();
    let wrong = pushing::bind(&pushing, number, both.clone(), &before, author()).await;
    assert!(matches!(wrong, Err(PushError::ChangedMeanwhile { .. })), "{wrong:?}");
    let there = pushing::bind(&pushing, number, both.clone(), &known, author()).await.unwrap();
    assert_eq!(there.inbound, both);
    let uneven = pushing::bind(&pushing, number, vec![bound(1, 999)], &both, author()).await;
    assert!(matches!(uneven, Err(PushError::Refused(_))), "{uneven:?}");
    app.settle().await;
    app.finish().await;
}

pub async fn hours_changed_here_are_the_calendars_hours(database: Database) {
    let app = TestApp::start(database).await;
    app.in_step().await;
    let (anna, pushing) = (StaffId::new("anna").unwrap(), app.pushing());
    let window = Window { from: time(10, 0, 0, 0), to: time(14, 0, 0, 0) };
    let new = || NewHours { weekly: vec![WeeklyHours { weekday: 1, window }], overrides: vec![], read: None };
    let there = pushing::push_hours(&pushing, &anna, new(), author()).await.unwrap();
    assert_eq!(there.weekly, new().weekly);
    let schedule = u64::try_from(there.schedule).unwrap();
    assert_eq!(app.calcom().schedule(schedule).unwrap().availability.len(), 1);
    let (_, part) = app.synced(false).await;
    assert_eq!(part.differences, [], "both sides say the same");

    app.calcom().change_schedule(schedule, |it| it.availability.clear());
    let refused = pushing::push_hours(&pushing, &anna, new(), author()).await;
    assert!(matches!(refused, Err(PushError::ChangedMeanwhile { .. })), "{refused:?}");
    let having_read = |digest: &str| NewHours { read: Some(digest.to_owned()), ..new() };
    let stale = pushing::push_hours(&pushing, &anna, having_read(&there.digest), author()).await;
    assert!(matches!(stale, Err(PushError::ChangedMeanwhile { .. })), "{stale:?}");
    let now = pushing::hours(&pushing, &anna).await.unwrap();
    let there = pushing::push_hours(&pushing, &anna, having_read(&now.digest), author()).await.unwrap();
    assert_eq!(there.weekly, new().weekly, "whoever has read what stands there may replace it");
    app.settle().await;
    app.finish().await;
}

pub async fn lesson_21_the_doctor_names_what_keeps_callers_from_being_served(database: Database) {
    let app = TestApp::start(database).await;
    app.in_step().await;
    let account = app.salon.retell_account;
    let broken = async || {
        let findings = app.findings().await;
        let broken = findings.into_iter().filter(|it| it.severity == Severity::Broken);
        broken.map(|it| (it.check, it.thing)).collect::<Vec<_>>()
    };
    let before = asked_of_providers(&app);
    assert_eq!(broken().await, []);
    let asked = asked_of_providers(&app);
    let times = |operation: &str| asked.get(operation).unwrap_or(&0) - before.get(operation).unwrap_or(&0);
    for once in ["key_owner", "event_types", "members", "schedules", "key_info", "numbers", "agent", "voices"] {
        assert_eq!(times(once), 1, "{once} in {asked:?}");
    }
    assert_eq!(times("number"), 0, "one list has them all");

    let elsewhere = "https://anderswo.example.com/hook";
    let (agents, agent) = (&app.app().agents, &app.salon.agent);
    let draft = agents.new_draft(&app.salon.account, agent, 0).await.unwrap().version;
    agents.put_webhook(&app.salon.account, agent, draft, elsewhere, &["call_ended"]).await.unwrap();
    agents.publish(&app.salon.account, agent, draft, "elsewhere").await.unwrap();
    app.retell().remove_phone_number(account, app.salon.number("nord"));
    let colour = app.salon.service("Färben");
    app.calcom().change_event_type(u64::try_from(colour.0).unwrap(), |it| {
        it.hosting = match it.hosting.clone() {
            Hosting::Team { team, scheduling, .. } => Hosting::Team { team, scheduling, hosts: vec![] },
            personal @ Hosting::Personal { .. } => personal,
        };
    });
    app.in_step().await;
    let found = broken().await;
    for expected in [
        ("agent_webhook", app.salon.agent.clone()),
        ("number", app.salon.number("nord").to_owned()),
        ("event_type", colour.to_string()),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }

    let pushing = app.pushing();
    let hooked = pushing::send_here(&pushing, agent, "https://ringbuch.example.com/").await.unwrap();
    let here = format!("https://ringbuch.example.com/api/mcp/retell/webhook/{}", app.salon.id);
    assert_eq!((hooked.webhook_url.as_deref(), hooked.published), (Some(here.as_str()), false));
    pushing::publish(&pushing, agent, hooked.version, author()).await.unwrap();
    app.in_step().await;
    let left = broken().await;
    assert!(left.iter().all(|(check, _)| *check != "agent_webhook"), "it sends here again: {left:?}");
    app.finish().await;
}

/// How often each thing was asked of a provider, as the metrics tell.
fn asked_of_providers(app: &TestApp) -> BTreeMap<String, u64> {
    let text = app.app().metrics.render();
    let counts = text.lines().filter_map(|line| line.strip_prefix("ringbuch_provider_request_seconds_count{"));
    let mut asked = BTreeMap::new();
    for line in counts {
        let operation = line.split("operation=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let times: u64 = line.rsplit(' ').next().unwrap().parse().unwrap();
        *asked.entry(operation.to_owned()).or_default() += times;
    }
    asked
}

/// The same through the API, as the staff's programs do it.
pub async fn a_companys_set_up_is_seen_and_changed_through_the_api(database: Database) {
    let app = TestApp::start(database).await;
    let set_up = SetUp::new(app.app(), "story");
    let (_, key) = set_up.issue_key(&app.salon.id, "admin", Role::Admin, vec![], None).await.unwrap();
    app.settle().await;
    let ask = async |method: Method, path: &str, body: Value| {
        let reply = app.ask(method, &format!("/api/v1/{path}"), key.reveal(), &body).await;
        (reply.status, reply.body)
    };
    let (status, part) = ask(Method::POST, "sync/all", json!({})).await;
    assert_eq!((status, &part["unreachable"]), (200, &Value::Null), "{part}");
    let (_, runs) = ask(Method::GET, "sync/runs", Value::Null).await;
    assert_eq!(runs["items"][0]["run"], part["run"]);

    let agent = &app.salon.agent;
    let (_, agents) = ask(Method::GET, "agents", Value::Null).await;
    assert_eq!(
        (&agents["items"][0]["agent"], &agents["items"][0]["there"]["name"]),
        (&json!(agent), &json!(app.salon.id))
    );
    let (_, prompt) = ask(Method::GET, &format!("agents/{agent}/prompt"), Value::Null).await;
    let draft = json!({ "prompt": "Neu.", "read": prompt["digest"], "why": "neue Ansage" });
    let (status, drafted) = ask(Method::PUT, &format!("agents/{agent}/prompt"), draft.clone()).await;
    assert_eq!(status, 200, "{drafted}");
    let (status, refused) = ask(Method::PUT, &format!("agents/{agent}/prompt"), draft).await;
    assert_eq!((status, &refused["there"]["prompt"]), (409, &json!("Neu.")), "{refused}");
    let version = json!({ "version": drafted["version"], "why": "neue Ansage" });
    assert_eq!(ask(Method::POST, &format!("agents/{agent}/publish"), version).await.0, 200);
    let number = app.salon.number("mitte").replace('+', "%2B");
    let (_, bound) = ask(Method::GET, &format!("phone-numbers/{number}/agents"), Value::Null).await;
    let inbound = json!([{ "agent": agent, "version": drafted["version"].to_string(), "weight": 1000 }]);
    let binding = json!({ "inbound": inbound, "read": bound["inbound"], "why": "neue Ansage" });
    let (status, bound) = ask(Method::PUT, &format!("phone-numbers/{number}/agents"), binding).await;
    assert_eq!((status, &bound["inbound"]), (200, &inbound));

    let (_, hours) = ask(Method::GET, "staff/anna/working-hours", Value::Null).await;
    let week = json!({ "weekly": [hours["weekly"][0]], "overrides": [], "why": "Urlaub" });
    let (status, pushed) = ask(Method::PUT, "staff/anna/working-hours", week).await;
    assert_eq!((status, pushed["weekly"].as_array().map(Vec::len)), (200, Some(1)), "{pushed}");
    let (_, changes) = ask(Method::GET, "sync/changes", Value::Null).await;
    assert_eq!(changes["items"].as_array().map(Vec::len), Some(4), "{changes}");
    let outgoing = json!({ "outbound": [], "read": bound["outbound"], "why": "niemand ruft an" });
    let (status, silent) = ask(Method::PUT, &format!("phone-numbers/{number}/outbound-agents"), outgoing).await;
    assert_eq!((status, &silent["inbound"], &silent["outbound"]), (200, &inbound, &json!([])), "{silent}");
    let (_, doctor) = ask(Method::GET, "doctor", Value::Null).await;
    assert!(doctor["items"].as_array().is_some_and(|items| items.len() > 5), "{doctor}");
    let undo = format!("sync/runs/{}/undo", part["run"].as_str().unwrap());
    let (status, undone) = ask(Method::POST, &undo, json!({ "dry_run": true })).await;
    assert_eq!((status, &undone["dry_run"]), (200, &json!(true)), "{undone}");
    app.finish().await;
}
