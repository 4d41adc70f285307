//! What a provider lets a key ask, shared by all nodes on one database. A node draws a few tokens at a time and uses each
//! for one request before they lapse; what nobody could draw is never sent, so a database that does not answer costs
//! requests and never goes beyond a limit.

#[cfg(test)]
pub(crate) mod fake;
mod ledger;

pub(crate) use ledger::Ledger;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::webhook::Provider;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// How far the clocks of two nodes may be apart, with what the network adds.
const SKEW: SignedDuration = SignedDuration::from_millis(500);

/// Whose requests a provider counts together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purse {
    pub provider: Provider,
    /// The key itself is not kept.
    pub key: KeyHash,
    /// Requests that have a limit of their own.
    pub class: &'static str,
}

/// Two companies with one key share its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }
}

impl std::fmt::Display for KeyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// So many requests in any span of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub requests: u32,
    pub window: SignedDuration,
}

impl Rate {
    /// How long a drawn token may be used: it counts for that much longer than a request does.
    pub(crate) fn token_lasts(self) -> SignedDuration {
        self.window / 12
    }

    /// From drawing a token to the moment when the provider certainly counts it no more.
    pub(crate) fn token_counts(self) -> SignedDuration {
        self.window + self.token_lasts() + SKEW
    }
}

/// A node asks for tokens, and says what it has learned since it asked last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// By the node's clock, before it asked.
    pub now: Timestamp,
    /// What holds unless the provider has said otherwise.
    pub rate: Rate,
    /// For requests that wait; 0 where the node only has something to say.
    pub wish: u32,
    /// For those that may follow; given where there is plenty.
    pub spare: u32,
    /// How many of `rate.requests` are left for others.
    pub kept: u32,
    pub news: News,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Tokens that were drawn at that time and not used.
    pub unused: Vec<(Timestamp, u32)>,
    pub seen: Option<Seen>,
    /// Until then the provider refuses everything.
    pub blocked_until: Option<Timestamp>,
}

/// What the provider's headers said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Requests in a window; absent where it does not say.
    pub limit: Option<u32>,
    /// How many of them are left.
    pub remaining: u32,
    /// When it starts to count anew.
    pub until: Timestamp,
}

/// What a node got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// At most `wish` and `spare` together.
    pub tokens: u32,
    /// How many could still be drawn for a caller.
    pub left: u32,
    /// Requests that are allowed in a window, as far as is known now.
    pub limit: u32,
    /// When it is worth asking again, where there was none.
    pub again_at: Option<Timestamp>,
}

/// The database could not say; nothing may be sent.
#[derive(Debug, Error)]
#[error("the requests to the providers cannot be counted: {0}")]
pub struct BudgetError(pub String);

#[async_trait]
pub trait Budgets: Send + Sync {
    /// Takes tokens out of a purse, never more than the provider allows all nodes together.
    async fn draw(&self, purse: &Purse, draw: Draw) -> Result<Drawn, BudgetError>;
}
