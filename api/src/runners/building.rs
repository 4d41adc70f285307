//! Building anew what is outdated or was asked for: one build at a time, of all that is wanted then, beside everything
//! else; what is ready takes the place of the old rows between two batches.

use super::feed::read;
use super::following::Following;
use super::projector::{BATCH, Projector, ProjectorError};
use super::rebuild::{Built, Site};
use super::seat::Seat;
use super::view::View;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::{control, set_aside};
use ringbuch_projections::rows::{Fence, RowsError, Step};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// After a build that failed, before the next.
const AGAIN: Duration = Duration::from_secs(30);
/// After a copy could not be swapped in, since somebody reads the old rows for long.
const SWAP_AGAIN: Duration = Duration::from_secs(2);

/// What is being built in this process.
#[derive(Default)]
pub struct Building {
    under_way: Option<Build>,
    /// Copies that stand ready.
    built: Vec<Built>,
    not_before: Option<Instant>,
    swap_not_before: Option<Instant>,
}

struct Build {
    projections: Vec<&'static Projection>,
    reached: Arc<AtomicU64>,
    task: JoinHandle<Result<Vec<Built>, ProjectorError>>,
}

impl Drop for Build {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Building {
    fn holds(&self, projection: &Projection) -> bool {
        let under_way = self.under_way.iter().flat_map(|build| &build.projections).any(|it| it.name == projection.name);
        under_way || self.built.iter().any(|it| it.following.projection.name == projection.name)
    }

    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    pub fn is_finished(&self) -> bool {
        self.under_way.as_ref().is_some_and(|build| build.task.is_finished())
    }

    fn fail(&mut self, error: &ProjectorError, projections: &str) {
        tracing::error!(%error, projections, "the build failed; the old rows stay, and it is tried again");
        self.not_before = Some(Instant::now() + AGAIN);
    }

    fn may_begin(&self) -> bool {
        self.under_way.is_none() && has_come(self.not_before)
    }
}

fn has_come(time: Option<Instant>) -> bool {
    time.is_none_or(|time| Instant::now() >= time)
}

impl Projector {
    /// Begins what is to be built, tells how far it is, and takes what is ready.
    pub(super) async fn tend_builds(&self, seat: &mut Seat, view: &View) -> Result<(), ProjectorError> {
        if let Some(build) = seat.building.under_way.take() {
            if build.task.is_finished() {
                self.take_built(seat, build).await;
            } else if build.projections.iter().all(|it| self.fence(it).is_some()) {
                let reached = build.reached.load(Ordering::Relaxed);
                self.tell_built(&build.projections, reached).await?;
                seat.building.under_way = Some(build);
            }
        }
        let wanted: Vec<_> = self.projections.iter().filter(|it| self.is_wanted(seat, view, it)).collect();
        if !wanted.is_empty() && seat.building.may_begin() {
            // Told before anything is made, so that whatever is left of it is found.
            self.tell_built(&wanted, 0).await?;
            seat.building.under_way = Some(self.begin(wanted));
        }
        self.clear_away(seat, view).await
    }

    fn is_wanted(&self, seat: &Seat, view: &View, projection: &Projection) -> bool {
        let outdated = view.is_outdated(projection);
        let asked =
            outdated && self.is_watched(projection) || seat.builds && (outdated || view.asked(projection).rebuild);
        asked && self.fence(projection).is_some() && !seat.building.holds(projection)
    }

    async fn tell_built(&self, projections: &[&Projection], reached: u64) -> Result<(), ProjectorError> {
        let told: Vec<_> = projections.iter().map(|it| control::built(it.name, reached)).collect();
        Ok(self.rows.execute(&told).await?)
    }

    fn begin(&self, projections: Vec<&'static Projection>) -> Build {
        let reached = Arc::<AtomicU64>::default();
        let site = Site {
            journal: Arc::clone(&self.journal),
            builds: Arc::clone(&self.builds),
            rush: self.rush.clone(),
            reached: Arc::clone(&reached),
        };
        tracing::info!(projections = names(&projections), "building beside the rows that are read");
        Build { task: tokio::spawn(site.build(projections.clone())), projections, reached }
    }

