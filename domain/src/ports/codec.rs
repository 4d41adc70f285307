//! Sealing of private parts, outside the domain and outside the log.

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

#[derive(Debug, Error)]
#[error("the private part of event {event} cannot be {act}: {why}")]
pub struct CodecError {
    pub event: Uuid,
    pub act: &'static str,
    pub why: String,
}

#[async_trait]
pub trait Codec: Send + Sync {
    async fn seal(&self, context: SealContext<'_>, subject: Subject, plain: Vec<u8>) -> Result<Sealed, CodecError>;
    /// The plain bytes, or nothing once the subject's key is destroyed.
    async fn open(&self, context: SealContext<'_>, sealed: &Sealed) -> Result<Option<Vec<u8>>, CodecError>;
}
