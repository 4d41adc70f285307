//! A to-do list whose rows come from the log: takes what is due, works on many at once, and forgets nothing in a crash,
//! since only an event takes a row away.

use super::leadership::{Leadership, Place};
use super::rush::Rush;
use crate::metrics::{Metrics, Work};
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::booking::later;
use ringbuch_domain::ports::Clock;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// What came of working on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The log has heard of it up to this position; until the rows have caught up with that, the row is not taken again.
    Told(u64),
    /// Nothing to do before this time.
    NotBefore(Timestamp),
}

/// Rows and what is to be done about each.
#[async_trait]
pub trait Errands: Send + Sync + 'static {
    type Row: Clone + PartialEq + Send + Sync + 'static;
    type Key: Clone + Eq + Hash + Debug + Send + Sync + 'static;

    fn name(&self) -> &'static str;
    fn key(&self, row: &Self::Row) -> Self::Key;
    /// Rows whose time has come, at most so many, leaving out none.
    async fn due(&self, now: Timestamp, limit: u32) -> anyhow::Result<Vec<Self::Row>>;
    /// When the next row that is not due yet falls due.
    async fn next_due(&self, now: Timestamp) -> anyhow::Result<Option<Timestamp>>;
    async fn run(&self, row: Self::Row) -> anyhow::Result<Done>;
}

/// How many rows are worked on at once.
const AT_ONCE: usize = 32;
/// The same while webhooks stand at the door.
const IN_A_RUSH: usize = 2;
/// Rows read at once; more than are worked on, since some of them are known to wait.
const WINDOW: u32 = 512;
/// From one look at the list to the next: under load, a look for every errand that comes back would cost more than the
/// errands.
const PACE: Duration = Duration::from_millis(10);
/// After trouble below, before a row is taken again.
const PAUSE: Duration = Duration::from_secs(1);

pub struct TodoList<E: Errands> {
    errands: Arc<E>,
    clock: Arc<dyn Clock>,
    progress: watch::Receiver<u64>,
    rush: Rush,
    leadership: Arc<Leadership>,
    metrics: Metrics,
    rest: watch::Sender<Option<Rest>>,
}

/// Nothing is under way and nothing that is due is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// The rows that say so hold at least everything up to this position of the log.
    pub position: u64,
    /// Nothing falls due before.
    pub until: Timestamp,
}

/// Why a due row is left alone for now.
enum Left<R> {
    UnderWay,
    UntilRows(u64),
    /// As it reads now; once it reads otherwise, there is something else to do about it.
    UntilTime {
        time: Timestamp,
        row: R,
    },
}

impl<R: PartialEq> Left<R> {
    fn holds_back(&self, now: &R) -> bool {
        match self {
            Self::UnderWay | Self::UntilRows(_) => true,
            Self::UntilTime { row, .. } => row == now,
        }
    }
}

impl<E: Errands> TodoList<E> {
    /// Of several nodes, the one that has the lease of the list's name works on it.
    pub fn new(
        errands: E,
        clock: Arc<dyn Clock>,
        progress: watch::Receiver<u64>,
        rush: Rush,
        leadership: Arc<Leadership>,
        metrics: Metrics,
    ) -> Self {
        let rest = watch::Sender::new(None);
        Self { errands: Arc::new(errands), clock, progress, rush, leadership, metrics, rest }
    }

    /// While another node works on the list there is nothing to do here; while nobody knows, nothing is said about it.
    fn stand_by(&self, place: Place, position: u64) {
        let idle = Rest { position, until: Timestamp::MAX };
        self.rest.send_replace((place == Place::Elsewhere).then_some(idle));
    }

    fn at_once(&self) -> usize {
        if self.rush.is_on() { IN_A_RUSH } else { AT_ONCE }
    }

    /// Present while the list is at rest.
    pub fn rest(&self) -> watch::Receiver<Option<Rest>> {
        self.rest.subscribe()
    }

