//! Debian's Prometheus scrapes a server on which the demo plays, and goes on when another is started on the same data: what it
//! has counted is what the demo says, and then that and what came later.

use super::demo::Demo;
use super::{client, free_port, root};
use crate::stories::crash::program::Program;
use reqwest::Client;
use ringbuch_adapters::sandbox::sign;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Longer than any scrape takes to be seen.
const SEEN_WITHIN: Duration = Duration::from_secs(30);
/// The slowest group of rules is evaluated every thirty seconds.
const EVALUATED_WITHIN: Duration = Duration::from_secs(90);

struct Prometheus {
    client: Client,
    url: String,
    _child: Child,
}

impl Prometheus {
    /// Scrapes a server every second, and reads our rules.
    #[expect(clippy::unused_async, reason = "starting a server reads as one")]
    async fn start(folder: &Path, scraped: u16) -> Self {
        let rules = root().join("deploy/prometheus");
        let settings = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{rules}/rules.yml, {rules}/alerts.yml]\n\
             scrape_configs:\n- job_name: ringbuch\n  metrics_path: /api/metrics\n  static_configs:\n  \
             - targets: ['127.0.0.1:{scraped}']\n",
            rules = rules.display()
        );
        let (file, port) = (folder.join("prometheus.yml"), free_port());
        std::fs::write(&file, settings).unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("tsdb").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=error")
            .kill_on_drop(true)
            .spawn()
            .expect("prometheus, of Debian's package of that name");
        let client = client();
        Self { client, url: format!("http://127.0.0.1:{port}"), _child: child }
    }

    async fn ask(&self, what: &str) -> Option<Value> {
        let answer = self.client.get(format!("{}/api/v1/{what}", self.url)).send().await.ok()?;
        answer.json::<Value>().await.ok().filter(|answer| answer["status"] == "success")
    }

    /// Everything that a counter has counted over all restarts of what is scraped, by one label.
    async fn counted(&self, counter: &str, label: &str) -> BTreeMap<String, u64> {
        let mut counted = BTreeMap::new();
        let Some(answer) = self.ask(&format!("query?query={counter}[1h]")).await else { return counted };
        for series in answer["data"]["result"].as_array().unwrap() {
            let samples = series["values"].as_array().unwrap().iter();
            let (mut total, mut before) = (0, 0);
            for sample in samples.map(|sample| sample[1].as_str().unwrap().parse::<u64>().unwrap()) {
                total += if sample >= before { sample - before } else { sample };
                before = sample;
            }
            *counted.entry(series["metric"][label].as_str().unwrap_or_default().to_owned()).or_default() += total;
        }
        counted
    }

    async fn totals(&self) -> Totals {
        let webhooks = self.counted("mcp_webhook_total", "outcome").await;
        let of = |outcome: &str| webhooks.get(outcome).copied().unwrap_or_default();
        Totals {
            received: of("received"),
            processed: of("processed"),
            duplicates: of("duplicate"),
            quarantined: of("quarantined"),
            rejected: self.counted("ringbuch_webhook_rejected_total", "").await.values().sum(),
            confirmed: self.counted("mcp_booking_success_total", "").await.values().sum(),
            not_booked: self.counted("mcp_booking_failure_total", "reason").await.values().sum(),
        }
    }

    /// Waits until the totals are those; the last ones that were seen where they never are.
    async fn sees(&self, expected: &Totals) -> Totals {
        let mut seen = self.totals().await;
        let until = tokio::time::Instant::now() + SEEN_WITHIN;
        while seen != *expected && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(300)).await;
            seen = self.totals().await;
        }
        seen
    }

    /// What each rule says of itself, when every group has been evaluated at least once.
    async fn health_of_rules(&self) -> BTreeMap<String, String> {
        let until = tokio::time::Instant::now() + EVALUATED_WITHIN;
        loop {
            let rules = self.ask("rules").await.unwrap();
            let groups = rules["data"]["groups"].as_array().unwrap().iter();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let health: BTreeMap<_, _> = groups
                .flat_map(|group| group["rules"].as_array().unwrap())
                .map(|rule| (text(&rule["name"]), text(&rule["health"])))
                .collect();
            if health.values().all(|it| it != "unknown") || tokio::time::Instant::now() > until {
                return health;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Totals {
    received: u64,
    processed: u64,
    duplicates: u64,
    quarantined: u64,
    rejected: u64,
    confirmed: u64,
    /// Refused or failed.
    not_booked: u64,
}

impl Totals {
    /// As the demo says them.
    fn of(summary: &Value) -> Self {
        let webhooks = |name: &str| summary["webhooks"][name].as_u64().unwrap();
        let bookings = |name: &str| summary["bookings"][name].as_u64().unwrap();
        Self {
            received: webhooks("received"),
            processed: webhooks("processed"),
            duplicates: webhooks("duplicates"),
            quarantined: webhooks("quarantined"),
            rejected: webhooks("rejected"),
            confirmed: bookings("confirmed"),
            not_booked: bookings("refused") + bookings("failed"),
        }
    }
}

/// A webhook for the first company of the demo, signed with its key or another.
async fn send(client: &Client, url: &str, demo: &Value, call: &str, key: Option<&str>) -> u16 {
    let company = &demo["companies"][0];
    let (now, number) = (SystemClock.now().as_millisecond(), &company["numbers"][0]);
    let body = json!({ "event": "call_started", "call": {
        "call_id": call, "call_type": "phone_call", "direction": "inbound", "from_number": "+493023125778",
        "to_number": number, "start_timestamp": now, "call_status": "ongoing",
    }});
    let body = body.to_string().into_bytes();
    let signature = sign(&body, key.unwrap_or_else(|| company["retell_api_key"].as_str().unwrap()), now);
    let request = client.post(format!("{url}/api/mcp/retell/webhook")).header("x-retell-signature", signature);
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Prometheus, which tests/run installs"]
async fn what_prometheus_counts_is_what_the_demo_says_across_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (data, port) = (folder.path().join("data"), free_port());
    let arguments = ["--port", &port.to_string(), "--calls", "25", "--faults", "mild"];
    let mut demo = Demo::start(&arguments, &data, &[]).await;
    let prometheus = Prometheus::start(folder.path(), port).await;
    let summary = tokio::time::timeout(Duration::from_mins(5), demo.summary()).await.expect("the demo comes to rest");
    assert_eq!(summary["broken"], json!([]), "{summary}");
    let expected = Totals::of(&summary);
    assert!(expected.received > 40 && expected.confirmed > 0 && expected.not_booked > 0, "{summary}");
    assert_eq!(prometheus.sees(&expected).await, expected, "{summary}");
    let told = demo.ready.clone();
    demo.end().await;

    let master = SecretString::from(std::fs::read_to_string(data.join("master.key")).unwrap());
    let database = format!("sqlite:{}", data.join("ringbuch.db").display());
    let server = Program::serve_with(&database, &master, port, &[("RINGBUCH_SYNC_MINUTES", "0")]).await;
    let url = format!("http://127.0.0.1:{port}");
    assert_eq!(send(&prometheus.client, &url, &told, "call_after", None).await, 204);
    assert_eq!(send(&prometheus.client, &url, &told, "call_after", Some("key_of_somebody_else")).await, 401);
    let (received, processed, rejected) = (expected.received + 1, expected.processed + 1, expected.rejected + 1);
    let expected = Totals { received, processed, rejected, ..expected };
    assert_eq!(prometheus.sees(&expected).await, expected);
    let health = prometheus.health_of_rules().await;
    assert!(health.len() > 25 && health.values().all(|health| health == "ok"), "{health:?}");
    server.end().await;
}
