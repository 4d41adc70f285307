use crate::call::{Direction, Rank, VoiceLatency};
use crate::intake::deliveries::{ANALYZED, ENDED, OLDER, STARTED, reading, with};
use crate::intake::{Unreadable, read};
use crate::money::{Currency, Money};
use crate::salon::at;
use serde_json::{Value, json};

fn code(body: impl AsRef<[u8]>) -> &'static str {
    read(body.as_ref()).map_or_else(|unreadable| unreadable.code(), |_| "read")
}

#[test]
fn what_cannot_be_read_is_told_apart() {
    let deep = [b"[".repeat(10_000), b"]".repeat(10_000)].concat();
    let deep_object = [br#"{"event":"#.to_vec(), br#"{"a":"#.repeat(10_000)].concat();
    let in_a_call = |call: &str| format!(r#"{{"event":"call_ended","call":{call}}}"#);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"\xff\xfe{}".to_vec(), "not_utf8"),
        (br#"{"event":"call_ended","call":{"call_id":"c1","transcript":""#.iter().chain(b"\xc3\x28\"}}").copied().collect(), "not_utf8"),
        (b"".to_vec(), "not_json"),
        (b"{".to_vec(), "not_json"),
        (br#"{"event":"call_ended",}"#.to_vec(), "not_json"),
        (b"{} {}".to_vec(), "not_json"),
        (deep, "not_json"),
        (deep_object, "not_json"),
        (b"[]".to_vec(), "not_an_object"),
        (br#"[{"event":"call_ended"}]"#.to_vec(), "not_an_object"),
        (b"null".to_vec(), "not_an_object"),
        (b"7".to_vec(), "not_an_object"),
        (b"{}".to_vec(), "field_missing"),
        (br#"{"event":"call_ended"}"#.to_vec(), "field_missing"),
        (in_a_call("{}").into(), "field_missing"),
        (in_a_call(r#"{"call_id":""}"#).into(), "field_missing"),
        (br#"{"event":null,"call":{"call_id":"c1"}}"#.to_vec(), "wrong_type"),
        (br#"{"event":7,"call":{"call_id":"c1"}}"#.to_vec(), "wrong_type"),
        (in_a_call("null").into(), "wrong_type"),
        (in_a_call("[]").into(), "wrong_type"),
        (in_a_call(r#""c1""#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":7}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":null}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":"c1","to_number":493023125100}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":"c1","call_analysis":"none"}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":"c1","call_analysis":{"custom_analysis_data":[]}}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":"c1","retell_llm_dynamic_variables":[]}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":"c1","collected_dynamic_variables":"x"}"#).into(), "wrong_type"),
        (in_a_call(r#"{"call_id":"c/1"}"#).into(), "call_id_unusable"),
        (in_a_call(&format!(r#"{{"call_id":"{}"}}"#, "x".repeat(129))).into(), "call_id_unusable"),
        (br#"{"event":"call_exploded","call":{"call_id":"c1"}}"#.to_vec(), "unknown_event"),
        (br#"{"event":"","call":{"call_id":"c1"}}"#.to_vec(), "unknown_event"),
        (br#"{"event":"call_inbound","call_inbound":{}}"#.to_vec(), "unknown_event"),
        (br#"{"event":"chat_started","chat":{"chat_id":"c1"}}"#.to_vec(), "not_a_call"),
        (br#"{"event":"chat_ended","chat":{"chat_id":"c1"}}"#.to_vec(), "not_a_call"),
        (br#"{"event":"chat_analyzed","chat":{"chat_id":"c1"}}"#.to_vec(), "not_a_call"),
        (in_a_call(r#"{"call_id":"c1"}"#).into(), "read"),
        (in_a_call(&format!(r#"{{"call_id":"{}"}}"#, "x".repeat(128))).into(), "read"),
    ];
    for (body, expected) in cases {
        let shown = String::from_utf8_lossy(body.get(..body.len().min(80)).unwrap_or_default()).into_owned();
        assert_eq!(code(body), expected, "{shown}");
    }
}

#[test]
fn what_is_said_about_an_unreadable_body_holds_nothing_of_it() {
    let secret = "Max_Mustermann_lives_at_no_1";
    let bodies = [
        format!(r#"{{"event":"call_ended","call":{{"call_id":"{secret}" "#),
        format!(r#"{{"event":"call_ended","call":{{"call_id":"{secret}/"}}}}"#),
        format!(r#"{{"event":"call_ended","call":{{"call_id":["{secret}"]}}}}"#),
    ];
    for body in bodies {
        let said = read(body.as_bytes()).expect_err("it cannot be read").to_string();
        assert!(!said.contains("Mustermann"), "{said}");
    }
    let long = format!(r#"{{"event":"{}","call":{{}}}}"#, "<script>".repeat(100));
    assert_eq!(read(long.as_bytes()), Err(Unreadable::UnknownEvent("script".repeat(7).chars().take(40).collect())));
}

#[test]
fn every_event_of_a_telephone_call_is_kept() {
    let events = [
        ("call_started", None),
        ("call_ended", Some(Rank::Ended)),
        ("call_analyzed", Some(Rank::Analyzed)),
        ("transcript_updated", None),
        ("transfer_started", None),
        ("transfer_bridged", None),
        ("transfer_cancelled", None),
        ("transfer_ended", None),
    ];
    for (event, over) in events {
        let reading = reading(&with(STARTED, &[("/event", json!(event))]));
        assert_eq!((reading.event.as_str(), reading.over), (event, over));
    }
}

#[test]
fn todays_payload_is_read_whole() {
    let reading = reading(ANALYZED);
    assert_eq!(reading.call.as_str(), "call_0a1b2c3d4e5f60718293a4b5c6d");
    assert_eq!((reading.direction, reading.agent_version), (Direction::Inbound, Some(4)));
    assert_eq!(reading.agent.as_deref(), Some("agent_7f3a1c0b9d2e4f5566778899aa"));
    assert_eq!((reading.status.as_str(), reading.disconnection.as_deref()), ("ended", Some("agent_hangup")));
    assert_eq!(reading.started_at, Some(at("2025-07-01T08:00:00Z")));
    assert_eq!((reading.ended_at, reading.duration_ms), (Some(at("2025-07-01T08:00:24Z")), Some(24_000)));
    assert_eq!(reading.summary.as_deref(), Some("Der Kunde hat eine Beratung gebucht."));
    assert_eq!((reading.sentiment.as_deref(), reading.successful), (Some("positive"), Some(true)));
    assert_eq!((reading.voicemail, reading.appointment_requested, reading.analyzed), (Some(false), Some(true), true));
    assert_eq!(reading.recording_url.as_deref(), Some("https://example.com/aufnahme.wav"));
    assert_eq!(reading.said.email.as_deref(), Some("max@example.com"), "speech-to-text had put spaces in");
}

#[test]
fn lesson_19_cents_are_cents() {
    assert_eq!(reading(ENDED).cost, Some(Money { minor: 3, currency: Currency::Usd }));
    let dear = with(ENDED, &[("/call/call_cost/combined_cost", json!(123.4))]);
    assert_eq!(reading(&dear).cost, Some(Money { minor: 123, currency: Currency::Usd }));
    for odd in [json!("2.8"), json!(1e300), Value::Null] {
        assert_eq!(reading(&with(ENDED, &[("/call/call_cost/combined_cost", odd)])).cost, None);
    }
}

#[test]
fn how_long_the_agent_took_to_answer_is_read_in_milliseconds() {
    let latency = |value: Value| reading(&with(ENDED, &[("/call/latency", value)])).latency;
    let measured = json!({"e2e": {"p50": 812.4, "p90": 1400, "p95": 1650.6, "num": 7}, "llm": {"p50": 300}});
    assert_eq!(latency(measured), Some(VoiceLatency { p50_ms: 812, p95_ms: 1651 }));
    for odd in
        [json!({}), json!({"e2e": {"p50": 812}}), json!({"e2e": {"p50": -1, "p95": 2}}), json!("812"), Value::Null]
    {
        assert_eq!(latency(odd), None);
    }
}

#[test]
fn the_older_payload_is_read_whole() {
    let reading = reading(OLDER);
    assert_eq!((reading.call.as_str(), reading.over), ("abc123", Some(Rank::Ended)));
    assert_eq!((reading.started_at, reading.duration_ms), (Some(at("2025-06-21T21:18:15Z")), Some(300_000)));
    assert_eq!(reading.summary.as_deref(), Some("AI-generierte Zusammenfassung"));
    assert_eq!((reading.sentiment.as_deref(), reading.appointment_requested), (Some("positive"), Some(true)));
    assert_eq!((reading.said.date.as_deref(), reading.said.time.as_deref()), (Some("2025-07-02"), Some("11:00")));
    assert_eq!((reading.said.confirmed, reading.analyzed), (Some(true), false));
}

/// The same call under `call`, under `data`, and flat with the oldest names.
#[test]
fn a_call_is_found_wherever_it_stands() {
    let call = json!({
        "call_id": "c1", "agent_id": "agent_7f3a1c0b9d2e4f5566778899aa", "direction": "inbound", "call_status": "ended",
        "from": "+491713920042", "to": "+493023125100", "duration": 90,
        "start_timestamp": "2025-06-21T21:18:15Z", "end_timestamp": "2025-06-21T23:19:45+02:00",
    });
    let mut flat = call.clone();
    flat["event_type"] = json!("call_ended");
    let bodies =
        [json!({ "event": "call_ended", "call": call }), json!({ "event_type": "call_ended", "data": call }), flat];
    for body in bodies {
        let reading = reading(&body.to_string());
        assert_eq!((reading.call.as_str(), reading.event.as_str()), ("c1", "call_ended"), "{body}");
        assert_eq!(reading.our_number().as_deref(), Some("+493023125100"));
        assert_eq!((reading.started_at, reading.duration_ms), (Some(at("2025-06-21T21:18:15Z")), Some(90_000)));
        assert_eq!(reading.ended_at, Some(at("2025-06-21T21:19:45Z")));
    }
}

#[test]
fn a_length_that_nobody_told_is_the_time_between() {
    let untold = with(ENDED, &[("/call/duration_ms", Value::Null)]);
    assert_eq!(reading(&untold).duration_ms, Some(24_000));
    let backwards = with(&untold, &[("/call/end_timestamp", json!(1_751_356_700_000_i64))]);
    assert_eq!(reading(&backwards).duration_ms, Some(0));
    let odd = with(ENDED, &[("/call/duration_ms", json!(-5))]);
    assert_eq!(reading(&odd).duration_ms, Some(24_000));
    let never_connected = [("/call/duration_ms", Value::Null), ("/call/start_timestamp", Value::Null)];
    assert_eq!(reading(&with(ENDED, &never_connected)).duration_ms, None);
}

#[test]
fn odd_values_beside_the_call_hold_nothing_up() {
    let odd = with(
        ENDED,
        &[
            ("/call/agent_version", json!("four")),
            ("/call/start_timestamp", json!("gestern")),
            ("/call/transcript", json!(["Agent: …"])),
            ("/call/call_status", json!(7)),
            ("/call/call_cost", json!("free")),
        ],
    );
    let reading = reading(&odd);
    assert_eq!((reading.agent_version, reading.started_at, reading.transcript), (None, None, None));
    assert_eq!((reading.status.as_str(), reading.cost), ("7", None));
}
