//! Reading the whole log: as typed events, private parts opened, and as a verified chain.

use super::ours::Ours;
use super::peers::postgres_es_replay;
use super::place::Place;
use super::reading::{BYTES, DECODED, Reading};
use super::report::{Case, Report};
use super::turns::{Order, Side, Turn, compare};
use anyhow::{Result, ensure};
use ringbuch_adapters::chain::Verifier;
use std::hint::black_box;
use std::time::{Duration, Instant};

const EVENTS: u64 = 100_000;
/// Events asked for at once.
const PAGE: usize = 1_000;

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let ours = filled(&place).await?;
        let (mut replaying, mut reading) = (Replaying(ours.clone()), Reading::open(&place, true).await?);
        let compared = compare((&mut replaying, 1), (&mut reading, 1), length).await?;
        report.add(&case("replay", place.engine, "typed, private parts opened", DECODED), &compared)?;
        if place.is_postgres() {
            let mut peer = postgres_es_replay(&place.another().await?, EVENTS).await?;
            let compared = compare((&mut replaying, 1), (&mut peer, 1), length).await?;
            report.add(
                &case("replay", place.engine, "typed, private parts opened", "postgres-es QueryReplay"),
                &compared,
            )?;
        }
        ours.store.close().await;
    }
    Ok(())
}

pub async fn run_verify(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let ours = filled(&place).await?;
        let (mut verifying, mut reading) = (Verifying(ours.clone()), Reading::open(&place, false).await?);
        let compared = compare((&mut verifying, 1), (&mut reading, 1), length).await?;
        report.add(&case("verify", place.engine, "the chain, every event", BYTES), &compared)?;
        ours.store.close().await;
    }
    Ok(())
}

async fn filled(place: &Place) -> Result<Ours> {
    let ours = Ours::open(&place.url).await?;
    ours.fill(EVENTS).await?;
    Ok(ours)
}

fn case<'a>(group: &'a str, engine: &'a str, case: &str, peer: &'a str) -> Case<'a> {
    Case { group, engine, done: case.to_owned(), peer, what: "events" }
}

/// Every event as whoever follows the log gets it.
struct Replaying(Ours);

impl Side for Replaying {
    async fn turn(&mut self, _: Order) -> Result<Turn> {
        let (started, mut done) = (Instant::now(), 0);
        loop {
            let events = self.0.journal.read_all(done, PAGE).await?;
            let Some(last) = events.last() else { break };
            done = last.position;
            ensure!(events.iter().all(|event| event.data.is_ok()), "an event could not be read");
            black_box(events);
        }
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done, took: Vec::new() })
    }
}

/// As `audit verify` does it.
struct Verifying(Ours);

impl Side for Verifying {
    async fn turn(&mut self, _: Order) -> Result<Turn> {
        let (started, mut verifier) = (Instant::now(), Verifier::default());
        let along = self.0.store.walk();
        while along.next(&mut verifier, PAGE).await? {}
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done: verifier.end()?.0, took: Vec::new() })
    }
}
