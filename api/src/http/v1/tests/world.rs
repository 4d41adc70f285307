//! An installation in a temporary folder with two companies, its clock and its calendar in the test's hands, and a client
//! that asks it as a program would.

use super::conformance;
use super::schedules::Schedules;
use crate::app::{App, Parts, open_store};
use crate::booking::BookingErrands;
use crate::clock::SteppedClock;
use crate::fill;
use crate::http::Front;
use crate::http::auth::Token;
use crate::intake::{IntakeErrands, Proven, Sketch, file};
use crate::providers::ProviderSettings;
use crate::runners::{Done, Errands};
use crate::serve::{ServeOptions, routes};
use crate::setup::SetUp;
use crate::users::{Invitation, Users};
use async_trait::async_trait;
use http::{Method, Request};
use http_body_util::BodyExt;
use jiff::Timestamp;
use jiff::civil::time;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::Store;
use ringbuch_domain::access::Role;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{
    BranchOpened, CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced, WeeklyHours, Window,
    WorkingHoursSynced,
};
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, DeliveryId, EventTypeId, StaffId};
use ringbuch_domain::ports::{
    BookRequest, Calendar, CalendarFailure, CallSummary, Clock, LookUp, ProviderBooking, ProviderStatus, VoiceAgents,
    VoiceAgentsFailure,
};
use ringbuch_domain::webhook::{Provider, Verdict};
use ringbuch_projections::{booking_todo, intake_todo};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use uuid::Uuid;

/// A Tuesday, 08:00 in Berlin.
pub const NOW: &str = "2025-07-01T06:00:00Z";

pub const SALON: &str = "salon";
pub const PRAXIS: &str = "praxis";

pub struct World {
    pub app: App,
    pub clock: Arc<SteppedClock>,
    /// Hours as the calendar has them.
    pub schedules: Arc<Schedules>,
    /// Every method and pattern that the server answers.
    pub routes: Vec<(String, &'static str)>,
    pub front: Front,
    _folder: TempDir,
    _shutdown: DropGuard,
}

/// An installation in which nothing is set up and nothing runs yet.
struct Empty {
    app: App,
    clock: Arc<SteppedClock>,
    schedules: Arc<Schedules>,
    folder: TempDir,
}

impl Empty {
    async fn new(replace: impl FnOnce(&mut App)) -> Self {
        // Without a provider of TLS no client can be made; another test may have chosen it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("ringbuch.db").display());
        Store::migrate(&url, false).await.unwrap();
        let clock = Arc::new(SteppedClock::at(NOW.parse().unwrap()));
        let parts = Parts {
            store: open_store(&url).await.unwrap(),
            master: Arc::new(MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap()),
            clock: Arc::clone(&clock) as _,
            patience: Patience::default(),
            // Where a test forgets a stand-in, nothing leaves the machine: loopback is refused.
            providers: ProviderSettings {
                retell_base_url: "http://127.0.0.1:9".into(),
                calcom_base_url: "http://127.0.0.1:9".into(),
                ..ProviderSettings::default()
            },
        };
        let mut app = App::start(parts).await.unwrap();
        app.booking_errands = BookingErrands { calendar: Arc::new(Willing), ..app.booking_errands };
        app.voice = Arc::new(Attentive);
        let schedules = Arc::new(Schedules::before(Arc::clone(&app.calendar_set_up)));
        app.calendar_set_up = Arc::clone(&schedules) as _;
        replace(&mut app);
        Self { app, clock, schedules, folder }
    }

    async fn at_work(self) -> World {
        let Self { app, clock, schedules, folder } = self;
        app.catch_up().await.unwrap();
        let shutdown = CancellationToken::new();
        let (projector, token) = (Arc::clone(&app.projector), shutdown.clone());
        tokio::spawn(async move { projector.run(token).await });
        let options = ServeOptions::plain(Duration::ZERO);
        let table = routes(&app, &options, &shutdown);
        let routes = table.list().map(|(method, pattern)| (method.to_string(), pattern)).collect();
        let front = Front::new(table, app.metrics.clone());
        World { app, clock, schedules, routes, front, _folder: folder, _shutdown: shutdown.drop_guard() }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The body, where all is well.
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.body);
        self.body
    }

