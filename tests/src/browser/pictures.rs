//! The pages of the demo as whoever starts it sees them. With `RINGBUCH_README_PICTURES` naming a folder they are kept, for
//! the README: `RINGBUCH_README_PICTURES=$PWD/docs/pictures tests/run browser`.

use super::PATIENCE;
use super::chromium::Chromium;
use super::looks::Look;
use crate::observing::demo::Demo;
use fantoccini::Locator;
use serde_json::Value;
use std::path::Path;

const PAGES: [&str; 4] = ["/webhooks", "/appointments?span=week", "/sync", ""];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium; tests/run browser"]
async fn whoever_starts_the_demo_signs_in_and_looks_around() {
    let test = async {
        let folder = tempfile::tempdir().unwrap();
        let mut demo = Demo::start(&["--port", "0", "--calls", "60"], &folder.path().join("data"), &[]).await;
        demo.summary().await;
        let chromium = Chromium::start().await;
        Look::USUAL.put_on(&chromium).await;
        let (url, company) = (text(&demo.ready["url"]), text(&demo.ready["companies"][0]["id"]));
        sign_in(&chromium, &url, &demo.ready["owner"]).await;
        chromium.complaints().await;
        for path in PAGES {
            chromium.client.goto(&format!("{url}/c/{company}{path}")).await.unwrap();
        }
        keep(&chromium, "overview").await;
        chromium.client.goto(&format!("{url}/c/{company}/calls?outcome=confirmed")).await.unwrap();
        let call = Locator::Css("section[aria-labelledby=all] tbody th a");
        chromium.clicks(call).await;
        chromium.finds(Locator::Css("dl.facts")).await;
        keep(&chromium, "call").await;
        assert_eq!(chromium.complaints().await, Vec::<String>::new());
        chromium.end().await;
        demo.end().await;
    };
    tokio::time::timeout(PATIENCE, test).await.expect("the demo comes to rest");
}

async fn sign_in(chromium: &Chromium, url: &str, owner: &Value) {
    chromium.client.goto(&format!("{url}/login")).await.unwrap();
    for field in ["email", "password"] {
        let input = chromium.finds(Locator::Id(field)).await;
        input.send_keys(&text(&owner[field])).await.unwrap();
    }
    chromium.clicks(Locator::Css("button.main")).await;
    chromium.finds(Locator::Css("form[action='/logout']")).await;
}

async fn keep(chromium: &Chromium, name: &str) {
    let picture = chromium.client.screenshot().await.unwrap();
    if let Ok(folder) = std::env::var("RINGBUCH_README_PICTURES") {
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
