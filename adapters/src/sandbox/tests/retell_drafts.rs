//! Retell: drafts, what is published for good, and the words of LLMs and flows.

use serde_json::{Value, json};

use super::super::retell::NewAgent;
use super::harness::Reply;
use super::retell::Line;

impl Line {
    async fn draft(&self, base: u64) -> Reply {
        self.post(&format!("/create-agent-version/{}", self.agent), &json!({"base_version": base})).await
    }

    async fn publish(&self, body: &Value) -> Reply {
        self.post(&format!("/publish-agent-version/{}", self.agent), body).await
    }

    async fn update(&self, query: &str, body: &Value) -> Reply {
        self.patch(&format!("/update-agent/{}{query}", self.agent), body).await
    }

    fn llm(&self) -> String {
        self.retell.agent(self.account, &self.agent).unwrap().engine_id().unwrap()
    }

    async fn prompt(&self, version: u64) -> Value {
        self.get(&format!("/get-retell-llm/{}?version={version}", self.llm())).await.body["general_prompt"].clone()
    }
}

#[tokio::test]
async fn what_is_published_changes_no_more() {
    let line = Line::open().await;
    let refused = line.update("", &json!({"webhook_url": "https://ringbuch.example.com"})).await;
    assert_eq!((refused.status, refused.message()), (422, "Cannot update published agent other than version title"));
    let llm = format!("/update-retell-llm/{}", line.llm());
    let refused = line.patch(&llm, &json!({"general_prompt": "Anders."})).await;
    assert_eq!((refused.status, refused.message()), (400, "Cannot update published LLM"));
    let flow = line.retell.add_agent(line.account, NewAgent::flow("Ablauf", "Du führst durch den Tag."));
    let flow = line.retell.agent(line.account, &flow).unwrap().engine_id().unwrap();
    let refused = line.patch(&format!("/update-conversation-flow/{flow}"), &json!({"global_prompt": "Anders."})).await;
    assert_eq!((refused.status, refused.message()), (400, "Cannot update published conversation flow"));
    assert_eq!(line.prompt(0).await, "Du bist der Empfang.");

    let titled = line.update("", &json!({"version_title": "Sommer"})).await;
    assert_eq!((titled.status, &titled.body["version_title"]), (200, &json!("Sommer")));
}

#[tokio::test]
async fn a_draft_is_changed_and_published() {
    let line = Line::open().await;
    let draft = line.draft(0).await;
    assert_eq!(draft.status, 201);
    let told = |name: &str| draft.body[name].clone();
    assert_eq!([told("version"), told("base_version"), told("is_published")], [json!(1), json!(0), json!(false)]);
    assert_eq!(draft.body["response_engine"]["version"], 1, "the agent and its engine share the number");
    assert_eq!(line.prompt(1).await, "Du bist der Empfang.");

    line.town.pass(std::time::Duration::from_mins(1));
    let hook = json!({"webhook_url": "https://ringbuch.example.com", "webhook_events": ["call_ended"], "volume": 0.8});
    let changed = line.update("?version=1", &hook).await.body;
    assert_eq!([&changed["webhook_url"], &changed["volume"]], [&hook["webhook_url"], &hook["volume"]]);
    assert_eq!(changed["last_modification_timestamp"], 1_751_270_460_000_i64);
    let llm = format!("/update-retell-llm/{}?version=1", line.llm());
    assert_eq!(line.patch(&llm, &json!({"general_prompt": "Du bist kurz."})).await.status, 200);
    let first = line.get(&format!("/get-agent/{}?version=0", line.agent)).await.body;
    assert!(first.get("webhook_url").is_none(), "the base stays as it is");
    assert_eq!([line.prompt(0).await, line.prompt(1).await], ["Du bist der Empfang.", "Du bist kurz."]);

    let published = line.publish(&json!({"version": 1, "version_title": "Kurz", "version_description": "Probe"})).await;
    assert_eq!((published.status, published.body), (200, Value::Null));
    assert_eq!(line.patch(&llm, &json!({"general_prompt": "Lang."})).await.status, 400);
    let versions = line.get(&format!("/list-agent-versions/{}", line.agent)).await.body;
    assert_eq!(versions["items"].as_array().unwrap().len(), 2, "publishing leaves no draft behind");
    assert_eq!(
        [&versions["items"][0]["version_title"], &versions["items"][0]["is_published"]],
        [&json!("Kurz"), &json!(true)]
    );
    // An old version comes back as a draft of its own.
    let back = line.draft(0).await.body;
    assert_eq!([&back["version"], &back["base_version"]], [&json!(2), &json!(0)]);
    assert_eq!(line.prompt(2).await, "Du bist der Empfang.");
}

#[tokio::test]
async fn null_takes_a_property_away() {
    let line = Line::open().await;
    line.draft(0).await;
    line.update("", &json!({"webhook_url": "https://ringbuch.example.com"})).await;
    let without = line.update("", &json!({"webhook_url": null})).await.body;
    assert!(without.get("webhook_url").is_none());
}

