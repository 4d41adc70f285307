//! Taking turns: many senders at once, each sending its next as soon as its last was stored.

use anyhow::Result;
use futures_util::future::try_join_all;
use std::time::{Duration, Instant};

const TURN: Duration = Duration::from_millis(330);
pub const SENDERS: [usize; 3] = [1, 32, 128];

/// Something that stores one thing durably.
pub trait Side: Clone + Send + Sync + 'static {
    fn store_one(&self, sender: usize) -> impl Future<Output = Result<()>> + Send;
    /// Does what the last turn has left to be done.
    fn rest(&self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// What one side did in all of its turns.
#[derive(Default)]
pub struct Turns {
    worked: Duration,
    took: Vec<f64>,
    count: u32,
}

/// Lets both sides work for that long in all, in turns.
pub async fn compare(ours: &impl Side, peer: &impl Side, senders: usize, length: Duration) -> Result<(Turns, Turns)> {
    let (mut our_turns, mut peer_turns) = (Turns::default(), Turns::default());
    while peer_turns.worked < length || peer_turns.count < 5 {
        our_turns.take(ours, senders).await?;
        peer_turns.take(peer, senders).await?;
    }
    Ok((our_turns, peer_turns))
}

impl Turns {
    async fn take(&mut self, side: &impl Side, senders: usize) -> Result<()> {
        let started = Instant::now();
        let tasks = (0..senders).map(|sender| {
            let side = side.clone();
            tokio::spawn(async move {
                let mut took = Vec::new();
                while started.elapsed() < TURN {
                    let begun = Instant::now();
                    side.store_one(sender).await?;
                    took.push(begun.elapsed().as_secs_f64() * 1e3);
                }
                anyhow::Ok(took)
            })
        });
        for task in try_join_all(tasks).await? {
            self.took.extend(task?);
        }
        self.took.sort_by(f64::total_cmp);
        self.worked += started.elapsed();
        self.count += 1;
        side.rest().await
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of some seconds")]
    pub fn rate(&self) -> f64 {
        self.took.len() as f64 / self.worked.as_secs_f64()
    }

    /// Milliseconds that this part of a hundred stayed below.
    pub fn at(&self, part: usize) -> f64 {
        self.took.get(self.took.len() * part / 100).copied().unwrap_or(0.0)
    }
}
