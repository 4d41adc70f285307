//! Follows the log and keeps every read model up to date: one batch of events is turned into the statements of all read
//! models that this node leads, and those are committed with their checkpoints at once. What others lead is watched.

use super::leadership::Leadership;
use super::rush::Rush;
use super::seat::Seat;
use super::standing::{Standing, standings};
use super::view::Position;
use crate::journal::{Journal, JournalError};
use ringbuch_domain::ports::Leases;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::Builds;
use ringbuch_projections::rows::{ReadModels, RowsError};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Events taken at once: enough to make a commit worth its while, few enough that nobody waits behind it for long.
pub(super) const BATCH: usize = 400;

/// From the start of one batch to the start of the next, unless there is more than a batch to do. Who has just written
/// something does not notice; under load, a commit of all read models for every single event would cost more than all
/// else together.
const PACE: Duration = Duration::from_millis(10);

/// The same while webhooks stand at the door.
const PACE_IN_A_RUSH: Duration = Duration::from_millis(40);

/// After trouble below, before asking again.
const PAUSE: Duration = Duration::from_millis(500);

/// How long somebody who has written something waits for the read models to show it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a command waits for read models that another process leads and that do not come on: longer than it takes to
/// lead in the place of one that died.
const STALLED: Duration = Duration::from_secs(12);

#[derive(Debug, Error)]
pub enum ProjectorError {
    #[error(transparent)]
    Log(#[from] JournalError),
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error(transparent)]
    Leases(#[from] ringbuch_domain::ports::LeaseError),
    #[error("building a projection anew broke off")]
    BrokeOff,
}

pub struct Projector {
    pub(super) journal: Arc<Journal>,
    pub(super) rows: Arc<dyn ReadModels>,
    pub(super) builds: Arc<dyn Builds>,
    pub(super) leadership: Leadership,
    pub(super) projections: &'static [Projection],
    pub(super) rush: Rush,
    /// Who follows the log in this process; one at a time.
    seat: Mutex<Seat>,
    /// The position up to which each read model is current, and for all of them together.
    positions: Vec<watch::Sender<u64>>,
    progress: watch::Sender<u64>,
    /// The read model that others keep a copy of in memory, and where it has changed last.
    watched: &'static str,
    watched_changes: watch::Sender<u64>,
}

/// The lease of a projection. Another version of it is another matter, which its own programs lead.
pub(super) fn lease(projection: &Projection) -> String {
    format!("projection {} {}", projection.name, projection.version)
}

impl Projector {
    pub fn new(
        journal: Arc<Journal>,
        (rows, builds, leases): (Arc<dyn ReadModels>, Arc<dyn Builds>, Arc<dyn Leases>),
        projections: &'static [Projection],
        watched: &'static str,
        rush: Rush,
    ) -> Self {
        Self {
            journal,
            rows,
            builds,
            leadership: Leadership::new(leases, projections.iter().map(lease)),
            projections,
            rush,
            seat: Mutex::default(),
            positions: projections.iter().map(|_| watch::Sender::new(0)).collect(),
            progress: watch::Sender::new(0),
            watched,
            watched_changes: watch::Sender::new(0),
        }
    }

    /// Moves whenever rows of the directory may have changed.
    pub fn directory_changed(&self) -> watch::Receiver<u64> {
        self.watched_changes.subscribe()
    }

    /// The position up to which every read model is current that is not paused.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.progress.subscribe()
    }

    /// The position up to which one read model is current; without one of that name, as far as all are.
    pub fn progress_of(&self, name: &str) -> watch::Receiver<u64> {
        let nth = self.projections.iter().position(|projection| projection.name == name);
        nth.and_then(|nth| self.positions.get(nth)).unwrap_or(&self.progress).subscribe()
    }

    /// Returns once every read model is current up to a position, or after a while if they do not come that far: whoever
    /// has written something can be shown it.
    pub async fn absorbed(&self, position: u64) {
        let mut progress = self.progress();
        let absorbed = progress.wait_for(|current| *current >= position);
        let _ = tokio::time::timeout(PATIENCE, absorbed).await;
    }

