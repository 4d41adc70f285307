//! The real binary is killed again and again while calls come in, and started anew each time. What was acknowledged is
//! not lost, and nobody is booked twice.

pub(crate) mod program;

use crate::app::Prepared;
use crate::contract::database::Database;
use futures_util::future::join_all;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use program::Program;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use reqwest::{Client, StatusCode};
use ringbuch_adapters::sandbox::sign;
use ringbuch_adapters::store::Store;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use ringbuch_projections::calls::{self, Call, CallFilter, Outcome};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter, DeliveryStatus};
use ringbuch_projections::{Paging, Scope};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

const CALLS: usize = 200;
/// How often the server is killed.
const KILLS: usize = 9;
/// Who can be booked at one time.
const STAFF: usize = 2;
/// After the last start, for everything to come to its end; what was under way when the server was killed is claimed for
/// some seconds yet.
const REST_WITHIN: Duration = Duration::from_mins(2);

pub async fn killed_at_any_moment_it_loses_nothing_and_books_nothing_twice(database: Database) {
    let seed = 20_250_702;
    let mut dice = StdRng::seed_from_u64(seed);
    let prepared = Prepared::on(&database, Arc::new(SystemClock)).await;
    // So that many a request is on its way when its sender dies, and is carried out all the same.
    prepared.sandbox.calcom().widen_race(Duration::from_millis(100));
    let today = SystemClock.now().to_zoned(TimeZone::get("Europe/Berlin").unwrap()).date();
    let wishes: Vec<Wish> = (0..CALLS).map(|number| Wish::new(number, today)).collect();
    let port = free_port();
    let gate = Arc::new(Semaphore::new(0));
    let retell = Retell { client: client(), port, key: prepared.salon.retell_key.clone(), gate: gate.clone() };
    let number = prepared.salon.number("mitte");
    let playing: Vec<_> = wishes
        .iter()
        .map(|wish| {
            let mut webhooks = wish.webhooks(number, SystemClock.now());
            webhooks.shuffle(&mut dice);
            tokio::spawn(retell.clone().tell(webhooks))
        })
        .collect();

    let serve = || Program::serve(&database.url, &prepared.master_key, port);
    for _ in 0..KILLS {
        let server = serve().await;
        gate.add_permits(CALLS / KILLS);
        // The moment is what this is about.
        tokio::time::sleep(Duration::from_millis(dice.random_range(20..700))).await;
        server.kill().await;
    }
    let server = serve().await;
    gate.add_permits(CALLS);
    for played in join_all(playing).await {
        played.unwrap();
    }

    let store = database.store().await;
    let judged = tokio::time::timeout(REST_WITHIN, at_rest(&store)).await;
    let calls = judged.unwrap_or_else(|_| panic!("not at rest in time, seed {seed}"));
    everything_was_processed(&store, &wishes).await;
    nobody_is_booked_twice(&prepared, &wishes, &calls);
    server.end().await;
    store.close().await;
}

/// What a call wants.
pub(super) struct Wish {
    call: String,
    date: Date,
    time: String,
    caller: String,
}

impl Wish {
    /// Twenty a day, each at a time of its own but for every fifth, which wants eleven o'clock.
    pub(super) fn new(number: usize, today: Date) -> Self {
        let (day, at) = (number / 20, number % 20);
        let half_hours = if at.is_multiple_of(5) { 6 } else { at };
        Self {
            call: format!("call_crash_{number}"),
            date: today.saturating_add((i64::try_from(day).unwrap() + 2).days()),
            time: format!("{}:{:02}", 8 + half_hours / 2, half_hours % 2 * 30),
            caller: format!("+493023125{:03}", 300 + number),
        }
    }

    pub(super) fn webhooks(&self, number: &str, now: Timestamp) -> Vec<Value> {
        let (end, start) = (now.as_millisecond(), now.as_millisecond() - 60_000);
        let basic = json!({
            "call_id": self.call, "call_type": "phone_call", "direction": "inbound", "from_number": self.caller,
            "to_number": number, "start_timestamp": start, "call_status": "ongoing",
        });
        let mut over = basic.clone();
        over["call_status"] = "ended".into();
        over["end_timestamp"] = end.into();
        over["collected_dynamic_variables"] = json!({
            "booking_confirmed": "true", "name": "Max Mustermann", "datum": self.date.to_string(), "uhrzeit": self.time,
        });
        let mut analyzed = over.clone();
        analyzed["call_analysis"] =
            json!({ "call_summary": "Der Anrufer möchte einen Termin.", "user_sentiment": "Neutral" });
        let named = [("call_started", basic), ("call_ended", over), ("call_analyzed", analyzed)];
        named.into_iter().map(|(event, call)| json!({ "event": event, "call": call })).collect()
    }
}

