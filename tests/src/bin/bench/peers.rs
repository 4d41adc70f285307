//! Peers that live in a program of their own (`tests/benches/peers`), which `RINGBUCH_BENCH_PEERS` names.

use super::process::Process;
use anyhow::{Context, Result};

const PROGRAM: &str = "RINGBUCH_BENCH_PEERS";

/// postgres-es appending, in a database of its own.
pub async fn postgres_es(url: &str) -> Result<Process> {
    Process::start(program()?, &["postgres-es", url]).await
}

fn program() -> Result<String> {
    std::env::var(PROGRAM).with_context(|| format!("{PROGRAM} is not set; tests/benches/run builds it and sets it"))
}
