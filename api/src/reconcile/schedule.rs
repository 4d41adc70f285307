//! Comparing on a schedule: one node at a time, and not all installations at once.

use super::{Scan, reconcile};
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::booking::later;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Whoever has this lease compares.
pub const LEASE: &str = "reconcile";

/// A calendar tells of its changes itself, and asking for all of them takes several requests; calls are asked for more
/// often.
const CALENDARS_EVERY: SignedDuration = SignedDuration::from_mins(50);

/// Compares until it is told to stop.
pub async fn run(app: Arc<App>, every: Duration, shutdown: CancellationToken) {
    let mut asked: Option<Timestamp> = None;
    loop {
        let next = later(app.clock.now(), spread(every, Uuid::new_v4()));
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = app.clock.sleep_until(next) => {}
        }
        if !app.leads(LEASE) {
            continue;
        }
        let now = app.clock.now();
        let calendars = asked.is_none_or(|asked| now.duration_since(asked) >= CALENDARS_EVERY);
        if calendars {
            asked = Some(now);
        }
        match reconcile(&app, Scan { calendars, ..Scan::usual(now) }).await {
            Ok(found) if found.missing > 0 || !found.failures.is_empty() => {
                tracing::info!(?found, "the log was compared with the providers");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the log could not be compared with the providers"),
        }
    }
}

/// A tenth sooner or later.
fn spread(every: Duration, lot: Uuid) -> Duration {
    let percent = u32::try_from(lot.as_u128() % 21).unwrap_or(10);
    every * (90 + percent) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_comes_much_sooner_or_later() {
        let waits: Vec<_> = (0..200).map(|lot| spread(Duration::from_secs(100), Uuid::from_u128(lot * 7919))).collect();
        let (soonest, latest) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
        assert_eq!((soonest.as_secs(), latest.as_secs()), (90, 110));
    }
}
