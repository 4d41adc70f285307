//! The server as a process: its signals, its lock, and commands that work beside it.

use crate::booking::{RETELL_KEY, Salon, eleven_in};
use crate::installation::{Installation, PATIENCE};
use ringbuch_adapters::sandbox::sign;
use ringbuch_api::clock::SystemClock;
use ringbuch_domain::ports::Clock;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_server_ends_in_order_at_a_signal() {
    let it = Installation::new().with("RINGBUCH_SHUTDOWN_SECONDS", "5").with("RINGBUCH_DRAIN_SECONDS", "0");
    for signal in ["TERM", "INT"] {
        let mut server = it.serve().await;
        let ready = it.json(&format!("healthcheck --url {}", server.url)).await;
        assert_eq!(ready["status"], "ready");
        let asked = Instant::now();
        server.signal(signal).await;
        server.says("everything that was begun was finished").await;
        assert_eq!(server.ended().await, 0, "{signal}");
        assert!(asked.elapsed() < Duration::from_secs(5), "{signal} took {:?}", asked.elapsed());
    }
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let it = Installation::new().with("RINGBUCH_SHUTDOWN_SECONDS", "600");
    let mut server = it.serve().await;
    // A request whose body never comes keeps the server from having finished.
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut caller = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = "POST /api/mcp/retell/webhook HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut caller, head.as_bytes()).await.unwrap();
    // It is being read, or the answer to `expect` would not be there.
    let mut line = [0; 12];
    tokio::time::timeout(PATIENCE, tokio::io::AsyncReadExt::read_exact(&mut caller, &mut line)).await.unwrap().unwrap();
    assert_eq!(&line, b"HTTP/1.1 100");
    server.signal("TERM").await;
    server.says("a second signal ends at once").await;
    server.signal("TERM").await;
    assert_eq!(server.ended().await, 1);
}

#[tokio::test]
async fn one_file_is_served_once_and_one_address_too() {
    let it = Installation::new();
    let server = it.serve().await;
    let (code, told) = it.fails("serve").await;
    assert!(code == 1 && told.contains("is served by another process already"), "{told}");
    let address = server.url.trim_start_matches("http://");
    let other = Installation::new().with("RINGBUCH_LISTEN", address);
    let (code, told) = other.fails("serve").await;
    assert!(code == 1 && told.contains(address) && told.contains("RINGBUCH_LISTEN"), "{told}");
    server.signal("TERM").await;
    assert_eq!(server.ended().await, 0);
    it.serve().await.signal("TERM").await;
}

