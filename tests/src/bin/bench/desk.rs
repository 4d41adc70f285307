//! What an agent waits for in mid-call, with a hundred calls at once, each asking a few times a second, which is more than
//! anybody talks: availability and a ringing call beside a bare route that only checks the signature, keeping a time beside
//! one inserted row. The calendar's open times are at hand, as from its cache.

use super::place::Place;
use super::raw::{Raw, SINGLE};
use super::report::{Case, Report};
use super::turns::{Order, Sender, Side, Turn, compare, gathered};
use super::wire::Lines;
use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use jiff::{Timestamp, ToSpan};
use ringbuch_adapters::retell::signature;
use ringbuch_adapters::sandbox::sign;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::cache::CachedSlots;
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_api::serve::{ServeOptions, serve};
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{BranchOpened, CalendarApi, Command, CompanyRegistered, EventTypeSynced, StaffSynced};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId};
use ringbuch_domain::ports::{CalendarFailure, Clock, OpenSlot, OpenSlots, SlotQuery, Slots};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use warp::Filter;

const CALLS: usize = 100;
/// From one request of a call to its next.
const PACE: Duration = Duration::from_millis(250);
const NUMBER: &str = "+493023125100";
const KEY: &str = "key_bench_0123456789abcdef";
const BARE: &str = "warp route that checks the signature";
const SERVICE: EventTypeId = EventTypeId(77);
/// Days over which the calls spread.
const DAYS: usize = 20;

/// Senders that do not hurry: each begins its next when its time has come, not when its last is done.
struct Paced<S>(S);

impl<S: Sender> Side for Paced<S> {
    async fn turn(&mut self, order: Order) -> Result<Turn> {
        let started = Instant::now();
        let tasks = (0..order.senders).map(|sender| {
            let side = self.0.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                let (nth, senders) = (u32::try_from(sender)?, u32::try_from(order.senders)?);
                let first = started + PACE * nth / senders;
                let mut ticks = tokio::time::interval_at(first, PACE);
                while started.elapsed() < order.length.max(PACE) {
                    ticks.tick().await;
                    let begun = Instant::now();
                    side.do_one(sender).await?;
                    took.push(begun.elapsed().as_secs_f64() * 1e3);
                }
                anyhow::Ok(took)
            })
        });
        gathered(started.into_std(), tasks).await
    }
}

/// Half an hour after half an hour, day and night.
struct AlwaysOpen;

#[async_trait]
impl Slots for AlwaysOpen {
    async fn slots(&self, _: &CompanyId, query: &SlotQuery) -> Result<OpenSlots, CalendarFailure> {
        let first = query.from.to_zoned(jiff::tz::TimeZone::UTC).map(|from| from.timestamp()).unwrap_or_default();
        let at = |half: i64| first.saturating_add((30 * half).minutes()).unwrap_or(first);
        let slots = (0..7 * 48).map(|half| OpenSlot { start: at(half), end: at(half + 1) }).collect();
        Ok(OpenSlots { slots, age: Duration::ZERO, stale: false })
    }
}

#[derive(Clone)]
struct Desk {
    lines: Arc<Lines>,
    asks: What,
    /// Of each call two offers, in turns.
    offers: Arc<Vec<[String; 2]>>,
    turn: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Availability,
    Ringing,
    Hold,
    /// The same bodies, to the bare route.
    Nothing,
}

impl Sender for Desk {
    async fn do_one(&self, sender: usize) -> Result<()> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let (path, body) = match self.asks {
            What::Ringing => ("/api/mcp/retell/inbound", ringing(sender)),
            What::Hold => {
                let offers = self.offers.get(sender).context("offers for each call")?;
                let offer = offers.get(turn % offers.len()).context("an offer")?;
                ("/api/mcp/retell/functions/hold_slot", function("hold_slot", sender, &json!({ "offer_id": offer })))
            }
            What::Availability | What::Nothing => {
                let asks = wants(sender, turn);
                ("/api/mcp/retell/functions/check_availability", function("check_availability", sender, &asks))
            }
        };
        let answer = ask(&self.lines, sender, path, &body).await?;
        let well = match self.asks {
            What::Availability => answer.pointer("/available").is_some_and(Value::is_boolean),
            What::Ringing => answer.pointer("/call_inbound/dynamic_variables").is_some_and(Value::is_object),
            What::Hold => answer.pointer("/success") == Some(&Value::Bool(true)),
            What::Nothing => true,
        };
        ensure!(well, "the desk answered {answer}");
        Ok(())
    }
}

