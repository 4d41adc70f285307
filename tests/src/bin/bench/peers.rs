//! Peers that live in a program of their own (`tests/benches/peers`), which `RINGBUCH_BENCH_PEERS` names.

use super::process::Process;
use anyhow::{Context, Result};

const PROGRAM: &str = "RINGBUCH_BENCH_PEERS";

/// postgres-es appending, in a database of its own.
pub async fn postgres_es(url: &str) -> Result<Process> {
    Process::start(program()?, &["postgres-es", url]).await
}

/// postgres-es replaying that many events, which it makes first.
pub async fn postgres_es_replay(url: &str, events: u64) -> Result<Process> {
    Process::start(program()?, &["postgres-es-replay", url, &events.to_string()]).await
}

fn program() -> Result<String> {
    std::env::var(PROGRAM).with_context(|| format!("{PROGRAM} is not set; tests/benches/run builds it and sets it"))
}