    /// Status and `rule`, or the last part of `type`, of a problem.
    pub fn problem(&self) -> (u16, String) {
        let rule = self.body["rule"].as_str();
        let kind = || self.body["type"].as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(self.headers["content-type"], "application/problem+json");
        (self.status, rule.unwrap_or_else(kind).to_owned())
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// With parts of the program replaced.
    pub async fn with(replace: impl FnOnce(&mut App)) -> Self {
        let empty = Empty::new(replace).await;
        for company in [SALON, PRAXIS] {
            open(&empty.app, company).await;
        }
        empty.at_work().await
    }

    /// One more company, as it is in the minute after it was registered.
    pub async fn register(&self, id: &str) {
        register(&self.app, id).await;
        self.app.catch_up().await.unwrap();
    }

    /// With one company, `synthetic_0`, and a year of made-up calls.
    pub async fn filled(calls: u64) -> Self {
        let empty = Empty::new(|_| ()).await;
        let wanted = fill::Wanted { calls, days: 365, companies: 1, seed: 1 };
        fill::write(&empty.app, wanted, |_| ()).await.unwrap();
        fill::build(&empty.app, |_| ()).await.unwrap();
        empty.at_work().await
    }

    /// A key of a company's role.
    pub async fn key(&self, company: &str, role: Role) -> String {
        self.scoped_key(company, role, &[]).await
    }

    pub async fn scoped_key(&self, company: &str, role: Role, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let set_up = SetUp::new(&self.app, "test");
        let (_, key) = set_up.issue_key(&company.parse().unwrap(), "test", role, scopes, None).await.unwrap();
        self.app.catch_up().await.unwrap();
        key.reveal().to_owned()
    }

    /// The session of somebody with that role, who was invited and has signed in.
    pub async fn session(&self, company: &str, role: Role) -> Token {
        let users = Users::new(&self.app);
        let (company, by) = (company.parse().unwrap(), "test".to_owned());
        let email = format!("{}@{company}.example.org", Uuid::now_v7());
        let invitation = Invitation { company, role, email: email.clone(), name: None, by };
        let (_, link) = users.invite(invitation).await.unwrap();
        self.app.catch_up().await.unwrap();
        let password = || SecretString::from("a sentence that nobody knows");
        users.choose_password(&link, password()).await.unwrap();
        users.sign_in(&email, password(), None).await.unwrap().1
    }

    pub async fn get(&self, key: &str, path: &str) -> Answer {
        self.ask(Method::GET, key, path, None).await
    }

    pub async fn post(&self, key: &str, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, key, path, Some(body)).await
    }

    pub async fn ask(&self, method: Method, key: &str, path: &str, body: Option<Value>) -> Answer {
        self.send(Request::builder().method(method).uri(path).header("authorization", format!("Bearer {key}")), body)
            .await
    }

    pub async fn send(&self, request: http::request::Builder, body: Option<Value>) -> Answer {
        let request = request.body(body.map(|body| body.to_string()).unwrap_or_default()).unwrap();
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let (parts, body) = self.front.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let is_json = parts.headers.get("content-type").is_some_and(|it| it.to_str().unwrap().contains("json"));
        let body = if bytes.is_empty() {
            Value::Null
        } else if is_json {
            serde_json::from_slice(&bytes).unwrap()
        } else {
            String::from_utf8(bytes.to_vec()).unwrap().into()
        };
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
        conformance::check(&method, &path, &answer);
        answer
    }

