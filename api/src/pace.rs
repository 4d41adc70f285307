//! How long things took, hour by hour: every node adds what it has counted to the stored counters once a minute, so that the
//! figures are those of all nodes and outlive them.

use crate::app::App;
use crate::metrics::{Latency, Times, Work};
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::counters::Count;
use ringbuch_adapters::key_store::KeyStoreError;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_mins(1);
/// A day is shown; the rest is for whoever looks on the next morning.
const KEPT: SignedDuration = SignedDuration::from_hours(48);
/// What the counters' names begin with: `took:pages:25000` counts pages that took 10 to 25 milliseconds.
const TOOK: &str = "took:";

/// How long one kind of work took in one hour, on all nodes together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HourlyLatency {
    /// `webhooks`, `functions`, `pages`, `api`, `tools`, or a process: `intake`, `booking`, `holds`, `alerts`, `mail`,
    /// `projections`.
    pub work: &'static str,
    /// Start of the hour.
    pub hour: Timestamp,
    pub count: u64,
    /// Seconds.
    pub p50: f64,
    pub p95: f64,
}

/// Writes down until it is told to stop, and once more at the end.
pub async fn run(app: App, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = write(&app).await {
            tracing::warn!(%error, "how long things took could not be written down; trying again");
        }
    }
}

/// Adds what was counted to what is stored, and lets go what is too old. What cannot be written is kept.
pub async fn write(app: &App) -> Result<(), KeyStoreError> {
    let (now, taken) = (app.clock.now(), app.metrics.pace().take());
    if taken.is_empty() {
        return Ok(());
    }
    if let Err(error) = app.store.counters.add(&counts(&taken, now)).await {
        app.metrics.pace().add(taken);
        return Err(error);
    }
    app.store.counters.forget(TOOK, hour_of(now).checked_sub(KEPT).unwrap_or(now)).await
}

/// By hour and work, oldest first; what this node has not written down yet counts as well.
pub async fn since(app: &App, time: Timestamp) -> Result<Vec<HourlyLatency>, KeyStoreError> {
    let mut hours: BTreeMap<(Timestamp, Work), BTreeMap<u64, u64>> = BTreeMap::new();
    let stored = app.store.counters.since(hour_of(time)).await?;
    for count in stored.iter().chain(&counts(&app.metrics.pace().peek(), app.clock.now())) {
        if let Some((work, bound)) = meant(&count.name) {
            *hours.entry((count.hour, work)).or_default().entry(bound).or_default() += count.count;
        }
    }
    Ok(hours.into_iter().filter_map(|((hour, work), buckets)| told(hour, work, &buckets)).collect())
}

fn counts(times: &Times, now: Timestamp) -> Vec<Count> {
    let count = |((work, bound), count): (&(Work, u64), &u64)| Count {
        name: format!("{TOOK}{}:{bound}", work.as_str()),
        scope: String::new(),
        hour: hour_of(now),
        count: *count,
    };
    times.iter().map(count).collect()
}

fn meant(name: &str) -> Option<(Work, u64)> {
    let (work, bound) = name.strip_prefix(TOOK)?.split_once(':')?;
    Some((Work::of(work)?, bound.parse().ok()?))
}

fn told(hour: Timestamp, work: Work, buckets: &BTreeMap<u64, u64>) -> Option<HourlyLatency> {
    let Latency { count, p50, p95, .. } = Latency::of_buckets(buckets)?;
    Some(HourlyLatency { work: work.as_str(), hour, count, p50, p95 })
}

pub fn hour_of(time: Timestamp) -> Timestamp {
    let into_the_hour = time.as_second().rem_euclid(3600);
    Timestamp::from_second(time.as_second() - into_the_hour).unwrap_or(time)
}
