//! Percentiles of what was measured since this process began, read back from the histograms.

use super::SECONDS;
use super::work::microseconds;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// How long something took, for one choice of labels.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Latency {
    #[serde(flatten)]
    pub labels: BTreeMap<String, String>,
    pub count: u64,
    /// Seconds, read linearly inside a bucket; what lies beyond the last bound is told as that bound.
    pub p50: f64,
    pub p95: f64,
}

impl Latency {
    /// Of counts by the bound of their bucket, in microseconds; nothing where nothing was counted.
    pub fn of_buckets(buckets: &BTreeMap<u64, u64>) -> Option<Self> {
        let up_to = |bound: &f64| (*bound, buckets.range(..=microseconds(*bound)).map(|(_, count)| count).sum());
        latency(BTreeMap::new(), SECONDS.iter().map(up_to).collect())
    }
}

/// The percentiles of a histogram in the text form of Prometheus, its series put together by the labels that are named.
pub(super) fn latencies(text: &str, metric: &str, by: &[&str]) -> Vec<Latency> {
    let mut series: BTreeMap<BTreeMap<String, String>, Vec<(f64, u64)>> = BTreeMap::new();
    for (labels, bound, count) in text.lines().filter_map(|line| bucket(line, metric)) {
        let named = labels.into_iter().filter(|(name, _)| by.contains(&name.as_str())).collect();
        let buckets = series.entry(named).or_default();
        match buckets.iter_mut().find(|(known, _)| known.total_cmp(&bound).is_eq()) {
            Some((_, known)) => *known += count,
            None => buckets.push((bound, count)),
        }
    }
    series.into_iter().filter_map(|(labels, buckets)| latency(labels, buckets)).collect()
}

/// `metric_bucket{a="x",le="0.1"} 5`, taken apart. None of our labels holds a quotation mark.
fn bucket(line: &str, metric: &str) -> Option<(BTreeMap<String, String>, f64, u64)> {
    let (labels, count) = line.strip_prefix(metric)?.strip_prefix("_bucket{")?.rsplit_once("} ")?;
    let pair = |part: &str| part.split_once("=\"").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut labels: BTreeMap<String, String> = labels.trim_end_matches('"').split("\",").filter_map(pair).collect();
    let bound = labels.remove("le")?;
    let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
    Some((labels, bound, count.parse().ok()?))
}

/// The buckets count everything up to their bound.
fn latency(labels: BTreeMap<String, String>, mut buckets: Vec<(f64, u64)>) -> Option<Latency> {
    buckets.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let count = buckets.last().map(|(_, count)| *count).filter(|count| *count > 0)?;
    Some(Latency { labels, count, p50: percentile(&buckets, count, 0.5), p95: percentile(&buckets, count, 0.95) })
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn percentile(buckets: &[(f64, u64)], count: u64, share: f64) -> f64 {
    let wanted = count as f64 * share;
    let (mut lower, mut before) = (0.0, 0);
    for &(bound, up_to) in buckets {
        if up_to as f64 >= wanted && up_to > before {
            let part = (wanted - before as f64) / (up_to - before) as f64;
            return if bound.is_finite() { lower + part * (bound - lower) } else { lower };
        }
        (lower, before) = (bound, up_to);
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;
    use super::*;
    use http::{Method, StatusCode};
    use std::time::Duration;

    #[test]
    fn percentiles_are_read_back_and_series_put_together() {
        let metrics = Metrics::new().unwrap();
        for (status, milliseconds) in [(StatusCode::OK, 2), (StatusCode::OK, 2), (StatusCode::NOT_FOUND, 90)] {
            let took = Duration::from_millis(milliseconds);
            metrics.http_request(&Method::GET, "/api/v1/calls/{id}", status, took);
        }
        metrics.http_request(&Method::GET, "/livez", StatusCode::OK, Duration::from_mins(5));
        let told = latencies(&metrics.render(), "http_request_duration_seconds", &["route"]);
        let routes: Vec<_> = told.iter().map(|it| (it.labels["route"].as_str(), it.count)).collect();
        assert_eq!(routes, [("/api/v1/calls/{id}", 3), ("/livez", 1)]);
        assert!((0.001..0.0025).contains(&told[0].p50), "{}", told[0].p50);
        assert!((0.05..0.1).contains(&told[0].p95), "{}", told[0].p95);
        assert!((told[1].p50 - 30.0).abs() < 1e-9, "beyond the last bound");
    }

    #[test]
    fn counts_by_bucket_tell_the_same_as_the_histogram() {
        let told = Latency::of_buckets(&BTreeMap::from([(2_500, 2), (100_000, 1)])).unwrap();
        assert_eq!(told.count, 3);
        assert!((0.001..0.0025).contains(&told.p50), "{}", told.p50);
        assert!((0.05..0.1).contains(&told.p95), "{}", told.p95);
        assert_eq!(Latency::of_buckets(&BTreeMap::new()), None);
    }

    #[test]
    fn nothing_measured_tells_nothing() {
        let metrics = Metrics::new().unwrap();
        assert_eq!(latencies(&metrics.render(), "http_request_duration_seconds", &["route"]), []);
    }
}
