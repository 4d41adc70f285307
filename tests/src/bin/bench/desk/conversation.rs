//! What the agents of a hundred calls ask for, one thing after the other.

use super::super::wire::Lines;
use super::{CALLS, PACE};
use anyhow::{Context, Result, ensure};
use jiff::{Timestamp, ToSpan};
use ringbuch_adapters::sandbox::sign;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

pub const NUMBER: &str = "+493023125999";
pub const KEY: &str = "key_bench_0123456789abcdef";
/// Days over which calls spread, and times of each.
const DAYS: usize = 60;
const TIMES: usize = 20;
/// Numbers that are kept for fiction.
const CALLERS: usize = 900;

/// The kinds of requests, in the order in which a call makes them; it asks for a day first, and then for a time of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Ringing,
    Availability,
    Hold,
    Booking,
}

/// All calls, each at its own place.
#[derive(Clone)]
pub struct Conversations {
    lines: Arc<Lines>,
    calls: Arc<Vec<Mutex<Place>>>,
}

#[derive(Default, Clone)]
struct Place {
    /// How many requests were made.
    step: usize,
    offer: String,
}

/// One call of a sender.
pub struct Call {
    sender: usize,
    nth: usize,
}

impl Conversations {
    pub fn new(lines: Arc<Lines>) -> Self {
        Self { lines, calls: Arc::new((0..CALLS).map(|_| Mutex::default()).collect()) }
    }

    /// Makes a call's next request, and says of which kind it was. Not all begin at once, so that at any time each of them is
    /// at another request.
    pub async fn next(&self, sender: usize) -> Result<Option<What>> {
        let place = self.calls.get(sender).context("a call for each sender")?;
        let Place { step, offer } = {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            place.step += 1;
            Place { step: place.step - 1, offer: place.offer.clone() }
        };
        let Some(step) = step.checked_sub(sender % 5) else { return Ok(None) };
        let call = Call { sender, nth: step / 5 };
        let taking = json!({ "offer_id": offer, "name": "Max Mustermann" });
        let (what, path, body) = match step % 5 {
            0 => (What::Ringing, "/api/mcp/retell/inbound".to_owned(), call.ringing()),
            1 => function(What::Availability, "check_availability", &call, &json!({ "datum": call.day() })),
            2 => function(What::Availability, "check_availability", &call, &call.time()),
            3 => function(What::Hold, "hold_slot", &call, &taking),
            _ => function(What::Booking, "book_appointment", &call, &taking),
        };
        let answer = self.ask(sender, &path, &body).await?;
        let well = match what {
            What::Ringing => answer.pointer("/call_inbound/dynamic_variables").is_some_and(Value::is_object),
            What::Availability => answer.pointer("/available") == Some(&Value::Bool(true)),
            What::Hold | What::Booking => answer.pointer("/success") == Some(&Value::Bool(true)),
        };
        ensure!(well, "the desk answered {answer}");
        if let Some(offer) = answer.pointer("/offer/offer_id").and_then(Value::as_str) {
            offer.clone_into(&mut place.lock().unwrap_or_else(PoisonError::into_inner).offer);
        }
        Ok(Some(what))
    }

    async fn ask(&self, sender: usize, path: &str, body: &Value) -> Result<Value> {
        let body = body.to_string().into_bytes();
        let signature = sign(&body, KEY, now().as_millisecond());
        let (status, answer) = self.lines.ask(sender, path, &signature, &body).await?;
        ensure!(status == 200, "{path} was answered with {status}");
        Ok(serde_json::from_slice(&answer)?)
    }
}

/// The body that the bare route gets: as long as most.
pub fn asks(sender: usize) -> Value {
    let call = Call { sender, nth: 0 };
    function(What::Availability, "check_availability", &call, &call.time()).2
}

fn function(what: What, name: &str, call: &Call, args: &Value) -> (What, String, Value) {
    let body = json!({ "name": name, "args": args, "call": call.on_the_line() });
    (what, format!("/api/mcp/retell/functions/{name}"), body)
}

pub fn now() -> Timestamp {
    SystemClock.now()
}

impl Call {
    /// Counted over all calls, so that no two want the same time until all times were wanted once.
    fn number(&self) -> usize {
        self.nth * CALLS + self.sender
    }

    fn day(&self) -> String {
        let today = now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let ahead = i64::try_from(2 + self.number() % DAYS).unwrap_or(2);
        today.checked_add(ahead.days()).unwrap_or(today).to_string()
    }

    fn time(&self) -> Value {
        let half = self.number() / DAYS % TIMES;
        json!({ "datum": self.day(), "uhrzeit": format!("{}:{:02}", 8 + half / 2, half % 2 * 30) })
    }

    fn from(&self) -> String {
        format!("+493023125{:03}", self.number() % CALLERS)
    }

    fn on_the_line(&self) -> Value {
        let lasts = i64::try_from(PACE.as_millis()).unwrap_or(250) * 4;
        json!({
            "call_id": format!("call_bench_{:04}_{:06}", self.sender, self.nth), "agent_id": "agent_bench",
            "call_type": "phone_call", "direction": "inbound", "from_number": self.from(), "to_number": NUMBER,
            "call_status": "ongoing", "start_timestamp": now().as_millisecond() - lasts,
            "transcript": "Agent: Guten Tag.\nUser: Guten Tag.\n",
        })
    }

    fn ringing(&self) -> Value {
        let call = json!({ "from_number": self.from(), "to_number": NUMBER, "agent_id": "agent_bench" });
        json!({ "event": "call_inbound", "event_timestamp": now().as_millisecond(), "call_inbound": call })
    }
}
