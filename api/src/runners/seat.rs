//! The one place in a process from which the log is followed: which projections it leads, which of them are to be built
//! anew, and how often it looks at what is asked of them.

use super::feed::read;
use super::following::{Following, absorb};
use super::projector::{BATCH, Projector, ProjectorError, lease};
use super::rebuild::{Built, Site};
use crate::journal::JournalError;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::{Control, Stored, control, set_aside, standing};
use ringbuch_projections::rows::{Fence, RowsError, Step};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What is asked of projections, and who leads them, is looked at this often.
const LOOK: Duration = Duration::from_secs(1);
/// The same while somebody else leads and is behind the log.
const WATCH: Duration = Duration::from_millis(20);
/// After a build that failed, before the next.
const BUILD_AGAIN: Duration = Duration::from_secs(30);

#[derive(Default)]
pub struct Seat {
    led: Vec<Following>,
    looked: Option<Instant>,
    renewed: Option<Instant>,
    /// Projections are built anew here; a command that only reads leaves that to others, but for the one that everything
    /// stands on.
    pub builds: bool,
    /// That one is to be built before anything can be done.
    pub waits_for_build: bool,
    /// The newest position known here.
    head: u64,
    /// Something that others lead is behind it.
    others_behind: bool,
    /// Where each projection stands, and whether anybody should wait for it.
    positions: Vec<(u64, bool)>,
    build: Option<Build>,
    built: Vec<Built>,
    build_after: Option<Instant>,
}

struct Build {
    projections: Vec<&'static Projection>,
    reached: Arc<AtomicU64>,
    task: JoinHandle<Result<Vec<Built>, ProjectorError>>,
}

impl Seat {
    pub fn look_again(&mut self) {
        self.looked = None;
    }

    /// Leads nothing any more.
    pub fn stand_up(&mut self) {
        if let Some(build) = self.build.take() {
            build.task.abort();
        }
        *self = Self::default();
    }

    fn is_due(&self) -> bool {
        self.looked.is_none_or(|looked| looked.elapsed() >= LOOK)
    }

    fn is_building(&self, projection: &Projection) -> bool {
        let under_way = self.build.iter().flat_map(|build| &build.projections).any(|it| it.name == projection.name);
        under_way || self.built.iter().any(|it| it.following.projection.name == projection.name)
    }
}

impl Projector {
    /// One batch for whatever is led here; how many events there were to absorb.
    pub(super) async fn round(&self, seat: &mut Seat) -> Result<usize, ProjectorError> {
        if seat.is_due() {
            self.look(seat).await?;
        }
        self.take_place_of_old_rows(seat).await?;
        let absorbed = match self.absorb(seat).await {
            // Another node was faster, or leads by now: what holds is in the database.
            Err(ProjectorError::Rows(
                error @ (RowsError::CheckpointMoved { .. }
                | RowsError::TakenOver { .. }
                | RowsError::Superseded { .. }),
            )) => {
                tracing::debug!(%error, "where the read models stand is looked up again");
                seat.led.clear();
                seat.look_again();
                1
            }
            other => other?,
        };
        self.tell_positions(seat);
        Ok(absorbed)
    }

    /// Returns when there may be something to do.
    pub(super) async fn wait(&self, seat: &mut Seat) {
        if seat.others_behind {
            tokio::time::sleep(WATCH).await;
            return seat.look_again();
        }
        let news = self.journal.log().wait_for_news(seat.head);
        if let Ok(Err(_)) = tokio::time::timeout(LOOK, news).await {
            tokio::time::sleep(LOOK).await;
        }
        if seat.led.len() < self.projections.len() {
            seat.look_again();
        }
    }

