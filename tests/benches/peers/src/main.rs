//! Peers of the benchmarks: `ringbuch-peers postgres-es URL`, for example. An order comes in as one line of JSON, what was done goes out
//! as another; the program ends when its input does. `tests/src/bin/bench/process.rs` is the other end.

mod order;
mod postgres_es;
#[cfg(feature = "umadb")]
mod umadb;

use anyhow::{Result, bail};

/// As Ringbuch itself has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["postgres-es", url] => order::obey(postgres_es::Appending::open(url).await?).await,
        ["postgres-es-replay", url, events] => {
            order::obey(postgres_es::Replaying::open(url, events.parse()?).await?).await
        }
        #[cfg(feature = "umadb")]
        ["umadb", server] => order::obey(umadb::Appending::open(server, umadb::Asserts::Nothing).await?).await,
        #[cfg(feature = "umadb")]
        ["umadb-asserting", server] => {
            order::obey(umadb::Appending::open(server, umadb::Asserts::NoEventYet).await?).await
        }
        #[cfg(feature = "umadb")]
        ["umadb-read", server, events] => order::obey(umadb::Reading::open(server, events.parse()?).await?).await,
        _ => bail!(
            "usage: ringbuch-peers postgres-es URL | postgres-es-replay URL EVENTS, and if built with the feature umadb \
             umadb SERVER | umadb-asserting SERVER | umadb-read SERVER EVENTS"
        ),
    }
}