    /// Works until it is told to stop, then finishes what it has begun.
    pub async fn run(&self, shutdown: CancellationToken) {
        let (mut progress, mut leading) = (self.progress.clone(), self.leadership.changes());
        let mut left: HashMap<E::Key, Left<E::Row>> = HashMap::new();
        let (report, mut reports) = mpsc::unbounded_channel();
        let mut under_way = 0_usize;
        while !shutdown.is_cancelled() {
            let next = Instant::now() + PACE;
            let position = *progress.borrow_and_update();
            leading.borrow_and_update();
            let place = self.leadership.place(self.errands.name());
            if !matches!(place, Place::Here { .. }) {
                self.stand_by(place, position);
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    _ = progress.changed() => {}
                    _ = leading.changed() => {}
                    Some((key, done)) = reports.recv() => settle(&mut left, &mut under_way, key, done),
                }
                continue;
            }
            let now = self.clock.now();
            left.retain(|_, why| match why {
                Left::UnderWay => true,
                Left::UntilRows(told) => *told > position,
                Left::UntilTime { time, .. } => *time > now,
            });
            let taken = self.take(&mut left, &mut under_way, now, &report).await;
            let wake = self.wake_time(&left, now).await;
            let at_rest = under_way == 0 && taken == Some(0) && !waits_for_rows(&left);
            self.rest.send_replace(wake.filter(|_| at_rest).map(|until| Rest { position, until }));
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = progress.changed() => {}
                _ = leading.changed() => {}
                Some((key, done)) = reports.recv() => settle(&mut left, &mut under_way, key, done),
                () = self.clock.sleep_until(wake.unwrap_or(Timestamp::MAX)) => {}
                () = pause(taken.is_none() || wake.is_none()) => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = sleep_until(next) => {}
            }
            while let Ok((key, done)) = reports.try_recv() {
                settle(&mut left, &mut under_way, key, done);
            }
        }
        while under_way > 0 {
            let Some((key, done)) = reports.recv().await else { break };
            settle(&mut left, &mut under_way, key, done);
        }
    }

    /// Starts what is due and free; how many, or nothing where the list could not be read.
    async fn take(
        &self,
        left: &mut HashMap<E::Key, Left<E::Row>>,
        under_way: &mut usize,
        now: Timestamp,
        report: &mpsc::UnboundedSender<(E::Key, Left<E::Row>)>,
    ) -> Option<usize> {
        let at_once = self.at_once();
        if *under_way >= at_once {
            return Some(0);
        }
        let rows = match self.errands.due(now, WINDOW + u32::try_from(left.len()).unwrap_or(u32::MAX)).await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::warn!(list = self.errands.name(), %error, "the to-do list cannot be read; trying again");
                return None;
            }
        };
        let mut taken = 0;
        for row in rows {
            let key = self.errands.key(&row);
            if *under_way >= at_once {
                break;
            }
            if left.get(&key).is_some_and(|why| why.holds_back(&row)) {
                continue;
            }
            left.insert(key.clone(), Left::UnderWay);
            *under_way += 1;
            taken += 1;
            self.start(row, key, report.clone());
        }
        Some(taken)
    }

    fn start(&self, row: E::Row, key: E::Key, report: mpsc::UnboundedSender<(E::Key, Left<E::Row>)>) {
        let (errands, clock, metrics) = (Arc::clone(&self.errands), Arc::clone(&self.clock), self.metrics.clone());
        tokio::spawn(async move {
            let (list, began) = (errands.name(), Instant::now());
            // A task of its own, so that a defect in one errand leaves the list and the other errands alone.
            let work = tokio::spawn({
                let row = row.clone();
                async move { errands.run(row).await }
            });
            let done = work.await;
            if let Some(work) = Work::of(list) {
                metrics.process(work, began.elapsed());
            }
            let left = match done {
                Ok(Ok(Done::Told(position))) => Left::UntilRows(position),
                Ok(Ok(Done::NotBefore(time))) => Left::UntilTime { time, row },
                Ok(Err(error)) => {
                    tracing::warn!(
                        list,
                        ?key,
                        error = format!("{error:#}"),
                        "an errand failed; it will be tried again"
                    );
                    Left::UntilTime { time: later(clock.now(), PAUSE), row }
                }
                Err(defect) => {
                    tracing::error!(list, ?key, %defect, "an errand broke off; it will be tried again");
                    Left::UntilTime { time: later(clock.now(), PAUSE), row }
                }
            };
            let _ = report.send((key, left));
        });
    }

    /// When there is something to do next, the end of time where nothing is known; nothing where the list could not be
    /// read.
    async fn wake_time(&self, left: &HashMap<E::Key, Left<E::Row>>, now: Timestamp) -> Option<Timestamp> {
        let from_rows = match self.errands.next_due(now).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(list = self.errands.name(), %error, "the to-do list cannot be read; trying again");
                return None;
            }
        };
        let from_left = left.values().filter_map(|why| match why {
            Left::UntilTime { time, .. } => Some(*time),
            Left::UnderWay | Left::UntilRows(_) => None,
        });
        Some(from_rows.into_iter().chain(from_left).min().unwrap_or(Timestamp::MAX))
    }
}

fn settle<K: Eq + Hash, R>(left: &mut HashMap<K, Left<R>>, under_way: &mut usize, key: K, why: Left<R>) {
    *under_way -= 1;
    left.insert(key, why);
}

fn waits_for_rows<K, R>(left: &HashMap<K, Left<R>>) -> bool {
    left.values().any(|why| matches!(why, Left::UntilRows(_)))
}

/// Waits a while where the list could not be read, otherwise for ever.
async fn pause(needed: bool) {
    if needed {
        tokio::time::sleep(PAUSE).await;
    } else {
        std::future::pending::<()>().await;
    }
}
