//! Sealing of private parts, outside the domain and outside the log.

use crate::event::DecodeError;
use crate::ids::CompanyId;
use crate::recorded::{Sealed, StreamId, Subject};
use async_trait::async_trait;
use thiserror::Error;
use uuid::Uuid;

/// What a sealed part is bound to, so that it cannot be moved to another event.
#[derive(Debug, Clone, Copy)]
pub struct SealContext<'a> {
    pub company: Option<&'a CompanyId>,
    pub stream: &'a StreamId,
    pub event: Uuid,
    pub kind: &'a str,
}

/// The keys could not be had. Asking again later may help.
#[derive(Debug, Error)]
#[error("the keys of private parts are not available: {0}")]
pub struct CodecError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

#[async_trait]
pub trait Codec: Send + Sync {
    /// Seals under the subject's key. For a subject that was erased, what comes back holds nothing.
    async fn seal(&self, context: SealContext<'_>, subject: Subject, plain: Vec<u8>) -> Result<Sealed, CodecError>;

    /// Fetches the keys of all those parts at once; what comes back opens them without waiting.
    async fn unlock(&self, parts: &[&Sealed]) -> Result<Box<dyn Unlocked>, CodecError>;

    /// Destroys the keys of those parts for ever, and with them whatever else they sealed.
    async fn destroy(&self, parts: &[&Sealed]) -> Result<(), CodecError>;

    /// Drops every key that is remembered, since one of them was destroyed.
    fn forget(&self);
}

/// Keys in hand.
pub trait Unlocked: Send + Sync {
    /// The plain bytes, or nothing once the subject's key is destroyed.
    fn open(&self, context: SealContext<'_>, sealed: &Sealed) -> Result<Option<Vec<u8>>, DecodeError>;
}
