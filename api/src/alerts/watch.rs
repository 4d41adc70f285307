//! Measuring every company on a schedule; of several nodes one does.

use super::readings::readings;
use super::sight::Sight;
use crate::app::App;
use crate::journal::Chain;
use anyhow::Context;
use ringbuch_domain::alerts::{Alerts, Command};
use ringbuch_domain::booking::later;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::Company;
use ringbuch_projections::{Scope, directory};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Whoever has this lease measures.
pub const LEASE: &str = "alert_rules";

/// Measures until it is told to stop.
pub async fn run(app: App, every: Duration, shutdown: CancellationToken) {
    loop {
        let next = later(app.clock.now(), every);
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = app.clock.sleep_until(next) => {}
        }
        if !app.leads(LEASE) {
            continue;
        }
        if let Err(error) = evaluate(&app).await {
            tracing::warn!(error = format!("{error:#}"), "the alert rules could not be looked at");
        }
    }
}

/// Measures all companies at once and judges those of which there is something to say. One that cannot be judged keeps no
/// other from it.
pub async fn evaluate(app: &App) -> anyhow::Result<()> {
    let companies = directory::companies(&*app.store.rows, Scope::All).await?;
    let sight = Sight::take(app, &companies).await?;
    let mut first = Ok(());
    for company in companies {
        let looked = look(app, &sight, &company).await.with_context(|| format!("company {}", company.company));
        first = first.and(looked);
    }
    first
}

async fn look(app: &App, sight: &Sight, company: &Company) -> anyhow::Result<()> {
    let Some(readings) = readings(app, sight, company).await? else { return Ok(()) };
    let stream = StreamId::alerts(&company.company);
    let command = Command::Judge { company: company.company.clone(), readings, now: sight.now };
    let cause = Chain::from_outside(Uuid::now_v7()).next();
    app.journal.execute::<Alerts>(&stream, Some(&company.company), cause, command).await?;
    Ok(())
}
