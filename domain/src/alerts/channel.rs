//! Where alerts go. Addresses and secrets of a channel lie sealed outside the log; only that it is there stands here.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Who hears of it when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// At once.
    First,
    /// When nobody has acknowledged it in time.
    Second,
}

/// How they hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Means {
    Slack,
    Email,
    Webhook,
}

/// One way to somebody, written like `first-slack`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Channel {
    pub tier: Tier,
    pub means: Means,
}

/// A text that names no channel.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{0}' is no channel; use first or second, a hyphen, and slack, email or webhook, such as first-slack")]
pub struct ChannelUnknown(String);

impl Channel {
    pub const ALL: [Self; 6] = [
        Self::new(Tier::First, Means::Slack),
        Self::new(Tier::First, Means::Email),
        Self::new(Tier::First, Means::Webhook),
        Self::new(Tier::Second, Means::Slack),
        Self::new(Tier::Second, Means::Email),
        Self::new(Tier::Second, Means::Webhook),
    ];

    pub const fn new(tier: Tier, means: Means) -> Self {
        Self { tier, means }
    }

    pub fn as_str(self) -> &'static str {
        match (self.tier, self.means) {
            (Tier::First, Means::Slack) => "first-slack",
            (Tier::First, Means::Email) => "first-email",
            (Tier::First, Means::Webhook) => "first-webhook",
            (Tier::Second, Means::Slack) => "second-slack",
            (Tier::Second, Means::Email) => "second-email",
            (Tier::Second, Means::Webhook) => "second-webhook",
        }
    }
}

impl schemars::JsonSchema for Channel {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Channel".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "enum": Self::ALL.map(Self::as_str) })
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = ChannelUnknown;
    fn from_str(text: &str) -> Result<Self, ChannelUnknown> {
        let known = Self::ALL.into_iter().find(|channel| channel.as_str() == text);
        known.ok_or_else(|| ChannelUnknown(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Channel {
    type Error = ChannelUnknown;
    fn try_from(text: String) -> Result<Self, ChannelUnknown> {
        text.parse()
    }
}

impl From<Channel> for String {
    fn from(channel: Channel) -> Self {
        channel.as_str().to_owned()
    }
}