    /// How far each read model has come, as the database says.
    pub async fn standing(&self) -> Result<Vec<Standing>, ProjectorError> {
        standings(&*self.rows, self.journal.log(), self.projections).await
    }

    /// Makes the tables that were never made. Where a table is missing that once was there, only building the projection
    /// anew puts back its rows.
    pub async fn prepare(&self) -> Result<(), ProjectorError> {
        let stored = ringbuch_projections::engine::standing::all(&*self.rows).await?;
        for projection in self.projections.iter().filter(|it| !stored.contains_key(it.name)) {
            self.rows.prepare(projection.ddl).await?;
        }
        Ok(())
    }

    /// Follows until it is told to stop, then lets others lead. Trouble below is logged and tried again; it never ends the
    /// following.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut seat = tokio::select! {
            () = shutdown.cancelled() => return,
            seat = self.seat.lock() => seat,
        };
        seat.builds = true;
        loop {
            let next = Instant::now() + if self.rush.is_on() { PACE_IN_A_RUSH } else { PACE };
            let round = async {
                match self.round(&mut seat).await {
                    Ok(absorbed) if absorbed >= BATCH => {}
                    Ok(1..) => sleep_until(next).await,
                    Ok(0) => self.wait(&mut seat).await,
                    Err(error) => {
                        tracing::warn!(%error, "the read models are not being updated; trying again");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = round => {}
            }
        }
        self.leave(&mut seat).await;
    }

    /// Absorbs everything that the log holds now, or waits until whoever leads has.
    pub async fn catch_up(&self) -> Result<(), ProjectorError> {
        self.catch_up_unless(STALLED).await
    }

    /// As `catch_up`, but goes on when whoever leads has not come on for this long.
    pub async fn catch_up_unless(&self, stalled: Duration) -> Result<(), ProjectorError> {
        let head = self.journal.log().head().await.map_err(JournalError::from)?;
        let Ok(mut seat) = self.seat.try_lock() else {
            self.wait_for(head, stalled).await;
            return Ok(());
        };
        let done = self.follow_to(&mut seat, head, stalled).await;
        self.leave(&mut seat).await;
        done
    }

    async fn follow_to(&self, seat: &mut Seat, head: u64, stalled: Duration) -> Result<(), ProjectorError> {
        let mut since = (Instant::now(), 0);
        seat.look_again();
        loop {
            let absorbed = self.round(seat).await?;
            let reached = *self.progress.borrow();
            if absorbed == 0 && reached >= head && !seat.waits_for_build {
                return Ok(());
            }
            if absorbed > 0 || reached > since.1 || seat.waits_for_build {
                since = (Instant::now(), reached);
            }
            if absorbed > 0 {
                continue;
            }
            if since.0.elapsed() > stalled {
                tracing::warn!(behind = head - reached, "the read models do not come on; what they say is old");
                return Ok(());
            }
            self.wait(seat).await;
        }
    }

    async fn wait_for(&self, head: u64, stalled: Duration) {
        let mut progress = self.progress();
        if tokio::time::timeout(stalled, progress.wait_for(|current| *current >= head)).await.is_err() {
            tracing::warn!("the read models do not come on; what they say is old");
        }
    }

    async fn leave(&self, seat: &mut Seat) {
        seat.stand_up();
        self.leadership.release().await;
    }

    /// Tells whoever waits where each read model stands, in their order.
    pub(super) fn tell(&self, positions: &[Position], known: u64) {
        for (sender, position) in self.positions.iter().zip(positions) {
            set(sender, position.checkpoint);
        }
        let awaited = positions.iter().filter(|position| position.awaited).map(|position| position.checkpoint);
        set(&self.progress, awaited.min().unwrap_or(known));
    }

    /// Tells where a read model has changed last, in case somebody keeps a copy of it.
    pub(super) fn tell_changed(&self, name: &str, changed: u64) {
        if name == self.watched {
            set(&self.watched_changes, changed);
        }
    }

    pub(super) fn is_watched(&self, projection: &Projection) -> bool {
        projection.name == self.watched
    }
}

fn set(sender: &watch::Sender<u64>, value: u64) {
    sender.send_if_modified(|before| std::mem::replace(before, value) != value);
}