    /// Who leads, what is asked of whom, and where all stand.
    async fn look(&self, seat: &mut Seat) -> Result<(), ProjectorError> {
        if seat.renewed.is_none_or(|renewed| renewed.elapsed() >= LOOK) {
            self.leadership.renew().await?;
            seat.renewed = Some(Instant::now());
        }
        let (stored, asked) = (standing::all(&*self.rows).await?, control::all(&*self.rows).await?);
        seat.head = self.journal.log().head().await.map_err(JournalError::from)?;
        seat.looked = Some(Instant::now());
        let mut before = std::mem::take(&mut seat.led);
        let mut positions = Vec::with_capacity(self.projections.len());
        let mut wanted = Vec::new();
        seat.waits_for_build = false;
        for projection in self.projections {
            let stands = stored.get(projection.name).copied();
            let control = asked.get(projection.name).copied().unwrap_or_default();
            let current = stands.is_none_or(|it| it.version == projection.version);
            positions.push((stands.filter(|_| current).map_or(0, |it| it.checkpoint), current && !control.paused));
            let outdated = stands.is_some_and(|it| it.version < projection.version);
            seat.waits_for_build |= outdated && self.is_watched(projection);
            let Some(fence) = self.fence(projection) else { continue };
            if (outdated && self.is_watched(projection)) || (seat.builds && (outdated || control.rebuild)) {
                wanted.push(projection);
            }
            if current && !control.paused {
                let known = before.iter().position(|it| it.projection.name == projection.name);
                let known = known.map(|nth| before.swap_remove(nth)).filter(|it| it.fence == fence_of(projection, fence));
                let mut following = match known {
                    Some(following) => following,
                    None => self.sit_down(projection, fence, stands).await?,
                };
                if control.retry {
                    self.retry(&mut following).await?;
                }
                seat.led.push(following);
            }
        }
        for (name, it) in &stored {
            self.tell_changed(name, it.changed);
        }
        let led = |nth: usize| seat.led.iter().any(|it| Some(it.projection.name) == name_at(self.projections, nth));
        let behind = |(nth, (position, awaited)): (usize, &(u64, bool))| *awaited && *position < seat.head && !led(nth);
        seat.others_behind = positions.iter().enumerate().any(behind);
        seat.positions = positions;
        self.tend_builds(seat, wanted, &asked).await
    }

    async fn sit_down(
        &self,
        projection: &'static Projection,
        fence: u64,
        stands: Option<Stored>,
    ) -> Result<Following, ProjectorError> {
        Ok(Following {
            checkpoint: stands.map_or(0, |it| it.checkpoint),
            changed: stands.map_or(0, |it| it.changed),
            set_aside: set_aside::streams(&*self.rows, projection.name).await?,
            fence: fence_of(projection, fence),
            ..Following::new(projection)
        })
    }

    /// Those that stand together go together; whoever is behind does not hold up the others.
    async fn absorb(&self, seat: &mut Seat) -> Result<usize, ProjectorError> {
        let Seat { led, head, .. } = seat;
        led.sort_by_key(|it| it.checkpoint);
        let mut absorbed = 0;
        for group in led.chunk_by_mut(|one, other| one.checkpoint == other.checkpoint) {
            let Some(from) = group.first().map(|it| it.checkpoint) else { continue };
            let events = read(&self.journal, from, BATCH).await?;
            let Some(last) = events.last() else { continue };
            absorb(&*self.rows, group, &events, self.journal.clock().now()).await?;
            *head = last.position.max(*head);
            absorbed = events.len().max(absorbed);
        }
        Ok(absorbed)
    }

    fn tell_positions(&self, seat: &mut Seat) {
        for it in &seat.led {
            let nth = self.projections.iter().position(|projection| projection.name == it.projection.name);
            if let Some(place) = nth.and_then(|nth| seat.positions.get_mut(nth)) {
                place.0 = it.checkpoint;
            }
            self.tell_changed(it.projection.name, it.changed);
        }
        self.tell(&seat.positions, seat.head);
    }

