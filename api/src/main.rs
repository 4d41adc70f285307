//! `ringbuch`, the program. What it does is in the library, so that tests can do the same.

use clap::Parser;
use ringbuch_api::cli::{self, Args};
use std::process::ExitCode;

/// A server takes and frees many small pieces on all of its threads: with the system's allocator that was a fifth of
/// its work, and the intake took a tenth to a quarter fewer webhooks in the same time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Two crates bring a provider of their own; without this choice the first connection with TLS would panic. It can
    // only fail if one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ringbuch_api::telemetry::log_panics();
    cli::run(Args::parse()).await.into()
}
