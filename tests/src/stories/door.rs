//! What is not as it should be, at the door: what proves nothing is turned away and counted, what is proven is kept,
//! however little can be made of it.

use crate::app::{Said, Sketch, TestApp, signed};
use crate::contract::database::Database;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::account::SignatureForm;
use ringbuch_domain::webhook::Verdict;
use ringbuch_projections::deliveries::DeliveryStatus;
use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATH: &str = "/api/mcp/retell/webhook";
/// The tolerance of a signature's time, in milliseconds.
const TOLERANCE: i64 = 300_000;

pub async fn a_signature_that_proves_nothing_is_turned_away_and_counted(database: Database) {
    let mut app = TestApp::start(database).await;
    let named = format!("{PATH}/{}", app.salon.id);
    let body = app.caller("Anna").ended(Said::Books("11:00")).to_string().into_bytes();
    let (key, now) = (app.salon.retell_key.clone(), app.now().as_millisecond());
    let right = signed(&body, &key, now);
    for path in [PATH, named.as_str()] {
        for (signature, status) in [
            (None, 401),
            (Some(String::new()), 401),
            (Some("v=now,d=00".into()), 401),
            (Some(right.to_uppercase()), 401),
            (Some(signed(&body, "key_of_nobody", now)), 401),
            (Some(signed(b"{}", &key, now)), 401),
            (Some(signed(&body, &key, now - TOLERANCE - 1)), 401),
            (Some(signed(&body, &key, now + TOLERANCE + 1)), 401),
            (Some(signed(&body, &key, now - TOLERANCE)), 204),
            (Some(signed(&body, &key, now + TOLERANCE)), 204),
        ] {
            let headers: Vec<_> = signature.iter().map(|it| ("x-retell-signature", it.as_str())).collect();
            let reply = app.post(path, &headers, body.clone()).await;
            assert_eq!(reply.status, status, "{signature:?}");
            if status == 401 {
                assert_eq!(reply.body["status"], 401, "a problem document: {}", reply.body);
            }
        }
    }
    app.settle().await;
    // Only what was proven is in the log, and it was the same each time.
    assert_eq!((app.deliveries().await.len(), app.outcomes().await), (1, vec!["confirmed".to_owned()]));

    let nowhere = format!("{PATH}/nobodys_company");
    assert_eq!(app.send_to(&nowhere, &key, body.clone()).await, 401);
    let hintless = json!({ "event": "call_ended", "call": { "call_id": "call_x" } });
    assert_eq!(app.send(&app.salon, &hintless).await, 401);
    app.restart().await;
    let counted = app.counted().await;
    let rejected = |reason: &str| counted.get(&format!("rejected:{reason}")).copied().unwrap_or_default();
    assert_eq!((rejected("signature_missing"), rejected("signature_wrong")), (2, 4));
    assert_eq!((rejected("signature_stale"), rejected("signature_early")), (2, 2));
    assert_eq!((rejected("no_hint"), rejected("company_unknown")), (1, 1));
    assert_eq!(counted.iter().filter(|(name, _)| name.starts_with("rejected:")).map(|(_, it)| it).sum::<u64>(), 18);
    app.finish().await;
}

