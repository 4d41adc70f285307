//! A process that appends and tells what it was answered, for the contract suite, which kills it at a bad moment:
//! `appender URL APPENDS`. Several tasks append to few streams at once; each line on stdout is told before or after an
//! append: `ask STREAM COMMAND EVENTS EXPECTED`, `ack COMMAND REVISION POSITION REPEATED`, `conflict COMMAND`.

use anyhow::{Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use ringbuch_adapters::store::{Options, Store};
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::{Append, AppendError, Clock, Expected};
use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
use std::collections::HashMap;
use std::io::Write;
use uuid::Uuid;

/// Appends that are on their way at once.
const TASKS: u64 = 8;
/// Shared by all processes, so that they are in each other's way.
const STREAMS: u32 = 4;

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, appends] = &words[..] else { bail!("usage: appender URL APPENDS") };
    let (store, appends) = (Store::open(url, Options::default()).await?, appends.parse()?);
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::spawn(append_all(store.clone(), appends))).collect();
    for task in tasks {
        task.await??;
    }
    store.close().await;
    Ok(())
}

async fn append_all(store: Store, appends: u32) -> Result<()> {
    let mut random = StdRng::from_rng(&mut rand::rng());
    let mut known: HashMap<u32, u64> = HashMap::new();
    for _ in 0..appends {
        let stream = random.random_range(0..STREAMS);
        let expected = match known.get(&stream) {
            Some(revision) if random.random_bool(0.5) => Expected::Revision(*revision),
            _ => Expected::Any,
        };
        let asked = Asked { stream, command: Uuid::new_v4(), events: random.random_range(1..=3), expected };
        tell(&format!("ask shared-{stream} {} {} {expected:?}", asked.command, asked.events))?;
        match store.log.append(asked.append()).await {
            Ok(stored) => {
                known.insert(stream, stored.revision);
                let (command, repeated) = (asked.command, stored.repeated);
                tell(&format!("ack {command} {} {} {repeated}", stored.revision, stored.position))?;
            }
            Err(AppendError::Conflict { actual, .. }) => {
                known.insert(stream, actual);
                tell(&format!("conflict {}", asked.command))?;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}

struct Asked {
    stream: u32,
    command: Uuid,
    events: u32,
    expected: Expected,
}

impl Asked {
    fn append(&self) -> Append {
        let event =
            |_| NewEvent { id: Uuid::new_v4(), kind: "Noted", version: 1, public: b"{}".to_vec(), private: None };
        Append {
            stream: StreamId::from_stored(format!("shared-{}", self.stream)),
            expected: self.expected,
            cause: Cause::first(self.command),
            company: None,
            time: SystemClock.now(),
            events: (0..self.events).map(event).collect(),
        }
    }
}

/// Whole lines, at once: whoever kills this process has read all that it had heard.
fn tell(line: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(format!("{line}\n").as_bytes())?;
    Ok(stdout.flush()?)
}
