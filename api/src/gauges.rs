//! Levels for Prometheus, looked at every few seconds: how far read models and to-do lists are behind, and how the
//! providers' clients stand.

use crate::app::App;
use crate::metrics::BreakerState;
use jiff::Timestamp;
use ringbuch_adapters::provider;
use ringbuch_projections::backlog::Backlog;
use ringbuch_projections::{booking_todo, holds, intake_todo};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(5);

/// Looks until it is told to stop.
pub async fn run(app: App, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = look(&app).await {
            tracing::warn!(error = format!("{error:#}"), "the levels for the metrics could not be looked at");
        }
    }
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
    app.metrics.holds_active(u64::try_from(holds::count(rows).await?).unwrap_or_default());
    app.metrics.backlog_age("intake", age(&intake_todo::backlog(rows).await?, now));
    app.metrics.backlog_age("booking", age(&booking_todo::backlog(rows).await?, now));
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
mod tests {
    use super::*;

    #[test]
    fn only_what_is_due_has_an_age() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let due = |oldest_due| Backlog { count: 1, oldest_due };
        assert_eq!(age(&due(Some(at(10))), at(25)), Duration::from_secs(15));
        assert_eq!(age(&due(Some(at(30))), at(25)), Duration::ZERO);
        assert_eq!(age(&due(None), at(25)), Duration::ZERO);
    }
}
