//! Agents as they come: with everything, and with as little as the reference allows.

use super::*;
use crate::outbound::fake::Reply;
use jiff::Timestamp;
use ringbuch_domain::ports::{AgentSetUp, AgentSummary, AgentThere, AgentVersion, Engine, VersionRef};
use serde_json::json;

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

fn least() -> serde_json::Value {
    json!({
        "agent_id": "agent_1", "version": 0, "voice_id": "retell-Cimo", "last_modification_timestamp": 1_795_168_800_000_i64,
        "response_engine": {"type": "custom-llm", "llm_websocket_url": "wss://words.example.com"},
    })
}

async fn read(body: &serde_json::Value) -> AgentThere {
    let s = setting().await;
    s.fake.next(Reply::json(200, &body.to_string()));
    s.retell.agent(&account(), "agent_1", VersionRef::Number(4)).await.unwrap()
}

#[tokio::test]
async fn with_as_little_as_there_can_be() {
    let agent = AgentThere {
        agent: "agent_1".into(),
        name: String::new(),
        version: 0,
        published: false,
        base_version: None,
        voice: "retell-Cimo".into(),
        language: None,
        webhook_url: None,
        webhook_events: None,
        max_call_ms: None,
        engine: Engine::Custom,
        modified_at: Some(at(1_795_168_800_000)),
    };
    assert_eq!(read(&least()).await, agent);
    let mut nulls = least();
    for name in ["agent_name", "webhook_url", "webhook_events", "base_version"] {
        nulls[name] = serde_json::Value::Null;
    }
    assert_eq!(read(&nulls).await, agent);
}

#[tokio::test]
async fn with_everything() {
    let mut whole = least();
    for (name, value) in [
        ("agent_name", json!("Empfang")),
        ("version", json!(4)),
        ("is_published", json!(true)),
        ("base_version", json!(2)),
        ("language", json!(["de-DE", "en-GB"])),
        ("webhook_url", json!("https://ringbuch.example.com/api/mcp/retell/webhook")),
        ("webhook_events", json!(["call_ended"])),
        ("max_call_duration_ms", json!(3_600_000)),
        ("response_engine", json!({"type": "retell-llm", "llm_id": "llm_1", "version": 4})),
        ("something_new", json!({"unknown": true})),
    ] {
        whole[name] = value;
    }
    let agent = read(&whole).await;
    assert_eq!((agent.name.as_str(), agent.version, agent.published), ("Empfang", 4, true));
    assert_eq!(agent.base_version, Some(2));
    assert_eq!(agent.language.as_deref(), Some("de-DE, en-GB"));
    assert_eq!(agent.webhook_url.as_deref(), Some("https://ringbuch.example.com/api/mcp/retell/webhook"));
    assert_eq!(agent.webhook_events, Some(vec!["call_ended".to_owned()]));
    assert_eq!(agent.max_call_ms, Some(3_600_000));
    assert_eq!(agent.engine, Engine::Llm { id: "llm_1".into(), version: Some(4) });
}

#[tokio::test]
async fn engines_of_every_kind() {
    let llm = |version| Engine::Llm { id: "llm_1".into(), version };
    let table = [
        (json!({"type": "retell-llm", "llm_id": "llm_1"}), llm(None)),
        (json!({"type": "retell-llm", "llm_id": "llm_1", "version": null}), llm(None)),
        (
            json!({"type": "conversation-flow", "conversation_flow_id": "flow_1", "version": 2}),
            Engine::Flow { id: "flow_1".into(), version: Some(2) },
        ),
        (json!({"type": "some-day", "words": "elsewhere"}), Engine::Custom),
    ];
    for (told, engine) in table {
        let mut agent = least();
        agent["response_engine"] = told.clone();
        agent["language"] = "de-DE".into();
        let agent = read(&agent).await;
        assert_eq!((agent.engine, agent.language.as_deref()), (engine, Some("de-DE")), "{told}");
    }
}

