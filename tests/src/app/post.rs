//! What Retell does: signs bodies and posts them.

use super::{Business, TestApp};
use reqwest::Method;
use ringbuch_adapters::sandbox::sign;
use serde_json::Value;

/// An answer of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    /// Null where there is no body or it is not JSON.
    pub body: Value,
}

/// The header that proves a body at a time.
pub fn signed(body: &[u8], key: &str, at_ms: i64) -> String {
    sign(body, key, at_ms)
}

impl TestApp {
    /// Sends a webhook on the plain path, as Retell would for this business.
    pub async fn send(&self, business: &Business, body: &Value) -> u16 {
        self.send_to("/api/mcp/retell/webhook", &business.retell_key, body.to_string().into_bytes()).await
    }

    /// As `send`, for whoever does not wait; nothing where no answer came.
    pub fn sending(&self, business: &Business, body: &Value) -> impl Future<Output = Option<u16>> + Send + use<> {
        let body = body.to_string().into_bytes();
        let signature = signed(&body, &business.retell_key, self.now().as_millisecond());
        let server = self.server();
        let url = format!("{}/api/mcp/retell/webhook", server.url);
        let request = server.client.post(url).header("x-retell-signature", signature).body(body);
        async move { request.send().await.ok().map(|response| response.status().as_u16()) }
    }

    /// Sends a webhook on the path that names the business.
    pub async fn send_named(&self, business: &Business, body: impl Into<Vec<u8>>) -> u16 {
        let path = format!("/api/mcp/retell/webhook/{}", business.id);
        self.send_to(&path, &business.retell_key, body.into()).await
    }

    pub async fn send_to(&self, path: &str, key: &str, body: Vec<u8>) -> u16 {
        let signature = signed(&body, key, self.now().as_millisecond());
        self.post(path, &[("x-retell-signature", &signature)], body).await.status
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        self.request(Method::POST, path, headers, body).await
    }

    /// Asks the API with a key.
    pub async fn ask(&self, method: Method, path: &str, key: &str, body: &Value) -> Reply {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.request(method, path, &[("authorization", &format!("Bearer {key}"))], body).await
    }

    async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        self.try_request(method, path, headers, body).await.unwrap()
    }

    /// As a request; an error where no answer came.
    pub(super) async fn try_request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> reqwest::Result<Reply> {
        let server = self.server();
        let url = format!("{}{path}", server.url);
        let request = server.client.request(method, url).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.body(body).send().await?;
        let status = response.status().as_u16();
        let text = response.bytes().await?;
        Ok(Reply { status, body: serde_json::from_slice(&text).unwrap_or_default() })
    }
}