    /// An answer as a browser gets it.
    pub async fn page(&self, request: http::request::Builder, body: &str) -> (u16, http::HeaderMap, String) {
        let request = request.body(body.to_owned()).unwrap();
        let (parts, body) = self.front.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// What Retell signs a body of a company's with.
    pub fn signature(&self, company: &str, body: &str) -> String {
        let key = SecretString::from(format!("key_of_{company}"));
        ringbuch_adapters::retell::signature::sign(body.as_bytes(), &key, self.clock.now())
    }

    /// What the metrics count under a name, or a name with its labels, all together.
    pub fn measured(&self, series: &str) -> u64 {
        let text = self.app.metrics.render();
        let counts = text.lines().filter(|line| line.starts_with(series));
        counts.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }

    /// All items of a list, page by page of two.
    pub async fn walk(&self, key: &str, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(key, &format!("{path}{joint}limit=2{cursor}")).await.ok();
            let found = page["items"].as_array().unwrap();
            assert!(found.len() <= 2);
            items.extend(found.iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// A delivery as the door would file it.
    pub async fn deliver(&self, account: &str, body: &Value) -> DeliveryId {
        self.deliver_bytes(account, None, body.to_string().as_bytes()).await
    }

    pub async fn deliver_bytes(&self, account: &str, company: Option<&str>, body: &[u8]) -> DeliveryId {
        let account = AccountId::new(account).unwrap();
        let delivery = self.app.index.delivery(Provider::Retell.as_str(), &account, body).unwrap();
        let proven = Proven {
            delivery: delivery.clone(),
            provider: Provider::Retell,
            account,
            company: company.map(|company| CompanyId::new(company).unwrap()),
            verdict: Verdict::CurrentKey,
            headers: vec![("content-type".into(), "application/json".into())],
            body,
            label: Sketch::of(body).label(),
        };
        file(&self.app.journal, proven).await.unwrap();
        self.app.catch_up().await.unwrap();
        delivery
    }

    /// Does everything that can be done now.
    pub async fn settle(&self) {
        let app = &self.app;
        let intake = IntakeErrands {
            journal: Arc::clone(&app.journal),
            rows: Arc::clone(&app.store.rows),
            directory: Arc::clone(&app.directory),
            people: Arc::clone(&app.people),
            metrics: app.metrics.clone(),
            calendar: app.heeding.clone(),
        };
        for _ in 0..20 {
            app.catch_up().await.unwrap();
            let (rows, now) = (&*app.store.rows, self.clock.now());
            let deliveries = intake_todo::due(rows, now, 500).await.unwrap();
            let bookings = booking_todo::due(rows, now, 500).await.unwrap();
            let mut told = false;
            for row in deliveries {
                told |= matches!(intake.run(row).await.unwrap(), Done::Told(_));
            }
            for row in bookings {
                told |= matches!(app.booking_errands.run(row).await.unwrap(), Done::Told(_));
            }
            if !told {
                return;
            }
        }
        panic!("the to-do lists do not come to an end");
    }

    /// A call that has ended, processed with whatever it wanted.
    pub async fn call(&self, company: &str, number: u32, said: &Value) -> DeliveryId {
        let delivery = self.deliver(company, &ended(company, number, said)).await;
        self.settle().await;
        delivery
    }
}

/// What Retell sends at the end of a call; each number is another call and another caller.
pub fn ended(company: &str, number: u32, said: &Value) -> Value {
    let started: Timestamp = NOW.parse().unwrap();
    let started = started.as_millisecond() + i64::from(number) * 60_000;
    json!({ "event": "call_ended", "call": {
        "call_id": format!("call_{number}"),
        "agent_id": format!("agent_{company}"),
        "agent_version": 3,
        "call_type": "phone_call",
        "direction": "inbound",
        "call_status": "ended",
        "from_number": format!("+4917139200{number:02}"),
        "to_number": number_of(company),
        "start_timestamp": started,
        "end_timestamp": started + 30_000,
        "duration_ms": 30_000,
        "disconnection_reason": "user_hangup",
        "transcript": "User: Ich möchte einen Termin.",
        "call_cost": { "combined_cost": 12.0 },
        "collected_dynamic_variables": said,
    }})
}

/// What somebody says who wants an appointment on that Wednesday.
pub fn wants(time: &str) -> Value {
    json!({ "booking_confirmed": "true", "name": "Max Mustermann", "datum": "2025-07-02", "uhrzeit": time })
}

pub fn number_of(company: &str) -> &'static str {
    if company == SALON { "+493023125100" } else { "+493023125200" }
}

/// One company with an account of its own.
async fn register(app: &App, id: &str) {
    let set_up = SetUp::new(app, "test");
    let (account, company) = (AccountId::new(id).unwrap(), CompanyId::new(id).unwrap());
    let signature = SignatureForm::Combined;
    let opened = AccountOpened { account: account.clone(), name: id.into(), signature, base_url: None };
    set_up.account(opened).await.unwrap();
    set_up.retell_key(&account, SecretString::from(format!("key_of_{id}"))).await.unwrap();
    let profile = CompanyRegistered {
        company,
        account,
        name: id.to_uppercase(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "anruf.example.com".into(),
    };
    set_up.company(profile, None, CalendarApi::V2).await.unwrap();
}

/// And with two branches (one of them not active), a service and two people.
async fn open(app: &App, id: &str) {
    register(app, id).await;
    let (set_up, company) = (SetUp::new(app, "test"), CompanyId::new(id).unwrap());
    for (branch, name) in [("mitte", "Mitte"), ("nord", "Nord")] {
        let branch = BranchId::new(branch).unwrap();
        let opened = BranchOpened { branch, name: name.into(), default_event_type: None };
        set_up.change(&company, Command::OpenBranch(opened)).await.unwrap();
    }
    let window = Window { from: time(8, 0, 0, 0), to: time(18, 0, 0, 0) };
    let staff: Vec<StaffId> = ["anna", "ben"].map(|id| StaffId::new(id).unwrap()).into();
    for (staff, host) in staff.iter().zip(1..) {
        let name = format!("{staff} Berg");
        let details = StaffSynced { staff: staff.clone(), name, host: Some(host), branches: vec![] };
        set_up.change(&company, Command::SyncStaff(details)).await.unwrap();
        let weekly = (1..=6).map(|weekday| WeeklyHours { weekday, window }).collect();
        let hours = WorkingHoursSynced { staff: staff.clone(), weekly, overrides: vec![], schedule: None, zone: None };
        set_up.change(&company, Command::SyncHours(hours)).await.unwrap();
    }
    for (number, title, minutes, served_by) in [(1, "Haarschnitt", 30, 2), (2, "Färben", 90, 1)] {
        let service = EventTypeSynced {
            event_type: EventTypeId(number),
            title: title.into(),
            aliases: vec![],
            minutes,
            buffer_before: 0,
            buffer_after: 0,
            notice_minutes: 0,
            horizon_days: Some(60),
            team: None,
            branches: vec![],
            staff: staff[..served_by].to_vec(),
        };
        set_up.change(&company, Command::SyncEventType(service)).await.unwrap();
    }
    let branch = |id: &str| BranchId::new(id).unwrap();
    let default = Command::SetDefault { branch: branch("mitte"), event_type: EventTypeId(1) };
    set_up.change(&company, default).await.unwrap();
    set_up.change(&company, Command::DeactivateBranch { branch: branch("nord") }).await.unwrap();
    set_up.number(&company, number_of(id), branch("mitte")).await.unwrap();
    let agent = Command::AssignAgent { agent: format!("agent_{id}"), branch: branch("mitte") };
    set_up.change(&company, agent).await.unwrap();
}

/// A calendar that agrees to everything.
struct Willing;

fn agreed(request: Option<&BookRequest>, uid: String, start: Timestamp) -> ProviderBooking {
    ProviderBooking {
        uid,
        number: 7,
        status: ProviderStatus::Accepted,
        host: Some(1),
        start,
        end: start + jiff::SignedDuration::from_mins(30),
        booking: request.map(|request| request.booking),
        attempt: request.map(|request| request.attempt),
        created_at: None,
        moved_to: None,
        co_hosts: vec![],
        absent: false,
    }
}

#[async_trait]
impl Calendar for Willing {
    async fn book(&self, _: &CompanyId, request: &BookRequest) -> Result<ProviderBooking, CalendarFailure> {
        Ok(agreed(Some(request), format!("uid-{}", request.booking), request.start))
    }
    async fn find(&self, _: &CompanyId, _: &LookUp) -> Result<Vec<ProviderBooking>, CalendarFailure> {
        Ok(vec![])
    }
    async fn get(&self, _: &CompanyId, _: &ProviderRef) -> Result<ProviderBooking, CalendarFailure> {
        Err(CalendarFailure::Refused { reason: "gone".into() })
    }
    async fn cancel(&self, _: &CompanyId, _: &ProviderRef, _: &str) -> Result<(), CalendarFailure> {
        Ok(())
    }
    async fn reschedule(
        &self,
        _: &CompanyId,
        name: &ProviderRef,
        start: Timestamp,
        _: &str,
    ) -> Result<ProviderBooking, CalendarFailure> {
        Ok(agreed(None, format!("{}-moved", name.uid), start))
    }
}

/// A voice provider that knows of one call of the salon, with number 9.
struct Attentive;

#[async_trait]
impl VoiceAgents for Attentive {
    async fn list_calls(&self, account: &AccountId, _: Timestamp) -> Result<Vec<CallSummary>, VoiceAgentsFailure> {
        let started_at =
            NOW.parse::<Timestamp>().ok().and_then(|now| now.checked_sub(jiff::SignedDuration::from_hours(1)).ok());
        let call = CallSummary { call_id: "call_9".into(), status: "ended".into(), analyzed: false, started_at };
        Ok(if account.as_str() == SALON { vec![call] } else { vec![] })
    }
    async fn get_call(&self, account: &AccountId, _: &str) -> Result<Vec<u8>, VoiceAgentsFailure> {
        Ok(ended(account.as_str(), 9, &wants("11:00"))["call"].to_string().into_bytes())
    }
    async fn delete_call(&self, _: &AccountId, _: &str) -> Result<(), VoiceAgentsFailure> {
        Ok(())
    }
}
