//! One projection on its way through the log: what it takes of a batch, what it sets aside, and how a batch that the
//! database refuses is split until the one event is found that it cannot take.

use super::feed::Followed;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::customer::CustomerEvent;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::set_aside;
use ringbuch_projections::rows::{Fence, ReadModels, Rows, RowsError, Statement, Step};
use std::collections::HashSet;

#[derive(Debug, Clone)]
pub struct Following {
    pub projection: &'static Projection,
    pub checkpoint: u64,
    /// The last position that changed a row.
    pub changed: u64,
    /// Streams of which nothing is taken, since an earlier event of theirs was not.
    pub set_aside: HashSet<StreamId>,
    pub fence: Option<Fence>,
}

impl Following {
    /// From the beginning.
    pub fn new(projection: &'static Projection) -> Self {
        Self { projection, checkpoint: 0, changed: 0, set_aside: HashSet::new(), fence: None }
    }

    /// Goes on behind the events, and returns the step that makes it true once it is committed; nothing where they are
    /// absorbed already.
    pub fn go_on(&mut self, events: &[Followed], now: Timestamp) -> Option<Step> {
        let fresh = self.fresh(events);
        let to = fresh.last()?.position;
        let mut rows = Rows::default();
        for event in fresh {
            match &event.data {
                data if self.set_aside.contains(&event.stream) => {
                    rows.statements.push(self.put_aside(event, None, now));
                    // An erasure waits for nothing; behind what it waits for, it is carried out once more.
                    if let Ok(event) = data
                        && erases(&event.data)
                    {
                        (self.projection.project)(event, &mut rows);
                    }
                }
                Ok(event) => (self.projection.project)(event, &mut rows),
                Err(why) => {
                    rows.statements.push(self.put_aside(event, Some(why), now));
                    self.set_aside.insert(event.stream.clone());
                }
            }
        }
        Some(self.step(to, rows.statements))
    }

    /// The step to a position with these statements, as if it were committed.
    fn step(&mut self, to: u64, statements: Vec<Statement>) -> Step {
        let step = Step { statements, fence: self.fence.clone(), ..self.projection.still(self.checkpoint, to) };
        self.checkpoint = to;
        if !step.statements.is_empty() {
            self.changed = to;
        }
        step
    }

    /// Those that it has not absorbed yet.
    fn fresh<'a>(&self, events: &'a [Followed]) -> &'a [Followed] {
        let seen = events.partition_point(|event| event.position <= self.checkpoint);
        events.get(seen..).unwrap_or_default()
    }

    pub fn put_aside(&self, event: &Followed, error: Option<&str>, now: Timestamp) -> Statement {
        set_aside::put(self.projection.name, self.projection.version, &event.identity(), error, now)
    }

    /// Takes a batch that cannot be taken as a whole, by halves.
    async fn by_halves(&mut self, rows: &dyn ReadModels, events: &[Followed], now: Timestamp) -> Result<(), RowsError> {
        let mut left = vec![events];
        while let Some(part) = left.pop() {
            let mut ahead = self.clone();
            let Some(step) = ahead.go_on(part, now) else { continue };
            match rows.commit(&[step]).await {
                Ok(()) => *self = ahead,
                Err(RowsError::Statement { what, .. }) => match self.fresh(part) {
                    [event] => self.leave_out(rows, event, &what, now).await?,
                    several => {
                        let (first, second) = several.split_at(several.len() / 2);
                        left.extend([second, first]);
                    }
                },
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// The one event cannot be taken: the checkpoint goes past it, and it is kept for later.
    async fn leave_out(
        &mut self,
        rows: &dyn ReadModels,
        event: &Followed,
        what: &str,
        now: Timestamp,
    ) -> Result<(), RowsError> {
        let (projection, position) = (self.projection.name, event.position);
        tracing::error!(projection, position, what, "a projection goes on without an event, which is set aside");
        let mut ahead = self.clone();
        ahead.set_aside.insert(event.stream.clone());
        let step = ahead.step(event.position, vec![self.put_aside(event, Some(what), now)]);
        rows.commit(&[step]).await?;
        *self = ahead;
        Ok(())
    }
}

fn erases(event: &AnyEvent) -> bool {
    matches!(event, AnyEvent::Customer(CustomerEvent::CustomerErased(_)) | AnyEvent::Call(CallEvent::CallErased(_)))
}

/// Commits a batch for several projections at once; where the database refuses a statement of it, each goes alone. After
/// another error, where they stand has to be read anew.
pub async fn absorb(
    rows: &dyn ReadModels,
    led: &mut [Following],
    events: &[Followed],
    now: Timestamp,
) -> Result<(), RowsError> {
    let mut ahead = led.to_vec();
    let steps: Vec<Step> = ahead.iter_mut().filter_map(|it| it.go_on(events, now)).collect();
    match rows.commit(&steps).await {
        Ok(()) => led.clone_from_slice(&ahead),
        Err(RowsError::Statement { .. }) => {
            for it in led {
                it.by_halves(rows, events, now).await?;
            }
        }
        Err(other) => return Err(other),
    }
    Ok(())
}
