//! The five servers over the whole front, as clients of both lifecycles ask them.

mod access;
mod desk;
mod noted;
mod protocol;
mod records;
mod tools;

use crate::http::v1::tests::world::{Answer, World};
use http::Request;
use ringbuch_domain::ids::DeliveryId;
use serde_json::{Value, json};

const NEWEST: &str = "2026-07-28";

impl World {
    /// One request of the newest revision, which says everything about itself.
    async fn mcp(&self, key: &str, server: &str, method: &str, params: Value, more: &[(&str, &str)]) -> Answer {
        let mut params = params;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": NEWEST,
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let name = params["name"].as_str().or(params["uri"].as_str()).unwrap_or_default().to_owned();
        let mut request = Request::post(format!("/mcp/{server}"))
            .header("host", "localhost")
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", NEWEST)
            .header("mcp-method", method);
        if !name.is_empty() {
            request = request.header("mcp-name", name);
        }
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.send(request, Some(body)).await
    }

    /// A delivery that came in at a company's own path.
    async fn delivery_of(&self, company: &str, body: &Value) -> DeliveryId {
        self.deliver_bytes(company, Some(company), body.to_string().as_bytes()).await
    }

    async fn list(&self, key: &str, server: &str) -> Vec<Value> {
        let told = self.mcp(key, server, "tools/list", json!({}), &[]).await.ok();
        told["result"]["tools"].as_array().unwrap().clone()
    }

    /// The result of a tool.
    async fn tool(&self, key: &str, server: &str, name: &str, arguments: Value) -> Value {
        let params = json!({ "name": name, "arguments": arguments });
        let told = self.mcp(key, server, "tools/call", params, &[]).await.ok();
        assert!(told["error"].is_null(), "{server} {name}: {told}");
        told["result"].clone()
    }

    /// The structured answer of a tool that did what it was asked for.
    async fn done(&self, key: &str, server: &str, name: &str, arguments: Value) -> Value {
        let told = self.tool(key, server, name, arguments).await;
        assert_ne!(told["isError"], json!(true), "{server} {name}: {told}");
        told["structuredContent"].clone()
    }

    /// What a tool says that did not do it.
    async fn refused(&self, key: &str, server: &str, name: &str, arguments: Value) -> String {
        let told = self.tool(key, server, name, arguments).await;
        assert_eq!(told["isError"], json!(true), "{server} {name}: {told}");
        told["content"][0]["text"].as_str().unwrap().to_owned()
    }
}
