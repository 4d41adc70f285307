//! `ringbuch projections`: how far the read models are, and building them anew.

use super::args::ProjectionsAction;
use super::desk::Desk;
use super::{Exit, Failure, Output};
use crate::config::Config;
use crate::runners::Standing;
use crate::wiring;
use indicatif::{ProgressBar, ProgressStyle};
use ringbuch_adapters::store::Store;
use ringbuch_projections::Projection;
use std::time::Duration;

pub async fn run(action: ProjectionsAction, config: &Config, output: Output) -> Result<Exit, Failure> {
    match action {
        ProjectionsAction::Status => status(config, output).await?,
        ProjectionsAction::Rebuild { name } => {
            let chosen = chosen(name.as_deref())?;
            let desk = Desk::open(config, None, output).await?;
            rebuild(&desk, &chosen).await?;
            tell(&desk.app.store, output).await?;
            desk.app.store.close().await;
        }
    }
    Ok(Exit::Done)
}

/// Looks from outside: opening the whole installation would bring them up to date.
async fn status(config: &Config, output: Output) -> Result<(), Failure> {
    let store = wiring::store(config).await?;
    tell(&store, output).await?;
    store.close().await;
    Ok(())
}

async fn tell(store: &Store, output: Output) -> Result<(), Failure> {
    let mut standings = Vec::new();
    for &Projection { name, version, .. } in ringbuch_projections::all() {
        let checkpoint = store.rows.checkpoint(name, version).await?;
        standings.push(Standing { name, version, checkpoint, lag: 0 });
    }
    // Asked last, so that nobody seems to be ahead of the log.
    let head = store.log.head().await?;
    for it in &mut standings {
        it.lag = head.saturating_sub(it.checkpoint);
    }
    output.list(&standings, &["Name", "Version", "Position", "Behind"], |it| {
        vec![it.name.into(), it.version.to_string(), it.checkpoint.to_string(), it.lag.to_string()]
    })
}

fn chosen(name: Option<&str>) -> Result<Vec<&'static Projection>, Failure> {
    let all = ringbuch_projections::all();
    let Some(name) = name else { return Ok(all.iter().collect()) };
    let named: Vec<_> = all.iter().filter(|projection| projection.name == name).collect();
    if named.is_empty() {
        let known: Vec<_> = all.iter().map(|projection| projection.name).collect();
        return Err(
            Failure::usage(format!("there is no projection '{name}'")).hint(format!("there are {}", known.join(", ")))
        );
    }
    Ok(named)
}

/// Empties the chosen ones and has them absorb the log anew. A server that runs beside it helps along, and shows what
/// has been absorbed so far.
async fn rebuild(desk: &Desk<'_>, chosen: &[&Projection]) -> Result<(), Failure> {
    for projection in chosen {
        desk.rows().reset(projection.name, projection.version, projection.clear).await?;
    }
    // The projector knows its checkpoints by heart; now they are others.
    desk.app.projector.prepare().await?;
    let progress = progress(desk.app.journal.log().head().await?);
    tokio::select! {
        done = desk.app.catch_up() => done?,
        () = show(desk, &progress) => {}
    }
    progress.finish_and_clear();
    Ok(())
}

async fn show(desk: &Desk<'_>, progress: &ProgressBar) {
    let mut moved = desk.app.projector.progress();
    loop {
        progress.set_position(*moved.borrow_and_update());
        if moved.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        // Often enough to be watched, seldom enough to cost nothing.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// On a terminal only.
fn progress(events: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} events, {eta} to go");
    ProgressBar::new(events).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
