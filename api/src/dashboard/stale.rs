//! When the voice provider was last read, for pages that show what stood there then.

use super::visit::Visit;
use crate::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use ringbuch_projections::{Paging, there};

/// What is older is shown with a word of warning; usually it is read once an hour.
const OLD: SignedDuration = SignedDuration::from_hours(6);
/// Runs that are looked through for one that read Retell.
const NEWEST: Paging = Paging { after: None, limit: 20 };

pub struct LastRead {
    pub at: Option<Timestamp>,
    pub old: bool,
}

impl LastRead {
    pub async fn of(visit: &Visit) -> Result<Self, Problem> {
        let runs = there::runs(visit.rows(), visit.scope(), NEWEST).await?.items;
        let at = runs.into_iter().find(|run| run.scope != "calcom").map(|run| run.at);
        Ok(Self { at, old: at.is_none_or(|at| visit.now().duration_since(at) > OLD) })
    }
}
