//! The same beside UmaDB, a store of events alone: appends of one event each to a stream of its own, and reading all.

use super::ours::Ours;
use super::peers::{umadb, umadb_asserting, umadb_read};
use super::place::Place;
use super::report::{Case, Report};
use super::turns::{Crowd, Order, Side, Turn, compare};
use anyhow::Result;
use std::hint::black_box;
use std::time::{Duration, Instant};

const SENDERS: [usize; 4] = [1, 32, 256, 512];
const EVENTS: u64 = 100_000;
/// Events asked for at once.
const PAGE: usize = 1_000;
/// Ours always looks whether the stream is new.
const ASSERTING: &str = "UmaDB, told that the tag is new";
const PLAIN: &str = "UmaDB, told nothing";

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let ours = Ours::open(&place.url).await?;
        let case = |done: String, peer| Case { group: "umadb", engine: place.engine, done, peer, what: "events" };
        let (mut asserting, mut plain) = (umadb_asserting().await?, umadb().await?);
        let mut crowd = Crowd(ours.clone());
        for senders in SENDERS {
            for (peer, name) in [(&mut asserting, ASSERTING), (&mut plain, PLAIN)] {
                let compared = compare((&mut crowd, senders), (peer, senders), length).await?;
                report.add(&case(format!("append, {senders} at once"), name), &compared)?;
            }
        }
        ours.fill(EVENTS).await?;
        let mut peer = umadb_read(ours.store.log.head().await?).await?;
        let compared = compare((&mut Reading(ours.clone()), 1), (&mut peer, 1), length).await?;
        report.add(&case("every event, as it is stored".to_owned(), "UmaDB's read"), &compared)?;
        ours.store.close().await;
    }
    Ok(())
}

/// Every event with its envelope, its private part still sealed.
struct Reading(Ours);

impl Side for Reading {
    async fn turn(&mut self, _: Order) -> Result<Turn> {
        let (started, mut done) = (Instant::now(), 0);
        loop {
            let events = self.0.store.log.read_all(done, PAGE).await?;
            let Some(last) = events.last() else { break };
            done = last.position;
            black_box(events);
        }
        Ok(Turn { worked: started.elapsed().as_secs_f64(), done, took: Vec::new() })
    }
}
