//! Whole commands and their exit codes.

use super::*;
use crate::http::Front;
use crate::http::health::{self, Check, Readiness};
use crate::metrics::Metrics;
use crate::server::Server;
use async_trait::async_trait;
use clap::Parser;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

async fn exit(settings: &Path, command: &[&str]) -> Exit {
    let settings = ["ringbuch", "--config", settings.to_str().unwrap()];
    run(Args::parse_from(settings.iter().chain(command))).await
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

const KEY: &str = "master_key = \"main:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\"";

#[tokio::test]
async fn config_check_tells_good_settings_from_bad_ones() {
    assert_eq!(exit(written(KEY).path(), &["config", "check"]).await, Exit::Done);
    assert_eq!(exit(written("").path(), &["config", "check", "--json"]).await, Exit::NotAsItShouldBe);
    assert_eq!(exit(written("listen = 1").path(), &["config", "check"]).await, Exit::NotAsItShouldBe);
    assert_eq!(exit(written("listen = 1").path(), &["config", "print"]).await, Exit::Failed);
    assert_eq!(exit(Path::new("/nowhere.toml"), &["config", "print"]).await, Exit::Failed);
}

struct Well;

#[async_trait]
impl Readiness for Well {
    async fn checks(&self) -> Vec<Check> {
        vec![Check::ok("event_log")]
    }
}

#[tokio::test]
async fn healthcheck_tells_a_server_that_is_ready_from_one_that_is_not() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = written(&format!("listen = '{}'", listener.local_addr().unwrap()));
    let (draining, shutdown) = (CancellationToken::new(), CancellationToken::new());
    let readiness: Arc<dyn Readiness> = Arc::new(Well);
    let front = Front::new(health::routes(&readiness, &draining), Metrics::new().unwrap());
    let ended = tokio::spawn(Server::default().run(listener, front, shutdown.clone(), Duration::from_secs(20)));

    assert_eq!(exit(settings.path(), &["healthcheck"]).await, Exit::Done);
    draining.cancel();
    assert_eq!(exit(settings.path(), &["healthcheck", "--json"]).await, Exit::Failed);
    shutdown.cancel();
    ended.await.unwrap();
    assert_eq!(exit(settings.path(), &["healthcheck"]).await, Exit::Failed);
}

#[test]
fn only_the_server_writes_its_doings_down_unless_asked() {
    let environment = vec![("RINGBUCH_LOG_DIR".to_owned(), "logs".to_owned())];
    let config = Config::load(&Sources { environment, ..Sources::default() }).unwrap();
    let settings = |line: &[&str]| {
        let args = Args::parse_from(["ringbuch"].iter().chain(line));
        Heard::of(&args.command).log(&config, args.global.verbose)
    };
    assert_eq!((settings(&["serve"]).filter.as_str(), settings(&["serve"]).folder.is_some()), ("info", true));
    assert_eq!((settings(&["migrate"]).filter.as_str(), settings(&["migrate"]).folder), ("warn", None));
    assert_eq!((settings(&["demo"]).filter.as_str(), settings(&["demo"]).folder.is_some()), ("info", true));
    assert!(settings(&["migrate", "-v"]).filter.contains("ringbuch_api=debug"));
}
