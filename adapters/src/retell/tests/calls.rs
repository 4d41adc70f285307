use super::*;
use crate::outbound::fake::Reply;
use jiff::Timestamp;

#[tokio::test]
async fn a_list_is_asked_for_page_by_page_until_it_ends() {
    let s = setting().await;
    s.fake.next(Reply::json(
        200,
        r#"{"items":[{"call_id":"call_1","call_status":"ended","agent_version":4,"start_timestamp":1795258800000,
            "call_analysis":{"call_successful":true}}],"has_more":true,"pagination_key":"p2"}"#,
    ));
    s.fake.next(Reply::json(
        200,
        r#"{"items":[{"call_id":"call_2","call_status":"not_connected","call_analysis":{}},
            {"call_id":"call_3","call_status":"ongoing","start_timestamp":1795258900000}],"has_more":false,"total":3}"#,
    ));
    let row = |id: &str, status: &str, analyzed, started: Option<i64>| CallSummary {
        call_id: id.into(),
        status: status.into(),
        analyzed,
        started_at: started.map(|at| Timestamp::from_millisecond(at).unwrap()),
    };
    assert_eq!(
        s.list().await.unwrap(),
        [
            row("call_1", "ended", true, Some(1_795_258_800_000)),
            row("call_2", "not_connected", false, None),
            row("call_3", "ongoing", false, Some(1_795_258_900_000)),
        ]
    );
    let asked = s.fake.requests();
    let first = serde_json::json!({
        "filter_criteria": {"start_timestamp": {"type": "number", "op": "ge", "value": 1_795_172_400_000_i64}},
        "sort_order": "ascending",
        "limit": 1000,
    });
    let mut second = first.clone();
    second["pagination_key"] = "p2".into();
    assert_eq!([asked[0].json(), asked[1].json()], [first, second]);
    for request in asked {
        assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v3/list-calls"));
        assert_eq!(request.header("authorization"), "Bearer key_test");
    }
}

#[tokio::test]
async fn a_list_that_goes_on_without_saying_where_is_a_failure_and_not_half_a_list() {
    for second in [r#"{"items":[],"has_more":true}"#, r#"{"items":[],"has_more":true,"pagination_key":"p2"}"#] {
        let s = setting().await;
        s.fake.next(Reply::json(200, r#"{"items":[],"has_more":true,"pagination_key":"p2"}"#));
        s.fake.next(Reply::json(200, second));
        assert!(matches!(s.list().await, Err(VoiceAgentsFailure::Unavailable(_))), "{second}");
    }
}

#[tokio::test]
async fn a_call_comes_back_byte_for_byte() {
    let s = setting().await;
    let body = r#"{ "call_id":"call_demo_0001", "call_status":"ended" }"#;
    s.fake.next(Reply::json(200, body));
    assert_eq!(s.get().await.unwrap(), body.as_bytes());
    let asked = s.fake.only_request();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/v2/get-call/call_demo_0001"));
    assert_eq!(asked.header("authorization"), "Bearer key_test");
}