async fn ask(lines: &Lines, sender: usize, path: &str, body: &Value) -> Result<Value> {
    let body = body.to_string().into_bytes();
    let signature = sign(&body, KEY, now().as_millisecond());
    let (status, answer) = lines.ask(sender, path, &signature, &body).await?;
    ensure!(status == 200, "{path} was answered with {status}");
    Ok(serde_json::from_slice(&answer)?)
}

fn now() -> Timestamp {
    SystemClock.now()
}

fn caller(sender: usize) -> String {
    format!("+4917139200{sender:02}")
}

fn function(name: &str, sender: usize, args: &Value) -> Value {
    let call = json!({
        "call_id": format!("call_bench_{sender:04}_caller"), "agent_id": "agent_bench", "call_type": "phone_call",
        "direction": "inbound", "from_number": caller(sender), "to_number": NUMBER, "call_status": "ongoing",
        "start_timestamp": now().as_millisecond() - 30_000, "transcript": "Agent: Guten Tag.\nUser: Guten Tag.\n",
    });
    json!({ "name": name, "args": args, "call": call })
}

fn ringing(sender: usize) -> Value {
    let call = json!({ "from_number": caller(sender), "to_number": NUMBER, "agent_id": "agent_bench" });
    json!({ "event": "call_inbound", "event_timestamp": now().as_millisecond(), "call_inbound": call })
}

/// Half of the calls name a time, half only a day.
fn wants(sender: usize, turn: usize) -> Value {
    let day = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let ahead = i64::try_from(2 + sender % DAYS).unwrap_or(2);
    let day = day.checked_add(ahead.days()).unwrap_or(day).to_string();
    if turn.is_multiple_of(2) {
        return json!({ "datum": day });
    }
    json!({ "datum": day, "uhrzeit": format!("{}:30", 8 + turn % 10) })
}

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let stop = CancellationToken::new();
        let (server, desk) = start(&place, &stop).await?;
        let (bare, bare_lines) = bare(&stop).await?;
        let nothing = || Paced(Desk { lines: Arc::clone(&bare_lines), asks: What::Nothing, ..desk.clone() });
        for (asks, what, done) in [
            (What::Availability, "answers", "check_availability, 100 calls"),
            (What::Ringing, "answers", "call_inbound, 100 calls"),
        ] {
            let mut ours = Paced(Desk { asks, ..desk.clone() });
            let compared = compare((&mut ours, CALLS), (&mut nothing(), CALLS), length).await?;
            let case = Case { group: "desk", engine: place.engine, done: done.into(), peer: BARE, what };
            report.add(&case, &compared)?;
        }
        let mut holds = Paced(Desk { asks: What::Hold, ..desk.clone() });
        let mut raw = Paced(Raw::open(&place, CALLS).await?);
        let compared = compare((&mut holds, CALLS), (&mut raw, CALLS), length).await?;
        let done = "hold_slot, 100 calls".to_owned();
        report.add(&Case { group: "desk", engine: place.engine, done, peer: SINGLE, what: "holds" }, &compared)?;
        stop.cancel();
        server.await?;
        bare.abort();
    }
    Ok(())
}

async fn start(place: &Place, stop: &CancellationToken) -> Result<(JoinHandle<()>, Desk)> {
    let store = open_store(&place.url).await?;
    let master = Arc::new(MasterKeys::parse(&MasterKeys::generate()?)?);
    let (clock, patience) = (Arc::new(SystemClock), Patience::default());
    let mut app = App::start(Parts { store, master, clock, patience, providers: ProviderSettings::default() }).await?;
    app.slots = Arc::new(CachedSlots::new(Arc::new(AlwaysOpen), Arc::clone(&app.clock), app.metrics.clone()));
    set_up(&app).await?;
    app.catch_up().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let lines = Arc::new(Lines::to(listener.local_addr()?, CALLS));
    let serving = serve(app, listener, ServeOptions::plain(Duration::from_secs(20)), stop.clone());
    let server = tokio::spawn(async move {
        serving.await;
    });
    let offers = try_join_all((0..CALLS).map(|sender| offers(&lines, sender))).await?;
    let desk = Desk { lines, asks: What::Availability, offers: Arc::new(offers), turn: Arc::default() };
    Ok((server, desk))
}

