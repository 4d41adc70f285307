//! Taking turns. What one side does in a turn is counted and timed; the other side's turn comes right behind it, so that
//! both see the same machine within the same second.

use anyhow::Result;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

const TURN: Duration = Duration::from_millis(330);
/// Turns of each side at least.
const ROUNDS: usize = 5;

/// What a side is to do in a turn. What has a size of its own, like reading a log, leaves this aside.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Order {
    pub senders: usize,
    pub length: Duration,
}

/// What was done in one turn.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Turn {
    /// Seconds.
    pub worked: f64,
    pub done: u64,
    /// Milliseconds of each thing done, where things are done one by one.
    pub took: Vec<f64>,
}

pub trait Side {
    async fn turn(&mut self, order: Order) -> Result<Turn>;
    /// Does what the turn has left to be done.
    async fn rest(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Something that is done one by one: an append, mostly.
pub trait Sender: Clone + Send + Sync + 'static {
    fn do_one(&self, sender: usize) -> impl Future<Output = Result<()>> + Send;
    fn rest(&self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// Many senders at once, each doing its next as soon as its last is done.
pub struct Crowd<S>(pub S);

impl<S: Sender> Side for Crowd<S> {
    async fn turn(&mut self, order: Order) -> Result<Turn> {
        let started = Instant::now();
        let tasks = (0..order.senders).map(|sender| {
            let side = self.0.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                while started.elapsed() < order.length {
                    let begun = Instant::now();
                    side.do_one(sender).await?;
                    took.push(begun.elapsed().as_secs_f64() * 1e3);
                }
                anyhow::Ok(took)
            })
        });
        gathered(started, tasks).await
    }

    async fn rest(&mut self) -> Result<()> {
        self.0.rest().await
    }
}

/// What the senders of a turn did, each with how long its things took, in milliseconds.
pub async fn gathered(started: Instant, tasks: impl Iterator<Item = JoinHandle<Result<Vec<f64>>>>) -> Result<Turn> {
    let mut turn = Turn::default();
    for task in try_join_all(tasks).await? {
        turn.took.extend(task?);
    }
    turn.worked = started.elapsed().as_secs_f64();
    turn.done = turn.took.len() as u64;
    Ok(turn)
}

/// All turns of both sides.
#[derive(Default)]
pub struct Compared {
    pub ours: Turns,
    pub peer: Turns,
}

/// Lets both sides work for that long in all, in turns, each with its number of senders; who begins changes every round.
pub async fn compare(
    (ours, our_senders): (&mut impl Side, usize),
    (peer, peer_senders): (&mut impl Side, usize),
    length: Duration,
) -> Result<Compared> {
    let order = |senders| Order { senders, length: TURN };
    let mut compared = Compared::default();
    while compared.peer.0.len() < ROUNDS || compared.peer.worked() < length.as_secs_f64() {
        let we_begin = compared.ours.0.len().is_multiple_of(2);
        if we_begin {
            compared.ours.take(ours, order(our_senders)).await?;
        }
        compared.peer.take(peer, order(peer_senders)).await?;
        if !we_begin {
            compared.ours.take(ours, order(our_senders)).await?;
        }
    }
    Ok(compared)
}

impl Compared {
    /// How much more we do in the same time, as the median of the rounds: what the machine does to one side of a round it
    /// does to the other.
    pub fn rate_ratio(&self) -> f64 {
        median(self.ours.rates().zip(self.peer.rates()).map(|(ours, peer)| ours / peer).collect())
    }

    pub fn rounds(&self) -> usize {
        self.peer.0.len()
    }
}

/// What one side did in all of its turns.
#[derive(Default)]
pub struct Turns(Vec<Turn>);

impl Turns {
    async fn take(&mut self, side: &mut impl Side, order: Order) -> Result<()> {
        self.0.push(side.turn(order).await?);
        side.rest().await
    }

    fn worked(&self) -> f64 {
        self.0.iter().map(|turn| turn.worked).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of some seconds")]
    fn rates(&self) -> impl Iterator<Item = f64> {
        self.0.iter().map(|turn| turn.done as f64 / turn.worked)
    }

    /// Things done a second, in the median turn.
    pub fn rate(&self) -> f64 {
        median(self.rates().collect())
    }

    /// Milliseconds that this part of a hundred stayed below, over all turns; nothing where things had no time of their own.
    pub fn at(&self, part: usize) -> Option<f64> {
        let mut took: Vec<f64> = self.0.iter().flat_map(|turn| turn.took.iter().copied()).collect();
        took.sort_by(f64::total_cmp);
        took.get(took.len() * part / 100).copied()
    }
}

/// The middle of some figures, the upper one of two.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
