//! Projections worked out anew from the whole log: in private databases, several at once in one pass, each on a thread of
//! its own; then their rows are put beside those that are read. What happened meanwhile is added when they are swapped in.

use super::feed::{Followed, read};
use super::following::{Following, absorb};
use super::projector::ProjectorError;
use super::rush::Rush;
use crate::journal::Journal;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use ringbuch_adapters::store::Scratch;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::{Builds, set_aside};
use ringbuch_projections::rows::{ReadModels, RowsError, Statement};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Events taken at once.
const BATCH: usize = 4_000;
/// Rows carried over at once.
const ROWS: u32 = 10_000;
/// Between two batches while webhooks stand at the door.
const PACE_IN_A_RUSH: Duration = Duration::from_millis(40);

/// What a build needs.
#[derive(Clone)]
pub struct Site {
    pub journal: Arc<Journal>,
    pub builds: Arc<dyn Builds>,
    pub rush: Rush,
    /// The position that the build has come to.
    pub reached: Arc<AtomicU64>,
}

/// A copy that stands ready beside the rows that are read.
#[derive(Debug)]
pub struct Built {
    /// Where it stands.
    pub following: Following,
    /// What it has set aside on its way.
    pub set_aside: Vec<Statement>,
}

/// One thread's share.
struct Bench {
    scratch: Scratch,
    shares: Vec<Following>,
}

impl Site {
    pub async fn build(self, projections: Vec<&'static Projection>) -> Result<Vec<Built>, ProjectorError> {
        let mut benches = benches(&projections)?;
        for bench in &benches {
            for share in &bench.shares {
                bench.scratch.prepare(share.projection.ddl).await?;
            }
        }
        let mut events = self.read(0).await?;
        while let Some(last) = events.last().map(|event| event.position) {
            let batch = Arc::new(events);
            let (next, worked) = tokio::join!(self.read(last), work(benches, &batch, self.now()));
            benches = worked?;
            self.reached.store(last, Ordering::Relaxed);
            events = next?;
        }
        for share in benches.iter().flat_map(|bench| &bench.shares) {
            self.builds.begin(share.projection).await?;
        }
        let carried = try_join_all(benches.into_iter().map(|bench| self.carry_over(bench))).await?;
        Ok(carried.into_iter().flatten().collect())
    }

    fn now(&self) -> Timestamp {
        self.journal.clock().now()
    }

    async fn read(&self, after: u64) -> Result<Vec<Followed>, ProjectorError> {
        if self.rush.is_on() {
            tokio::time::sleep(PACE_IN_A_RUSH).await;
        }
        Ok(read(&self.journal, after, BATCH).await?)
    }

    async fn carry_over(&self, Bench { scratch, shares }: Bench) -> Result<Vec<Built>, ProjectorError> {
        let mut built = Vec::new();
        for share in shares {
            self.load(&scratch, share.projection).await?;
            let set_aside = set_aside::copied(&scratch, share.projection).await?;
            built.push(Built { set_aside, following: share });
        }
        Ok(built)
    }

    async fn load(&self, scratch: &Scratch, projection: &Projection) -> Result<(), ProjectorError> {
        for table in projection.tables {
            let mut place = 0;
            loop {
                let (rows, next) = scratch.page(table, place, ROWS)?;
                if rows.is_empty() {
                    break;
                }
                self.builds.load(projection, table, rows).await?;
                place = next;
            }
        }
        Ok(self.builds.index(projection).await?)
    }
}

/// As many as there are processors, with the projections dealt out among them.
fn benches(projections: &[&'static Projection]) -> Result<Vec<Bench>, RowsError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(projections.len());
    let share =
        |nth: usize| projections.iter().skip(nth).step_by(threads.max(1)).map(|it| Following::new(it)).collect();
    (0..threads).map(|nth| Ok(Bench { scratch: Scratch::open()?, shares: share(nth) })).collect()
}

async fn work(benches: Vec<Bench>, events: &Arc<Vec<Followed>>, now: Timestamp) -> Result<Vec<Bench>, ProjectorError> {
    let runtime = tokio::runtime::Handle::current();
    let at_bench = |mut bench: Bench| {
        let (events, runtime) = (Arc::clone(events), runtime.clone());
        tokio::task::spawn_blocking(move || {
            // A private database answers at once, on this thread.
            runtime.block_on(absorb(&bench.scratch, &mut bench.shares, &events, now))?;
            Ok::<Bench, RowsError>(bench)
        })
    };
    let worked = try_join_all(benches.into_iter().map(at_bench)).await.map_err(|_| ProjectorError::BrokeOff)?;
    Ok(worked.into_iter().collect::<Result<_, _>>()?)
}
