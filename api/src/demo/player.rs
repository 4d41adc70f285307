//! Plays the calls: signs and sends their webhooks as Retell would, repeats, shuffles, loses and spoils some, and does
//! afterwards what the staff do. It keeps its own list of what was acknowledged.

use super::letters::{Letters, letters};
use super::script::{Afterwards, Part, Scene};
use super::town::Business;
use jiff::{Timestamp, ToSpan};
use reqwest::{Client, StatusCode};
use ringbuch_adapters::sandbox::{Retell, sign};
use ringbuch_domain::ids::{AccountId, DeliveryId};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Retell gives a webhook up after three more tries.
const TRIES: u32 = 4;
const FUNCTION: &str = "check_availability";

/// How long the staff wait for an appointment to be confirmed before they change it.
const STAFF_PATIENCE: u32 = 600;

/// Which delivery an account's body is; nothing where that cannot be told.
pub type Named = Box<dyn Fn(&AccountId, &[u8]) -> Option<DeliveryId> + Send + Sync>;

/// What the player has seen.
#[derive(Debug, Default)]
pub struct Diary {
    pub sent: u64,
    pub acknowledged: Vec<Option<DeliveryId>>,
    pub rejected: u64,
    /// Webhooks that were never accepted although they should have been.
    pub given_up: u64,
    pub lost_on_purpose: u64,
    pub repeated: u64,
    pub out_of_order: u64,
    pub garbage: u64,
}

