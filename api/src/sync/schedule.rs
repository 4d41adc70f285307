//! Runs by the clock, on one node at a time, and not at the same minute everywhere.

use super::{Wanted, sync};
use crate::app::App;
use crate::runners::Leadership;
use jiff::Timestamp;
use ringbuch_domain::booking::later;
use ringbuch_domain::company::SyncScope;
use ringbuch_projections::{Scope, directory, there};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Who wanted a run that nobody asked for.
pub const BY: &str = "schedule";
const LEASE: &str = "sync";

/// How soon it is looked again whether a run is due, or another node has stopped leading.
const LOOK: Duration = Duration::from_secs(30);

/// Goes over all companies again and again until it is told to stop.
pub async fn run(app: App, every: Duration, shutdown: CancellationToken) {
    let leadership = Arc::new(Leadership::new(Arc::clone(&app.store.leases), [LEASE.to_owned()]));
    let (leading, told) = (Arc::clone(&leadership), shutdown.clone());
    let leading = tokio::spawn(async move { leading.run(told).await });
    let pause = every + jitter(every);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = app.clock.sleep_until(later(app.clock.now(), LOOK.min(pause))) => {}
        }
        if leadership.fence(LEASE).is_some() && is_due(&app, pause).await {
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = go_over(&app) => {}
            }
        }
    }
    if leading.await.is_err() {
        tracing::warn!("leading the synchronisation ended with a panic");
    }
}

/// A tenth of the pause at most, another one on every node, so that not all installations ask in the same second.
fn jitter(every: Duration) -> Duration {
    let drawn = uuid::Uuid::new_v4();
    let spread = u16::from_le_bytes(drawn.as_bytes().first_chunk().copied().unwrap_or_default());
    every.mul_f64(0.1 * f64::from(spread) / f64::from(u16::MAX))
}

/// The log knows when it was done last, whichever node has done it.
async fn is_due(app: &App, pause: Duration) -> bool {
    match there::last_run_by(&*app.store.rows, BY).await {
        Ok(last) => last.is_none_or(|last: Timestamp| later(last, pause) <= app.clock.now()),
        Err(error) => {
            tracing::warn!(%error, "it cannot be told when the providers were last compared with");
            false
        }
    }
}

async fn go_over(app: &App) {
    let companies = match directory::companies(&*app.store.rows, Scope::All).await {
        Ok(companies) => companies.into_iter().map(|it| it.company).collect(),
        Err(error) => return tracing::warn!(%error, "the companies cannot be listed"),
    };
    let wanted = Wanted::new(SyncScope::All, BY, false);
    let mut changed = 0;
    let gone_over = sync(app, companies, &wanted, |part| {
        changed += part.differences.len();
        for why in part.unreachable.iter().chain(&part.failures) {
            tracing::warn!(company = %part.company, why, "a company is not in step with its providers");
        }
    });
    match gone_over.await {
        Ok(()) => tracing::info!(run = %wanted.run, changed, "the set-up was compared with the providers"),
        Err(error) => tracing::warn!(%error, "the set-up could not be compared with the providers"),
    }
}
