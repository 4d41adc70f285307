//! Figures for Prometheus under the names of the contract. Every application has a recorder of its own, so two in one
//! process never mix; a label is a word from a list, a company or a route, never a text that somebody outside chooses.

mod labels;
mod latency;
pub mod names;
mod work;

pub use labels::{
    BreakerState, CacheOutcome, Crossing, McpOutcome, Mismatch, ProviderOutcome, RejectReason, WebhookOutcome,
};
pub use latency::Latency;
pub use work::{Pace, Times, Work};

use ::metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder, Unit};
use http::{Method, StatusCode};
use jiff::Timestamp;
use labels::{BOOKING_FAILURES, CALCOM_EVENTS, RETELL_EVENTS, known};
pub use metrics_exporter_prometheus::BuildError;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use names::{Kind, METRICS};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::webhook::Provider;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Requests are expected within half a second; providers and cold starts may take up to half a minute.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How often samples are folded into their histograms; between two times they take memory one by one.
const UPKEEP: Duration = Duration::from_secs(5);

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// Where figures are counted. Clones count into the same place.
#[derive(Clone)]
pub struct Metrics {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
    pace: Arc<Pace>,
}

impl Metrics {
    pub fn new() -> Result<Self, BuildError> {
        let mut builder = PrometheusBuilder::new();
        for metric in METRICS.iter().filter(|metric| metric.kind == Kind::Seconds) {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), SECONDS)?;
        }
        let recorder = builder.build_recorder();
        for metric in METRICS {
            describe(&recorder, metric);
        }
        let metrics = Self { handle: recorder.handle(), recorder: Arc::new(recorder), pace: Arc::default() };
        metrics.gauge(names::BUILD_INFO, vec![Label::from_static_parts("version", env!("CARGO_PKG_VERSION"))]).set(1);
        metrics.begin();
        Ok(metrics)
    }

    /// A rate over a counter that appears with its first event misses that event, and an alert with it.
    fn begin(&self) {
        self.counter(names::BOOKING_SUCCESS, vec![]).increment(0);
        self.counter(names::OVERLAP_SEEN, vec![]).increment(0);
        for (provider, events) in [(Provider::Retell, RETELL_EVENTS), (Provider::Calcom, CALCOM_EVENTS)] {
            for event in events.iter().chain(&["other"]) {
                for outcome in WebhookOutcome::ALL {
                    self.counter(names::WEBHOOK, of_webhook(provider, event, *outcome)).increment(0);
                }
            }
        }
        let words = [
            (names::WEBHOOK_REJECTED, "reason", words(RejectReason::ALL, RejectReason::as_str)),
            (names::BOOKING_FAILURE, "reason", BOOKING_FAILURES.iter().copied().chain(["other"]).collect()),
            (names::MISMATCH, "kind", words(Mismatch::ALL, Mismatch::as_str)),
            (names::CROSS_TENANT, "at", words(Crossing::ALL, Crossing::as_str)),
        ];
        for (name, label, words) in words {
            for word in words {
                self.counter(name, vec![Label::from_static_parts(label, word)]).increment(0);
            }
        }
    }

    /// Everything in the text form that Prometheus reads.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// The percentiles of what was measured in seconds, by the labels that are named.
    pub fn latencies(&self, metric: &str, by: &[&str]) -> Vec<Latency> {
        latency::latencies(&self.render(), metric, by)
    }

    /// Keeps memory bounded until the token is cancelled; without it samples pile up between two scrapes.
    pub async fn upkeep(self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = ticks.tick() => self.handle.run_upkeep(),
            }
        }
    }

    /// `route` is the pattern, not the path.
    pub fn http_request(&self, method: &Method, route: &'static str, status: StatusCode, took: Duration) {
        let labels = vec![
            Label::from_static_parts("method", labels::method(method)),
            Label::from_static_parts("route", route),
            Label::new("status", status.as_str().to_owned()),
        ];
        self.seconds(names::HTTP_REQUEST, labels, took);
        if let Some(work) = Work::of_route(route) {
            self.pace.count(work, took);
        }
    }

    /// A step of one of the processes behind the requests.
    pub fn process(&self, work: Work, took: Duration) {
        self.pace.count(work, took);
    }

    /// How long things took since somebody has written it down.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// An event's name that no provider has is counted as `other`.
    pub fn webhook(&self, provider: Provider, event: &str, outcome: WebhookOutcome) {
        let events = match provider {
            Provider::Retell => RETELL_EVENTS,
            Provider::Calcom => CALCOM_EVENTS,
        };
        self.counter(names::WEBHOOK, of_webhook(provider, known(event, events), outcome)).increment(1);
    }

    pub fn webhook_rejected(&self, reason: RejectReason) {
        let labels = vec![Label::from_static_parts("reason", reason.as_str())];
        self.counter(names::WEBHOOK_REJECTED, labels).increment(1);
    }

    pub fn booking_succeeded(&self) {
        self.counter(names::BOOKING_SUCCESS, vec![]).increment(1);
    }

    /// The reason is the code of a rejection or of a calendar's failure; one that is on no list counts as `other`.
    pub fn booking_failed(&self, reason: &str) {
        let labels = vec![Label::from_static_parts("reason", known(reason, BOOKING_FAILURES))];
        self.counter(names::BOOKING_FAILURE, labels).increment(1);
    }

    pub fn mcp_request(&self, server: &'static str, tool: &'static str, outcome: McpOutcome, elapsed: Duration) {
        let labels = vec![
            Label::from_static_parts("server", server),
            Label::from_static_parts("tool", tool),
            Label::from_static_parts("outcome", outcome.as_str()),
        ];
        self.seconds(names::MCP_REQUEST, labels, elapsed);
    }

    pub fn breaker(&self, company: &CompanyId, provider: Provider, state: BreakerState) {
        self.gauge(names::BREAKER, per_company(company, provider)).set(state.figure());
    }

    pub fn event_append(&self, took: Duration) {
        self.seconds(names::EVENT_APPEND, vec![], took);
    }

    pub fn projection_lag(&self, projection: &'static str, events: u64) {
        let labels = vec![Label::from_static_parts("projection", projection)];
        self.gauge(names::PROJECTION_LAG, labels).set(figure(events));
    }

    /// How long the oldest thing that a process still has to do has been waiting.
    pub fn backlog_age(&self, process: &'static str, age: Duration) {
        let labels = vec![Label::from_static_parts("process", process)];
        self.gauge(names::BACKLOG_AGE, labels).set(age.as_secs_f64());
    }

    pub fn provider_request(
        &self,
        provider: Provider,
        operation: &'static str,
        outcome: ProviderOutcome,
        took: Duration,
    ) {
        let labels = vec![
            Label::from_static_parts("provider", provider.as_str()),
            Label::from_static_parts("operation", operation),
            Label::from_static_parts("outcome", outcome.as_str()),
        ];
        self.seconds(names::PROVIDER_REQUEST, labels, took);
    }

    pub fn rate_limit_remaining(&self, company: &CompanyId, provider: Provider, remaining: u32) {
        self.gauge(names::RATE_LIMIT_REMAINING, per_company(company, provider)).set(remaining);
    }

    pub fn cache_request(&self, cache: &'static str, outcome: CacheOutcome) {
        let labels =
            vec![Label::from_static_parts("cache", cache), Label::from_static_parts("outcome", outcome.as_str())];
        self.counter(names::CACHE_REQUESTS, labels).increment(1);
    }

    pub fn holds_active(&self, holds: u64) {
        self.gauge(names::HOLDS_ACTIVE, vec![]).set(figure(holds));
    }

    /// The calendar holds two bookings of one person at one time.
    pub fn overlap_seen(&self) {
        self.counter(names::OVERLAP_SEEN, vec![]).increment(1);
    }

    pub fn mismatch(&self, kind: Mismatch) {
        let labels = vec![Label::from_static_parts("kind", kind.as_str())];
        self.counter(names::MISMATCH, labels).increment(1);
    }

    pub fn crossed_tenants(&self, at: Crossing) {
        let labels = vec![Label::from_static_parts("at", at.as_str())];
        self.counter(names::CROSS_TENANT, labels).increment(1);
    }

    /// Whether a company's set-up was brought into step whole; the first run of a company makes its counter.
    pub fn synced(&self, company: &CompanyId, whole: bool) {
        let labels = vec![Label::new("company", company.as_str().to_owned())];
        self.counter(names::SYNC_FAILED, labels).increment(u64::from(!whole));
    }

    pub fn last_webhook(&self, company: &CompanyId, received: Timestamp) {
        let labels = vec![Label::new("company", company.as_str().to_owned())];
        self.gauge(names::LAST_WEBHOOK, labels).set(received.as_duration().as_secs_f64());
    }

    /// `owner` is a company or an account, never a person; `secret` the name of the secret.
    pub fn secret_set(&self, owner: String, secret: &'static str, set: Timestamp) {
        let labels = vec![Label::new("owner", owner), Label::from_static_parts("secret", secret)];
        self.gauge(names::SECRET_SET, labels).set(set.as_duration().as_secs_f64());
    }

    fn counter(&self, name: &'static str, labels: Vec<Label>) -> Counter {
        self.recorder.register_counter(&Key::from_parts(name, labels), &METADATA)
    }

    fn gauge(&self, name: &'static str, labels: Vec<Label>) -> Gauge {
        self.recorder.register_gauge(&Key::from_parts(name, labels), &METADATA)
    }

    fn seconds(&self, name: &'static str, labels: Vec<Label>, took: Duration) {
        let histogram: Histogram = self.recorder.register_histogram(&Key::from_parts(name, labels), &METADATA);
        histogram.record(took.as_secs_f64());
    }
}

