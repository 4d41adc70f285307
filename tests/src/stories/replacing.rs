//! Nodes behind a proxy are replaced one by one while webhooks come in, with the settings that an operator is given in
//! `deploy/haproxy.cfg`.

use super::crash::program::Program;
use crate::app::{Business, Prepared};
use crate::contract::database::Database;
use reqwest::{Client, StatusCode};
use ringbuch_adapters::sandbox::sign;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use serde_json::json;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often the proxy asks, and a little more.
const NOTICED: Duration = Duration::from_millis(2_500);

pub async fn nodes_are_replaced_under_load_without_one_failed_request(database: Database) {
    let prepared = Prepared::on(&database, Arc::new(SystemClock)).await;
    let ports = [free_port(), free_port()];
    let start = async |nth: usize| {
        Program::serve_with(&database.url, &prepared.master_key, ports[nth], &[("RINGBUCH_DRAIN_SECONDS", "5")]).await
    };
    let (one, other) = (start(0).await, start(1).await);
    let proxy = Proxy::before(ports).await;
    let stop = CancellationToken::new();
    let senders: Vec<_> = (0..4).map(|sender| send(sender, proxy.port, &prepared.salon, stop.clone())).collect();

    let ending = tokio::spawn(one.end());
    while ask(ports[0], "/readyz").await != Some(StatusCode::SERVICE_UNAVAILABLE) {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask(ports[0], "/livez").await, Some(StatusCode::OK), "it answers on while proxies look away");
    ending.await.unwrap();
    let one = start(0).await;
    tokio::time::sleep(NOTICED).await;
    other.end().await;
    let other = start(1).await;
    tokio::time::sleep(NOTICED).await;
    stop.cancel();

    let mut acknowledged = 0;
    for sender in senders {
        let told = sender.await.unwrap();
        assert_eq!(told.failures, Vec::<String>::new(), "of {} requests", told.acknowledged);
        acknowledged += told.acknowledged;
    }
    assert!(acknowledged > 50, "only {acknowledged} requests were sent");
    let kept = "SELECT COUNT(*) FROM events WHERE kind = 'WebhookReceived'";
    assert_eq!(database.stranger().await.number(kept).await, acknowledged);
    drop(proxy);
    one.end().await;
    other.end().await;
}

struct Told {
    acknowledged: i64,
    failures: Vec<String>,
}

/// Sends one webhook after the other until it is stopped. None is sent twice: what fails, fails.
fn send(sender: usize, port: u16, salon: &Business, stop: CancellationToken) -> JoinHandle<Told> {
    let (key, number) = (salon.retell_key.clone(), salon.number("mitte"));
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    tokio::spawn(async move {
        let (mut told, url) = (Told { acknowledged: 0, failures: vec![] }, webhook_url(port));
        for nth in 0.. {
            if stop.is_cancelled() {
                break;
            }
            let call = json!({
                "call_id": format!("call_replaced_{sender}_{nth}"), "call_type": "phone_call", "direction": "inbound",
                "from_number": "+493023125300", "to_number": number, "call_status": "ongoing",
            });
            let body = json!({"event": "call_started", "call": call}).to_string().into_bytes();
            let signature = sign(&body, &key, SystemClock.now().as_millisecond());
            match client.post(&url).header("x-retell-signature", signature).body(body).send().await {
                Ok(response) if response.status() == StatusCode::NO_CONTENT => told.acknowledged += 1,
                Ok(response) => told.failures.push(response.status().to_string()),
                Err(error) => told.failures.push(format!("{error:?}")),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        told
    })
}

fn webhook_url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/api/mcp/retell/webhook")
}

async fn ask(port: u16, path: &str) -> Option<StatusCode> {
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    let answer = client.get(format!("http://127.0.0.1:{port}{path}")).send().await;
    answer.ok().map(|answer| answer.status())
}

/// `HAProxy` with the settings for operators, at addresses of its own.
struct Proxy {
    port: u16,
    _running: Child,
    _folder: TempDir,
}

impl Proxy {
    async fn before(nodes: [u16; 2]) -> Self {
        let (port, folder) = (free_port(), TempDir::new().unwrap());
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, settings(port, nodes)).unwrap();
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let running = command.spawn().expect("haproxy; `tests/run` installs it");
        while ask(port, "/readyz").await != Some(StatusCode::OK) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { port, _running: running, _folder: folder }
    }
}

fn settings(port: u16, [one, other]: [u16; 2]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/haproxy.cfg");
    let text = std::fs::read_to_string(file).unwrap();
    let ours = |line: &str| match line.trim() {
        bind if bind.starts_with("bind ") => format!("bind 127.0.0.1:{port}"),
        server if server.starts_with("server one ") => format!("server one 127.0.0.1:{one}"),
        server if server.starts_with("server two ") => format!("server two 127.0.0.1:{other}"),
        same => same.to_owned(),
    };
    text.lines().map(|line| ours(line) + "\n").collect()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
