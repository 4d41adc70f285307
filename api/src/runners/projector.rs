//! Follows the log and keeps every read model up to date: one batch of events is turned into the statements of all read
//! models, and those are committed with their checkpoints at once.

use super::rush::Rush;
use crate::journal::{Journal, JournalError};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::recorded::Recorded;
use ringbuch_projections::Projection;
use ringbuch_projections::rows::{ReadModels, RowsError, Step};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Events taken at once: enough to make a commit worth its while, few enough that nobody waits behind it for long.
const BATCH: usize = 400;

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

#[derive(Debug, Error)]
pub enum ProjectorError {
    #[error(transparent)]
    Log(#[from] JournalError),
    #[error(transparent)]
    Rows(#[from] RowsError),
}

pub struct Projector {
    journal: Arc<Journal>,
    rows: Arc<dyn ReadModels>,
    projections: &'static [Projection],
    /// As last seen in the database; another node, or a rebuild, may have moved them since.
    checkpoints: Mutex<Vec<u64>>,
    progress: watch::Sender<u64>,
    rush: Rush,
    /// The read model that others keep a copy of in memory, and how often it has changed.
    watched: &'static str,
    watched_changes: watch::Sender<u64>,
}

/// How far one read model has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub name: &'static str,
    pub version: u32,
    /// Position of the last event that it has absorbed.
    pub checkpoint: u64,
    /// Events of the log that it has not absorbed yet.
    pub lag: u64,
}

impl Projector {
    pub fn new(
        journal: Arc<Journal>,
        rows: Arc<dyn ReadModels>,
        projections: &'static [Projection],
        watched: &'static str,
        rush: Rush,
    ) -> Self {
        let (progress, watched_changes) = (watch::Sender::new(0), watch::Sender::new(0));
        Self { journal, rows, projections, checkpoints: Mutex::default(), progress, rush, watched, watched_changes }
    }

    /// Moves whenever rows of the directory may have changed.
    pub fn directory_changed(&self) -> watch::Receiver<u64> {
        self.watched_changes.subscribe()
    }

    /// The position up to which every read model is current.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.progress.subscribe()
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
        let mut standing = Vec::with_capacity(self.projections.len());
        for &Projection { name, version, .. } in self.projections {
            standing.push(Standing { name, version, checkpoint: self.rows.checkpoint(name, version).await?, lag: 0 });
        }
        // Asked last, so that nobody seems to be ahead of the log.
        let head = self.journal.log().head().await.map_err(JournalError::from)?;
        for it in &mut standing {
            it.lag = head.saturating_sub(it.checkpoint);
        }
        Ok(standing)
    }

    /// Makes the tables that are not there yet.
    pub async fn prepare(&self) -> Result<(), ProjectorError> {
        for projection in self.projections {
            self.rows.prepare(projection.ddl).await?;
        }
        self.reload().await?;
        Ok(())
    }

