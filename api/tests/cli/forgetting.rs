//! Somebody calls, asks what is known of them, and asks to be forgotten; the day after, a backup from before is restored.

use crate::booking::{RETELL_KEY, Salon, eleven_in};
use crate::installation::{Installation, MASTER_KEY, PATIENCE};
use ringbuch_adapters::sandbox::sign;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

const NAME: &str = "Adelheid Musterfrau";
const NUMBER: &str = "+491713920091";

fn webhook() -> Value {
    let day = eleven_in(7);
    let start = SystemClock.now().as_millisecond() - 60_000;
    json!({ "event": "call_analyzed", "call": {
        "call_id": "call_0f1e2d3c", "agent_id": "agent_1", "call_status": "ended", "call_type": "phone_call",
        "direction": "inbound", "from_number": NUMBER, "to_number": "+493023125001",
        "start_timestamp": start, "end_timestamp": start + 50_000,
        "transcript": format!("User: Hier ist {NAME}."),
        "call_analysis": { "call_summary": format!("{NAME} will die Haare geschnitten haben."), "user_sentiment": "Positive" },
        "collected_dynamic_variables": {
            "booking_confirmed": "true", "name": NAME,
            "datum": day.strftime("%d.%m.%Y").to_string(), "uhrzeit": "11:00",
        },
    }})
}

async fn customer_who_is_booked(it: &Installation) -> String {
    for _ in 0..PATIENCE.as_millis() / 100 {
        let found = it.json(&format!("customer list --phone {NUMBER}")).await;
        if found[0]["appointments"] == json!(1) {
            return found[0]["customer"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the caller was never booked");
}

fn holds(bytes: &[u8]) -> bool {
    let marks = ["Adelheid", NUMBER.trim_start_matches("+49")];
    marks.iter().any(|mark| bytes.windows(mark.len()).any(|part| part == mark.as_bytes()))
}

fn files_that_hold_it(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.is_file() && holds(&std::fs::read(file).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_forgotten_in_every_file_and_in_what_is_restored_later() {
    let Salon { installation: it, sandbox } = Salon::open().await;
    let it = it.with("RINGBUCH_LOG", "debug").with("RINGBUCH_ERASURES_LEDGER", "erasures.jsonl");
    let server = it.serve().await;
    let body = webhook().to_string();
    let signature = sign(body.as_bytes(), RETELL_KEY, SystemClock.now().as_millisecond());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = client.post(format!("{}/api/mcp/retell/webhook", server.url)).header("x-retell-signature", signature);
    assert_eq!(sent.body(body).send().await.unwrap().status(), 204);
    let customer = customer_who_is_booked(&it).await;
    it.done("backup --out older").await;

    let document = it.done(&format!("customer export {customer}")).await;
    assert!(document.contains("Haare geschnitten") && holds(document.as_bytes()));
    assert_eq!(it.fails(&format!("customer erase {customer}")).await.0, 2, "nobody is there to be asked");
    let (code, told) = it.fails(&format!("customer erase {customer} --yes")).await;
    assert!(code == 1 && told.contains("still has appointments") && told.contains("--keep-appointments"), "{told}");
    let list = it.json("appointments list").await;
    it.done(&format!("appointments cancel {}", list[0]["booking"].as_str().unwrap())).await;
    let report = it.json(&format!("customer erase {customer} --yes")).await;
    assert_eq!((&report["calls"], &report["deliveries"]), (&json!(1), &json!(1)));
    assert_eq!(report["remaining"][0]["provider"], "calcom");
    it.done("backup --out newer").await;
    let list = it.done("customer list").await;
    assert!(list.contains("(erased)") && !holds(list.as_bytes()), "{list}");
    server.signal("TERM").await;
    let log = server.last_words().await;
    assert!(log.contains("call_analyzed") || log.contains("/api/mcp/retell/webhook"), "the log would say it: {log}");
    assert!(!holds(log.as_bytes()), "{log}");
    it.done("audit verify").await;
    assert_eq!(files_that_hold_it(it.folder.path()), Vec::<PathBuf>::new());

    let there = Installation::new().with("RINGBUCH_ALLOW_LOOPBACK", "true");
    let older = it.folder.path().join("older");
    let ledger = it.folder.path().join("erasures.jsonl");
    let restored = format!("restore --from {} --erasures {}", older.display(), ledger.display());
    let report = there.json(&restored).await;
    assert_eq!((&report["erasures"], &report["in_doubt"]), (&json!(1), &json!(0)));
    there.done("audit verify").await;
    let list = there.done("customer list").await;
    assert!(list.contains("(erased)") && !holds(list.as_bytes()), "{list}");
    assert_eq!(files_that_hold_it(there.folder.path()), Vec::<PathBuf>::new());
    let (code, told) = there.fails(&restored).await;
    assert!(code == 1 && told.contains("already holds"), "{told}");
    drop(sandbox);
}

#[tokio::test]
async fn a_backup_that_is_not_whole_is_not_restored() {
    let Salon { installation: it, .. } = Salon::open().await;
    it.done("backup --out log").await;
    let (code, told) = it.fails("backup --out log").await;
    assert!(code == 1 && told.contains("log"), "{told}");
    let whole = std::fs::read_to_string(it.folder.path().join("log")).unwrap();
    let there = Installation::new();
    let put = |name: &str, text: &str| std::fs::write(there.folder.path().join(name), text).unwrap();
    put("cut", &whole[..whole.len() / 2]);
    put("other", "hello\n");
    put("log", &whole);
    let cases = [
        ("restore --from cut --keys cut", "line"),
        ("restore --from other --keys cut", "no backup"),
        ("restore --from nowhere", "cannot be read"),
        ("restore --from log", "--keys"),
    ];
    for (line, word) in cases {
        let (code, told) = there.fails(line).await;
        assert!(code == 1 && told.contains(word), "`{line}`: {told}");
    }
    assert!(!there.folder.path().join("ringbuch.db").exists(), "nothing was written");
    // With the keys of somebody else's installation nothing of the log comes in.
    std::fs::copy(it.folder.path().join("log.keys"), there.folder.path().join("log.keys")).unwrap();
    let stranger = there.with("RINGBUCH_MASTER_KEY", &MASTER_KEY.replace("main", "other"));
    let (code, told) = stranger.fails("restore --from log").await;
    assert!(code == 1 && told.contains("'main'"), "{told}");
}

#[tokio::test]
async fn a_new_master_key_takes_over() {
    let Salon { installation: it, .. } = Salon::open().await;
    let new = "new:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    let it = it.with("RINGBUCH_MASTER_KEY", &format!("{new},{MASTER_KEY}"));
    let rotated = it.json("keys rotate").await;
    assert!(rotated["master_key"] == "new" && rotated["sealed_anew"].as_u64().unwrap() > 3, "{rotated}");
    assert!(it.done("keys rotate").await.contains("already"));
    let it = it.with("RINGBUCH_MASTER_KEY", new);
    assert!(it.done("company list").await.contains("salon"));
    let it = it.with("RINGBUCH_MASTER_KEY", MASTER_KEY);
    let (code, told) = it.fails("company list").await;
    assert!(code == 1 && told.contains("'new'"), "{told}");
}
