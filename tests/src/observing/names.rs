//! Dashboards, rules and the contract name metrics; each of them must be one that a running server has.

use super::root;
use crate::app::{Said, TestApp};
use crate::contract::database::Database;
use jiff::tz::TimeZone;
use ringbuch_api::gauges;
use ringbuch_api::metrics::names::METRICS;
use ringbuch_api::sync::{Wanted, sync};
use ringbuch_domain::company::SyncScope;
use ringbuch_domain::ports::{SlotQuery, Slots};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::read_to_string;

/// What others rely on.
const CONTRACT: [&str; 15] = [
    "http_request_duration_seconds",
    "mcp_webhook_total",
    "mcp_booking_success_total",
    "mcp_booking_failure_total",
    "ringbuch_webhook_rejected_total",
    "ringbuch_mcp_request_seconds",
    "circuit_breaker_state",
    "ringbuch_event_append_seconds",
    "ringbuch_projection_lag_events",
    "ringbuch_backlog_age_seconds",
    "ringbuch_provider_request_seconds",
    "ringbuch_provider_rate_limit_remaining",
    "ringbuch_cache_requests_total",
    "ringbuch_holds_active",
    "ringbuch_build_info",
];
/// Prometheus' own, and the blackbox exporter's.
const FOREIGN: [&str; 2] = ["up", "probe_ssl_earliest_cert_expiry"];
/// A histogram has no series before its first sample, and no tool was called here.
const UNFED: [&str; 1] = ["ringbuch_mcp_request_seconds"];
/// Words of the query language that stand where a metric could.
const WORDS: [&str; 9] = ["and", "or", "unless", "bool", "offset", "by", "on", "without", "ignoring"];

/// What is written before the labels that it groups by, and not before its argument.
const AGGREGATES: [&str; 4] = ["sum", "max", "min", "count"];

/// The metrics that an expression names.
fn named(expression: &str) -> BTreeSet<String> {
    let (mut names, mut rest) = (BTreeSet::new(), expression);
    while let Some(first) = rest.chars().next() {
        let behind = |end: char| rest[1..].find(end).map_or("", |at| &rest[at + 2..]);
        rest = match first {
            '"' => behind('"'),
            '{' => behind('}'),
            '[' => behind(']'),
            '0'..='9' => rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '.'),
            _ if first.is_alphabetic() || first == '_' => {
                let after = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
                let word = &rest[..rest.len() - after.len()];
                let calls = after.trim_start().starts_with('(');
                let groups = calls && WORDS.contains(&word);
                if !calls && !WORDS.contains(&word) && !AGGREGATES.contains(&word) {
                    names.insert(word.to_owned());
                }
                if groups { after.find(')').map_or("", |at| &after[at + 1..]) } else { after }
            }
            _ => &rest[first.len_utf8()..],
        };
    }
    names
}

#[test]
fn an_expression_is_taken_apart() {
    let expression =
        r#"max by (company, provider) (a_total{b="c_total"} offset 5h) / on (company) d:e:f > bool 0.2 or up"#;
    assert_eq!(named(expression), ["a_total", "d:e:f", "up"].map(str::to_owned).into());
}

/// The expressions of a file of rules, and what its recording rules are called.
fn rules(file: &str) -> (Vec<String>, BTreeSet<String>) {
    let text = read_to_string(root().join("deploy/prometheus").join(file)).unwrap();
    let (mut expressions, mut records) = (Vec::new(), BTreeSet::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(record) = line.trim().strip_prefix("- record: ") {
            records.insert(record.to_owned());
        }
        let Some(expression) = line.trim().strip_prefix("expr: ") else { continue };
        let indent = |line: &str| line.len() - line.trim_start().len();
        let mut whole = expression.trim_start_matches('|').to_owned();
        while let Some(more) = lines.next_if(|next| indent(next) > indent(line)) {
            whole = format!("{whole} {more}");
        }
        expressions.push(whole);
    }
    (expressions, records)
}

fn expressions_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|inner| expressions_in(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| expressions_in(inner, found)),
        _ => {}
    }
}

