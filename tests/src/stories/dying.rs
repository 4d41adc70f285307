//! Of two real processes on one database the one that leads everything is killed. The other leads all of it within ten
//! seconds: the read models, the to-do lists, and what is done by the clock.

use super::crash::program::Program;
use super::crash::{Retell, Wish, free_port};
use crate::app::Prepared;
use crate::contract::database::{Database, Stranger};
use jiff::tz::TimeZone;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use ringbuch_projections::calls::{self, CallFilter, Outcome};
use ringbuch_projections::{Paging, Scope};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Whoever leads is known to be dead, and another leads.
const TAKEN_OVER: Duration = Duration::from_secs(10);
/// The same, and the work of one call by a program that was built for tests, on a machine that does much else.
const BOOKED: Duration = Duration::from_secs(20);
/// What is done once a minute has been done once.
const BY_THE_CLOCK: Duration = Duration::from_mins(2);
const EVERY_MINUTE: [(&str, &str); 2] = [("RINGBUCH_RECONCILE_MINUTES", "1"), ("RINGBUCH_SYNC_MINUTES", "1")];
/// What one node at a time does beside the read models: to-do lists, and what is done by the clock.
const WORK: [&str; 8] = ["alert_rules", "alerts", "booking", "holds", "intake", "mail", "reconcile", "sync"];

/// Holder and fence of everything that is led, by its name.
type Leases = BTreeMap<String, (String, i64)>;

pub async fn another_node_leads_ten_seconds_after_one_has_died(database: Database) {
    let prepared = Prepared::on(&database, Arc::new(SystemClock)).await;
    let start = async |port| Program::serve_with(&database.url, &prepared.master_key, port, &EVERY_MINUTE).await;
    let leading = start(free_port()).await;
    let stranger = database.stranger().await;
    until("the first leads everything", TAKEN_OVER, async || names_of(&leases(&stranger).await) == everything()).await;
    let port = free_port();
    let other = start(port).await;
    let held = leases(&stranger).await;
    assert_eq!(done_by_the_clock(&stranger).await, (0, 0), "it is not seen who did it");

    leading.kill().await;
    let died = Instant::now();
    let today = SystemClock.now().to_zoned(TimeZone::get("Europe/Berlin").unwrap()).date();
    let call = Wish::new(0, today).webhooks(prepared.salon.number("mitte"), SystemClock.now());
    Retell::at_once(port, &prepared.salon.retell_key).tell(call).await;
    until("another leads everything", TAKEN_OVER.saturating_sub(died.elapsed()), async || {
        leases(&stranger).await.iter().all(|(name, now)| now.0 != held[name].0 && now.1 > held[name].1)
    })
    .await;
    println!("taken over after {:?}", died.elapsed());

    let store = database.store().await;
    until("the call is booked", BOOKED.saturating_sub(died.elapsed()), async || {
        let paging = Paging { after: None, limit: 10 };
        let calls = calls::list(&*store.rows, Scope::All, &CallFilter::default(), paging).await.unwrap();
        calls.items.iter().any(|call| call.outcome == Outcome::Confirmed)
    })
    .await;
    assert_eq!(prepared.sandbox.calcom().live_bookings().len(), 1);
    until("what goes by the clock goes on", BY_THE_CLOCK, async || {
        let (compared, synchronised) = done_by_the_clock(&stranger).await;
        compared > 0 && synchronised > 0
    })
    .await;
    store.close().await;
    other.end().await;
}

fn everything() -> BTreeSet<String> {
    let read_models = ringbuch_projections::all().iter().map(|it| format!("projection {} {}", it.name, it.version));
    read_models.chain(WORK.map(str::to_owned)).collect()
}

fn names_of(leases: &Leases) -> BTreeSet<String> {
    leases.keys().cloned().collect()
}

async fn leases(stranger: &Stranger) -> Leases {
    let Stranger::Postgres(client) = stranger else { panic!("two nodes share a server") };
    let rows = client.query("SELECT name, holder, fence FROM leases", &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect()
}

/// Comparisons with the providers, and synchronisations, that the log tells of.
async fn done_by_the_clock(stranger: &Stranger) -> (i64, i64) {
    let count = async |kind: &str| stranger.number(&format!("SELECT COUNT(*) FROM events WHERE kind = '{kind}'")).await;
    (count("Compared").await, count("SyncFinished").await)
}

/// Waits for what other processes bring about.
async fn until(what: &str, within: Duration, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