fn describe(recorder: &PrometheusRecorder, metric: &names::Metric) {
    let (name, meaning) = (KeyName::from_const_str(metric.name), metric.meaning.into());
    match metric.kind {
        Kind::Count => recorder.describe_counter(name, None, meaning),
        Kind::Level => recorder.describe_gauge(name, None, meaning),
        Kind::Seconds => recorder.describe_histogram(name, Some(Unit::Seconds), meaning),
    }
}

fn words<W: Copy>(all: &[W], word: fn(W) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|it| word(*it)).collect()
}

fn of_webhook(provider: Provider, event: &'static str, outcome: WebhookOutcome) -> Vec<Label> {
    vec![
        Label::from_static_parts("provider", provider.as_str()),
        Label::from_static_parts("event", event),
        Label::from_static_parts("outcome", outcome.as_str()),
    ]
}

fn per_company(company: &CompanyId, provider: Provider) -> Vec<Label> {
    vec![Label::new("company", company.as_str().to_owned()), Label::from_static_parts("provider", provider.as_str())]
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a backlog of 2^53 events is not a thing that a gauge must tell exactly"
)]
fn figure(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_applications_do_not_count_into_each_other() {
        let (one, other) = (Metrics::new().unwrap(), Metrics::new().unwrap());
        one.booking_succeeded();
        assert!(one.render().contains("mcp_booking_success_total 1"));
        assert!(other.render().contains("mcp_booking_success_total 0"));
    }

    #[test]
    fn names_and_labels_are_those_of_the_contract() {
        let metrics = Metrics::new().unwrap();
        let (company, took) = (CompanyId::new("salon").unwrap(), Duration::from_millis(20));
        metrics.http_request(&Method::GET, "/livez", StatusCode::OK, took);
        metrics.webhook(Provider::Retell, "call_ended", WebhookOutcome::Received);
        metrics.booking_failed("slot_taken");
        metrics.webhook_rejected(RejectReason::SignatureWrong);
        metrics.mcp_request("retell", "list_calls", McpOutcome::Ok, took);
        metrics.breaker(&company, Provider::Calcom, BreakerState::Open);
        metrics.event_append(took);
        metrics.projection_lag("calls", 3);
        metrics.backlog_age("intake", Duration::from_secs(2));
        metrics.provider_request(Provider::Calcom, "book", ProviderOutcome::Refused, took);
        metrics.rate_limit_remaining(&company, Provider::Calcom, 88);
        metrics.cache_request("availability", CacheOutcome::Hit);
        metrics.holds_active(4);
        metrics.overlap_seen();
        metrics.mismatch(Mismatch::Contradiction);
        metrics.crossed_tenants(Crossing::Api);
        metrics.synced(&company, true);
        metrics.synced(&company, false);
        metrics.last_webhook(&company, Timestamp::from_second(1_700_000_000).unwrap());
        metrics.secret_set("company:salon".into(), "calcom_api_key", Timestamp::UNIX_EPOCH);
        let text = metrics.render();
        for line in [
            r#"http_request_duration_seconds_bucket{method="GET",route="/livez",status="200",le="0.025"} 1"#,
            r#"mcp_webhook_total{provider="retell",event="call_ended",outcome="received"} 1"#,
            r#"mcp_booking_failure_total{reason="slot_taken"} 1"#,
            r#"ringbuch_webhook_rejected_total{reason="signature_wrong"} 1"#,
            r#"ringbuch_mcp_request_seconds_count{server="retell",tool="list_calls",outcome="ok"} 1"#,
            r#"circuit_breaker_state{company="salon",provider="calcom"} 2"#,
            "ringbuch_event_append_seconds_count 1",
            r#"ringbuch_projection_lag_events{projection="calls"} 3"#,
            r#"ringbuch_backlog_age_seconds{process="intake"} 2"#,
            r#"ringbuch_provider_request_seconds_count{provider="calcom",operation="book",outcome="refused"} 1"#,
            r#"ringbuch_provider_rate_limit_remaining{company="salon",provider="calcom"} 88"#,
            r#"ringbuch_cache_requests_total{cache="availability",outcome="hit"} 1"#,
            "ringbuch_holds_active 4",
            "ringbuch_build_info{version=",
            "ringbuch_overlap_seen_total 1",
            r#"ringbuch_mismatch_total{kind="contradiction"} 1"#,
            r#"ringbuch_cross_tenant_total{at="api"} 1"#,
            r#"ringbuch_sync_failed_total{company="salon"} 1"#,
            r#"ringbuch_webhook_last_received_timestamp_seconds{company="salon"} 1700000000"#,
            r#"ringbuch_secret_set_timestamp_seconds{owner="company:salon",secret="calcom_api_key"} 0"#,
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
        for metric in METRICS {
            assert!(text.contains(&format!("# TYPE {} ", metric.name)), "{} was not counted here", metric.name);
        }
    }

    #[test]
    fn a_counter_is_there_before_its_first_event() {
        let text = Metrics::new().unwrap().render();
        for line in [
            r#"mcp_webhook_total{provider="calcom",event="BOOKING_CREATED",outcome="dead"} 0"#,
            r#"mcp_booking_failure_total{reason="gave_up"} 0"#,
            r#"ringbuch_webhook_rejected_total{reason="no_hint"} 0"#,
            "ringbuch_overlap_seen_total 0",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }

    #[test]
    fn what_an_outsider_writes_never_becomes_a_label() {
        let metrics = Metrics::new().unwrap();
        metrics.webhook(Provider::Retell, "+493023125001", WebhookOutcome::Quarantined);
        metrics.booking_failed("Max Mustermann");
        metrics.http_request(&Method::from_bytes(b"SECRET").unwrap(), "/livez", StatusCode::OK, Duration::ZERO);
        let text = metrics.render();
        assert!(text.contains(r#"event="other""#) && text.contains(r#"reason="other""#));
        assert!(text.contains(r#"method="other""#));
        assert!(!text.contains("4930") && !text.contains("Max") && !text.contains("SECRET"));
    }
}
