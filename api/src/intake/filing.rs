//! A delivery becomes the first event of a stream of its own, named by what it is: sent again, it meets itself.

use crate::journal::{Journal, JournalError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ringbuch_domain::ids::{AccountId, CompanyId, DeliveryId, derived};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::webhook::{Body, Delivered, Provider, Verdict, WebhookEvent, WebhookReceived};
use serde::Deserialize;
use uuid::Uuid;

/// A delivery that was proven.
pub struct Proven<'a> {
    pub delivery: DeliveryId,
    pub provider: Provider,
    pub account: AccountId,
    /// Named by the path.
    pub company: Option<CompanyId>,
    pub verdict: Verdict,
    pub headers: Vec<(String, String)>,
    pub body: &'a [u8],
    pub sketch: &'a Sketch,
}

/// Whether it was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    New,
    Repeated,
}

/// Everything that one call sets off shares this.
pub fn correlation_of_call(account: &AccountId, call: &str) -> Uuid {
    derived(&["call", account.as_str(), call])
}

/// Stores a delivery durably.
pub async fn file(journal: &Journal, proven: Proven<'_>) -> Result<Filed, JournalError> {
    let sketch = proven.sketch;
    let command = derived(&["receive", proven.delivery.as_str()]);
    let correlation = sketch.call_id().map_or(command, |call| correlation_of_call(&proven.account, &call));
    let cause = Cause::joining(correlation, command);
    let stream = StreamId::webhook(&proven.delivery);
    let company = proven.company.clone();
    let received = WebhookEvent::WebhookReceived(WebhookReceived {
        delivery: proven.delivery,
        provider: proven.provider,
        account: proven.account,
        company: proven.company,
        event: sketch.event(),
        call: sketch.call_id(),
        bytes: proven.body.len() as u64,
        verdict: proven.verdict,
        received_at: journal.clock().now(),
        private: Private::Known(Delivered { headers: proven.headers, body: raw(proven.body) }),
    });
    match journal.begin(&stream, company.as_ref(), cause, &received).await? {
        Some(appended) if !appended.repeated => Ok(Filed::New),
        _ => Ok(Filed::Repeated),
    }
}

fn raw(body: &[u8]) -> Body {
    std::str::from_utf8(body).map_or_else(|_| Body::Base64(STANDARD.encode(body)), |text| Body::Text(text.to_owned()))
}

/// The bytes as they came.
pub fn bytes(body: &Body) -> Vec<u8> {
    match body {
        Body::Text(text) => text.as_bytes().to_vec(),
        Body::Base64(text) => STANDARD.decode(text).unwrap_or_default(),
    }
}

/// As much of a body as is needed to know whose it may be; nothing here is believed before the signature is. The call
/// stands under `call`, in older payloads under `data` or at the root.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sketch {
    event: Text,
    event_type: Text,
    call: Option<CallSketch>,
    /// A call that is ringing stands under a name of its own.
    #[serde(alias = "call_inbound")]
    data: Option<CallSketch>,
    call_id: Text,
    agent_id: Text,
    direction: Text,
    from_number: Text,
    to_number: Text,
    from: Text,
    to: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CallSketch {
    call_id: Text,
    agent_id: Text,
    direction: Text,
    from_number: Text,
    to_number: Text,
    from: Text,
    to: Text,
}

/// A text, or nothing where something else stands.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "serde_json::Value")]
struct Text(Option<String>);

impl From<serde_json::Value> for Text {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::String(text) if !text.is_empty() => Self(Some(text)),
            _ => Self(None),
        }
    }
}

impl Sketch {
    pub fn of(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// The field of the call, wherever the call stands.
    fn field<'a>(&'a self, of: fn(&'a CallSketch) -> &'a Text, at_root: &'a Text) -> Option<&'a str> {
        let nested = self.call.as_ref().or(self.data.as_ref()).and_then(|call| of(call).0.as_deref());
        nested.or(at_root.0.as_deref())
    }

    /// At most 40 letters of what calls itself the event.
    pub fn event(&self) -> String {
        let named = self.event.0.as_deref().or(self.event_type.0.as_deref()).unwrap_or_default();
        named.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
    }

    fn call_id(&self) -> Option<String> {
        let id = self.field(|call| &call.call_id, &self.call_id)?;
        Some(id.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(128).collect())
    }

    /// The business's own number, as it came.
    pub fn our_number(&self) -> Option<&str> {
        if self.field(|call| &call.direction, &self.direction) == Some("outbound") {
            let today = self.field(|call| &call.from_number, &self.from_number);
            return today.or_else(|| self.field(|call| &call.from, &self.from));
        }
        let today = self.field(|call| &call.to_number, &self.to_number);
        today.or_else(|| self.field(|call| &call.to, &self.to))
    }

    pub fn agent(&self) -> Option<&str> {
        self.field(|call| &call.agent_id, &self.agent_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_hints_at_whose_it_may_be_wherever_the_call_stands() {
        for body in [
            r#"{"event":"call_ended","call":{"call_id":"c1","agent_id":"a","to_number":"+493023125100"}}"#,
            r#"{"event_type":"call_ended","data":{"call_id":"c1","agent_id":"a","to":"+493023125100"}}"#,
            r#"{"event":"call_ended","call_id":"c1","agent_id":"a","to":"+493023125100","duration":5}"#,
        ] {
            let sketch = Sketch::of(body.as_bytes());
            assert_eq!(sketch.our_number(), Some("+493023125100"), "{body}");
            assert_eq!(
                (sketch.event().as_str(), sketch.call_id().as_deref(), sketch.agent()),
                ("call_ended", Some("c1"), Some("a"))
            );
        }
        let outbound =
            br#"{"call":{"direction":"outbound","from_number":"+493023125100","to_number":"+491713920042"}}"#;
        assert_eq!(Sketch::of(outbound).our_number(), Some("+493023125100"));
    }

    #[test]
    fn what_cannot_be_read_hints_at_nothing() {
        for body in [&b"\xff\xfe"[..], b"{", b"[]", b"7", &b"[".repeat(10_000), br#"{"call":7,"event":{}}"#] {
            let sketch = Sketch::of(body);
            assert_eq!((sketch.our_number(), sketch.agent(), sketch.event().as_str()), (None, None, ""));
        }
    }

    #[test]
    fn a_body_comes_back_as_it_was() {
        for body in [&b"{}"[..], b"\xff\xfe\x00", "Grüezi 👋".as_bytes()] {
            assert_eq!(bytes(&raw(body)), body);
        }
    }
}