/// Two times that a call can choose between; no two calls of a day have the same.
async fn offers(lines: &Lines, sender: usize) -> Result<[String; 2]> {
    let hour = 8 + sender / DAYS;
    let offer = async |minute: &str| {
        let mut asks = wants(sender, 0);
        if let Some(asks) = asks.as_object_mut() {
            asks.insert("uhrzeit".into(), format!("{hour}:{minute}").into());
        }
        let path = "/api/mcp/retell/functions/check_availability";
        let answer = ask(lines, sender, path, &function("check_availability", sender, &asks)).await?;
        let offer = answer.pointer("/offer/offer_id").and_then(Value::as_str);
        offer.map(str::to_owned).with_context(|| format!("no offer: {answer}"))
    };
    Ok([offer("00").await?, offer("30").await?])
}

async fn bare(stop: &CancellationToken) -> Result<(JoinHandle<()>, Arc<Lines>)> {
    let key = [SecretString::from(KEY)];
    let proven = warp::post().and(warp::header::headers_cloned()).and(warp::body::bytes()).map(
        move |headers: http::HeaderMap, body: bytes::Bytes| {
            let proof = signature::verify(&body, &headers, &key, SignatureForm::Combined, now());
            let status = if proof.is_ok() { http::StatusCode::OK } else { http::StatusCode::UNAUTHORIZED };
            warp::reply::with_status("{}", status)
        },
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let lines = Arc::new(Lines::to(listener.local_addr()?, CALLS));
    let stopped = stop.clone().cancelled_owned();
    let serving = warp::serve(proven).incoming(listener).graceful(stopped).run();
    Ok((tokio::spawn(serving), lines))
}

async fn set_up(app: &App) -> Result<()> {
    let set_up = SetUp::new(app, "bench");
    let (account, company, branch) = (AccountId::new("bench")?, CompanyId::new("bench")?, BranchId::new("mitte")?);
    let signature = SignatureForm::Combined;
    let opened = AccountOpened { account: account.clone(), name: "Bench".into(), signature, base_url: None };
    set_up.account(opened).await?;
    set_up.retell_key(&account, KEY.to_owned().into()).await?;
    let profile = CompanyRegistered {
        company: company.clone(),
        account,
        name: "Bench".into(),
        zone: "UTC".into(),
        language: "de".into(),
        placeholder_domain: "example.com".into(),
    };
    set_up.company(profile, None, CalendarApi::V2).await?;
    let opened = BranchOpened { branch: branch.clone(), name: "Mitte".into(), default_event_type: None };
    set_up.change(&company, Command::OpenBranch(opened)).await?;
    let staff: Vec<StaffId> = (0..5).map(|at| StaffId::new(&format!("staff_{at}"))).collect::<Result<_, _>>()?;
    for person in &staff {
        let name = person.to_string();
        let synced = StaffSynced { staff: person.clone(), name, host: None, branches: vec![] };
        set_up.change(&company, Command::SyncStaff(synced)).await?;
    }
    let service = EventTypeSynced {
        event_type: SERVICE,
        title: "Haarschnitt".into(),
        aliases: vec![],
        minutes: 30,
        buffer_before: 0,
        buffer_after: 0,
        notice_minutes: 0,
        horizon_days: None,
        team: None,
        branches: vec![],
        staff,
    };
    set_up.change(&company, Command::SyncEventType(service)).await?;
    set_up.change(&company, Command::SetDefault { branch: branch.clone(), event_type: SERVICE }).await?;
    set_up.number(&company, NUMBER, branch).await?;
    Ok(())
}
