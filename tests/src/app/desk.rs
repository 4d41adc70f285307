//! What an agent asks while somebody is on the line, and what it is told.

use super::post::{Reply, signed};
use super::{Caller, TestApp};
use reqwest::Method;
use ringbuch_api::setup::SetUp;
use ringbuch_domain::desk::RulesChange;
use serde_json::{Value, json};

impl Caller<'_> {
    /// Asks for a function as Retell sends it; it is answered.
    pub async fn asks(&self, function: &str, args: &Value) -> Value {
        let reply = self.sends_function(function, args).await;
        assert_eq!(reply.status, 200, "{function}: {}", reply.body);
        reply.body
    }

    pub async fn sends_function(&self, function: &str, args: &Value) -> Reply {
        let body = json!({ "name": function, "args": args, "call": self.on_the_line() });
        let path = format!("/api/mcp/retell/functions/{function}");
        self.app().function(&path, &self.business.retell_key, &body).await
    }

    /// As `asks`; nothing where no answer came.
    pub async fn tries(&self, function: &str, args: &Value) -> Option<Value> {
        let body = json!({ "name": function, "args": args, "call": self.on_the_line() });
        let path = format!("/api/mcp/retell/functions/{function}");
        let reply = self.app().try_function(&path, &self.business.retell_key, &body).await?;
        assert_eq!(reply.status, 200, "{function}: {}", reply.body);
        Some(reply.body)
    }

    /// The call rings.
    pub async fn rings(&self) -> Value {
        let ringing = json!({ "from_number": self.from, "to_number": self.to, "agent_id": self.business.agent });
        let body = json!({ "event": "call_inbound", "event_timestamp": self.app().now().as_millisecond(),
            "call_inbound": ringing });
        let reply = self.app().function("/api/mcp/retell/inbound", &self.business.retell_key, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body
    }

    /// The offer for an exact time, which must be free.
    pub async fn is_offered(&self, time: &str) -> String {
        let answer = self.asks("check_availability", &json!({ "datum": self.date.to_string(), "uhrzeit": time })).await;
        assert_eq!(answer["available"], true, "{answer}");
        answer["offer"]["offer_id"].as_str().unwrap().to_owned()
    }

    /// Takes an offer under the caller's name.
    pub async fn takes(&self, offer: &str) -> Value {
        self.asks("book_appointment", &json!({ "offer_id": offer, "name": self.name })).await
    }
}

impl TestApp {
    /// From now on the salon's desk does some things otherwise.
    pub async fn desk_does(&self, change: RulesChange) {
        SetUp::new(self.app(), "story").desk_rules(&self.salon.id, change).await.unwrap();
        self.settle().await;
    }

    pub async fn function(&self, path: &str, key: &str, body: &Value) -> Reply {
        let body = body.to_string().into_bytes();
        let signature = signed(&body, key, self.now().as_millisecond());
        self.post(path, &[("x-retell-signature", &signature)], body).await
    }

    /// As `function`; nothing where no answer came.
    async fn try_function(&self, path: &str, key: &str, body: &Value) -> Option<Reply> {
        let body = body.to_string().into_bytes();
        let signature = signed(&body, key, self.now().as_millisecond());
        self.try_request(Method::POST, path, &[("x-retell-signature", &signature)], body).await.ok()
    }
}
