use super::*;
use crate::outbound::fake::Reply;
use ringbuch_domain::company::BoundAgent;
use ringbuch_domain::ports::AgentSetUp;
use serde_json::json;

const NUMBER: &str = "+493023125000";

fn bound(agent: &str, version: Option<&str>, weight: u32) -> BoundAgent {
    BoundAgent { agent: agent.into(), version: version.map(str::to_owned), weight }
}

fn told(inbound: &serde_json::Value) -> String {
    json!({
        "phone_number": NUMBER, "phone_number_type": "custom", "nickname": null, "inbound_agents": inbound,
        "last_modification_timestamp": 1_795_168_800_000_i64,
    })
    .to_string()
}

#[tokio::test]
async fn who_answers_and_for_which_part() {
    let third = 1.0 / 3.0;
    let table = [
        (json!(null), vec![]),
        (json!([]), vec![]),
        (json!([{"agent_id": "a", "weight": 1}]), vec![bound("a", None, 1000)]),
        (
            json!([{"agent_id": "a", "agent_version": 4, "weight": 0.9}, {"agent_id": "a", "agent_version": "prod", "weight": 0.1}]),
            vec![bound("a", Some("4"), 900), bound("a", Some("prod"), 100)],
        ),
        (
            json!([{"agent_id": "a", "weight": third}, {"agent_id": "b", "weight": third}, {"agent_id": "c", "weight": third}]),
            vec![bound("a", None, 333), bound("b", None, 334), bound("c", None, 333)],
        ),
    ];
    for (inbound, expected) in table {
        let s = setting().await;
        s.fake.next(Reply::json(200, &told(&inbound)));
        let number = s.retell.number(&account(), NUMBER).await.unwrap();
        assert_eq!((number.number.as_str(), number.nickname), (NUMBER, None));
        assert_eq!(number.inbound, expected, "{inbound}");
        assert_eq!(s.fake.only_request().target, "/get-phone-number/+493023125000");
    }
}

#[tokio::test]
async fn the_whole_list_is_sent_and_nothing_else() {
    let s = setting().await;
    s.fake.next(Reply::json(200, &told(&json!([]))));
    let inbound = [bound("a", Some("4"), 333), bound("a", Some("prod"), 333), bound("b", None, 334)];
    s.retell.bind(&account(), NUMBER, &inbound).await.unwrap();
    let asked = s.fake.only_request();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("PATCH", "/update-phone-number/+493023125000"));
    let body = asked.json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["inbound_agents"]);
    let agents = body["inbound_agents"].as_array().unwrap();
    assert_eq!([&agents[0]["agent_version"], &agents[1]["agent_version"]], [&json!(4), &json!("prod")]);
    assert!(agents[2].get("agent_version").is_none());
    assert_eq!([&agents[0]["weight"], &agents[1]["weight"]], [&json!(0.333), &json!(0.333)]);
}

#[tokio::test]
async fn calls_from_a_number_have_a_list_of_their_own() {
    let s = setting().await;
    let rows = json!([{"agent_id": "a", "weight": 1}]);
    let told = json!({ "phone_number": NUMBER, "inbound_agents": [], "outbound_agents": rows }).to_string();
    s.fake.next(Reply::json(200, &told));
    let there = s.retell.bind_outbound(&account(), NUMBER, &[bound("a", None, 1000)]).await.unwrap();
    assert_eq!((there.inbound, there.outbound), (vec![], vec![bound("a", None, 1000)]));
    assert_eq!(s.fake.only_request().json(), json!({ "outbound_agents": [{"agent_id": "a", "weight": 1.0}] }));
}

#[tokio::test]
async fn shares_that_are_no_whole_are_never_sent() {
    let s = setting().await;
    for inbound in [vec![bound("a", None, 999)], vec![bound("a", None, 1000), bound("b", None, 0)]] {
        assert_eq!(s.retell.bind(&account(), NUMBER, &inbound).await.unwrap_err(), refused("weights"));
    }
    assert!(s.fake.requests().is_empty());
}
