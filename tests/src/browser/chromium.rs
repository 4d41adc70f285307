//! Chromium, driven by its own driver. Both are started for one test and end with it.

use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub struct Chromium {
    pub client: Client,
    _driver: Child,
}

impl Chromium {
    pub async fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver starts; tests/run browser installs it");
        let url = address(&mut driver).await;
        let mut client = ClientBuilder::new(HttpConnector::new());
        let client = client.capabilities(capabilities()).connect(&url).await.expect("Chromium starts");
        Self { client, _driver: driver }
    }

    /// What the page and the browser had to say since this was asked last: warnings and worse.
    pub async fn complaints(&self) -> Vec<String> {
        let said = self.command("se/log", json!({ "type": "browser" })).await;
        let bad = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        said.as_array().unwrap().iter().filter(bad).map(|entry| entry["message"].to_string()).collect()
    }

    /// A command of the `DevTools` protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.command("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    async fn command(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Own { path, body }).await.unwrap()
    }

    pub async fn end(self) {
        self.client.close().await.unwrap();
    }
}

/// The driver takes a free port and says which.
async fn address(driver: &mut Child) -> String {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let Some((_, port)) = line.split_once("started successfully on port ") else { continue };
        // Whatever else it says must go somewhere, or it blocks.
        tokio::spawn(async move { while lines.next_line().await.is_ok_and(|line| line.is_some()) {} });
        return format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
    }
    panic!("chromedriver ended before it listened");
}

fn capabilities() -> Capabilities {
    let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en"];
    let wanted = json!({
        "goog:chromeOptions": { "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    });
    wanted.as_object().unwrap().clone()
}

/// A command that only Chromium's driver knows.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
