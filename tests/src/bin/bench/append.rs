//! Durable appends of one event each to a stream of its own: against single rows, against a hundred rows a transaction,
//! and against postgres-es; on PostgreSQL from several nodes as well.

use super::ours::Ours;
use super::peers::postgres_es;
use super::place::Place;
use super::process::Process;
use super::raw::{HUNDRED, Hundreds, Raw, SINGLE};
use super::report::{Case, Report};
use super::turns::{Crowd, Side, compare};
use anyhow::Result;
use std::time::Duration;

const SINGLE_SENDERS: [usize; 3] = [1, 8, 32];
const MANY: [usize; 2] = [256, 512];
/// Where postgres-es was at its best on the machines that this was measured on.
const PEERS_BEST: [usize; 2] = [32, 64];
const NODES: [usize; 2] = [2, 4];
const FROM_NODES: [usize; 2] = [128, 256];

pub async fn run(report: &mut Report, length: Duration) -> Result<()> {
    for place in Place::all().await? {
        let ours = Ours::open(&place.url).await?;
        let mut crowd = Crowd(ours.clone());
        let mut raw = Crowd(Raw::open(&place, 32).await?);
        for senders in SINGLE_SENDERS {
            let compared = compare((&mut crowd, senders), (&mut raw, senders), length).await?;
            report.add(&case(place.engine, format!("{senders} at once"), SINGLE), &compared)?;
        }
        if place.is_postgres() {
            against_postgres_es(report, &place, &mut crowd, length).await?;
        } else {
            let mut hundreds = Hundreds::open(&place)?;
            for senders in MANY {
                let compared = compare((&mut crowd, senders), (&mut hundreds, 1), length).await?;
                report.add(&case(place.engine, format!("{senders} at once"), HUNDRED), &compared)?;
            }
        }
        ours.store.close().await;
    }
    Ok(())
}

async fn against_postgres_es(report: &mut Report, place: &Place, ours: &mut impl Side, length: Duration) -> Result<()> {
    let mut peer = postgres_es(&place.another().await?).await?;
    for senders in SINGLE_SENDERS {
        let compared = compare((&mut *ours, senders), (&mut peer, senders), length).await?;
        report.add(&case(place.engine, format!("{senders} at once"), "postgres-es, the same"), &compared)?;
    }
    for senders in MANY {
        at_its_best(report, format!("{senders} at once"), (ours, senders), &mut peer, length).await?;
    }
    Ok(())
}

/// Several nodes on one database.
pub async fn run_nodes(report: &mut Report, length: Duration) -> Result<()> {
    let Some(place) = Place::postgres().await? else { return Ok(()) };
    let ours = Ours::open(&place.url).await?;
    let mut peer = postgres_es(&place.another().await?).await?;
    for count in NODES {
        let mut nodes = ours.nodes(&place.url, count).await?;
        for senders in FROM_NODES {
            let case = format!("{senders} at once from {count} nodes");
            at_its_best(report, case, (&mut nodes, senders), &mut peer, length).await?;
        }
    }
    Ok(())
}

async fn at_its_best(
    report: &mut Report,
    name: String,
    (ours, senders): (&mut impl Side, usize),
    peer: &mut Process,
    length: Duration,
) -> Result<()> {
    for its_senders in PEERS_BEST {
        let compared = compare((&mut *ours, senders), (&mut *peer, its_senders), length).await?;
        let peer_name = format!("postgres-es, {its_senders} at once");
        report.add(&case("postgres", name.clone(), &peer_name), &compared)?;
    }
    Ok(())
}

fn case<'a>(engine: &'a str, case: String, peer: &'a str) -> Case<'a> {
    Case { group: "append", engine, done: case, peer, what: "events" }
}
