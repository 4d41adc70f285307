//! Peers that live in a program of their own (`tests/benches/peers`), which `RINGBUCH_BENCH_PEERS` names. UmaDB is a server
//! that this program starts, and that `RINGBUCH_BENCH_UMADB` names.

use super::process::Process;
use anyhow::{Context, Result};

const PROGRAM: &str = "RINGBUCH_BENCH_PEERS";
const UMADB: &str = "RINGBUCH_BENCH_UMADB";

/// postgres-es appending, in a database of its own.
pub async fn postgres_es(url: &str) -> Result<Process> {
    Process::start(named(PROGRAM)?, &["postgres-es", url]).await
}

/// postgres-es replaying that many events, which it makes first.
pub async fn postgres_es_replay(url: &str, events: u64) -> Result<Process> {
    Process::start(named(PROGRAM)?, &["postgres-es-replay", url, &events.to_string()]).await
}

/// UmaDB appending.
pub async fn umadb() -> Result<Process> {
    Process::start(named(PROGRAM)?, &["umadb", &named(UMADB)?]).await
}

/// UmaDB appending, told each time that there is nothing with the event's tag.
pub async fn umadb_asserting() -> Result<Process> {
    Process::start(named(PROGRAM)?, &["umadb-asserting", &named(UMADB)?]).await
}

/// UmaDB reading that many events, which are appended first.
pub async fn umadb_read(events: u64) -> Result<Process> {
    Process::start(named(PROGRAM)?, &["umadb-read", &named(UMADB)?, &events.to_string()]).await
}

fn named(variable: &str) -> Result<String> {
    std::env::var(variable).with_context(|| format!("{variable} is not set; tests/benches/run sets it"))
}
