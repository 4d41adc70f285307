//! What a browser shows to be let in: sessions, and links that are good for one time. Only the hash of each is kept, in a
//! table that all nodes share, so that signing out ends a session everywhere.

use crate::key_store::KeyStoreError;
use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::ids::UserId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketKind {
    Session,
    /// Lets its holder choose a password, once.
    Link,
}

impl TicketKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Link => "link",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// SHA-256 in hex.
    pub hash: String,
    pub kind: TicketKind,
    pub user: UserId,
    pub made_at: Timestamp,
    /// When it was last used, as far as somebody has noted it.
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
}

#[async_trait]
pub trait Tickets: Send + Sync {
    /// Keeps a ticket, and throws away those that have expired by the time it was made.
    async fn put(&self, ticket: Ticket) -> Result<(), KeyStoreError>;
    /// The ticket of that kind behind a hash, expired or not.
    async fn find(&self, kind: TicketKind, hash: &str) -> Result<Option<Ticket>, KeyStoreError>;
    /// Notes that it was used.
    async fn seen(&self, hash: &str, at: Timestamp) -> Result<(), KeyStoreError>;
    /// Takes it away; true for exactly one of those who try.
    async fn take(&self, hash: &str) -> Result<bool, KeyStoreError>;
    /// Takes away all of a user's: sessions, or links.
    async fn take_all(&self, kind: TicketKind, user: UserId) -> Result<(), KeyStoreError>;
}

/// A row as both engines hand it over: user, then the three times.
pub(crate) fn ticket(
    kind: TicketKind,
    hash: &str,
    user: &str,
    [made_at, seen_at, expires_at]: [i64; 3],
) -> Result<Ticket, KeyStoreError> {
    let time = |micros| Timestamp::from_microsecond(micros).map_err(KeyStoreError::unreadable);
    Ok(Ticket {
        hash: hash.to_owned(),
        kind,
        user: user.parse().map_err(KeyStoreError::unreadable)?,
        made_at: time(made_at)?,
        seen_at: time(seen_at)?,
        expires_at: time(expires_at)?,
    })
}