fn dashboards() -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("deploy/grafana")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let board: Value = serde_json::from_str(&read_to_string(&path).unwrap()).unwrap();
            let before = found.len();
            expressions_in(&board, &mut found);
            assert!(found.len() > before, "{} asks for nothing", path.display());
        }
    }
    found
}

/// What a server shows that has done a little of everything.
pub async fn rendered(app: &TestApp) -> String {
    let caller = app.caller("Anna");
    caller.books("11:00").await;
    app.settle().await;
    caller.send(&caller.ended(Said::Nothing)).await;
    sync(app.app(), vec![app.salon.id.clone()], &Wanted::new(SyncScope::All, "story", false), |_| {}).await.unwrap();
    let _ = app.app().slots.slots(&app.salon.id, &query(app)).await;
    app.settle().await;
    gauges::look_at_all(app.app()).await.unwrap();
    reqwest::get(format!("{}/api/metrics", app.url())).await.unwrap().text().await.unwrap()
}

fn query(app: &TestApp) -> SlotQuery {
    let today = app.now().to_zoned(TimeZone::UTC).date();
    let (event_type, zone) = (app.salon.service("Haarschnitt"), "Europe/Berlin".into());
    SlotQuery { event_type, team: None, minutes: None, from: today, to: today, zone }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_metric_that_is_named_is_one_of_a_running_server() {
    let app = TestApp::start(Database::sqlite().await).await;
    let text = rendered(&app).await;
    app.finish().await;
    let typed: Vec<(&str, &str)> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' ')).collect();
    let mut known: BTreeSet<String> = UNFED.iter().chain(&FOREIGN).map(|&name| name.to_owned()).collect();
    for (name, kind) in typed.into_iter().chain(UNFED.map(|name| (name, "histogram"))) {
        known.insert(name.to_owned());
        if kind == "histogram" {
            known.extend(["bucket", "count", "sum"].map(|part| format!("{name}_{part}")));
        }
    }
    for name in CONTRACT.iter().copied().chain(METRICS.iter().map(|metric| metric.name)) {
        assert!(known.contains(name), "{name} is not among {known:?}");
    }
    let (recording, records) = rules("rules.yml");
    let (alerting, _) = rules("alerts.yml");
    assert!(records.len() >= 10 && alerting.len() >= 15, "{records:?}");
    known.extend(records);
    for expression in recording.iter().chain(&alerting).chain(&dashboards()) {
        for name in named(expression) {
            assert!(known.contains(&name), "{name} in {expression}");
        }
    }
}

#[test]
fn every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() {
    let folder = root().join("deploy/prometheus");
    let text = read_to_string(folder.join("alerts.yml")).unwrap();
    let alerts: BTreeSet<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() >= 15, "{alerts:?}");
    let files = std::fs::read_dir(folder.join("tests")).unwrap();
    let cases: String = files.map(|entry| read_to_string(entry.unwrap().path()).unwrap()).collect();
    for alert in alerts {
        let asked = cases.split("- expr: ").filter(|case| case.contains(&format!("alertname=\"{alert}\"")));
        let (fires, silent): (Vec<&str>, Vec<&str>) = asked.partition(|case| !case.contains("exp_samples: []"));
        assert!(!fires.is_empty() && !silent.is_empty(), "{alert}: {} and {}", fires.len(), silent.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Prometheus, which tests/run installs"]
async fn promtool_finds_nothing_wrong_with_what_a_server_shows() {
    use tokio::io::AsyncWriteExt;
    let app = TestApp::start(Database::sqlite().await).await;
    let text = rendered(&app).await;
    app.finish().await;
    let mut promtool = tokio::process::Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("promtool, of Debian's package prometheus");
    promtool.stdin.take().unwrap().write_all(text.as_bytes()).await.unwrap();
    let told = promtool.wait_with_output().await.unwrap();
    let told = (
        told.status.success(),
        String::from_utf8_lossy(&told.stdout).into_owned(),
        String::from_utf8_lossy(&told.stderr).into_owned(),
    );
    assert_eq!(told, (true, String::new(), String::new()));
}
