//! What a long log costs: one append, and reading one stream, at the log's full length against ten thousand events.

use super::ours::Ours;
use super::place::Place;
use super::report::{Case, Report};
use super::turns::{Crowd, Sender, compare};
use anyhow::{Result, ensure};
use ringbuch_domain::recorded::StreamId;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SHORT: u64 = 10_000;
/// Streams that are read in turns, from all over the log.
const STREAMS: u64 = 1_000;
const PEER: &str = "the same at 10,000 events";

pub async fn run(report: &mut Report, length: Duration, events: u64) -> Result<()> {
    for (long, short) in Place::all().await?.into_iter().zip(Place::all().await?) {
        let (ours, its) = (filled(&long, events).await?, filled(&short, SHORT).await?);
        let case = |what: &str| {
            let case = format!("{what} at {events} events");
            Case { group: "growth", engine: long.engine, done: case, peer: PEER, what: "times" }
        };
        let compared = compare((&mut Crowd(ours.clone()), 1), (&mut Crowd(its.clone()), 1), length).await?;
        report.add(&case("an append"), &compared)?;
        let (mut at_length, mut at_first) = (Crowd(Streams::of(&ours).await?), Crowd(Streams::of(&its).await?));
        let compared = compare((&mut at_length, 1), (&mut at_first, 1), length).await?;
        report.add(&case("reading a stream"), &compared)?;
        ours.store.close().await;
        its.store.close().await;
    }
    Ok(())
}

async fn filled(place: &Place, events: u64) -> Result<Ours> {
    let ours = Ours::open(&place.url).await?;
    ours.fill(events).await?;
    Ok(ours)
}

/// Streams of ten events.
#[derive(Clone)]
struct Streams {
    ours: Ours,
    names: Arc<Vec<StreamId>>,
    next: Arc<AtomicUsize>,
}

impl Streams {
    async fn of(ours: &Ours) -> Result<Self> {
        let head = ours.store.log.head().await?;
        let mut names = Vec::new();
        for nth in 0..STREAMS {
            let found = ours.store.log.read_all(nth * (head / STREAMS), 1).await?;
            names.extend(found.into_iter().map(|event| event.stream));
        }
        Ok(Self { ours: ours.clone(), names: Arc::new(names), next: Arc::default() })
    }
}

impl Sender for Streams {
    async fn do_one(&self, _: usize) -> Result<()> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(name) = self.names.get(nth % self.names.len().max(1)) else { return Ok(()) };
        let events = self.ours.store.log.read_stream(name, 0).await?;
        ensure!(!events.is_empty(), "a stream is gone");
        Ok(())
    }
}