    /// Follows until it is told to stop. Trouble below is logged and tried again; it never ends the following.
    pub async fn run(&self, shutdown: CancellationToken) {
        loop {
            let next = Instant::now() + if self.rush.is_on() { PACE_IN_A_RUSH } else { PACE };
            let step = async {
                match self.step().await {
                    Ok(absorbed) if absorbed >= BATCH => {}
                    Ok(1..) => sleep_until(next).await,
                    Ok(0) => self.wait_for_news().await,
                    Err(error) => {
                        tracing::warn!(%error, "the read models are not being updated; trying again");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = step => {}
            }
        }
    }

    /// Absorbs everything that the log holds now.
    pub async fn catch_up(&self) -> Result<(), ProjectorError> {
        while self.step().await? > 0 {}
        Ok(())
    }

    async fn wait_for_news(&self) {
        let position = *self.progress.borrow();
        if self.journal.log().wait_for_news(position).await.is_err() {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One batch; how many events there were to absorb.
    async fn step(&self) -> Result<usize, ProjectorError> {
        let checkpoints = self.checkpoints();
        let from = checkpoints.iter().copied().min().unwrap_or_default();
        let events = self.readable(from).await?;
        let absorbed = events.len();
        let Some(last) = events.last().map(|event| event.position) else { return Ok(0) };
        let readable: Vec<Recorded<AnyEvent>> = events.into_iter().filter_map(|event| event.event).collect();
        let step_of = |(projection, checkpoint)| step(projection, checkpoint, last, &readable);
        let steps: Vec<Step> = self.projections.iter().zip(checkpoints.iter().copied()).filter_map(step_of).collect();
        let is_of_watched = |step: &Step| step.projection == self.watched && !step.statements.is_empty();
        let mut touched = steps.iter().any(is_of_watched);
        match self.rows.commit(&steps).await {
            Ok(()) => self.advance(checkpoints.into_iter().map(|checkpoint| checkpoint.max(last)).collect()),
            // Another node was faster; what it absorbed need not be absorbed again.
            Err(RowsError::CheckpointMoved { .. }) => {
                self.reload().await?;
                touched = true;
            }
            Err(RowsError::Statement { .. }) => {
                self.one_by_one(&steps, &readable).await?;
                self.reload().await?;
            }
            Err(other) => return Err(other.into()),
        }
        if touched {
            self.watched_changes.send_modify(|changes| *changes += 1);
        }
        Ok(absorbed)
    }

    async fn readable(&self, from: u64) -> Result<Vec<Followed>, ProjectorError> {
        let events = self.journal.read_all(from, BATCH).await?;
        let followed = |event: Recorded<Result<AnyEvent, _>>| {
            let (position, kind) = (event.position, event.data.as_ref().err().map(ToString::to_string));
            if let Some(error) = kind {
                tracing::error!(position, error, "an event cannot be read; the read models go on without it");
            }
            let Recorded { position, stream, revision, id, cause, company, time, data } = event;
            let event = data.ok().map(|data| Recorded { position, stream, revision, id, cause, company, time, data });
            Followed { position, event }
        };
        Ok(events.into_iter().map(followed).collect())
    }

    /// A statement that the engine refuses must not hold up the others: each read model goes alone, and the one that is
    /// in trouble goes event by event, without the event that it cannot take.
    async fn one_by_one(&self, steps: &[Step], events: &[Recorded<AnyEvent>]) -> Result<(), ProjectorError> {
        for whole in steps {
            match self.rows.commit(std::slice::from_ref(whole)).await {
                Ok(()) | Err(RowsError::CheckpointMoved { .. }) => continue,
                Err(RowsError::Statement { .. }) => {}
                Err(other) => return Err(other.into()),
            }
            let Some(projection) = self.projections.iter().find(|it| it.name == whole.projection) else { continue };
            self.event_by_event(projection, whole, events).await?;
        }
        Ok(())
    }

    async fn event_by_event(
        &self,
        projection: &Projection,
        whole: &Step,
        events: &[Recorded<AnyEvent>],
    ) -> Result<(), ProjectorError> {
        let mut from = whole.from;
        for event in events.iter().filter(|event| event.position > whole.from) {
            let Some(single) = projection.step(from, std::slice::from_ref(event)) else { continue };
            match self.rows.commit(std::slice::from_ref(&single)).await {
                Ok(()) => {}
                Err(RowsError::Statement { what, .. }) => {
                    let (name, position) = (projection.name, event.position);
                    tracing::error!(projection = name, position, what, "a read model goes on without an event");
                    self.rows.commit(&[Step { statements: vec![], ..single.clone() }]).await?;
                }
                Err(RowsError::CheckpointMoved { .. }) => return Ok(()),
                Err(other) => return Err(other.into()),
            }
            from = single.to;
        }
        if from < whole.to {
            self.rows.commit(&[Step { from, statements: vec![], ..whole.clone() }]).await?;
        }
        Ok(())
    }

    fn checkpoints(&self) -> Vec<u64> {
        self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn reload(&self) -> Result<(), RowsError> {
        let mut checkpoints = Vec::with_capacity(self.projections.len());
        for projection in self.projections {
            checkpoints.push(self.rows.checkpoint(projection.name, projection.version).await?);
        }
        self.advance(checkpoints);
        Ok(())
    }

    fn advance(&self, checkpoints: Vec<u64>) {
        let slowest = checkpoints.iter().copied().min().unwrap_or_default();
        *self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner) = checkpoints;
        self.progress.send_replace(slowest);
    }
}

/// An event as it was followed; one that cannot be read still moves the checkpoint.
struct Followed {
    position: u64,
    event: Option<Recorded<AnyEvent>>,
}

fn step(projection: &Projection, from: u64, last: u64, events: &[Recorded<AnyEvent>]) -> Option<Step> {
    if from >= last {
        return None;
    }
    let seen = events.iter().position(|event| event.position > from).unwrap_or(events.len());
    let fresh = events.get(seen..).unwrap_or_default();
    let step = projection.step(from, fresh);
    let empty = Step { projection: projection.name, version: projection.version, from, to: last, statements: vec![] };
    Some(step.map_or(empty, |step| Step { to: last, ..step }))
}
