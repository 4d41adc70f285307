//! A small town: a salon in Berlin with two hairdressers, at a time that stands still until it is told to move.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{
    Timestamp,
    civil::{Weekday, time},
    tz::TimeZone,
};
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};

use super::super::{
    Calcom, Retell, Sandbox, SandboxOptions,
    calcom::{Account, NewEventType, NewSchedule, NewUser, Role, Scheduling},
};
use super::calcom_schema as schema;

/// Monday morning, 10:00 in Berlin.
pub const NOW: &str = "2025-06-30T08:00:00Z";

pub struct Town {
    pub sandbox: Sandbox,
    pub calcom: Calcom,
    pub http: reqwest::Client,
    clock: Arc<Mutex<Timestamp>>,
    /// Runs the team.
    pub anna: Account,
    /// Works in it.
    pub ben: Account,
    pub team: u64,
    /// Anna's own, 30 minutes.
    pub cut: u64,
    /// Anna or Ben, 45 minutes.
    pub wash: u64,
    /// Anna and Ben together, 60 minutes.
    pub advice: u64,
}

pub struct Reply {
    pub status: u16,
    pub body: Value,
    headers: reqwest::header::HeaderMap,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn data(&self) -> &Value {
        &self.body["data"]
    }

    /// The sentence of an error, whichever shape it has.
    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().or_else(|| self.body["message"].as_str()).unwrap_or_default()
    }
}

pub fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn office_hours() -> NewSchedule {
    let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    NewSchedule::new("Salon", berlin()).open(&days, time(9, 0, 0, 0), time(17, 0, 0, 0))
}

pub fn client() -> reqwest::Client {
    // Fails when another test came first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap()
}

impl Town {
    pub async fn open() -> Self {
        let clock = Arc::new(Mutex::new(at(NOW)));
        let read = clock.clone();
        let sandbox = Sandbox::start(SandboxOptions {
            clock: Arc::new(move || *read.lock().unwrap()),
            seed: 7,
            calcom_port: 0,
            retell_port: 0,
        });
        let sandbox = sandbox.await.unwrap();
        let calcom = sandbox.calcom();
        let anna = calcom.add_account(NewUser::new("Anna Muster", "anna", berlin()));
        let ben = calcom.add_account(NewUser::new("Ben Beispiel", "ben", berlin()));
        calcom.add_schedule(anna.user, office_hours());
        calcom.add_schedule(ben.user, office_hours());
        let team = calcom.add_team("Salon Mitte", &[(anna.user, Role::Owner), (ben.user, Role::Member)]);
        let both = [anna.user, ben.user];
        let cut = calcom.add_event_type(NewEventType::personal(anna.user, "Haarschnitt", 30));
        let wash = calcom.add_event_type(NewEventType::team(team, Scheduling::RoundRobin, &both, "Waschen", 45));
        let advice = calcom.add_event_type(NewEventType::team(team, Scheduling::Collective, &both, "Beratung", 60));
        Self { sandbox, calcom, http: client(), clock, anna, ben, team, cut, wash, advice }
    }

    pub fn retell(&self) -> Retell {
        self.sandbox.retell()
    }

    /// For whatever waits: in this town, time passes by waiting.
    pub fn clock(&self) -> TownClock {
        TownClock(self.clock.clone())
    }

    pub fn pass(&self, time: Duration) {
        let mut now = self.clock.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }

    pub fn set_time(&self, now: &str) {
        *self.clock.lock().unwrap() = at(now);
    }

    pub fn request(&self, method: &str, path: &str, version: &str, key: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sandbox.calcom_url());
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !version.is_empty() {
            request = request.header("cal-api-version", version);
        }
        if key.is_empty() { request } else { request.bearer_auth(key) }
    }

    pub async fn ask(&self, method: &str, path: &str, version: &str, key: &str, body: Option<&Value>) -> Reply {
        let mut request = self.request(method, path, version, key);
        if let Some(body) = body {
            request = request.json(body);
        }
        let reply = reply(request).await;
        if speaks_today(path, version) {
            let wrong = schema::wrong_answer(method, path, reply.status, &reply.body);
            assert!(wrong.is_empty(), "{method} {path} was answered {}: {wrong:?}", reply.body);
        }
        reply
    }

    pub async fn get(&self, path: &str, version: &str) -> Reply {
        self.ask("GET", path, version, &self.anna.api_key, None).await
    }

    pub async fn book(&self, body: &Value) -> Reply {
        self.ask("POST", "/v2/bookings", "2024-08-13", &self.anna.api_key, Some(body)).await
    }

    /// Something done to a booking by Anna.
    pub async fn act(&self, uid: &str, act: &str, body: &Value) -> Reply {
        let path = format!("/v2/bookings/{uid}/{act}");
        self.ask("POST", &path, "2024-08-13", &self.anna.api_key, Some(body)).await
    }

    /// What Max wants.
    pub fn wish(kind: u64, start: &str) -> Value {
        json!({
            "start": start,
            "eventTypeId": kind,
            "attendee": {
                "name": "Max Mustermann",
                "email": "max@example.com",
                "phoneNumber": "+493023125000",
                "timeZone": "Europe/Berlin",
                "language": "de",
            },
            "metadata": {"attempt": "a-1"},
        })
    }
}

pub struct TownClock(Arc<Mutex<Timestamp>>);

#[async_trait]
impl Clock for TownClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, time: Timestamp) {
        let mut now = self.0.lock().unwrap();
        *now = time.max(*now);
    }
}

/// Whether the newer shapes are to be expected: not of version 1, nor where a family of routes falls back to its oldest.
fn speaks_today(path: &str, version: &str) -> bool {
    let unversioned = ["/v2/me", "/v2/teams", "/v2/webhooks"].iter().any(|family| path.starts_with(family));
    path.starts_with("/v2/") && (unversioned || !["", "2024-04-15", "2099-12-31"].contains(&version))
}

pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    // An answer without a body has no value.
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Reply { status, body, headers }
}

/// The wish with one of its fields changed; null takes it away.
pub fn but(mut wish: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let fields = wish.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), value);
    }
    wish
}

pub fn uid(reply: &Reply) -> String {
    reply.data()["uid"].as_str().unwrap().to_owned()
}
