//! What the database says of the projections at one moment: where their rows stand, and what is asked of them.

use ringbuch_projections::Projection;
use ringbuch_projections::engine::{Control, Stored, control, standing};
use ringbuch_projections::rows::{ReadModels, RowsError};
use std::collections::BTreeMap;

pub struct View {
    pub stored: BTreeMap<String, Stored>,
    asked: BTreeMap<String, Control>,
}

/// Where a projection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub checkpoint: u64,
    /// Whether anybody should wait for it: it is not paused, and its rows are those of this program's version.
    pub awaited: bool,
}

impl View {
    pub async fn of(rows: &dyn ReadModels) -> Result<Self, RowsError> {
        Ok(Self { stored: standing::all(rows).await?, asked: control::all(rows).await? })
    }

    pub fn stored(&self, projection: &Projection) -> Option<Stored> {
        self.stored.get(projection.name).copied()
    }

    pub fn asked(&self, projection: &Projection) -> Control {
        self.asked.get(projection.name).copied().unwrap_or_default()
    }

    /// Its rows are of this program's version, or there are none yet.
    pub fn is_current(&self, projection: &Projection) -> bool {
        self.stored(projection).is_none_or(|it| it.version == projection.version)
    }

    /// Its rows are of an older version.
    pub fn is_outdated(&self, projection: &Projection) -> bool {
        self.stored(projection).is_some_and(|it| it.version < projection.version)
    }

    pub fn position(&self, projection: &Projection) -> Position {
        let current = self.is_current(projection);
        let checkpoint = self.stored(projection).filter(|_| current).map_or(0, |it| it.checkpoint);
        Position { checkpoint, awaited: current && !self.asked(projection).paused }
    }
}
