//! Chromium, driven by its own driver. Both are started for one test and end with it.

use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub struct Chromium {
    pub client: Client,
    _driver: Child,
}

impl Chromium {
    pub async fn start() -> Self {
        let (driver, url) = driven().await;
        let mut client = ClientBuilder::new(HttpConnector::new());
        let client = client.capabilities(capabilities()).connect(&url).await.expect("Chromium starts");
        Self { client, _driver: driver }
    }

    /// Waits for an element; a page that is just being loaded has none.
    pub async fn finds(&self, locator: Locator<'_>) -> Element {
        let found = waits_for(async || self.client.find(locator).await.ok()).await;
        found.unwrap_or_else(|| panic!("{locator:?} does not come"))
    }

    /// Clicks an element once it is there. One that is loaded anew in the moment between is looked for again.
    pub async fn clicks(&self, locator: Locator<'_>) {
        let clicked = waits_for(async || match self.client.find(locator).await.ok()?.click().await {
            Err(error) if error.is_stale_element_reference() => None,
            outcome => Some(outcome),
        });
        clicked.await.unwrap_or_else(|| panic!("{locator:?} does not come")).unwrap();
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

/// Asks again and again, for longer than any page takes.
pub async fn waits_for<T>(seen: impl AsyncFn() -> Option<T>) -> Option<T> {
    let comes = async {
        loop {
            if let Some(found) = seen().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), comes).await.ok()
}

/// A driver that listens, and where. Now and then one ends at once, since another program was faster at the port it chose.
async fn driven() -> (Child, String) {
    for _ in 0..5 {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver starts; tests/run browser installs it");
        if let Some(url) = address(&mut driver).await {
            return (driver, url);
        }
    }
    panic!("chromedriver ended before it listened");
}

/// The driver takes a free port and says which.
async fn address(driver: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let Some((_, port)) = line.split_once("started successfully on port ") else { continue };
        // Whatever else it says must go somewhere, or it blocks.
        tokio::spawn(async move { while lines.next_line().await.is_ok_and(|line| line.is_some()) {} });
        return Some(format!("http://127.0.0.1:{}", port.trim_end_matches('.')));
    }
    None
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