#[tokio::test]
async fn a_version_is_asked_for_by_what_is_meant() {
    let table = [
        (VersionRef::Number(4), "4"),
        (VersionRef::Latest, "latest"),
        (VersionRef::LatestPublished, "latest_published"),
    ];
    for (version, written) in table {
        let s = setting().await;
        s.fake.next(Reply::json(200, &least().to_string()));
        s.retell.agent(&account(), "agent/1?", version).await.unwrap();
        assert_eq!(s.fake.only_request().target, format!("/get-agent/agent%2F1%3F?version={written}"));
    }
}

/// The list is read oldest first, so that what is changed meanwhile is found again at its end, as it is now.
#[tokio::test]
async fn an_agent_that_is_changed_while_the_list_is_read_is_there_once() {
    let s = setting().await;
    let row = |id: &str, name: &str, at: i64| json!({"agent_id": id, "agent_name": name, "channel": "voice", "user_modified_timestamp": at});
    let first = json!({
        "items": [row("agent_b", "Empfang", 1_795_168_800_000), row("agent_a", "Abend", 1_795_168_800_001)],
        "has_more": true, "pagination_key": "p2",
    });
    let chat = json!({"agent_id": "agent_c", "agent_name": null, "channel": "chat"});
    let second = json!({"items": [chat, row("agent_b", "Tresen", 1_795_168_800_002)], "has_more": false});
    s.fake.next(Reply::json(200, &first.to_string()));
    s.fake.next(Reply::json(200, &second.to_string()));
    let agent = |id: &str, name: &str, channel: &str, modified_at| AgentSummary {
        agent: id.into(),
        name: name.into(),
        channel: channel.into(),
        modified_at,
    };
    assert_eq!(
        s.retell.agents(&account()).await.unwrap(),
        [
            agent("agent_a", "Abend", "voice", Some(at(1_795_168_800_001))),
            agent("agent_b", "Tresen", "voice", Some(at(1_795_168_800_002))),
            agent("agent_c", "", "chat", None),
        ]
    );
    let asked: Vec<_> = s.fake.requests().into_iter().map(|asked| (asked.target.clone(), asked.json())).collect();
    let page = "/v2/list-agents?limit=1000&sort_order=ascending";
    assert_eq!(asked, [(page.to_owned(), json!({})), (format!("{page}&pagination_key=p2"), json!({}))]);
}

#[tokio::test]
async fn versions_come_newest_first() {
    let s = setting().await;
    let told = json!({"items": [
        {"version": 5, "is_published": false, "base_version": 3, "last_modification_timestamp": 1_795_178_800_000_i64},
        {"version": 4, "is_published": true, "version_title": "Öffnungszeiten",
         "last_modification_timestamp": 1_795_168_800_000_i64},
    ], "has_more": false});
    s.fake.next(Reply::json(200, &told.to_string()));
    let version = |version, published, base_version, title: Option<&str>, modified_at| AgentVersion {
        version,
        published,
        base_version,
        title: title.map(str::to_owned),
        modified_at,
    };
    assert_eq!(
        s.retell.versions(&account(), "agent_1").await.unwrap(),
        [
            version(5, false, Some(3), None, Some(at(1_795_178_800_000))),
            version(4, true, None, Some("Öffnungszeiten"), Some(at(1_795_168_800_000))),
        ]
    );
    assert_eq!(s.fake.only_request().target, "/list-agent-versions/agent_1?limit=1000");
}

#[tokio::test]
async fn a_publication_is_done_whatever_the_answer_holds() {
    for (title, body) in [("", json!({"version": 4})), ("Sommer", json!({"version": 4, "version_title": "Sommer"}))] {
        let s = setting().await;
        s.fake.next(Reply::json(200, ""));
        s.retell.publish(&account(), "agent_1", 4, title).await.unwrap();
        let asked = s.fake.only_request();
        assert_eq!((asked.target.as_str(), asked.json()), ("/publish-agent-version/agent_1", body));
    }
}
