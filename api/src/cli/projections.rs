//! `ringbuch projections`: how far the read models are, pausing them, building them anew, and trying again what they have
//! set aside. Whichever process leads a projection does what is asked; where none does, this one.

use super::args::ProjectionsAction;
use super::desk::Desk;
use super::output::or_dash;
use super::{Exit, Failure, Output};
use crate::config::Config;
use crate::runners::{Activity, Standing, standings};
use crate::wiring;
use indicatif::{ProgressBar, ProgressStyle};
use ringbuch_adapters::store::Store;
use ringbuch_projections::engine::{SetAside, control, set_aside};
use serde::Serialize;

pub async fn run(action: ProjectionsAction, config: &Config, output: Output) -> Result<Exit, Failure> {
    match action {
        ProjectionsAction::Status { name: None } => look(config, &chosen(None)?, &[], output).await,
        ProjectionsAction::Status { name: Some(name) } => detail(chosen(Some(&name))?, config, output).await,
        ProjectionsAction::Pause { name } => pause(&chosen(name.as_deref())?, true, config, output).await,
        ProjectionsAction::Resume { name } => pause(&chosen(name.as_deref())?, false, config, output).await,
        ProjectionsAction::Rebuild { name } => rebuild(&chosen(name.as_deref())?, config, output).await,
        ProjectionsAction::Retry { name } => retry(&chosen(name.as_deref())?, config, output).await,
    }
}

/// A projection with everything that it has set aside.
#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    standing: Standing,
    set_aside_events: Vec<SetAside>,
}

/// Looks from outside: opening the whole installation would bring them up to date.
async fn look(
    config: &Config,
    names: &[&str],
    statements: &[ringbuch_projections::rows::Statement],
    output: Output,
) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    if !statements.is_empty() {
        store.rows.execute(statements).await?;
    }
    tell(&store, names, output).await?;
    store.close().await;
    Ok(Exit::Done)
}

async fn pause(names: &[&str], paused: bool, config: &Config, output: Output) -> Result<Exit, Failure> {
    let statements: Vec<_> = names.iter().map(|name| control::pause(name, paused)).collect();
    look(config, names, &statements, output).await
}

async fn rebuild(names: &[&str], config: &Config, output: Output) -> Result<Exit, Failure> {
    let desk = Desk::open(config, None, output).await?;
    let progress = progress_of(desk.app.journal.log().head().await?, "events");
    desk.app.projector.rebuild(names, |position| progress.set_position(position)).await?;
    progress.finish_and_clear();
    tell(&desk.app.store, names, output).await?;
    desk.app.store.close().await;
    Ok(Exit::Done)
}

async fn retry(names: &[&str], config: &Config, output: Output) -> Result<Exit, Failure> {
    let desk = Desk::open(config, None, output).await?;
    desk.app.projector.retry_set_aside(names).await?;
    tell(&desk.app.store, names, output).await?;
    desk.app.store.close().await;
    Ok(Exit::Done)
}

async fn standing(store: &Store, names: &[&str]) -> Result<Vec<Standing>, Failure> {
    let mut all = standings(&*store.rows, &*store.log, ringbuch_projections::all()).await?;
    all.retain(|it| names.contains(&it.name));
    Ok(all)
}

async fn tell(store: &Store, names: &[&str], output: Output) -> Result<(), Failure> {
    let columns = ["Name", "Version", "Activity", "Position", "Behind", "Set aside"];
    output.list(&standing(store, names).await?, &columns, |it| {
        vec![
            it.name.into(),
            it.version.to_string(),
            activity(it),
            it.checkpoint.to_string(),
            it.lag.to_string(),
            it.set_aside.to_string(),
        ]
    })
}

async fn detail(names: Vec<&'static str>, config: &Config, output: Output) -> Result<Exit, Failure> {
    let store = wiring::store(config).await?;
    for standing in standing(&store, &names).await? {
        let set_aside_events = set_aside::list(&*store.rows, standing.name, 0).await?;
        let detail = Detail { standing, set_aside_events };
        output.value(&detail, || told(&detail))?;
    }
    store.close().await;
    Ok(Exit::Done)
}

fn told(it: &Detail) -> String {
    let standing = &it.standing;
    let head = super::output::card([
        ("Name", Some(standing.name.to_owned())),
        ("Version", Some(standing.version.to_string())),
        ("Activity", Some(activity(standing))),
        ("Position", Some(standing.checkpoint.to_string())),
        ("Behind", Some(standing.lag.to_string())),
        ("Set aside", Some(standing.set_aside.to_string())),
    ]);
    if it.set_aside_events.is_empty() {
        return head;
    }
    let columns = ["Position", "Stream", "Event", "Since", "Error"];
    let row = |it: &SetAside| {
        let error = it.error.clone().unwrap_or_else(|| "waits for the one before it".to_owned());
        vec![it.position.to_string(), it.stream.clone(), it.kind.clone(), it.since.to_string(), error]
    };
    format!("{head}\n\n{}", super::output::table(&columns, it.set_aside_events.iter().map(row)))
}

fn activity(it: &Standing) -> String {
    match it.activity {
        Activity::Following => "following".into(),
        Activity::Paused => "paused".into(),
        Activity::Rebuilding => format!("rebuilding, at {}", or_dash(it.rebuilt)),
    }
}

fn chosen(name: Option<&str>) -> Result<Vec<&'static str>, Failure> {
    let all: Vec<&'static str> = ringbuch_projections::all().iter().map(|projection| projection.name).collect();
    let Some(name) = name else { return Ok(all) };
    let named: Vec<_> = all.iter().copied().filter(|known| *known == name).collect();
    if named.is_empty() {
        let unknown = Failure::usage(format!("there is no projection '{name}'"));
        return Err(unknown.hint(format!("there are {}", all.join(", "))));
    }
    Ok(named)
}

/// On a terminal only.
pub(super) fn progress_of(length: u64, things: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!("{{bar:30}} {{pos}} of {{len}} {things}, {{eta}} to go"));
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
