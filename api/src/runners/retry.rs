//! Trying again what a projection has set aside: stream by stream, each in the order of the log, until an event of it still
//! cannot be taken.

use super::feed::{Followed, open};
use super::following::Following;
use super::projector::{Projector, ProjectorError};
use crate::journal::JournalError;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::engine::{SetAside, control, set_aside};
use ringbuch_projections::rows::{Rows, RowsError, Statement, Step};

impl Projector {
    /// Takes what can be taken now; the rest stays with its newest error.
    pub(super) async fn retry(&self, following: &mut Following) -> Result<(), ProjectorError> {
        for stream in following.set_aside.clone() {
            if self.retry_stream(following, &stream).await? {
                following.set_aside.remove(&stream);
            }
        }
        Ok(self.rows.execute(&[control::retried(following.projection.name)]).await?)
    }

    /// Whether everything of the stream could be taken.
    async fn retry_stream(&self, following: &mut Following, stream: &StreamId) -> Result<bool, ProjectorError> {
        let waiting = set_aside::of_stream(&*self.rows, following.projection.name, stream).await?;
        let after = waiting.first().map_or(0, |first| first.position.unsigned_abs());
        let envelopes = self.journal.log().read_stream(stream, 0).await.map_err(JournalError::from)?;
        let later = envelopes.into_iter().filter(|envelope| envelope.position >= after).collect();
        for event in open(&self.journal, later).await? {
            if waiting.iter().any(|it| is(it, &event)) && !self.retry_event(following, &event).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn retry_event(&self, following: &mut Following, event: &Followed) -> Result<bool, ProjectorError> {
        let refused = match &event.data {
            Ok(data) => {
                let mut rows = Rows::default();
                (following.projection.project)(data, &mut rows);
                rows.statements.push(set_aside::taken(following.projection.name, event.position));
                match self.stay(following, rows.statements).await {
                    Err(RowsError::Statement { what, .. }) => what,
                    done => return Ok(done.map(|()| true)?),
                }
            }
            Err(why) => why.clone(),
        };
        let still = following.put_aside(event, Some(&refused), self.journal.clock().now());
        self.stay(following, vec![still]).await?;
        Ok(false)
    }

    /// Rows change, the checkpoint does not move.
    async fn stay(&self, following: &Following, statements: Vec<Statement>) -> Result<(), RowsError> {
        let still = following.projection.still(following.checkpoint, following.checkpoint);
        self.rows.commit(&[Step { statements, fence: following.fence.clone(), ..still }]).await
    }
}

fn is(waiting: &SetAside, event: &Followed) -> bool {
    waiting.position.unsigned_abs() == event.position
}
