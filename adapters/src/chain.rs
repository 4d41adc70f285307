//! The chain: every event's hash covers its predecessor's hash and its own envelope with the sealed part, so that nothing
//! can be changed, removed, added or put in another place without every later hash telling. The predecessor is the one in
//! the log, or the one in the stream, as the store's [`Chain`] says.
//!
//! The canonical form is described in `docs/auditor.md` for whoever writes a verifier of their own. A change of it would be
//! a new form under a new label, never a change of this one.

mod bundle;
pub(crate) mod checkpoint;
mod stretch;
mod verifier;

pub use bundle::Line;
pub use checkpoint::{Checkpoint, CheckpointFault, SigningFault, SigningKey};
pub(crate) use stretch::Stretch;
pub use verifier::{Broken, Verifier};

use crate::store::subject_text;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::Append;
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, NewEvent, Sealed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Stands before everything else in what is hashed, where the chain runs through the whole log.
const LABEL: &[u8] = b"ringbuch.event.v1";
/// The same where each stream has a chain of its own.
const STREAM_LABEL: &[u8] = b"ringbuch.stream-event.v1";
/// Stands before what a digest of the whole log covers, where the events' own chains cover a stream each.
const LOG_LABEL: &[u8] = b"ringbuch.log.v1";

/// What comes before the first event.
pub const START: EventHash = EventHash([0; 32]);

/// What an event's hash follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// The event before it in the log: whoever writes holds the log while it does.
    #[default]
    Log,
    /// The event before it in its stream: where many write at once, and a position is only known once it is given.
    Streams,
}

/// What the hash of an event covers, in this order. Of the sealed part it is the digest, so that an auditor can check the
/// chain without being given what belongs to persons.
pub(crate) struct Fields<'a> {
    /// Absent in the chain of a stream.
    pub position: Option<u64>,
    pub stream: &'a str,
    pub revision: u64,
    pub id: Uuid,
    pub cause: &'a Cause,
    pub company: Option<&'a str>,
    /// Microseconds of the epoch.
    pub time: i64,
    pub kind: &'a str,
    pub version: u16,
    pub public: &'a [u8],
    /// As `subject_text` writes it, and the digest of the sealed bytes.
    pub private: Option<(&'a str, Digested)>,
}

type Digested = [u8; 32];

impl Fields<'_> {
    fn hash(&self, previous: &EventHash) -> EventHash {
        let mut canonical = Canonical::with_room_for(self.public.len());
        canonical.plain(if self.position.is_some() { LABEL } else { STREAM_LABEL });
        canonical.plain(&previous.0);
        if let Some(position) = self.position {
            canonical.number(position);
        }
        canonical.bytes(self.stream.as_bytes());
        canonical.number(self.revision);
        canonical.bytes(self.id.as_bytes());
        canonical.bytes(self.cause.command.as_bytes());
        canonical.bytes(self.cause.correlation.as_bytes());
        canonical.optional(self.cause.causation.as_ref().map(|id| id.as_bytes().as_slice()));
        canonical.optional(self.company.map(str::as_bytes));
        canonical.plain(&self.time.to_be_bytes());
        canonical.bytes(self.kind.as_bytes());
        canonical.number(self.version.into());
        canonical.bytes(self.public);
        canonical.optional(self.private.as_ref().map(|(subject, _)| subject.as_bytes()));
        canonical.optional(self.private.as_ref().map(|(_, digest)| digest.as_slice()));
        EventHash(Sha256::digest(&canonical.0).into())
    }
}

/// Fields as they are hashed: numbers as eight bytes, the highest first; everything else behind its length; what may be
/// absent behind a byte that says whether it is there. They are put together first, since hashing them one by one costs
/// as much again as the hash.
struct Canonical(Vec<u8>);

impl Canonical {
    /// What stands beside the public part is rarely longer than this.
    const REST: usize = 512;

    fn with_room_for(public: usize) -> Self {
        Self(Vec::with_capacity(Self::REST + public))
    }

    fn plain(&mut self, value: &[u8]) {
        self.0.extend_from_slice(value);
    }
    fn number(&mut self, value: u64) {
        self.plain(&value.to_be_bytes());
    }
    fn bytes(&mut self, value: &[u8]) {
        self.number(value.len() as u64);
        self.plain(value);
    }
    fn optional(&mut self, value: Option<&[u8]>) {
        self.plain(&[value.is_some().into()]);
        if let Some(value) = value {
            self.bytes(value);
        }
    }
}

/// What the hash of an event covers of its private part. It does not depend on the event's place, so that it is made before
/// the log is held.
#[derive(Debug)]
pub(crate) struct Part {
    /// As `subject_text` writes it.
    pub subject: String,
    digest: Digested,
}

impl Part {
    pub fn of(private: &Sealed) -> Self {
        Self { subject: subject_text(&private.subject), digest: digest(private) }
    }
}

/// The hash of an event that is about to be stored at this place, behind that one.
pub(crate) fn link(
    previous: &EventHash,
    append: &Append,
    (event, part): (&NewEvent, Option<&Part>),
    position: u64,
    revision: u64,
) -> EventHash {
    new_fields(append, event, part, Some(position), revision).hash(previous)
}

/// The same in the chain of its stream.
#[cfg(feature = "kurrentdb")]
pub(crate) fn link_in_stream(previous: &EventHash, append: &Append, event: &NewEvent, revision: u64) -> EventHash {
    let part = event.private.as_ref().map(Part::of);
    new_fields(append, event, part.as_ref(), None, revision).hash(previous)
}

fn new_fields<'a>(
    append: &'a Append,
    event: &'a NewEvent,
    part: Option<&'a Part>,
    position: Option<u64>,
    revision: u64,
) -> Fields<'a> {
    Fields {
        position,
        stream: append.stream.as_str(),
        revision,
        id: event.id,
        cause: &append.cause,
        company: append.company.as_ref().map(CompanyId::as_str),
        time: append.time.as_microsecond(),
        kind: event.kind,
        version: event.version,
        public: &event.public,
        private: part.map(|part| (part.subject.as_str(), part.digest)),
    }
}

/// The hash that a stored event must have behind that one.
pub fn hash(previous: &EventHash, event: &Envelope) -> EventHash {
    hash_along(Chain::Log, previous, event)
}

/// The same behind the one before it in the log, or in its stream.
pub(crate) fn hash_along(chain: Chain, previous: &EventHash, event: &Envelope) -> EventHash {
    let subject = subject_of(event.private.as_ref());
    let fields = Fields {
        position: (chain == Chain::Log).then_some(event.position),
        stream: event.stream.as_str(),
        revision: event.revision,
        id: event.id,
        cause: &event.cause,
        company: event.company.as_ref().map(CompanyId::as_str),
        time: event.time.as_microsecond(),
        kind: &event.kind,
        version: event.version,
        public: &event.public,
        private: subject.as_deref().zip(event.private.as_ref().map(digest)),
    };
    fields.hash(previous)
}

fn subject_of(private: Option<&Sealed>) -> Option<String> {
    private.map(|private| subject_text(&private.subject))
}

fn digest(private: &Sealed) -> Digested {
    digest_of(&private.bytes)
}

/// What stands for sealed bytes in the hash.
pub(crate) fn digest_of(bytes: &[u8]) -> Digested {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests;
