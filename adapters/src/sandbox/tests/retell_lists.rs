//! Retell's calls: recorded, changed, listed by filters and pages, fetched whole.

use serde_json::{Value, json};

use super::super::retell::NotACall;
use super::retell::Line;

fn call(id: &str, start: Option<i64>) -> Value {
    let mut call = json!({
        "call_id": id, "agent_id": "agent_other", "call_type": "phone_call", "direction": "inbound", "agent_version": 0, "call_status": "ended",
        "from_number": "+491713920001", "to_number": "+493023125000", "duration_ms": 24_000,
        "transcript": "Agent: Guten Tag.\n", "transcript_object": [], "transcript_with_tool_calls": [],
        "metadata": {"branch": "mitte"}, "call_analysis": {"user_sentiment": "Positive", "call_successful": true},
        "call_cost": {"combined_cost": 2.8},
    });
    if let Some(start) = start {
        call["start_timestamp"] = start.into();
    }
    call
}

async fn listed(line: &Line, body: &Value) -> Vec<String> {
    let reply = line.post("/v3/list-calls", body).await;
    assert_eq!(reply.status, 200, "{body} answered {}", reply.body);
    let items = reply.body["items"].as_array().unwrap();
    items.iter().map(|item| item["call_id"].as_str().unwrap().to_owned()).collect()
}

/// Three calls, ten seconds apart, of which the last one never connected.
async fn three_calls() -> Line {
    let line = Line::open().await;
    for (id, start) in [("c1", 1_751_270_000_000), ("c2", 1_751_270_010_000)] {
        let mut call = call(id, Some(start));
        call["agent_id"] = line.agent.as_str().into();
        line.retell.record_call(line.account, call).unwrap();
    }
    let mut missed = call("c3", None);
    missed["call_status"] = "not_connected".into();
    missed.as_object_mut().unwrap().remove("call_analysis");
    line.retell.record_call(line.account, missed).unwrap();
    line
}

#[tokio::test]
async fn filters() {
    let line = three_calls().await;
    let is = |op: &str, value: Value| json!({"type": "string", "op": op, "value": value});
    let start = |op: &str, value: Value| json!({"type": "number", "op": op, "value": value});
    let range = json!({"type": "range", "op": "bt", "value": [1_751_270_000_000_i64, 1_751_270_005_000_i64]});
    let metadata = json!({"type": "string", "op": "eq", "key": "branch", "value": "mitte"});
    let table = [
        (json!({}), vec!["c3", "c2", "c1"]),
        (json!({"agent": [{"agent_id": line.agent}]}), vec!["c2", "c1"]),
        (json!({"agent": [{"agent_id": line.agent, "version": [4]}]}), vec![]),
        (json!({"start_timestamp": start("ge", json!(1_751_270_010_000_i64))}), vec!["c2"]),
        (json!({"start_timestamp": start("lt", json!(1_751_270_010_000_i64))}), vec!["c1"]),
        (json!({"start_timestamp": range}), vec!["c1"]),
        (json!({"start_timestamp": {"type": "number", "op": "np"}}), vec!["c3"]),
        (json!({"call_status": {"type": "enum", "op": "in", "value": ["not_connected", "error"]}}), vec!["c3"]),
        (
            json!({"to_number": is("ew", json!("125000")), "from_number": is("sw", json!("+49171"))}),
            vec!["c3", "c2", "c1"],
        ),
        (json!({"to_number": is("ne", json!("+493023125000"))}), vec![]),
        (json!({"call_successful": {"type": "boolean", "op": "eq", "value": true}}), vec!["c2", "c1"]),
        (json!({"combined_cost": start("gt", json!(2.5))}), vec!["c3", "c2", "c1"]),
        (json!({"metadata": [metadata]}), vec!["c3", "c2", "c1"]),
    ];
    for (criteria, expected) in table {
        assert_eq!(listed(&line, &json!({"filter_criteria": criteria})).await, expected, "{criteria}");
    }
    assert_eq!(listed(&line, &json!({"sort_order": "ascending"})).await, ["c1", "c2", "c3"]);
}

#[tokio::test]
async fn older_and_broken_forms_are_refused() {
    let line = three_calls().await;
    let bad = [
        json!({"filter_criteria": {"agent_id": [line.agent]}}),
        json!({"filter_criteria": {"start_timestamp": {"lower_threshold": 1}}}),
        json!({"filter_criteria": {"start_timestamp": {"type": "number", "op": "sw", "value": 1}}}),
        json!({"filter_criteria": []}),
        json!({"sort_order": "up"}),
        json!({"limit": 1001}),
        json!({"pagination_key": "zz"}),
        json!([]),
    ];
    for body in bad {
        let reply = line.post("/v3/list-calls", &body).await;
        assert_eq!(
            (reply.status, reply.message()),
            (400, "Invalid request format, please check API reference."),
            "{body}"
        );
    }
}

#[tokio::test]
async fn pages() {
    let line = three_calls().await;
    let first = line.post("/v3/list-calls", &json!({"limit": 2, "include_total": true})).await.body;
    assert_eq!((&first["has_more"], &first["total"]), (&json!(true), &json!(3)));
    // A call that comes in between is newer, and so belongs to no later page.
    line.retell.record_call(line.account, call("c4", Some(1_851_270_000_000))).unwrap();
    let next = json!({"limit": 2, "pagination_key": first["pagination_key"]});
    let second = line.post("/v3/list-calls", &next).await.body;
    assert_eq!(second["items"][0]["call_id"], "c1");
    assert_eq!(second["has_more"], false);
    assert!(second.get("pagination_key").is_none());
    assert_eq!(listed(&line, &json!({"skip": 3})).await, ["c1"]);
}

#[tokio::test]
async fn rows_leave_out_what_was_said() {
    let line = three_calls().await;
    let row = line.post("/v3/list-calls", &json!({"limit": 1})).await.body["items"][0].clone();
    assert!(row.as_object().unwrap().keys().all(|name| !name.contains("transcript")), "{row}");
    assert_eq!(row["to_number"], "+493023125000");
    let whole = line.get("/v2/get-call/c1").await.body;
    assert_eq!(whole["transcript"], "Agent: Guten Tag.\n");
}

#[tokio::test]
async fn a_call_changes_and_keeps_its_place() {
    let line = three_calls().await;
    let patch = json!({"call_analysis": {"user_sentiment": "Negative"}, "metadata": null});
    assert!(line.retell.update_call(line.account, "c1", &patch));
    let whole = line.get("/v2/get-call/c1").await.body;
    assert_eq!(whole["call_analysis"], json!({"user_sentiment": "Negative", "call_successful": true}));
    assert!(whole.get("metadata").is_none());
    assert_eq!(listed(&line, &json!({})).await, ["c3", "c2", "c1"]);
    // Half an hour after the one that never started.
    line.retell.record_call(line.account, call("c4", Some(1_751_272_200_000))).unwrap();
    line.town.pass(std::time::Duration::from_hours(1));
    assert!(line.retell.update_call(line.account, "c3", &json!({"disconnection_reason": "dial_busy"})));
    assert_eq!(listed(&line, &json!({})).await, ["c4", "c3", "c2", "c1"]);
    assert!(!line.retell.update_call(line.account, "c9", &patch));
    assert_eq!(line.retell.record_call(line.account, json!({"call_type": "phone_call"})), Err(NotACall));
    assert_eq!(line.retell.told_of_calls(line.account, |_| ()).len(), 4);
}
