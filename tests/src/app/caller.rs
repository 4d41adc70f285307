//! Somebody who calls: what Retell would send about their call, in the shapes that it sends.

use super::{Business, TestApp};
use jiff::ToSpan;
use jiff::civil::Date;
use ringbuch_domain::ids::{BookingId, CallId};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// How long every call lasts.
const LASTS_MS: i64 = 95_000;

/// One call. Its webhooks can be had one by one, or sent in their usual order.
#[derive(Clone)]
pub struct Caller<'a> {
    app: &'a TestApp,
    pub business: Business,
    pub name: String,
    pub call: String,
    /// As Retell tells it; absent where it tells none.
    pub from: Option<String>,
    pub to: Option<&'static str>,
    pub service: Option<String>,
    pub date: Date,
    ended_ms: i64,
    /// What the agent wrote down beside the usual.
    said: Value,
}

/// What a call wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    Nothing,
    /// A booking at this time of day, in the caller's words.
    Books(&'a str),
}

impl TestApp {
    /// Somebody new with a number of their own, who calls the salon's first branch now and thinks of tomorrow.
    pub fn caller(&self, name: &str) -> Caller<'_> {
        let at = self.callers.fetch_add(1, Ordering::Relaxed);
        let zone = jiff::tz::TimeZone::get(super::business::ZONE).unwrap();
        Caller {
            app: self,
            name: name.into(),
            call: format!("call_{}_{at}", name.to_lowercase()),
            // The numbers that are kept for fiction.
            from: Some(format!("+4917139200{:02}", at % 100)),
            to: Some(self.salon.first_number()),
            business: self.salon.clone(),
            service: None,
            date: self.now().to_zoned(zone).date().saturating_add(1.day()),
            ended_ms: self.now().as_millisecond(),
            said: json!({}),
        }
    }
}

impl<'a> Caller<'a> {
    pub fn app(&self) -> &'a TestApp {
        self.app
    }
}

impl Caller<'_> {
    pub fn on(self, date: &str) -> Self {
        Self { date: date.parse().unwrap(), ..self }
    }

    pub fn asks_for(self, service: &str) -> Self {
        Self { service: Some(service.into()), ..self }
    }

    pub fn calls(self, branch: &str) -> Self {
        Self { to: Some(self.business.number(branch)), ..self }
    }

    /// Somebody else's number, which the salon may not know.
    pub fn dials(self, number: &'static str) -> Self {
        Self { to: Some(number), ..self }
    }

    pub fn of(self, business: &Business) -> Self {
        Self { to: Some(business.first_number()), business: business.clone(), ..self }
    }

    pub fn from(self, number: &str) -> Self {
        Self { from: Some(number.into()), ..self }
    }

    /// Under this id, which Retell gives.
    pub fn under(self, id: &str) -> Self {
        Self { call: id.into(), ..self }
    }

    /// Something else that the agent wrote down.
    pub fn says(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.said[name] = value.into();
        self
    }

    pub fn call_id(&self) -> CallId {
        CallId::new(&self.call).unwrap()
    }

    /// The id of the booking that this call asks for.
    pub fn booking(&self) -> BookingId {
        ringbuch_domain::call::Call::booking_id(&self.business.id, &self.call_id())
    }

    /// The call while it goes on.
    pub fn on_the_line(&self) -> Value {
        self.basic("ongoing")
    }

    pub fn started(&self) -> Value {
        json!({ "event": "call_started", "call": self.basic("ongoing") })
    }

    pub fn ended(&self, said: Said<'_>) -> Value {
        json!({ "event": "call_ended", "call": self.over(said) })
    }

    pub fn analyzed(&self, said: Said<'_>) -> Value {
        json!({ "event": "call_analyzed", "call": self.kept(said) })
    }

    /// The call as Retell keeps it.
    pub fn kept(&self, said: Said<'_>) -> Value {
        let mut call = self.over(said);
        call["call_analysis"] = json!({
            "call_summary": format!("{} hat angerufen.", self.name),
            "in_voicemail": false,
            "user_sentiment": "Positive",
            "call_successful": true,
            "custom_analysis_data": { "appointment_requested": said != Said::Nothing },
        });
        call
    }

    /// All three webhooks, in the order in which they come.
    pub fn webhooks(&self, said: Said<'_>) -> [Value; 3] {
        [self.started(), self.ended(said), self.analyzed(said)]
    }

    /// Sends one on the plain path; it is acknowledged.
    pub async fn send(&self, webhook: &Value) {
        assert_eq!(self.app.send(&self.business, webhook).await, 204, "{webhook}");
    }

    /// The call ends with a wish, and Retell tells all about it.
    pub async fn ends_call_booking(&self, time: &str) {
        for webhook in self.webhooks(Said::Books(time)) {
            self.send(&webhook).await;
        }
    }

    /// As `ends_call_booking`, and everything that follows from it at once has been done.
    pub async fn books(&self, time: &str) {
        self.ends_call_booking(time).await;
        self.app.settle().await;
    }

    fn basic(&self, status: &str) -> Value {
        let mut call = json!({
            "call_id": self.call,
            "agent_id": self.business.agent,
            "agent_version": 3,
            "call_status": status,
            "call_type": if self.to.is_some() { "phone_call" } else { "web_call" },
            "start_timestamp": self.ended_ms - LASTS_MS,
            "retell_llm_dynamic_variables": { "firma": "Salon" },
        });
        if let Some(to) = self.to {
            call["direction"] = "inbound".into();
            call["to_number"] = to.into();
        }
        if let Some(from) = &self.from {
            call["from_number"] = from.as_str().into();
        }
        call
    }

    fn over(&self, said: Said<'_>) -> Value {
        let mut call = self.basic("ended");
        call["end_timestamp"] = self.ended_ms.into();
        call["duration_ms"] = LASTS_MS.into();
        call["disconnection_reason"] = "user_hangup".into();
        call["transcript"] = "Agent: Guten Tag.\nUser: Guten Tag.\n".into();
        call["call_cost"] = json!({ "combined_cost": 12.4, "total_duration_seconds": LASTS_MS / 1000 });
        call["collected_dynamic_variables"] = self.collected(said);
        call
    }

    fn collected(&self, said: Said<'_>) -> Value {
        let Said::Books(time) = said else { return json!({ "booking_confirmed": false }) };
        let mut collected = json!({
            "booking_confirmed": "true",
            "name": self.name,
            "datum": self.date.to_string(),
            "uhrzeit": time,
        });
        if let Some(service) = &self.service {
            collected["dienstleistung"] = service.as_str().into();
        }
        for (name, value) in self.said.as_object().unwrap() {
            collected[name] = value.clone();
        }
        collected
    }
}
