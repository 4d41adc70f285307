//! The chain of the log: every event's hash covers its predecessor's hash and its own envelope with the sealed part, so
//! that nothing can be changed, removed, added or put in another place without every later hash telling.
//!
//! The canonical form is described in `docs/auditor.md` for whoever writes a verifier of their own. A change of it would be
//! a new form under a new label, never a change of this one.

mod bundle;
pub(crate) mod checkpoint;

pub use bundle::Line;
pub use checkpoint::{Checkpoint, CheckpointFault, SigningFault, SigningKey};

use crate::store::subject_text;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::Append;
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, NewEvent, Sealed};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;
use uuid::Uuid;

/// Stands before everything else in what is hashed.
const LABEL: &[u8] = b"ringbuch.event.v1";

/// What comes before the first event.
pub const START: EventHash = EventHash([0; 32]);

/// What the hash of an event covers, in this order. Of the sealed part it is the digest, so that an auditor can check the
/// chain without being given what belongs to persons.
struct Fields<'a> {
    position: u64,
    stream: &'a str,
    revision: u64,
    id: Uuid,
    cause: &'a Cause,
    company: Option<&'a str>,
    /// Microseconds of the epoch.
    time: i64,
    kind: &'a str,
    version: u16,
    public: &'a [u8],
    private: Option<(&'a str, Digested)>,
}

type Digested = [u8; 32];

impl Fields<'_> {
    fn hash(&self, previous: &EventHash) -> EventHash {
        let canonical = Canonical(Sha256::new().chain_update(LABEL).chain_update(previous.0))
            .number(self.position)
            .bytes(self.stream.as_bytes())
            .number(self.revision)
            .bytes(self.id.as_bytes())
            .bytes(self.cause.command.as_bytes())
            .bytes(self.cause.correlation.as_bytes())
            .optional(self.cause.causation.as_ref().map(|id| id.as_bytes().as_slice()))
            .optional(self.company.map(str::as_bytes))
            .signed(self.time)
            .bytes(self.kind.as_bytes())
            .number(self.version.into())
            .bytes(self.public)
            .optional(self.private.as_ref().map(|(subject, _)| subject.as_bytes()))
            .optional(self.private.as_ref().map(|(_, digest)| digest.as_slice()));
        EventHash(canonical.0.finalize().into())
    }
}

/// Fields on their way into the hash: numbers as eight bytes, the highest first; everything else behind its length; what
/// may be absent behind a byte that says whether it is there.
struct Canonical(Sha256);

impl Canonical {
    fn number(self, value: u64) -> Self {
        Self(self.0.chain_update(value.to_be_bytes()))
    }
    fn signed(self, value: i64) -> Self {
        Self(self.0.chain_update(value.to_be_bytes()))
    }
    fn bytes(self, value: &[u8]) -> Self {
        Self(self.number(value.len() as u64).0.chain_update(value))
    }
    fn optional(self, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => Self(self.0.chain_update([1])).bytes(value),
            None => Self(self.0.chain_update([0])),
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
    let fields = Fields {
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
    };
    fields.hash(previous)
}

/// The hash that a stored event must have behind that one.
pub fn hash(previous: &EventHash, event: &Envelope) -> EventHash {
    let subject = subject_of(event.private.as_ref());
    let fields = Fields {
        position: event.position,
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

/// Why the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Broken {
    #[error("behind position {after} comes position {found}: events are missing, or stand in another place")]
    Gap { after: u64, found: u64 },
    #[error(
        "the event at position {position} is not what was stored there: its hash is {stored}, its content gives {computed}"
    )]
    Changed { position: u64, stored: EventHash, computed: EventHash },
    #[error("position {position} is known to have the hash {known}, and has {stored}")]
    Replaced { position: u64, known: EventHash, stored: EventHash },
    #[error("the log ends at position {head}, though position {known} was reached before: its end was cut off")]
    CutOff { head: u64, known: u64 },
}

impl Broken {
    /// The first position that is not as it should be.
    pub fn position(&self) -> u64 {
        match *self {
            Self::Gap { after, .. } => after + 1,
            Self::Changed { position, .. } | Self::Replaced { position, .. } => position,
            Self::CutOff { head, .. } => head + 1,
        }
    }
}

/// Walks the log in order and stops at the first event that does not fit.
#[derive(Debug, Clone)]
pub struct Verifier {
    position: u64,
    hash: EventHash,
    /// What is known from elsewhere, and not reached yet.
    known: BTreeMap<u64, EventHash>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::against([])
    }
}

impl Verifier {
    /// Holds the log against what checkpoints say of it as well.
    pub fn against(known: impl IntoIterator<Item = (u64, EventHash)>) -> Self {
        let known = known.into_iter().filter(|(position, _)| *position > 0).collect();
        Self { position: 0, hash: START, known }
    }

    /// Takes the next event in.
    pub fn take(&mut self, event: &Envelope) -> Result<(), Broken> {
        let computed = hash(&self.hash, event);
        self.step(event.position, event.hash, computed)
    }

    /// Takes the next event of a bundle in.
    pub fn take_line(&mut self, line: &Line) -> Result<(), Broken> {
        let computed = line.hash(&self.hash);
        self.step(line.position, line.hash, computed)
    }

    fn step(&mut self, position: u64, stored: EventHash, computed: EventHash) -> Result<(), Broken> {
        if position != self.position + 1 {
            return Err(Broken::Gap { after: self.position, found: position });
        }
        if computed != stored {
            return Err(Broken::Changed { position, stored, computed });
        }
        if let Some(known) = self.known.remove(&position).filter(|known| *known != stored) {
            return Err(Broken::Replaced { position, known, stored });
        }
        (self.position, self.hash) = (position, computed);
        Ok(())
    }

    /// The last position and its hash, once the log is at its end.
    pub fn end(&self) -> Result<(u64, EventHash), Broken> {
        match self.known.keys().next_back() {
            Some(known) => Err(Broken::CutOff { head: self.position, known: *known }),
            None => Ok(self.reached()),
        }
    }

    /// The last position that holds, and its hash.
    pub fn reached(&self) -> (u64, EventHash) {
        (self.position, self.hash)
    }
}

#[cfg(test)]
mod tests;