    async fn take_built(&self, seat: &mut Seat, mut build: Build) {
        match (&mut build.task).await.unwrap_or(Err(ProjectorError::BrokeOff)) {
            Ok(copies) => seat.building.built = copies,
            Err(error) => seat.building.fail(&error, &names(&build.projections)),
        }
    }

    /// What a build has left that ended with its process goes: somebody might have been erased since.
    async fn clear_away(&self, seat: &Seat, view: &View) -> Result<(), ProjectorError> {
        let left = |projection: &&Projection| view.asked(projection).built.is_some();
        let ours = |projection: &&Projection| self.fence(projection).is_some() && !seat.building.holds(projection);
        for projection in self.projections.iter().filter(left).filter(ours) {
            self.builds.discard(projection).await?;
            self.rows.execute(&[control::not_building(projection.name)]).await?;
        }
        Ok(())
    }

    /// Brings each copy that is ready up to where the log is, and puts it in the place of the old rows. Where that has to
    /// wait, nothing waits for it.
    pub(super) async fn swap_what_is_built(&self, seat: &mut Seat) {
        if !has_come(seat.building.swap_not_before) {
            return;
        }
        while let Some(built) = seat.building.built.pop() {
            let projection = built.following.projection;
            let Some(fence) = self.fence(projection) else { continue };
            match self.swap(&built, fence).await {
                Ok(()) => tracing::info!(projection = projection.name, version = projection.version, "built anew"),
                Err(ProjectorError::Rows(RowsError::TakenOver { .. })) => {}
                Err(error @ ProjectorError::Rows(RowsError::Statement { .. })) => {
                    seat.building.fail(&error, projection.name);
                }
                Err(error) => {
                    tracing::warn!(%error, projection = projection.name, "what was built is swapped in later");
                    seat.building.built.push(built);
                    seat.building.swap_not_before = Some(Instant::now() + SWAP_AGAIN);
                    return;
                }
            }
            seat.led.retain(|it| it.projection.name != projection.name);
            seat.look_again();
        }
    }

    async fn swap(&self, built: &Built, fence: Fence) -> Result<(), ProjectorError> {
        let projection = built.following.projection;
        let copy = Following { fence: Some(fence), ..built.following.clone() };
        let still = Step { fence: copy.fence.clone(), ..projection.still(copy.checkpoint, copy.checkpoint) };
        let before = || [set_aside::forget(projection.name)].into_iter().chain(built.set_aside.iter().cloned());
        let whole = |tail: Step| {
            let statements = before().chain(tail.statements).chain([control::rebuilt(projection.name)]).collect();
            Step { statements, ..tail }
        };
        let tail = self.tail(copy).await?;
        match self.builds.swap(projection, &whole(tail)).await {
            // What came last cannot be taken as a whole; it is taken afterwards, where it can be split.
            Err(RowsError::Statement { .. }) => Ok(self.builds.swap(projection, &whole(still)).await?),
            swapped => Ok(swapped?),
        }
    }

    /// What has happened since the copy was begun, as one step.
    async fn tail(&self, mut copy: Following) -> Result<Step, ProjectorError> {
        let (from, mut statements) = (copy.checkpoint, Vec::new());
        loop {
            let events = read(&self.journal, copy.checkpoint, BATCH).await?;
            let Some(step) = copy.go_on(&events, self.journal.clock().now()) else { break };
            statements.extend(step.statements);
        }
        Ok(Step { statements, fence: copy.fence.clone(), ..copy.projection.still(from, copy.checkpoint) })
    }
}

fn names(projections: &[&Projection]) -> String {
    projections.iter().map(|projection| projection.name).collect::<Vec<_>>().join(", ")
}
