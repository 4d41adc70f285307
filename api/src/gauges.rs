//! Levels for Prometheus, looked at every few seconds: how far read models and to-do lists are behind, and how the
//! providers' clients stand; once a minute, when each company was last heard of and how old its keys are.

use crate::app::App;
use crate::intake::RETELL_KEY;
use crate::metrics::BreakerState;
use crate::providers::{CALCOM_KEY, CALCOM_WEBHOOK_SECRET};
use jiff::Timestamp;
use ringbuch_adapters::provider;
use ringbuch_adapters::sealing::{account_owner, company_owner};
use ringbuch_projections::backlog::Backlog;
use ringbuch_projections::deliveries::{self, DeliveryFilter};
use ringbuch_projections::rows::{ReadModels, RowsError};
use ringbuch_projections::{Paging, Scope, alerts, booking_todo, directory, holds, intake_todo, mail_todo};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(5);
/// What takes a question for each company is looked at once in so many times.
const SELDOM: u64 = 12;

/// Looks until it is told to stop.
pub async fn run(app: App, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    for turn in 0_u64.. {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let looked = if turn.is_multiple_of(SELDOM) { look_at_all(&app).await } else { look(&app).await };
        if let Err(error) = looked {
            tracing::warn!(error = format!("{error:#}"), "the levels for the metrics could not be looked at");
        }
    }
}

/// Looks at everything once.
pub async fn look_at_all(app: &App) -> anyhow::Result<()> {
    look(app).await?;
    look_closely(app).await
}

async fn look(app: &App) -> anyhow::Result<()> {
    let directory = app.directory.known();
    for (company, provider, state) in app.providers.breakers(&directory) {
        app.metrics.breaker(&company, provider, word(state));
    }
    for (company, provider, remaining) in app.providers.rate_limits_remaining(&directory) {
        app.metrics.rate_limit_remaining(&company, provider, remaining);
    }
    for it in app.projector.standing().await? {
        app.metrics.projection_lag(it.name, it.lag);
    }
    let (rows, now) = (&*app.store.rows, app.clock.now());
    let kept = holds::backlog(rows, Scope::All).await?;
    app.metrics.holds_active(u64::try_from(kept.count).unwrap_or_default());
    app.metrics.backlog_age("holds", age(&kept, now));
    for (process, backlog) in backlogs(rows).await? {
        app.metrics.backlog_age(process, age(&backlog, now));
    }
    Ok(())
}

/// The other to-do lists, by the names of those who work on them.
async fn backlogs(rows: &dyn ReadModels) -> Result<[(&'static str, Backlog); 4], RowsError> {
    Ok([
        ("intake", intake_todo::backlog(rows).await?),
        ("booking", booking_todo::backlog(rows, Scope::All).await?),
        ("alerts", alerts::backlog(rows, Scope::All).await?),
        ("mail", mail_todo::backlog(rows, Scope::All).await?),
    ])
}

/// When each company was last heard of, and since when its keys are in use.
async fn look_closely(app: &App) -> anyhow::Result<()> {
    let (rows, newest) = (&*app.store.rows, Paging { after: None, limit: 1 });
    for company in directory::companies(rows, Scope::All).await? {
        let id = &company.company;
        let heard = deliveries::list(rows, Scope::Company(id), &DeliveryFilter::default(), newest).await?;
        if let Some(newest) = heard.items.first() {
            app.metrics.last_webhook(id, newest.received_at);
        }
        secret_age(app, company_owner(id), CALCOM_KEY).await?;
        secret_age(app, company_owner(id), CALCOM_WEBHOOK_SECRET).await?;
    }
    for account in directory::accounts(rows, Scope::All).await? {
        secret_age(app, account_owner(&account.account), RETELL_KEY).await?;
    }
    Ok(())
}

async fn secret_age(app: &App, owner: String, name: &'static str) -> anyhow::Result<()> {
    let stored = app.store.keys.secrets(&owner, name).await?;
    if let Some(newest) = stored.first() {
        app.metrics.secret_set(owner, name, newest.set_at);
    }
    Ok(())
}

/// The breaker's state as the metric's word.
pub fn word(state: provider::BreakerState) -> BreakerState {
    match state {
        provider::BreakerState::Closed => BreakerState::Closed,
        provider::BreakerState::HalfOpen => BreakerState::HalfOpen,
        provider::BreakerState::Open => BreakerState::Open,
    }
}

/// How long the oldest thing that is due has been waiting; nothing where none is due.
pub fn age(backlog: &Backlog, now: Timestamp) -> Duration {
    let waiting = backlog.oldest_due.map(|due| now.duration_since(due));
    waiting.and_then(|waiting| waiting.try_into().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
