use super::*;
use serde_json::{Value, json};

fn written(time: &str, level: &str, message: &str, spans: &Value) -> String {
    let target = "ringbuch_api::intake";
    json!({ "timestamp": time, "level": level, "message": message, "target": target, "list": "intake", "spans": spans })
        .to_string()
}

fn folder() -> (tempfile::TempDir, LogFiles) {
    let folder = tempfile::tempdir().unwrap();
    let request = json!([{ "name": "request", "request_id": "r-1" }]);
    let errand = json!([{ "name": "intake", "call": "call_1" }, { "name": "provider", "operation": "book" }]);
    let days = [
        ("2026-11-30", vec![written("2026-11-30T10:00:00Z", "INFO", "first", &json!([]))]),
        (
            "2026-12-01",
            vec![
                written("2026-12-01T10:00:00Z", "WARN", "second", &request),
                "no line of ours".to_owned(),
                written("2026-12-01T11:00:00Z", "ERROR", "third", &errand),
                written("2026-12-01T12:00:00Z", "DEBUG", "fourth", &json!([])),
            ],
        ),
    ];
    for (day, lines) in days {
        std::fs::write(folder.path().join(format!("ringbuch.{day}.log")), lines.join("\n") + "\n").unwrap();
    }
    std::fs::write(folder.path().join("ringbuch.log"), "an older log\n").unwrap();
    let files = LogFiles::new(folder.path().to_owned());
    (folder, files)
}

async fn messages(files: &LogFiles, filter: LogFilter) -> Vec<String> {
    let page = files.read(filter, None, 50).await.unwrap();
    assert_eq!(page.next, None);
    page.items.into_iter().map(|line| line.message).collect()
}

#[tokio::test]
async fn the_newest_comes_first_over_all_days() {
    let (_folder, files) = folder();
    assert_eq!(messages(&files, LogFilter::default()).await, ["fourth", "third", "second", "first"]);
}

#[tokio::test]
async fn every_filter_takes_what_it_says() {
    let (_folder, files) = folder();
    let usual = LogFilter::default;
    let time = |text: &str| Some(text.parse().unwrap());
    let text = |text: &str| Some(text.to_owned());
    for (filter, found) in [
        (LogFilter { level: Some(LogLevel::Warn), ..usual() }, vec!["third", "second"]),
        (LogFilter { since: time("2026-12-01T10:30:00Z"), ..usual() }, vec!["fourth", "third"]),
        (LogFilter { until: time("2026-12-01T11:00:00Z"), ..usual() }, vec!["second", "first"]),
        (LogFilter { until: time("2026-11-30T23:00:00Z"), ..usual() }, vec!["first"]),
        (LogFilter { target: text("ringbuch_api::http"), ..usual() }, vec![]),
        (LogFilter { target: text("ringbuch_api"), text: text("FOUR"), ..usual() }, vec!["fourth"]),
        (LogFilter { request_id: text("r-1"), ..usual() }, vec!["second"]),
        (LogFilter { call: text("call_1"), ..usual() }, vec!["third"]),
        (LogFilter { call: text("call_2"), ..usual() }, vec![]),
    ] {
        assert_eq!(messages(&files, filter.clone()).await, found, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_lead_through_all_of_it() {
    let (_folder, files) = folder();
    let (mut seen, mut place) = (Vec::new(), None);
    loop {
        let page = files.read(LogFilter::default(), place, 1).await.unwrap();
        seen.extend(page.items.into_iter().map(|line| line.message));
        place = page.next;
        if place.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["fourth", "third", "second", "first"]);
}

#[test]
fn what_is_read_at_once_is_bounded_and_goes_on() {
    let (_folder, files) = folder();
    let filter = LogFilter { text: Some("first".into()), ..LogFilter::default() };
    let (mut place, mut pages) = (None, 0);
    loop {
        let page = files.page(&filter, place.as_ref(), 50, 1).unwrap();
        pages += 1;
        if !page.items.is_empty() {
            break;
        }
        place = page.next;
        assert!(place.is_some(), "there is more to be read");
    }
    assert_eq!(pages, 5, "a line at a time");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let missing = LogFiles::new("/nonexistent/logs".into());
    let told = missing.read(LogFilter::default(), None, 1).await.unwrap_err().to_string();
    assert!(told.contains("/nonexistent/logs"), "{told}");
}
