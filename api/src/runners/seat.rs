//! The one place in a process from which the log is followed: which projections it leads, and how often it looks at who
//! leads and what is asked.

use super::building::Building;
use super::feed::read;
use super::following::{Following, absorb};
use super::projector::{BATCH, Projector, ProjectorError, lease};
use super::view::{Position, View};
use crate::journal::JournalError;
use crate::metrics::Work;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::set_aside;
use ringbuch_projections::rows::{Fence, RowsError};
use std::time::Duration;
use tokio::time::Instant;

/// What is asked of projections, and who leads them, is looked at this often.
const LOOK: Duration = Duration::from_secs(1);
/// The same while something is being built, which may be ready at any time.
const SOON: Duration = Duration::from_millis(50);
/// The same while somebody else leads and is behind the log.
const WATCH: Duration = Duration::from_millis(20);

#[derive(Default)]
pub struct Seat {
    pub led: Vec<Following>,
    pub building: Building,
    looked: Option<Instant>,
    /// The newest position known here.
    head: u64,
    /// Something that others lead is behind it.
    others_behind: bool,
    /// Of all projections, in their order.
    positions: Vec<Position>,
    /// Projections are built anew here; a command that only reads leaves that to others, but for the one that everything
    /// stands on.
    pub builds: bool,
    /// That one is to be built before anything can be done.
    pub waits_for_build: bool,
}

impl Seat {
    pub fn look_again(&mut self) {
        self.looked = None;
    }

    /// Leads nothing any more.
    pub fn stand_up(&mut self) {
        *self = Self::default();
    }
}

impl Projector {
    /// One batch for whatever is led here; how many events there were to absorb.
    pub(super) async fn round(&self, seat: &mut Seat) -> Result<usize, ProjectorError> {
        if seat.looked.is_none_or(|looked| looked.elapsed() >= LOOK) || seat.building.is_finished() {
            self.look(seat).await?;
        }
        self.swap_what_is_built(seat).await;
        let absorbed = match self.absorb(seat).await {
            // Another node was faster, or leads by now: what holds is in the database.
            Err(ProjectorError::Rows(
                error
                @ (RowsError::CheckpointMoved { .. } | RowsError::TakenOver { .. } | RowsError::Superseded { .. }),
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
        let patience = if seat.building.is_under_way() { SOON } else { LOOK };
        if let Ok(Err(_)) = tokio::time::timeout(patience, news).await {
            tokio::time::sleep(LOOK).await;
        }
        if seat.led.len() < self.projections.len() {
            seat.look_again();
        }
    }

    /// Who leads, what is asked of whom, and where all stand.
    async fn look(&self, seat: &mut Seat) -> Result<(), ProjectorError> {
        self.leadership.renew_in_time().await?;
        let view = View::of(&*self.rows).await?;
        seat.head = self.journal.log().head().await.map_err(JournalError::from)?;
        seat.looked = Some(Instant::now());
        seat.positions = self.projections.iter().map(|it| view.position(it)).collect();
        let directory = self.projections.iter().find(|it| self.is_watched(it));
        seat.waits_for_build = directory.is_some_and(|it| view.is_outdated(it));
        self.take_seats(seat, &view).await?;
        for (name, it) in &view.stored {
            self.tell_changed(name, it.changed);
        }
        self.tend_builds(seat, &view).await
    }

    /// Leads what it has the lease of; what it has led before goes on.
    async fn take_seats(&self, seat: &mut Seat, view: &View) -> Result<(), ProjectorError> {
        let mut before = std::mem::take(&mut seat.led);
        seat.others_behind = false;
        for (projection, position) in self.projections.iter().zip(&seat.positions) {
            let Some(fence) = self.fence(projection) else {
                seat.others_behind |= position.awaited && position.checkpoint < seat.head;
                continue;
            };
            if !position.awaited {
                continue;
            }
            let known = before.iter().position(|it| it.projection.name == projection.name);
            let known = known.map(|nth| before.swap_remove(nth)).filter(|it| it.fence.as_ref() == Some(&fence));
            let mut following = match known {
                Some(following) => following,
                None => self.sit_down(projection, fence, view).await?,
            };
            if view.asked(projection).retry
                && let Err(error) = self.retry(&mut following).await
            {
                tracing::warn!(%error, projection = projection.name, "what was set aside is tried again later");
            }
            seat.led.push(following);
        }
        Ok(())
    }

    async fn sit_down(
        &self,
        projection: &'static Projection,
        fence: Fence,
        view: &View,
    ) -> Result<Following, ProjectorError> {
        let stands = view.stored(projection);
        Ok(Following {
            checkpoint: stands.map_or(0, |it| it.checkpoint),
            changed: stands.map_or(0, |it| it.changed),
            set_aside: set_aside::streams(&*self.rows, projection.name).await?,
            fence: Some(fence),
            ..Following::new(projection)
        })
    }

    /// By what right this node leads a projection, if it does.
    pub(super) fn fence(&self, projection: &Projection) -> Option<Fence> {
        let lease = lease(projection);
        let number = self.leadership.fence(&lease)?;
        Some(Fence { lease, number })
    }

    /// Those that stand together go together; whoever is behind does not hold up the others.
    async fn absorb(&self, seat: &mut Seat) -> Result<usize, ProjectorError> {
        let Seat { led, head, .. } = seat;
        led.sort_by_key(|it| it.checkpoint);
        let mut absorbed = 0;
        for group in led.chunk_by_mut(|one, other| one.checkpoint == other.checkpoint) {
            let Some(from) = group.first().map(|it| it.checkpoint) else { continue };
            let began = Instant::now();
            let events = read(&self.journal, from, BATCH).await?;
            let Some(last) = events.last() else { continue };
            absorb(&*self.rows, group, &events, self.journal.clock().now()).await?;
            self.journal.metrics().process(Work::Projections, began.elapsed());
            *head = last.position.max(*head);
            absorbed = events.len().max(absorbed);
        }
        Ok(absorbed)
    }

    fn tell_positions(&self, seat: &mut Seat) {
        for it in &seat.led {
            let nth = self.projections.iter().position(|projection| projection.name == it.projection.name);
            if let Some(position) = nth.and_then(|nth| seat.positions.get_mut(nth)) {
                position.checkpoint = it.checkpoint;
            }
            self.tell_changed(it.projection.name, it.changed);
        }
        self.tell(&seat.positions, seat.head);
    }
}