#[tokio::test]
async fn a_server_signs_where_the_log_stands_again_and_again() {
    let it = Installation::migrated().await;
    let kept = it.folder.path().join("kept");
    let it = it.with("RINGBUCH_AUDIT_CHECKPOINT_DIR", kept.to_str().unwrap());
    it.done("account add main").await;
    let check = it.run("config check").await;
    assert!(check.code == 3 && check.stdout.contains("no checkpoint can be written"), "{}", check.stdout);

    // The folder is away: calls are taken all the same, and whoever looks is told.
    let mut server = it.serve().await;
    server.says("a signed checkpoint could not be written").await;
    let ready = it.json(&format!("healthcheck --url {}", server.url)).await;
    let of_checkpoints = |ready: &Value| ready["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&ready["status"], &of_checkpoints(&ready)["ok"]), (&json!("ready"), &json!(true)));
    assert!(of_checkpoints(&ready)["detail"].as_str().unwrap().contains("could not be written"));
    server.signal("TERM").await;
    assert_eq!(server.ended().await, 0);

    std::fs::create_dir(&kept).unwrap();
    let server = it.serve().await;
    let verify = format!("audit verify --checkpoint {} --key {}", kept.display(), it.done("audit key").await.trim());
    let asked = Instant::now();
    while !it.run(&verify).await.stdout.contains("as 1 checkpoints say") {
        assert!(asked.elapsed() < PATIENCE, "no checkpoint was written");
    }
    let ready = it.json(&format!("healthcheck --url {}", server.url)).await;
    assert_eq!(of_checkpoints(&ready), json!({"name": "checkpoints", "ok": true}));
    server.signal("TERM").await;
    assert_eq!(server.ended().await, 0);
}

/// A call that books, as Retell tells of its analysis.
fn letter(call: &str, start: &jiff::Zoned) -> Vec<u8> {
    let now = SystemClock.now().as_millisecond();
    json!({"event": "call_analyzed", "call": {
        "call_id": call, "agent_id": "agent_1", "call_type": "phone_call", "direction": "inbound",
        "from_number": "+491713920042", "to_number": "+493023125001", "call_status": "ended",
        "start_timestamp": now - 60_000, "end_timestamp": now, "transcript": "Agent: Guten Tag!",
        "collected_dynamic_variables": {"datum": start.date(), "uhrzeit": "11:00", "name": "Max Mustermann"},
        "call_analysis": {"call_summary": "Möchte einen Haarschnitt.", "custom_analysis_data": {"booking_confirmed": true}},
    }})
    .to_string()
    .into_bytes()
}

async fn deliver(url: &str, body: Vec<u8>) -> u16 {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let signature = sign(&body, RETELL_KEY, SystemClock.now().as_millisecond());
    let request = client.post(format!("{url}/api/mcp/retell/webhook")).header("x-retell-signature", signature);
    request.body(body).send().await.unwrap().status().as_u16()
}

/// Asks again until the answer is there.
async fn until(it: &Installation, line: &str, there: impl Fn(&Value) -> bool) -> Value {
    let asked = Instant::now();
    loop {
        let answer = it.json(line).await;
        if there(&answer) {
            return answer;
        }
        assert!(asked.elapsed() < PATIENCE, "`{line}` still answers {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_beside_a_server() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Salon { installation: it, sandbox } = Salon::open().await;
    let server = it.serve().await;
    assert_eq!(deliver(&server.url, letter("call_1", &eleven_in(7))).await, 204);

    let call = until(&it, "calls list", |calls| calls[0]["outcome"] == "confirmed").await;
    assert_eq!((&call[0]["call"], &call[0]["caller_number"]), (&json!("call_1"), &json!("+491713920042")));
    let shown = it.json("calls show call_1").await;
    assert_eq!(shown["appointments"][0]["status"], "confirmed");
    let told = it.done("calls show call_1").await;
    assert!(told.contains("Möchte einen Haarschnitt.") && told.contains("Guten Tag!"), "{told}");
    let trace = it.json("calls show call_1 --trace").await;
    let steps: Vec<(&str, u64)> = trace
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["kind"].as_str().unwrap(), it["depth"].as_u64().unwrap()))
        .collect();
    for step in [("WebhookReceived", 0), ("BookingAsked", 1), ("BookingRequested", 2), ("BookingConfirmed", 4)] {
        assert!(steps.contains(&step), "{step:?} in {steps:?}");
    }
    let told = it.done("calls show call_1 --trace").await;
    assert!(told.contains("its uid stays hidden") && !told.contains("Haarschnitt"), "{told}");

    let deliveries = it.json("webhooks list --status processed --event call_analyzed").await;
    let id = deliveries[0]["delivery"].as_str().unwrap();
    let delivery = it.json(&format!("webhooks show {id}")).await;
    assert!(delivery["content"]["body"].as_str().unwrap().contains("call_1"));
    assert_eq!(delivery["events"][0]["kind"], "WebhookReceived");

    let preview = it.json(&format!("webhooks replay {id} --dry-run")).await;
    assert_eq!((&preview["found"], &preview["items"][0]["changes"]), (&json!(1), &json!(false)));
    assert_eq!(it.json("webhooks replay --since 1h").await["replayed"], 1);
    until(&it, &format!("webhooks show {id}"), |it| it["status"] == "processed" && it["replays"] == 1).await;
    let (code, told) = it.fails("webhooks replay 00").await;
    assert!(code == 1 && told.contains("there is no delivery 00; nothing was replayed"), "{told}");

    let wanted = format!(
        "--company salon appointments book --branch mitte --start {} --name Erika~Mustermann",
        eleven_in(9).strftime("%Y-%m-%d~%H:%M")
    );
    assert_eq!(it.json(&wanted).await["status"], "confirmed");
    assert_eq!(sandbox.calcom().live_bookings().len(), 2);
    let key = it.json("--company salon key issue --name x --role viewer").await;
    assert!(key["key"].is_string());
    let found = it.json("reconcile").await;
    assert_eq!((&found["missing"], &found["failures"]), (&json!(0), &json!([])));
    server.signal("TERM").await;
    assert_eq!(server.ended().await, 0);
}
