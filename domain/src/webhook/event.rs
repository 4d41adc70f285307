//! What can happen to one delivery of a webhook.

use crate::ids::{AccountId, CallId, CompanyId, DeliveryId};
use crate::private::Private;
use crate::recorded::Subject;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

crate::events! {
    /// The events of `webhook-<delivery>`.
    pub enum WebhookEvent {
        WebhookReceived v 1 sealed for |it| Subject::Delivery(it.delivery.clone()),
        WebhookProcessed v 1,
        WebhookFailed v 1,
        WebhookQuarantined v 1,
        WebhookReplayed v 1,
    }
}

/// Who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Retell,
    Calcom,
}

impl Provider {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retell => "retell",
            Self::Calcom => "calcom",
        }
    }
}

/// How it was proven to be the provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Signed with the account's current key.
    CurrentKey,
    /// Signed with the key that is being rotated out.
    PreviousKey,
    /// We asked the provider for it ourselves.
    Fetched,
    /// Taken over from the replaced system.
    Imported,
}

/// A raw body; bytes that are not UTF-8 travel as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Body {
    Text(String),
    Base64(String),
}

/// The delivery itself, as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Delivered {
    /// Names in lower case; signatures and credentials are left out.
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebhookReceived {
    pub delivery: DeliveryId,
    pub provider: Provider,
    pub account: AccountId,
    /// Named by the path.
    pub company: Option<CompanyId>,
    /// The event's name as far as it could be read: `call_ended`, or empty.
    pub event: String,
    /// The provider's id of the call, unchecked, at most 128 characters.
    pub call: Option<String>,
    pub bytes: u64,
    pub verdict: Verdict,
    pub received_at: Timestamp,
    #[serde(skip)]
    pub private: Private<Delivered>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebhookProcessed {
    pub delivery: DeliveryId,
    pub provider: Provider,
    pub event: String,
    pub received_at: Timestamp,
    pub company: CompanyId,
    pub call: Option<CallId>,
    /// Counts from 1.
    pub attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebhookFailed {
    pub delivery: DeliveryId,
    pub provider: Provider,
    pub event: String,
    pub received_at: Timestamp,
    /// Counts from 1.
    pub attempt: u32,
    /// What went wrong, without personal data.
    pub error: String,
    /// When it is tried again; absent: it is dead until somebody replays it.
    pub next_attempt_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebhookQuarantined {
    pub delivery: DeliveryId,
    pub provider: Provider,
    pub event: String,
    pub received_at: Timestamp,
    /// A stable word first (`unknown_number`, `unreadable_body`, …), then a sentence, without personal data.
    pub reason: String,
    pub detail: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WebhookReplayed {
    pub delivery: DeliveryId,
    pub provider: Provider,
    pub event: String,
    pub received_at: Timestamp,
    /// Who asked for it: a key's id, `cli`, ….
    pub by: String,
}
