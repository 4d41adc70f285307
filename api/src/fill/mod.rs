//! Synthetic history, for trials and benchmarks: calls that never were, written to the log as they would have
//! come about, event by event, sealed and chained; then the read models are built from it as from any other log.

mod afterwards;
mod plot;
mod spread;
mod story;
mod teller;
mod town;
mod words;

use crate::app::App;
use crate::journal::JournalError;
use crate::runners::ProjectorError;
use crate::setup::SetUpError;
use ringbuch_domain::account::SyntheticHistoryBegun;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::LogError;
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_projections::engine::control;
use ringbuch_projections::rows::RowsError;
use spread::Spread;
use std::sync::Arc;
use teller::Teller;
use thiserror::Error;
use tokio::task::JoinSet;
use uuid::Uuid;

/// The account that the made-up companies belong to.
const ACCOUNT: &str = "synthetic";
/// The kind of the first event of a log that holds no real history.
const MARK: &str = "SyntheticHistoryBegun";
/// Calls that are written at once: enough that every commit is full.
const AT_ONCE: usize = 384;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub calls: u64,
    /// Over how many days, the last of which is yesterday.
    pub days: u32,
    /// At most 300, since so many numbers are reserved for fiction.
    pub companies: u32,
    pub seed: u64,
}

#[derive(Debug, Error)]
pub enum FillError {
    #[error("this database holds real history, among which nothing is made up")]
    HoldsRealOnes,
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    #[error(transparent)]
    Projector(#[from] ProjectorError),
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error("the history cannot be made up: {0}")]
    Unusable(String),
    #[error("writing broke off")]
    BrokeOff,
}

/// Writes the calls; `told` hears how many are written.
pub async fn write(app: &App, wanted: Wanted, told: impl Fn(u64)) -> Result<(), FillError> {
    let run = mark(app, wanted).await?;
    let town = town::build(app, wanted).await?;
    let spread = Spread::until(app.clock.now(), wanted).ok_or_else(|| unusable("the clock is out of range"))?;
    let teller = Teller::new(town, spread, wanted, run);
    let (mut writing, mut written) = (JoinSet::new(), 0);
    for story in teller {
        let (story, journal) = (story?, Arc::clone(&app.journal));
        // What becomes of appointments stands behind them in the log, so a day begins when the one before is written.
        let room = if story.calls == 0 { 0 } else { AT_ONCE - 1 };
        while writing.len() > room {
            written += next(&mut writing).await?;
        }
        writing.spawn(async move { story.write(&journal).await });
        told(written);
    }
    while !writing.is_empty() {
        written += next(&mut writing).await?;
    }
    told(written);
    Ok(())
}

async fn next(writing: &mut JoinSet<Result<u64, FillError>>) -> Result<u64, FillError> {
    writing.join_next().await.map_or(Ok(0), |done| done.map_err(|_| FillError::BrokeOff)?)
}

/// Builds every read model from the log. They rest meanwhile, since following event by event what is being built anyway
/// would take as long again.
pub async fn build(app: &App, told: impl Fn(u64)) -> Result<(), FillError> {
    let names: Vec<_> = ringbuch_projections::all().iter().map(|projection| projection.name).collect();
    let paused = |paused| names.iter().map(|name| control::pause(name, paused)).collect::<Vec<_>>();
    app.store.rows.execute(&paused(true)).await?;
    let built = app.projector.rebuild(&names, told).await;
    app.store.rows.execute(&paused(false)).await?;
    app.projector.catch_up().await?;
    app.directory.reload().await?;
    Ok(built?)
}

/// Marks an empty log, or finds the mark. Returns how often the log has been filled, this time included.
async fn mark(app: &App, Wanted { calls, companies, seed, .. }: Wanted) -> Result<u64, FillError> {
    let log = app.journal.log();
    if log.head().await? > 0 && !is_marked(app).await? {
        return Err(FillError::HoldsRealOnes);
    }
    let account = AccountId::new(ACCOUNT).map_err(unusable)?;
    let stream = StreamId::account(&account);
    let begun = SyntheticHistoryBegun { account, calls, companies, seed };
    let event = ringbuch_domain::AnyEvent::Account(begun.into());
    app.journal.tell(stream.clone(), None, Cause::first(Uuid::now_v7()), app.clock.now(), &[event]).await?;
    // Somebody may have begun real history at the same moment.
    if !is_marked(app).await? {
        return Err(FillError::HoldsRealOnes);
    }
    let marks = log.read_stream(&stream, 0).await?;
    Ok(marks.iter().filter(|event| event.kind == MARK).count() as u64)
}

async fn is_marked(app: &App) -> Result<bool, FillError> {
    Ok(app.journal.log().read_all(0, 1).await?.first().is_some_and(|first| first.kind == MARK))
}

fn unusable(error: impl std::fmt::Display) -> FillError {
    FillError::Unusable(error.to_string())
}

#[cfg(test)]
mod tests;
