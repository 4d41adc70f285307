//! What every client may rely on.

use super::*;
use crate::http::v1::tests::world::SALON;
use crate::mcp::parts::PARTS;
use ringbuch_domain::access::Role;

#[tokio::test]
async fn both_lifecycles_are_served_without_a_session() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    let told = world.mcp(&key, "webhook", "server/discover", json!({}), &[]).await.ok();
    assert!(told["result"]["supportedVersions"].as_array().unwrap().contains(&json!(NEWEST)), "{told}");
    let older = |body: Value| {
        let request = Request::post("/mcp/webhook")
            .header("host", "127.0.0.1:8080")
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {key}"));
        world.send(request, Some(body))
    };
    let client = json!({ "name": "old", "version": "1" });
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
    let told = older(json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params })).await.ok();
    assert_eq!(told["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(told["result"]["serverInfo"]["name"], "ringbuch-webhook");
    let told = older(json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" })).await.ok();
    assert!(told["result"]["tools"].as_array().unwrap().len() >= 5);
}

#[tokio::test]
async fn every_tool_says_what_it_takes_gives_and_does() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    for part in PARTS {
        for tool in world.list(&key, part.name).await {
            let name = tool["name"].as_str().unwrap();
            for schema in ["inputSchema", "outputSchema"] {
                jsonschema::validator_for(&tool[schema]).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            let hints = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];
            assert!(hints.iter().all(|hint| tool["annotations"][*hint].is_boolean()), "{name}");
            assert!(tool["inputSchema"]["properties"]["company"].is_object(), "{name}");
        }
        let names = |tools: &[crate::mcp::tool::Tool]| tools.iter().map(|tool| tool.name).collect::<Vec<_>>();
        assert_eq!(world.list(&key, part.name).await.len(), names(part.tools).len());
    }
}

#[tokio::test]
async fn resources_are_read_by_their_address_and_completed() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Operator).await;
    let delivery = world.delivery_of(SALON, &json!({ "event": "call_started", "call": { "call_id": "call_7" } })).await;
    let uri = format!("webhook://{delivery}");
    let told = world.mcp(&key, "webhook", "resources/read", json!({ "uri": uri }), &[]).await.ok();
    let text = told["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(text.contains(&delivery.to_string()), "{text}");
    let reference = json!({ "type": "ref/resource", "uri": "webhook://{id}" });
    let begun: String = delivery.to_string().chars().take(4).collect();
    let params = json!({ "ref": reference, "argument": { "name": "id", "value": begun } });
    let told = world.mcp(&key, "webhook", "completion/complete", params, &[]).await.ok();
    assert_eq!(told["result"]["completion"]["values"], json!([delivery.to_string()]));
    for uri in ["webhook://0000", "webhook://", "call://call_1", "file:///etc/passwd"] {
        let told = world.mcp(&key, "webhook", "resources/read", json!({ "uri": uri }), &[]).await.body;
        assert!(told["error"]["message"].as_str().unwrap().contains("nothing at"), "{uri}: {told}");
    }
}

#[tokio::test]
async fn prompts_speak_the_language_that_is_asked_for_or_the_companys() {
    let world = World::new().await;
    let key = world.key(SALON, Role::Viewer).await;
    let get = async |arguments: Value| {
        let params = json!({ "name": "why_was_this_not_booked", "arguments": arguments });
        world.mcp(&key, "calcom", "prompts/get", params, &[]).await.body
    };
    let german = get(json!({ "call": "call_7" })).await;
    let text = german["result"]["messages"][0]["content"]["text"].as_str().unwrap();
    assert!(text.contains("aus dem Anruf call_7 kein Termin"), "{text}");
    let english = get(json!({ "call": "call_7", "language": "en" })).await;
    assert!(english["result"]["messages"][0]["content"]["text"].as_str().unwrap().contains("the call call_7 did"));
    assert!(get(json!({})).await["error"]["message"].as_str().unwrap().contains("'call' is missing"));
    assert!(
        get(json!({ "call": "x", "language": "fr" })).await["error"]["message"].as_str().unwrap().contains("de or en")
    );
}