#[tokio::test]
async fn drafts_of_what_is_not_there() {
    let line = Line::open().await;
    assert_eq!(line.draft(7).await.status, 422);
    assert_eq!(line.publish(&json!({"version": 7})).await.status, 422);
    assert_eq!(line.update("?version=7", &json!({"volume": 1})).await.status, 422);
    let nobody = json!({"base_version": 0});
    assert_eq!(line.post("/create-agent-version/agent_0", &nobody).await.status, 422);
    let llm = line.llm();
    assert_eq!(line.get(&format!("/get-conversation-flow/{llm}")).await.status, 422);
    assert_eq!(line.get(&format!("/get-agent/{llm}")).await.status, 422);
}

#[tokio::test]
async fn drafts_that_cannot_be_understood() {
    let line = Line::open().await;
    line.draft(0).await;
    let agent = &line.agent;
    let llm = line.llm();
    for (path, body) in [
        (format!("/update-agent/{agent}"), json!({"webhook_url": 7})),
        (format!("/update-agent/{agent}"), json!({"webhook_events": ["call_begun"]})),
        (format!("/update-agent/{agent}"), json!({"voice_id": null})),
        (format!("/update-agent/{agent}"), json!([])),
        (format!("/update-agent/{agent}?version=latest"), json!({"volume": 1})),
        (
            format!("/update-agent/{agent}"),
            json!({"response_engine": {"type": "retell-llm", "llm_id": llm, "version": 0}}),
        ),
        (format!("/update-retell-llm/{llm}"), json!({"general_prompt": ["Guten Tag"]})),
        (format!("/update-retell-llm/{llm}?version=prod"), json!({"general_prompt": "Guten Tag"})),
    ] {
        let reply = line.patch(&path, &body).await;
        assert_eq!((reply.status, reply.body["status"].as_str()), (400, Some("error")), "{path} {body}");
    }
    for body in [json!({}), json!({"base_version": "0"}), json!({"base_version": 0, "title": "x"})] {
        assert_eq!(line.post(&format!("/create-agent-version/{agent}"), &body).await.status, 400, "{body}");
    }
    for body in [json!({}), json!({"version": "1"}), json!({"version": 1, "version_title": 7})] {
        assert_eq!(line.publish(&body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn engines_of_every_kind() {
    let line = Line::open().await;
    let flow = line.retell.add_agent(line.account, NewAgent::flow("Ablauf", "Du führst durch den Tag."));
    let custom = line.retell.add_agent(line.account, NewAgent::custom("Eigen", "wss://words.example.com"));
    let engine = async |agent: &str| line.get(&format!("/get-agent/{agent}")).await.body["response_engine"].clone();
    let id = engine(&flow).await["conversation_flow_id"].as_str().unwrap().to_owned();
    let told = line.get(&format!("/get-conversation-flow/{id}?version=0")).await.body;
    assert_eq!([&told["global_prompt"], &told["version"]], [&json!("Du führst durch den Tag."), &json!(0)]);
    assert_eq!(engine(&custom).await, json!({"type": "custom-llm", "llm_websocket_url": "wss://words.example.com"}));
    assert_eq!(line.retell.add_agent_version(line.account, &custom, "Guten Tag", false), None);
}

#[tokio::test]
async fn somebody_works_in_the_dashboard_meanwhile() {
    let line = Line::open().await;
    assert!(!line.retell.edit_prompt(line.account, &line.agent, 0, "Anders."), "that one is published");
    line.draft(0).await;
    assert!(line.retell.edit_prompt(line.account, &line.agent, 1, "Anders."));
    assert_eq!(line.prompt(1).await, "Anders.");
    assert!(line.retell.publish_version(line.account, &line.agent, 1));
    assert!(line.retell.agent(line.account, &line.agent).unwrap().versions[1].published);
    assert!(line.retell.remove_agent(line.account, &line.agent));
    assert_eq!(line.get(&format!("/get-agent/{}", line.agent)).await.status, 422);
    assert!(!line.retell.remove_agent(line.account, &line.agent));
}

#[tokio::test]
async fn lists_of_agents_are_filtered() {
    let line = Line::open().await;
    line.retell.add_agent(line.account, NewAgent::new("Abenddienst", "Du bist der Abend."));
    let channel = |value: &str| json!({"channel": {"type": "string", "op": "eq", "value": value}});
    let table = [
        (json!({}), 2),
        (channel("voice"), 2),
        (channel("chat"), 0),
        (json!({"query": "Abend"}), 1),
        (json!({"is_transfer_agent": true}), 0),
        (json!({"is_transfer_agent": false}), 2),
    ];
    for (criteria, expected) in table {
        let body = json!({"filter_criteria": criteria});
        let found = line.post("/v2/list-agents", &body).await.body;
        assert_eq!(found["items"].as_array().unwrap().len(), expected, "{body}");
    }
    for body in
        [json!({"filter_criteria": channel("fax")}), json!({"filter_criteria": {"name": "x"}}), json!({"q": {}})]
    {
        assert_eq!(line.post("/v2/list-agents", &body).await.status, 400, "{body}");
    }
}
