//! Retell: phone numbers and who answers them, and thousands of both.

use std::time::Duration;

use serde_json::json;

use super::super::RateLimit;
use super::super::retell::{NewAgent, NewPhoneNumber};
use super::harness::reply;
use super::limits::plenty;
use super::retell::Line;

const NUMBER: &str = "+493023125000";

#[tokio::test]
async fn numbers() {
    let line = Line::open().await;
    let bound = json!([{"agent_id": line.agent, "weight": 1.0}]);
    let list = line.get("/v2/list-phone-numbers").await;
    assert_eq!(list.body["items"][0]["inbound_agents"], bound);
    for path in ["/get-phone-number/+493023125000", "/get-phone-number/%2B493023125000"] {
        assert_eq!(line.get(path).await.body["phone_number"], NUMBER, "{path}");
    }
    assert!(line.retell.remove_phone_number(line.account, NUMBER));
    assert_eq!(line.get("/get-phone-number/+493023125000").await.status, 422);
}

#[tokio::test]
async fn a_list_is_replaced_as_a_whole() {
    let line = Line::open().await;
    line.retell.add_agent_version(line.account, &line.agent, "Du bist kurz.", true);
    line.retell.change_agent(line.account, &line.agent, |agent| agent.tags.insert("prod".into(), 0));
    let path = format!("/update-phone-number/{NUMBER}");
    let halves = json!([
        {"agent_id": line.agent, "agent_version": 1, "weight": 0.5},
        {"agent_id": line.agent, "agent_version": "prod", "weight": 0.5},
    ]);
    line.town.pass(Duration::from_mins(1));
    let told = line.patch(&path, &json!({"inbound_agents": halves})).await.body;
    assert_eq!(told["inbound_agents"], halves);
    assert_eq!(told["nickname"], "Mitte", "what is not named stays");
    assert_eq!(told["outbound_agents"][0]["weight"], 1.0);
    assert_eq!(told["last_modification_timestamp"], 1_751_270_460_000_i64);
    for nobody in [json!([]), json!(null)] {
        let told = line.patch(&path, &json!({"inbound_agents": nobody})).await.body;
        assert_eq!(told["inbound_agents"], json!([]));
    }
    let hook = json!({"inbound_webhook_url": "https://ringbuch.example.com", "nickname": null});
    let told = line.patch(&path, &hook).await.body;
    assert_eq!(told["inbound_webhook_url"], hook["inbound_webhook_url"]);
    assert!(told.get("nickname").is_none());
    line.retell.change_phone_number(line.account, NUMBER, |number| number.nickname = Some("Tresen".into()));
    assert_eq!(line.get(&format!("/get-phone-number/{NUMBER}")).await.body["nickname"], "Tresen");
    assert_eq!(line.retell.phone_number(line.account, NUMBER).unwrap().inbound_agents, []);
}

#[tokio::test]
async fn bindings_that_are_not_taken() {
    let line = Line::open().await;
    let path = format!("/update-phone-number/{NUMBER}");
    let share = |weight: f64| json!({"agent_id": line.agent, "weight": weight});
    let to =
        |agent: &str, version: serde_json::Value| json!({"agent_id": agent, "agent_version": version, "weight": 1});
    let table = [
        (json!([share(0.5)]), 400),
        (json!([share(0.5), share(0.501)]), 400),
        (json!([share(1.0), share(0.0)]), 400),
        (json!([share(1.5), share(-0.5)]), 400),
        (json!([{"agent_id": line.agent}]), 400),
        (json!(line.agent), 400),
        (json!([to("agent_nobody", json!(0))]), 422),
        (json!([to(&line.agent, json!(7))]), 422),
        (json!([to(&line.agent, json!("prod"))]), 422),
        (json!([to(&line.agent, json!(0.5))]), 400),
    ];
    for (inbound, status) in table {
        let told = line.patch(&path, &json!({"inbound_agents": inbound})).await;
        assert_eq!(told.status, status, "{inbound}");
    }
    // Of before weights; Retell takes it no longer.
    assert_eq!(line.patch(&path, &json!({"inbound_agent_id": line.agent})).await.status, 400);
    assert_eq!(line.patch("/update-phone-number/+4930", &json!({"nickname": "x"})).await.status, 422);
    assert_eq!(line.retell.phone_number(line.account, NUMBER).unwrap().inbound_agents.len(), 1);
}

/// A thousand companies with twenty numbers and agents each, at one account.
#[tokio::test]
async fn twenty_thousand_of_them() {
    let line = Line::open().await;
    let retell = &line.retell;
    let sketch = NewAgent::new("", &"Du nimmst Anrufe entgegen. ".repeat(400));
    let agents = retell.add_agents(line.account, (0..20_000).map(|nth| sketch.named(&format!("Empfang {nth}"))));
    let number = |(nth, agent): (usize, &String)| NewPhoneNumber::new(&format!("+4930{nth:08}"), "Filiale", agent);
    retell.add_phone_numbers(line.account, agents.iter().enumerate().map(number));
    retell.set_rate_limits(RateLimit { requests: 50, ..plenty() }, plenty());
    let (url, mut seen, mut after) = (line.town.sandbox.retell_url(), 0, String::new());
    loop {
        let page = format!("{url}/v2/list-phone-numbers?limit=1000&sort_order=ascending{after}");
        let page = reply(line.town.http.get(page).bearer_auth("key_a")).await.body;
        seen += page["items"].as_array().unwrap().len();
        let Some(key) = page["pagination_key"].as_str() else { break };
        after = format!("&pagination_key={key}");
    }
    assert_eq!(seen, 20_001);
    assert_eq!(retell.requests()[&super::super::Operation::ListPhoneNumbers], 21);
    let last = line.get(&format!("/get-agent/{}", agents[19_999])).await.body;
    assert_eq!(last["agent_name"], "Empfang 19999");
}
