//! `ringbuch fill`: makes a history up, and builds the read models from it.

use super::args::FillArgs;
use super::desk::Desk;
use super::projections::progress_of;
use super::{Exit, Failure};
use crate::fill::{self, FillError, Wanted};
use serde::Serialize;
use std::time::Instant;

#[derive(Serialize)]
struct Filled {
    calls: u64,
    days: u32,
    companies: u32,
    seed: u64,
    /// What the log holds now.
    events: u64,
    writing_seconds: f64,
    building_seconds: f64,
}

pub async fn run(desk: &Desk<'_>, args: &FillArgs) -> Result<Exit, Failure> {
    let FillArgs { calls, days, companies, seed } = *args;
    let wanted = Wanted { calls, days, companies, seed };
    let progress = progress_of(calls, "calls");
    let started = Instant::now();
    let written = fill::write(&desk.app, wanted, |written| progress.set_position(written));
    written.await.map_err(|error| told(&error))?;
    progress.finish_and_clear();
    let writing_seconds = started.elapsed().as_secs_f64();
    let events = desk.app.journal.log().head().await?;
    let progress = progress_of(events, "events");
    fill::build(&desk.app, |position| progress.set_position(position)).await.map_err(|error| told(&error))?;
    progress.finish_and_clear();
    let building_seconds = started.elapsed().as_secs_f64() - writing_seconds;
    let filled = Filled { calls, days, companies, seed, events, writing_seconds, building_seconds };
    desk.output.value(&filled, || {
        format!(
            "{calls} made-up calls of {companies} companies over {days} days, written in {writing_seconds:.0} s; the read models were \
             built from {events} events in {building_seconds:.0} s"
        )
    })?;
    Ok(Exit::Done)
}

fn told(error: &FillError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        FillError::HoldsRealOnes => {
            failure.hint("name an empty database by RINGBUCH_DATABASE_URL, or one that was filled")
        }
        _ => failure.hint("what was written stays; run it again, or drop the database"),
    }
}
