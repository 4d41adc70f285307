//! Orders and what was done, as the benchmarks give and take them.

use anyhow::Result;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[derive(Clone, Copy, Deserialize)]
pub struct Order {
    pub senders: usize,
    pub length: Duration,
}

/// Seconds in all, things done, and milliseconds of each of them.
#[derive(Default, Serialize)]
pub struct Turn {
    pub worked: f64,
    pub done: u64,
    pub took: Vec<f64>,
}

pub trait Peer {
    fn turn(&self, order: Order) -> impl Future<Output = Result<Turn>> + Send;
}

/// Carries out what comes in until the input ends.
pub async fn obey(peer: impl Peer) -> Result<()> {
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    answer(&Turn::default()).await?;
    while let Some(line) = orders.next_line().await? {
        answer(&peer.turn(serde_json::from_str(&line)?).await?).await?;
    }
    Ok(())
}

async fn answer(turn: &Turn) -> Result<()> {
    let mut line = serde_json::to_string(turn)?;
    line.push('\n');
    let mut output = tokio::io::stdout();
    output.write_all(line.as_bytes()).await?;
    Ok(output.flush().await?)
}

/// Many senders at once, each storing its next as soon as its last was stored.
pub async fn crowd<S, F>(side: &Arc<S>, order: Order, store_one: fn(Arc<S>) -> F) -> Result<Turn>
where
    S: Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let started = Instant::now();
    let tasks = (0..order.senders).map(|_| {
        let side = Arc::clone(side);
        tokio::spawn(async move {
            let mut took = Vec::new();
            while started.elapsed() < order.length {
                let begun = Instant::now();
                store_one(Arc::clone(&side)).await?;
                took.push(begun.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(took)
        })
    });
    let mut turn = Turn::default();
    for task in try_join_all(tasks).await? {
        turn.took.extend(task?);
    }
    turn.worked = started.elapsed().as_secs_f64();
    turn.done = turn.took.len() as u64;
    Ok(turn)
}
