//! A delivery becomes the first event of a stream of its own, named by what it is: sent again, it meets itself.

use crate::journal::{Journal, JournalError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ringbuch_domain::ids::{AccountId, BookingId, CompanyId, DeliveryId, derived};
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
    pub label: Label,
}

/// What a body says of itself, taken down before anybody understands it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// At most 40 letters of what calls itself the event.
    pub event: String,
    /// The call that it is about, or that led to it, at most 128 characters.
    pub call: Option<String>,
    /// Our booking that it is about.
    pub booking: Option<BookingId>,
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
    let Label { event, call, booking } = proven.label;
    let command = derived(&["receive", proven.delivery.as_str()]);
    let of_call = call.as_deref().map(|call| correlation_of_call(&proven.account, call));
    let correlation = of_call.or(booking.map(|booking| booking.0)).unwrap_or(command);
    let cause = Cause::joining(correlation, command);
    let stream = StreamId::webhook(&proven.delivery);
    let company = proven.company.clone();
    let received = WebhookEvent::WebhookReceived(WebhookReceived {
        delivery: proven.delivery,
        provider: proven.provider,
        account: proven.account,
        company: proven.company,
        event,
        call,
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

    pub fn label(&self) -> Label {
        let event = event_of(self.event.0.as_deref().or(self.event_type.0.as_deref()));
        Label { event, call: self.field(|call| &call.call_id, &self.call_id).map(call_of), booking: None }
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

fn event_of(named: Option<&str>) -> String {
    let named = named.unwrap_or_default();
    named.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
}

fn call_of(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(128).collect()
}

/// As much of what the calendar sends as is needed to know which of our bookings it may be about.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CalendarSketch {
    trigger_event: Text,
    payload: Option<BookingSketch>,
    metadata: Option<MetadataSketch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BookingSketch {
    metadata: Option<MetadataSketch>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MetadataSketch {
    ringbuch_booking: Text,
    ringbuch_call: Text,
}

impl CalendarSketch {
    pub fn of(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    pub fn label(self) -> Label {
        let event = event_of(self.trigger_event.0.as_deref());
        // What is told of a meeting stands at the root.
        let told = self.payload.and_then(|payload| payload.metadata).or(self.metadata).unwrap_or_default();
        let booking = told.ringbuch_booking.0.and_then(|id| id.parse().ok());
        Label { event, call: told.ringbuch_call.0.as_deref().map(call_of), booking }
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
            let label = sketch.label();
            assert_eq!((label.event.as_str(), label.call.as_deref(), label.booking), ("call_ended", Some("c1"), None));
            assert_eq!(sketch.agent(), Some("a"));
        }
        let outbound =
            br#"{"call":{"direction":"outbound","from_number":"+493023125100","to_number":"+491713920042"}}"#;
        assert_eq!(Sketch::of(outbound).our_number(), Some("+493023125100"));
    }

    #[test]
    fn what_cannot_be_read_hints_at_nothing() {
        for body in [&b"\xff\xfe"[..], b"{", b"[]", b"7", &b"[".repeat(10_000), br#"{"call":7,"event":{}}"#] {
            let sketch = Sketch::of(body);
            assert_eq!((sketch.our_number(), sketch.agent(), sketch.label()), (None, None, Label::default()));
            assert_eq!(CalendarSketch::of(body).label(), Label::default());
        }
    }

    #[test]
    fn what_the_calendar_sends_hints_at_our_booking_wherever_it_stands() {
        let metadata = r#"{"ringbuch_booking":"00000000-0000-0000-0000-000000000001","ringbuch_call":"c1","x":7}"#;
        for body in [
            format!(r#"{{"triggerEvent":"BOOKING_CREATED","payload":{{"uid":"u","metadata":{metadata}}}}}"#),
            format!(r#"{{"triggerEvent":"MEETING_ENDED","uid":"u","metadata":{metadata}}}"#),
        ] {
            let label = CalendarSketch::of(body.as_bytes()).label();
            assert_eq!((label.call.as_deref(), label.booking), (Some("c1"), Some(BookingId(Uuid::from_u128(1)))));
            assert!(body.contains(&label.event) && !label.event.is_empty());
        }
        let others = br#"{"triggerEvent":"BOOKING_CREATED","payload":{"metadata":{"ringbuch_booking":"theirs"}}}"#;
        assert_eq!(CalendarSketch::of(others).label().booking, None);
    }

    #[test]
    fn a_body_comes_back_as_it_was() {
        for body in [&b"{}"[..], b"\xff\xfe\x00", "Grüezi 👋".as_bytes()] {
            assert_eq!(bytes(&raw(body)), body);
        }
    }
}
