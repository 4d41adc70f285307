//! Who may ask, for whom, and from where.

use super::*;
use crate::http::v1::tests::world::{PRAXIS, SALON};
use ringbuch_domain::access::Role;

#[tokio::test]
async fn without_a_key_the_way_to_one_is_told() {
    let world = World::new().await;
    for (key, error) in [("", false), ("rb_unknown", true)] {
        let told = world.mcp(key, "calcom", "tools/list", json!({}), &[]).await;
        let challenge = told.headers["www-authenticate"].to_str().unwrap();
        assert_eq!((told.status, challenge.contains("invalid_token")), (401, error), "{challenge}");
        let metadata = "http://localhost/.well-known/oauth-protected-resource/mcp/calcom";
        assert!(challenge.contains(&format!("resource_metadata=\"{metadata}\"")), "{challenge}");
    }
    let path = "/.well-known/oauth-protected-resource/mcp/calcom";
    let metadata = world.send(Request::get(path).header("host", "localhost:8080"), None).await.ok();
    assert_eq!(metadata["resource"], "http://localhost:8080/mcp/calcom");
    let scopes = metadata["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&json!("mcp:calcom")) && scopes.contains(&json!("mcp:calcom:create_booking")));
    assert_eq!(world.get("", "/.well-known/oauth-protected-resource/mcp/mail").await.status, 404);
}

#[tokio::test]
async fn scopes_open_servers_and_single_tools() {
    let world = World::new().await;
    let one = world.scoped_key(SALON, Role::Operator, &["mcp:webhook:list_webhooks"]).await;
    assert_eq!(world.mcp(&one, "calcom", "tools/list", json!({}), &[]).await.status, 403);
    let names: Vec<_> = world.list(&one, "webhook").await.iter().map(|tool| tool["name"].clone()).collect();
    assert_eq!(names, ["list_webhooks"]);
    world.done(&one, "webhook", "list_webhooks", json!({})).await;
    assert!(
        world.refused(&one, "webhook", "get_webhook_stats", json!({})).await.contains("mcp:webhook:get_webhook_stats")
    );
    let params = json!({ "uri": "webhook-stats://last-24-hours" });
    let told = world.mcp(&one, "webhook", "resources/read", params, &[]).await.body;
    assert!(told["error"]["message"].as_str().unwrap().contains("other scopes"), "{told}");
    assert_eq!(world.get(&one, "/api/v1/webhooks").await.status, 403);
    let rest = world.scoped_key(SALON, Role::Operator, &["read"]).await;
    assert_eq!(world.mcp(&rest, "webhook", "tools/list", json!({}), &[]).await.status, 403);
}

#[tokio::test]
async fn roles_hold_as_everywhere() {
    let world = World::new().await;
    let viewer = world.key(SALON, Role::Viewer).await;
    let delivery = world.delivery_of(SALON, &json!({ "event": "call_started", "call": { "call_id": "call_7" } })).await;
    let id = json!({ "id": delivery.to_string() });
    assert_eq!(world.done(&viewer, "webhook", "get_webhook", id.clone()).await["content"], Value::Null);
    assert!(world.refused(&viewer, "webhook", "replay_webhook", id.clone()).await.contains("'operate'"));
    let operator = world.key(SALON, Role::Operator).await;
    assert!(world.done(&operator, "webhook", "get_webhook", id.clone()).await["content"]["body"].is_string());
    let limited = world.scoped_key(SALON, Role::Operator, &["mcp:webhook"]).await;
    assert_eq!(world.done(&limited, "webhook", "get_webhook", id).await["content"], Value::Null);
    for (server, tool, arguments) in [
        ("webhook", "process_retell_webhook", json!({ "body": "{}", "signature": "v=1,d=00" })),
        (
            "calcom",
            "create_booking",
            json!({ "branch": "mitte", "start": "2025-07-02T09:00:00Z", "name": "Max Mustermann", "dry_run": true }),
        ),
        ("retell", "check_drift", json!({})),
    ] {
        assert!(world.refused(&viewer, server, tool, arguments).await.contains("not-allowed"), "{tool}");
    }
}

#[tokio::test]
async fn no_key_reaches_another_company_but_an_owners() {
    let world = World::new().await;
    let (admin, owner) = (world.key(SALON, Role::Admin).await, world.key(SALON, Role::Owner).await);
    let theirs = json!({ "company": PRAXIS });
    assert!(world.refused(&admin, "database", "get_schema", theirs.clone()).await.contains("another company"));
    let params = json!({ "name": "get_schema", "arguments": {} });
    let by_header = [("x-ringbuch-company", PRAXIS)];
    let at_tools = r#"ringbuch_cross_tenant_total{at="tool"}"#;
    assert_eq!(world.measured(at_tools), 1, "an argument");
    assert_eq!(world.mcp(&admin, "database", "tools/call", params.clone(), &by_header).await.status, 403);
    assert_eq!(world.measured(at_tools), 2, "a header");
    let branches = json!({ "sql": "SELECT COUNT(*) FROM branches", "company": PRAXIS });
    assert_eq!(world.done(&owner, "database", "query", branches).await["rows"], json!([[2]]));
    let told = world.mcp(&owner, "database", "tools/call", params, &by_header).await.ok();
    assert_ne!(told["result"]["isError"], json!(true));
    let none = json!({ "company": "nobody" });
    assert_eq!(world.done(&owner, "database", "phone_number_mapping", none).await["items"], json!([]));
    assert_eq!(world.measured("ringbuch_cross_tenant_total"), 2, "an owner crosses nothing");
}

#[tokio::test]
async fn a_page_that_was_led_here_by_a_false_name_gets_nothing() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    let ask = async |host: &str, origin: Option<&str>| {
        let mut request = Request::post("/mcp/webhook")
            .header("host", host)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {key}"));
        request = match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        };
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
        world.page(request, &body).await.0
    };
    for (host, origin, expected) in [
        ("localhost", None, 200),
        ("127.0.0.1:8080", Some("http://127.0.0.1:8080"), 200),
        ("evil.example.org", None, 403),
        ("localhost", Some("https://evil.example.org"), 403),
        ("localhost", Some("null"), 403),
    ] {
        assert_eq!(ask(host, origin).await, expected, "{host} {origin:?}");
    }
    assert_eq!(world.get(&key, "/mcp/webhook").await.status, 405);
}
