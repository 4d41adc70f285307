//! How each projection stands, as the database says; any process can tell.

use super::projector::ProjectorError;
use crate::journal::JournalError;
use ringbuch_domain::ports::EventLog;
use ringbuch_projections::Projection;
use ringbuch_projections::engine::{Control, control, set_aside, standing};
use ringbuch_projections::rows::ReadModels;
use schemars::JsonSchema;
use serde::Serialize;

/// What a projection is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    Following,
    /// It takes in nothing until it is resumed.
    Paused,
    /// A copy is built beside it, or is to be.
    Rebuilding,
}

/// How far one read model has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ProjectionStanding")]
pub struct Standing {
    pub name: &'static str,
    /// Of the rows that are read.
    pub version: u32,
    pub activity: Activity,
    /// Position of the last event that it has absorbed.
    pub checkpoint: u64,
    /// Events of the log that it has not absorbed yet.
    pub lag: u64,
    /// Events that it could not take, and those that wait behind them.
    pub set_aside: u64,
    /// How far the copy beside it has come.
    pub rebuilt: Option<u64>,
}

/// How far each projection has come.
pub async fn standings(
    rows: &dyn ReadModels,
    log: &dyn EventLog,
    projections: &'static [Projection],
) -> Result<Vec<Standing>, ProjectorError> {
    let stored = standing::all(rows).await?;
    let (asked, aside) = (control::all(rows).await?, set_aside::counts(rows).await?);
    // Asked last, so that nobody seems to be ahead of the log.
    let head = log.head().await.map_err(JournalError::from)?;
    let mut standings = Vec::with_capacity(projections.len());
    for projection in projections {
        let name = projection.name;
        let stands = stored.get(name);
        let control = asked.get(name).copied().unwrap_or_default();
        let (version, checkpoint) = stands.map_or((projection.version, 0), |it| (it.version, it.checkpoint));
        let lag = if checkpoint < head { log.behind(checkpoint).await.map_err(JournalError::from)? } else { 0 };
        standings.push(Standing {
            name,
            version,
            activity: activity(control, version < projection.version),
            checkpoint,
            lag,
            set_aside: aside.get(name).copied().unwrap_or_default(),
            rebuilt: control.built,
        });
    }
    Ok(standings)
}

fn activity(asked: Control, outdated: bool) -> Activity {
    match asked {
        _ if asked.rebuild || outdated => Activity::Rebuilding,
        Control { paused: true, .. } => Activity::Paused,
        _ => Activity::Following,
    }
}