    /// Begins what is to be built, tells how far it is, and takes what is ready.
    async fn tend_builds(
        &self,
        seat: &mut Seat,
        mut wanted: Vec<&'static Projection>,
        asked: &BTreeMap<String, Control>,
    ) -> Result<(), ProjectorError> {
        wanted.retain(|projection| !seat.is_building(projection));
        match seat.build.take() {
            Some(build) if build.projections.iter().any(|projection| self.fence(projection).is_none()) => {
                build.task.abort();
            }
            Some(build) if build.task.is_finished() => self.take_built(seat, build).await?,
            Some(build) => {
                let reached = build.reached.load(Ordering::Relaxed);
                let told: Vec<_> = build.projections.iter().map(|it| control::built(it.name, reached)).collect();
                self.rows.execute(&told).await?;
                seat.build = Some(build);
            }
            None if wanted.is_empty() || seat.build_after.is_some_and(|after| Instant::now() < after) => {
                self.clear_away(seat, asked).await?;
            }
            None => {
                // Told before anything is made, so that whatever is left of it is found.
                let told: Vec<_> = wanted.iter().map(|it| control::built(it.name, 0)).collect();
                self.rows.execute(&told).await?;
                seat.build = Some(self.begin(wanted));
            }
        }
        Ok(())
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

    async fn take_built(&self, seat: &mut Seat, build: Build) -> Result<(), ProjectorError> {
        match build.task.await.unwrap_or(Err(ProjectorError::BrokeOff)) {
            Ok(built) => seat.built = built,
            Err(error) => {
                let projections = names(&build.projections);
                tracing::error!(%error, projections, "the build failed; the old rows stay, and it is tried again");
                seat.build_after = Some(Instant::now() + BUILD_AGAIN);
            }
        }
        Ok(())
    }

    /// What a build has left that ended with its process goes: somebody might have been erased since.
    async fn clear_away(&self, seat: &Seat, asked: &BTreeMap<String, Control>) -> Result<(), ProjectorError> {
        let left = |projection: &&Projection| asked.get(projection.name).is_some_and(|it| it.built.is_some());
        let ours = |projection: &&Projection| self.fence(projection).is_some() && !seat.is_building(projection);
        for projection in self.projections.iter().filter(left).filter(ours) {
            self.builds.discard(projection).await?;
            self.rows.execute(&[control::not_building(projection.name)]).await?;
        }
        Ok(())
    }

    /// Brings each copy that is ready up to where the log is, and puts it in the place of the old rows.
    async fn take_place_of_old_rows(&self, seat: &mut Seat) -> Result<(), ProjectorError> {
        while let Some(built) = seat.built.pop() {
            let projection = built.following.projection;
            let Some(fence) = self.fence(projection) else { continue };
            match self.swap(&built, fence_of(projection, fence)).await {
                Ok(()) => tracing::info!(projection = projection.name, version = projection.version, "built anew"),
                Err(ProjectorError::Rows(RowsError::TakenOver { .. })) => {}
                Err(ProjectorError::Rows(error @ RowsError::Statement { .. })) => {
                    let name = projection.name;
                    tracing::error!(%error, projection = name, "the copy cannot be swapped in; it is built again");
                    seat.build_after = Some(Instant::now() + BUILD_AGAIN);
                }
                Err(other) => {
                    seat.built.push(built);
                    return Err(other);
                }
            }
            seat.led.retain(|it| it.projection.name != projection.name);
            seat.look_again();
        }
        Ok(())
    }

    async fn swap(&self, built: &Built, fence: Option<Fence>) -> Result<(), ProjectorError> {
        let projection = built.following.projection;
        let mut following = Following { fence, ..built.following.clone() };
        let mut before = vec![set_aside::forget(projection.name)];
        before.extend(built.set_aside.iter().cloned());
        let behind = following.clone();
        let tail = self.tail(&mut following).await?;
        let whole = |tail: Step| {
            let statements = before.iter().cloned().chain(tail.statements).chain([control::rebuilt(projection.name)]);
            Step { statements: statements.collect(), ..tail }
        };
        match self.builds.swap(projection, &whole(tail)).await {
            // What came last cannot be taken as a whole; it is taken afterwards, where it can be split.
            Err(RowsError::Statement { .. }) => {
                let still = projection.still(behind.checkpoint, behind.checkpoint);
                Ok(self.builds.swap(projection, &whole(Step { fence: behind.fence.clone(), ..still })).await?)
            }
            swapped => Ok(swapped?),
        }
    }

    /// What has happened since the copy was begun, as one step.
    async fn tail(&self, following: &mut Following) -> Result<Step, ProjectorError> {
        let from = following.checkpoint;
        let mut statements = Vec::new();
        loop {
            let events = read(&self.journal, following.checkpoint, BATCH).await?;
            let Some(step) = following.go_on(&events, self.journal.clock().now()) else { break };
            statements.extend(step.statements);
        }
        let still = following.projection.still(from, following.checkpoint);
        Ok(Step { statements, fence: following.fence.clone(), ..still })
    }
}

fn fence_of(projection: &Projection, number: u64) -> Option<Fence> {
    Some(Fence { lease: lease(projection), number })
}

fn name_at(projections: &[Projection], nth: usize) -> Option<&'static str> {
    projections.get(nth).map(|projection| projection.name)
}

fn names(projections: &[&Projection]) -> String {
    projections.iter().map(|projection| projection.name).collect::<Vec<_>>().join(", ")
}