pub async fn a_body_over_four_mebibytes_is_refused_however_it_comes(database: Database) {
    const LIMIT: usize = 4 * 1024 * 1024;
    let app = TestApp::start(database).await;
    let (mut body, path) = (br#"{"event":"call_ended","call":{"call_id":"call_l"}}"#.to_vec(), named(&app));
    body.resize(LIMIT, b' ');
    assert_eq!(app.send_to(&path, &app.salon.retell_key, body.clone()).await, 204);
    body.push(b' ');
    assert_eq!(app.send_to(&path, &app.salon.retell_key, body).await, 413);
    assert_eq!(chunked(&app, &path, LIMIT + 1).await, 413);
    assert_eq!(chunked(&app, &path, 100).await, 401, "a small one comes through and proves nothing");
    assert_eq!(app.counted().await["rejected:body_too_large"], 2);
    app.finish().await;
}

fn named(app: &TestApp) -> String {
    format!("{PATH}/{}", app.salon.id)
}

/// Sends so many blanks in chunks, without saying how many will come; the status that the server answers with.
async fn chunked(app: &TestApp, path: &str, bytes: usize) -> u16 {
    let host = app.url().strip_prefix("http://").unwrap();
    let (mut reading, mut writing) = TcpStream::connect(host).await.unwrap().into_split();
    let head = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n");
    let sending = async {
        let mut left = bytes;
        writing.write_all(head.as_bytes()).await?;
        while left > 0 {
            let size = left.min(64 * 1024);
            writing.write_all(format!("{size:x}\r\n").as_bytes()).await?;
            writing.write_all(&vec![b' '; size]).await?;
            writing.write_all(b"\r\n").await?;
            left -= size;
        }
        writing.write_all(b"0\r\n\r\n").await
    };
    let mut answer = [0; 12];
    // The server may answer and close before all is sent.
    let (_, read) = tokio::join!(sending, reading.read_exact(&mut answer));
    read.unwrap();
    std::str::from_utf8(&answer).unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

pub async fn what_is_proven_but_unreadable_is_kept_with_its_reason(database: Database) {
    let app = TestApp::start(database).await;
    let call = |more: &str| format!(r#"{{"event":"call_ended","call":{{"call_id":"call_q"{more}}}}}"#).into_bytes();
    let deep = [&b"{\"event\":"[..], &b"[".repeat(10_000), &b"]".repeat(10_000), b"}"].concat();
    for (body, reason) in [
        (b"".to_vec(), "not_json"),
        (b"{".to_vec(), "not_json"),
        (br#"{"event":"call_ended","call":{"call_id":"c""#.to_vec(), "not_json"),
        (deep, "not_json"),
        (b"\xff\xfe{}".to_vec(), "not_utf8"),
        (b"[]".to_vec(), "not_an_object"),
        (b"7".to_vec(), "not_an_object"),
        (b"{}".to_vec(), "field_missing"),
        (br#"{"event":"call_ended"}"#.to_vec(), "field_missing"),
        (br#"{"event":"call_ended","call":{}}"#.to_vec(), "field_missing"),
        (br#"{"event":7,"call":{"call_id":"c"}}"#.to_vec(), "wrong_type"),
        (br#"{"event":"call_ended","call":"c"}"#.to_vec(), "wrong_type"),
        (br#"{"event":"call_ended","call":{"call_id":7}}"#.to_vec(), "wrong_type"),
        (call(r#","to_number":493023125100"#), "wrong_type"),
        (call(r#","to_number":"+493023125100","call_analysis":"gut""#), "wrong_type"),
        (br#"{"event":"call_dreamt","call":{"call_id":"c"}}"#.to_vec(), "unknown_event"),
        (br#"{"event":"chat_ended","call":{"call_id":"c"}}"#.to_vec(), "not_a_call"),
        (br#"{"event":"call_ended","call":{"call_id":"../../etc"}}"#.to_vec(), "call_id_unusable"),
        (call(r#","to_number":"nobody","direction":"inbound""#), "unknown_number"),
    ] {
        let shown = String::from_utf8_lossy(&body).chars().take(80).collect::<String>();
        assert_eq!(app.send_named(&app.salon, body).await, 204, "{shown}");
        app.settle().await;
        let deliveries = app.deliveries().await;
        let newest = deliveries.iter().max_by_key(|it| it.received_at).unwrap();
        assert_eq!((newest.status, newest.reason.as_deref()), (DeliveryStatus::Quarantined, Some(reason)), "{shown}");
        assert!(newest.detail.as_ref().is_some_and(|it| !it.is_empty()), "{shown}");
        assert_eq!(newest.company.as_ref(), Some(&app.salon.id));
        app.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    assert!(app.customers().await.is_empty());
    app.finish().await;
}

pub async fn while_a_key_is_replaced_both_are_valid(database: Database) {
    let app = TestApp::start(database).await;
    let set_up = SetUp::new(app.app(), "story");
    let (old, new, newest) = (app.salon.retell_key.clone(), "key_new", "key_newest");
    let send = async |key: &str, minute: u32| {
        let body = app.caller("Anna").ended(Said::Books(&format!("11:{minute:02}"))).to_string();
        app.send_to(PATH, key, body.into_bytes()).await
    };
    assert_eq!((send(&old, 0).await, send(new, 1).await), (204, 401));
    set_up.retell_key(&app.salon.account, SecretString::from(new)).await.unwrap();
    assert_eq!((send(&old, 2).await, send(new, 3).await), (204, 204));
    set_up.retell_key(&app.salon.account, SecretString::from(newest)).await.unwrap();
    assert_eq!((send(&old, 4).await, send(new, 5).await, send(newest, 6).await), (401, 204, 204));
    app.settle().await;
    let verdicts: Vec<_> = app.deliveries().await.iter().rev().map(|it| it.verdict).collect();
    let (current, previous) = (Verdict::CurrentKey, Verdict::PreviousKey);
    assert_eq!(verdicts, [current, previous, current, previous, current]);
    app.finish().await;
}

const OLD_FASHIONED: Sketch = Sketch { form: SignatureForm::TwoHeaders, ..crate::app::NEIGHBOUR };

pub async fn two_headers_prove_a_body_only_where_the_account_is_set_to_them(database: Database) {
    let app = TestApp::start(database).await;
    let practice = app.open(&OLD_FASHIONED).await;
    for (business, one, two) in [(&app.salon, 204, 401), (&practice, 401, 204)] {
        let body = app.caller("Anna").of(business).ended(Said::Books("11:00")).to_string().into_bytes();
        let combined = signed(&body, &business.retell_key, app.now().as_millisecond());
        let (time, hash) = combined.strip_prefix("v=").unwrap().split_once(",d=").unwrap();
        let reply = app.post(PATH, &[("x-retell-signature", &combined)], body.clone()).await;
        assert_eq!(reply.status, one);
        let headers = [("x-retell-signature", hash), ("x-retell-timestamp", time)];
        assert_eq!(app.post(PATH, &headers, body).await.status, two);
    }
    app.settle().await;
    assert_eq!(app.outcomes().await, ["confirmed", "confirmed"]);
    app.finish().await;
}