const EVENTS: [&str; 3] = ["call_analyzed", "call_ended", "call_started"];

/// Sends webhooks, each until it is acknowledged.
#[derive(Clone)]
pub(super) struct Retell {
    client: Client,
    port: u16,
    key: String,
    gate: Arc<Semaphore>,
}

impl Retell {
    /// One that waits for nobody.
    pub(super) fn at_once(port: u16, key: &str) -> Self {
        Self { client: client(), port, key: key.to_owned(), gate: Arc::new(Semaphore::new(1)) }
    }

    pub(super) async fn tell(self, webhooks: Vec<Value>) {
        self.gate.acquire().await.unwrap().forget();
        for webhook in webhooks {
            let body = webhook.to_string().into_bytes();
            while self.post(body.clone()).await.is_none_or(|status| status != StatusCode::NO_CONTENT) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    async fn post(&self, body: Vec<u8>) -> Option<StatusCode> {
        let signature = sign(&body, &self.key, SystemClock.now().as_millisecond());
        let url = format!("http://127.0.0.1:{}/api/mcp/retell/webhook", self.port);
        let sent = self.client.post(url).header("x-retell-signature", signature).body(body).send().await;
        sent.ok().map(|response| response.status())
    }
}

fn client() -> Client {
    Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap()
}

pub(super) fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// All calls, once what each wanted has come to its end.
async fn at_rest(store: &Store) -> Vec<Call> {
    loop {
        let calls = all_calls(store).await;
        let ended = calls.iter().filter(|call| matches!(call.outcome, Outcome::Confirmed | Outcome::Refused)).count();
        let deliveries = all_deliveries(store).await;
        if ended == CALLS && deliveries.iter().all(|it| it.status == DeliveryStatus::Processed) {
            return calls;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn all_calls(store: &Store) -> Vec<Call> {
    let (mut all, mut paging) = (Vec::new(), Paging { after: None, limit: 200 });
    loop {
        let page = calls::list(&*store.rows, Scope::All, &CallFilter::default(), paging).await.unwrap();
        all.extend(page.items);
        paging.after = page.next;
        if paging.after.is_none() {
            return all;
        }
    }
}

async fn all_deliveries(store: &Store) -> Vec<Delivery> {
    let (mut all, mut paging) = (Vec::new(), Paging { after: None, limit: 200 });
    loop {
        let page = deliveries::list(&*store.rows, Scope::All, &DeliveryFilter::default(), paging).await.unwrap();
        all.extend(page.items);
        paging.after = page.next;
        if paging.after.is_none() {
            return all;
        }
    }
}

/// Every webhook was acknowledged, so every one of them is there, once.
async fn everything_was_processed(store: &Store, wishes: &[Wish]) {
    let deliveries = all_deliveries(store).await;
    let there: BTreeSet<_> =
        deliveries.iter().map(|it| (it.call.clone().unwrap_or_default(), it.event.clone())).collect();
    for wish in wishes {
        for event in EVENTS {
            assert!(there.contains(&(wish.call.clone(), event.to_owned())), "{event} of {} is lost", wish.call);
        }
    }
    assert_eq!(deliveries.len(), CALLS * EVENTS.len());
}

fn nobody_is_booked_twice(prepared: &Prepared, wishes: &[Wish], calls: &[Call]) {
    let calcom = prepared.sandbox.calcom();
    assert_eq!(calcom.overlapping(), 0);
    let live = calcom.live_bookings();
    let of_calls: BTreeSet<_> = live.iter().map(|it| it.metadata["ringbuch_call"].to_string()).collect();
    assert_eq!(of_calls.len(), live.len(), "a call is booked twice");

    let outcome: BTreeMap<&str, Outcome> = calls.iter().map(|call| (call.call.as_str(), call.outcome)).collect();
    let mut at_one_time: BTreeMap<(Date, &str), Vec<Outcome>> = BTreeMap::new();
    for wish in wishes {
        at_one_time.entry((wish.date, &wish.time)).or_default().push(outcome[wish.call.as_str()]);
    }
    let mut confirmed = 0;
    for (time, outcomes) in at_one_time {
        let booked = outcomes.iter().filter(|outcome| **outcome == Outcome::Confirmed).count();
        assert_eq!(booked, outcomes.len().min(STAFF), "{time:?}: {outcomes:?}");
        confirmed += booked;
    }
    assert_eq!(live.len(), confirmed);
}
