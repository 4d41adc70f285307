//! Retell: keys, errors, agents, numbers.

use serde_json::{Value, json};

use super::super::retell::{NewAgent, NewPhoneNumber, Retell};
use super::harness::{Reply, Town, reply};
use super::witness::{Requests, Witness};

pub struct Line {
    pub town: Town,
    /// Every request of these tests passes it.
    witness: Witness,
    pub retell: Retell,
    pub account: u64,
    pub agent: String,
}

impl Line {
    pub async fn open() -> Self {
        let town = Town::open().await;
        let witness = Witness::before(town.sandbox.retell_url(), Requests::RightWhenTaken).await;
        let retell = town.retell();
        let account = retell.add_account("Salon Mitte", "key_a");
        let agent = retell.add_agent(account, NewAgent::new("Empfang", "Du bist der Empfang."));
        retell.add_phone_number(account, NewPhoneNumber::new("+493023125000", "Mitte", &agent));
        Self { town, witness, retell, account, agent }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.with_key("GET", path, "key_a", None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.with_key("POST", path, "key_a", Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.with_key("PATCH", path, "key_a", Some(body)).await
    }

    pub async fn with_key(&self, method: &str, path: &str, key: &str, body: Option<&Value>) -> Reply {
        let url = format!("{}{path}", self.witness.url());
        let mut request = self.town.http.request(method.parse().unwrap(), url).bearer_auth(key);
        if let Some(body) = body {
            request = request.json(body);
        }
        reply(request).await
    }
}

#[tokio::test]
async fn keys_and_errors() {
    let line = Line::open().await;
    let wrong = line.with_key("GET", "/get-api-key-info", "key_wrong", None).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.body, json!({"status": "error", "message": "API key is missing or invalid."}));
    let info = line.get("/get-api-key-info").await;
    assert_eq!(info.body["org_name"], "Salon Mitte");
    let not_found = json!({"status": "error", "message": "Cannot find requested asset under given api key."});
    for path in [
        "/v2/get-call/nobody",
        "/get-agent/nobody",
        "/list-agent-versions/nobody",
        "/get-retell-llm/nobody",
        "/get-phone-number/+49123",
    ] {
        let reply = line.get(path).await;
        assert_eq!((reply.status, &reply.body), (422, &not_found), "{path}");
    }
    line.retell.add_key(line.account, "key_new");
    line.retell.revoke_key(line.account, "key_a");
    assert_eq!(line.get("/get-api-key-info").await.status, 401);
    assert_eq!(line.with_key("GET", "/get-api-key-info", "key_new", None).await.status, 200);
}

#[tokio::test]
async fn what_retell_removed_is_not_found() {
    let line = Line::open().await;
    for path in [
        "/list-agents",
        "/list-calls",
        "/retrieve-call/x",
        "/get-agent-versions/x",
        "/list-phone-numbers",
        "/v2/list-calls",
    ] {
        assert_eq!(line.get(path).await.status, 404, "GET {path}");
        assert_eq!(line.post(path, &json!({})).await.status, 404, "POST {path}");
    }
}

#[tokio::test]
async fn agents_and_their_versions() {
    let line = Line::open().await;
    let agents = line.post("/v2/list-agents", &json!({})).await;
    assert_eq!(agents.body["has_more"], false);
    let summary = &agents.body["items"][0];
    assert_eq!((&summary["agent_id"], &summary["channel"]), (&json!(line.agent), &json!("voice")));
    assert!(summary.get("voice_id").is_none());
    let chat = json!({"filter_criteria": {"channel": {"type": "string", "op": "eq", "value": "chat"}}});
    assert_eq!(line.post("/v2/list-agents", &chat).await.body["items"], json!([]));

    assert_eq!(line.retell.add_agent_version(line.account, &line.agent, "Du sprichst kürzer.", false), Some(1));
    line.retell.change_agent(line.account, &line.agent, |agent| {
        agent.tags.insert("prod".into(), 0);
    });
    let version =
        async |query: &str| line.get(&format!("/get-agent/{}{query}", line.agent)).await.body["version"].clone();
    let table =
        [("", 1), ("?version=latest", 1), ("?version=latest_published", 0), ("?version=prod", 0), ("?version=1", 1)];
    for (query, expected) in table {
        assert_eq!(version(query).await, expected, "{query}");
    }
    assert_eq!(line.get(&format!("/get-agent/{}?version=9", line.agent)).await.status, 422);
    let versions = line.get(&format!("/list-agent-versions/{}", line.agent)).await;
    assert_eq!(versions.body["items"][0]["version"], 1, "the newest first");
    assert_eq!(versions.body["items"][0]["base_version"], 0);
    assert_eq!(versions.body["items"][1]["is_published"], true);

    let agent = line.get(&format!("/get-agent/{}", line.agent)).await;
    let llm = agent.body["response_engine"]["llm_id"].as_str().unwrap();
    assert_eq!(line.get(&format!("/get-retell-llm/{llm}")).await.body["general_prompt"], "Du sprichst kürzer.");
    assert_eq!(
        line.get(&format!("/get-retell-llm/{llm}?version=0")).await.body["general_prompt"],
        "Du bist der Empfang."
    );
    assert_eq!(line.get(&format!("/get-retell-llm/{llm}?version=prod")).await.status, 400);
    assert!(line.get("/list-voices").await.body.is_array());
}

#[tokio::test]
async fn accounts_are_apart() {
    let line = Line::open().await;
    line.retell.add_account("Praxis", "key_b");
    let path = format!("/get-agent/{}", line.agent);
    assert_eq!(line.with_key("GET", &path, "key_b", None).await.status, 422);
    let agents = line.with_key("POST", "/v2/list-agents", "key_b", Some(&json!({}))).await;
    assert_eq!(agents.body["items"], json!([]));
}
