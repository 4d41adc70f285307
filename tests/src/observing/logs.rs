//! What the log of a demo under load holds: ids throughout, and nothing that belongs to a person or opens anything.

use super::demo::Demo;
use super::{client, free_port};
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_api::app::{App, Parts, open_store};
use ringbuch_api::clock::SystemClock;
use ringbuch_api::providers::ProviderSettings;
use ringbuch_domain::booking::Patience;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The fields under which something stands that belongs to a person, in our events and in what the providers send.
const PERSONAL: [&str; 14] = [
    "name",
    "email",
    "phone",
    "from_number",
    "to_number",
    "uid",
    "notes",
    "summary",
    "call_summary",
    "transcript",
    "content",
    "telefonnummer",
    "notizen",
    "contact",
];
/// Shorter values say nothing and stand everywhere.
const LONG_ENOUGH: usize = 7;

/// Every personal value that the private parts of the log hold.
async fn personal(data: &Path) -> BTreeSet<String> {
    let master = SecretString::from(std::fs::read_to_string(data.join("master.key")).unwrap());
    let store = open_store(&format!("sqlite:{}", data.join("ringbuch.db").display())).await.unwrap();
    let (master, clock) = (Arc::new(MasterKeys::parse(&master).unwrap()), Arc::new(SystemClock));
    let (patience, providers) = (Patience::default(), ProviderSettings::default());
    let app = App::start(Parts { store, master, clock, patience, providers }).await.unwrap();
    let (mut found, mut after) = (BTreeSet::new(), 0);
    loop {
        let events = app.journal.log().read_all(after, 500).await.unwrap();
        let Some(last) = events.last() else { break };
        after = last.position;
        for (_, private) in app.journal.reveal(events).await.unwrap() {
            let private = private.unwrap().unwrap_or_default();
            collect(&serde_json::from_slice(&private).unwrap_or_default(), false, &mut found);
        }
    }
    app.store.close().await;
    found
}

fn collect(value: &Value, named: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                collect(inner, PERSONAL.contains(&name.as_str()), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, named, found)),
        // A delivery's body is a text that holds JSON.
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ Value::Object(_)) => collect(&inner, false, found),
            _ if named && text.len() >= LONG_ENOUGH => {
                found.insert(text.clone());
            }
            _ => {}
        },
        _ => {}
    }
}

/// What opens something, as the demo says it of itself.
fn secrets(ready: &Value, data: &Path) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let companies = ready["companies"].as_array().unwrap();
    let of_company = |it: &Value| ["api_key", "retell_api_key", "calcom_webhook_secret"].map(|name| text(&it[name]));
    let mut secrets: Vec<String> = companies.iter().flat_map(of_company).collect();
    secrets.extend(["password", "api_key"].map(|name| text(&ready["owner"][name])));
    let master = std::fs::read_to_string(data.join("master.key")).unwrap();
    secrets.push(master.split_once(':').unwrap().1.trim().to_owned());
    secrets
}

fn lines_of(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .flat_map(|file| std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_demo_under_load_holds_nothing_personal_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (data, logs) = (folder.path().join("data"), folder.path().join("logs"));
    let settings = [("RINGBUCH_LOG_DIR", logs.to_str().unwrap()), ("RINGBUCH_LOG", "trace")];
    let arguments = ["--port", "0", "--calls", "80", "--faults", "mild", "--exit"];
    let mut demo = Demo::start(&arguments, &data, &settings).await;
    let ready = demo.ready.clone();
    demo.summary().await;
    assert!(demo.ended().await);

    let lines = lines_of(&logs);
    let (personal, secrets) = (personal(&data).await, secrets(&ready, &data));
    assert!(personal.len() > 100 && secrets.len() >= 4, "{} values, {} secrets", personal.len(), secrets.len());
    for value in personal.iter().chain(&secrets) {
        let holds = lines.iter().find(|line| line.contains(value.as_str()));
        assert!(holds.is_none(), "{value} stands in {}", holds.unwrap());
    }
    let parsed: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let spans = |line: &Value| line["spans"].as_array().cloned().unwrap_or_default();
    let has = |line: &Value, name: &str| spans(line).iter().any(|span| span[name].is_string());
    let about = |target: &str, name: &str| {
        let of_target = parsed.iter().filter(|line| line["target"] == target);
        let (with, all) = of_target.fold((0, 0), |(with, all), line| (with + usize::from(has(line, name)), all + 1));
        assert!(all > 0 && with == all, "{with} of {all} lines of {target} have {name}");
    };
    about("ringbuch_api::http::front", "request_id");
    let booked = parsed.iter().filter(|line| spans(line).iter().any(|span| span["operation"] == "book"));
    let (of_calls, all) = booked.fold((0, 0), |(with, all), line| (with + usize::from(has(line, "call")), all + 1));
    assert!(all > 0 && of_calls == all, "{of_calls} of {all} lines about a booking name the call");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_reads_the_log_and_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let (data, logs, port) = (folder.path().join("data"), folder.path().join("logs"), free_port().to_string());
    let settings = [("RINGBUCH_LOG_DIR", logs.to_str().unwrap()), ("RINGBUCH_LOG", "ringbuch_api=debug")];
    let mut demo = Demo::start(&["--port", &port, "--calls", "1"], &data, &settings).await;
    demo.summary().await;
    let client = client();
    let url = format!("http://127.0.0.1:{port}/api/v1");
    let (owner, company) = (demo.ready["owner"]["api_key"].clone(), demo.ready["companies"][0]["api_key"].clone());
    let ask = async |path: &str, key: &Value| {
        let request = client.get(format!("{url}/{path}")).bearer_auth(key.as_str().unwrap());
        let answer = request.header("x-request-id", "asked-1").send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(ask("logs", &company).await.0, 403);
    assert_eq!(ask("calls", &owner).await.0, 200);
    let (status, page) = ask("logs?request_id=asked-1&limit=1", &owner).await;
    assert_eq!(status, 200, "{page}");
    let newest = &page["items"][0];
    assert_eq!(
        (&newest["message"], &newest["spans"][0]["route"]),
        (&"answered".into(), &"/api/v1/calls".into()),
        "{page}"
    );
    let cursor = page["next"].as_str().expect("the line before is another page");
    assert_eq!(ask(&format!("logs?request_id=asked-1&cursor={cursor}"), &owner).await.0, 200);
    let (_, page) = ask("logs?text=answered&level=info", &owner).await;
    assert_eq!(page["items"], Value::Array(vec![]), "debug lines are less grave");
    assert_eq!(ask("logs?level=loud", &owner).await.0, 400);
    demo.end().await;
}