pub struct Player {
    pub client: Client,
    pub url: String,
    pub retell: Retell,
    pub businesses: Arc<Vec<Business>>,
    named: Named,
    diary: Mutex<Diary>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Player {
    pub fn new(
        client: Client,
        url: String,
        retell: Retell,
        businesses: Arc<Vec<Business>>,
        named: Named,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Self {
        Self { client, url, retell, businesses, named, diary: Mutex::default(), clock }
    }

    pub fn diary(&self) -> MutexGuard<'_, Diary> {
        self.diary.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays one call from its first webhook to what the staff do about it.
    pub async fn play(&self, part: &Part) {
        let Some(business) = self.businesses.get(part.business) else { return };
        let now = (self.clock)();
        let Letters { started, ended, analyzed, kept, on_the_line } = letters(part, business, now);
        // Retell keeps every call, whatever becomes of its webhooks.
        let _ = self.retell.record_call(business.retell_account, kept);
        if part.way.garbage {
            self.send_garbage(part, business).await;
        }
        if part.way.lost {
            self.diary().lost_on_purpose += 3;
            return;
        }
        if part.scene == Scene::Books && part.number.is_multiple_of(3) {
            self.ask(part, business, on_the_line).await;
        }
        let mut letters = vec![started, ended, analyzed];
        if part.way.out_of_order {
            self.diary().out_of_order += 1;
            letters.reverse();
            let turns = part.number as usize % 3;
            letters.rotate_left(turns);
        }
        if part.way.repeated {
            self.diary().repeated += 1;
            let again = letters.get(part.number as usize % 3).cloned();
            letters.extend(again);
        }
        for letter in letters {
            self.send(part, business, letter).await;
        }
    }

    /// Has the agent ask whether the time is free, as it does while the caller waits.
    async fn ask(&self, part: &Part, business: &Business, call: Value) {
        let args = json!({ "datum": part.date, "uhrzeit": part.time, "dienstleistung": part.service });
        let body = json!({ "name": FUNCTION, "args": args, "call": call }).to_string().into_bytes();
        let signature = sign(&body, &business.retell_api_key, (self.clock)().as_millisecond());
        let request = self.client.post(format!("{}/api/mcp/retell/functions/{FUNCTION}", self.url)).body(body);
        if let Err(error) = request.header("x-retell-signature", signature).send().await {
            tracing::warn!(%error, "an agent's function got no answer");
        }
    }

    async fn send(&self, part: &Part, business: &Business, body: Vec<u8>) {
        self.diary().sent += 1;
        for attempt in 1..=TRIES {
            let signature = sign(&body, &business.retell_api_key, (self.clock)().as_millisecond());
            match self.post(part.way.named.then_some(business), &signature, body.clone()).await {
                Ok(StatusCode::NO_CONTENT) => {
                    self.diary().acknowledged.push((self.named)(&business.account, &body));
                    return;
                }
                // A number that nobody has set up leads to no key; only the agent's hint or the company's path does.
                Ok(StatusCode::UNAUTHORIZED) => {
                    self.diary().rejected += 1;
                    return;
                }
                Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(200 * u64::from(attempt))).await,
            }
        }
        self.diary().given_up += 1;
    }

    async fn post(&self, named: Option<&Business>, signature: &str, body: Vec<u8>) -> reqwest::Result<StatusCode> {
        let path = named.map(|business| format!("/{}", business.id)).unwrap_or_default();
        let url = format!("{}/api/mcp/retell/webhook{path}", self.url);
        let request = self.client.post(url).header("content-type", "application/json");
        let response = request.header("x-retell-signature", signature).body(body).send().await?;
        Ok(response.status())
    }

    /// One forged, and one that is proven but cannot be read.
    async fn send_garbage(&self, part: &Part, business: &Business) {
        let forged =
            json!({ "event": "call_ended", "call": { "call_id": part.call_id, "to_number": part.our_number } });
        let signature = sign(b"something else", &business.retell_api_key, (self.clock)().as_millisecond());
        let status = self.post(Some(business), &signature, forged.to_string().into_bytes()).await;
        let broken = format!(r#"{{"event":"call_ended","call":{{"call_id":"{}""#, part.call_id).into_bytes();
        let proof = sign(&broken, &business.retell_api_key, (self.clock)().as_millisecond());
        let accepted = self.post(Some(business), &proof, broken.clone()).await;
        let mut diary = self.diary();
        diary.garbage += 2;
        diary.sent += 2;
        diary.rejected += u64::from(status.is_ok_and(|status| status == StatusCode::UNAUTHORIZED));
        if accepted.is_ok_and(|status| status == StatusCode::NO_CONTENT) {
            diary.acknowledged.push((self.named)(&business.account, &broken));
        }
    }

    /// What the staff do once an appointment stands.
    pub async fn afterwards(&self, part: &Part) {
        let Some(business) = self.businesses.get(part.business) else { return };
        if part.afterwards == Afterwards::Nothing || part.scene != Scene::Books {
            return;
        }
        let Some((booking, start)) = self.confirmed(business, &part.call_id).await else { return };
        let (act, body) = match part.afterwards {
            Afterwards::Cancel => ("cancel", json!({ "reason": "Der Kunde hat abgesagt." })),
            Afterwards::MoveWithinDay => ("move", json!({ "start": later(start, 30.minutes()) })),
            Afterwards::MoveToAnotherDay => ("move", json!({ "start": later(start, 24.hours()) })),
            Afterwards::Nothing => return,
        };
        let url = format!("{}/api/v1/appointments/{booking}/{act}", self.url);
        let request = self.client.post(url).bearer_auth(&business.api_key).json(&body);
        if let Err(error) = request.send().await {
            tracing::warn!(%error, act, "the staff could not change an appointment");
        }
    }

    /// The call's appointment and when it starts, as soon as it is confirmed; nothing where it came to nothing.
    async fn confirmed(&self, business: &Business, call: &str) -> Option<(String, Timestamp)> {
        let url = format!("{}/api/v1/calls/{call}", self.url);
        for _ in 0..STAFF_PATIENCE {
            let answer = self.client.get(&url).bearer_auth(&business.api_key).send().await;
            let known: Option<Value> = match answer {
                Ok(answer) if answer.status().is_success() => answer.json().await.ok(),
                _ => None,
            };
            match known.as_ref().and_then(|known| known.get("outcome")).and_then(Value::as_str) {
                Some("confirmed") => {
                    let appointment = known?.get("appointments")?.get(0)?.clone();
                    let text = |field: &str| appointment.get(field).and_then(Value::as_str);
                    return Some((text("booking")?.to_owned(), text("start_at")?.parse().ok()?));
                }
                Some("failed" | "cancelled" | "refused") => return None,
                Some(_) | None => tokio::time::sleep(Duration::from_millis(250)).await,
            }
        }
        None
    }
}

fn later(time: Timestamp, by: jiff::Span) -> Timestamp {
    time.checked_add(by).unwrap_or(time)
}
