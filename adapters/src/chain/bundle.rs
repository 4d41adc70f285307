//! An event as a bundle for auditors tells it: one line of JSON with everything that its hash covers. Of what belongs to
//! persons there is the digest alone.

use super::{Chain, Digested, Fields, digest, subject_of};
use ringbuch_domain::recorded::{Cause, Envelope, EventHash};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub position: u64,
    pub stream: String,
    pub revision: u64,
    pub id: Uuid,
    pub command: Uuid,
    pub correlation: Uuid,
    pub causation: Option<Uuid>,
    pub company: Option<String>,
    /// Microseconds of the epoch.
    pub time: i64,
    pub kind: String,
    pub version: u16,
    /// JSON, exactly as it is stored: a text within the text, since its bytes count.
    pub public: String,
    pub private: Option<PrivateLine>,
    #[serde(with = "hexed")]
    pub hash: EventHash,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateLine {
    pub subject: String,
    /// Of the stored bytes.
    #[serde(with = "hex::serde")]
    pub sha256: Digested,
}

impl Line {
    /// Nothing for an event whose public part is no text, which nothing ever wrote.
    pub fn of(event: &Envelope) -> Option<Self> {
        let private = event.private.as_ref();
        Some(Self {
            position: event.position,
            stream: event.stream.as_str().to_owned(),
            revision: event.revision,
            id: event.id,
            command: event.cause.command,
            correlation: event.cause.correlation,
            causation: event.cause.causation,
            company: event.company.as_ref().map(|company| company.as_str().to_owned()),
            time: event.time.as_microsecond(),
            kind: event.kind.clone(),
            version: event.version,
            public: String::from_utf8(event.public.clone()).ok()?,
            private: subject_of(private)
                .zip(private.map(digest))
                .map(|(subject, sha256)| PrivateLine { subject, sha256 }),
            hash: event.hash,
        })
    }

    pub(super) fn hash(&self, chain: Chain, previous: &EventHash) -> EventHash {
        let cause = Cause { command: self.command, correlation: self.correlation, causation: self.causation };
        let fields = Fields {
            position: (chain == Chain::Log).then_some(self.position),
            stream: &self.stream,
            revision: self.revision,
            id: self.id,
            cause: &cause,
            company: self.company.as_deref(),
            time: self.time,
            kind: &self.kind,
            version: self.version,
            public: self.public.as_bytes(),
            private: self.private.as_ref().map(|private| (private.subject.as_str(), private.sha256)),
        };
        fields.hash(previous)
    }
}

mod hexed {
    use ringbuch_domain::recorded::EventHash;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(hash: &EventHash, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(hash)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<EventHash, D::Error> {
        hex::serde::deserialize(from).map(EventHash)
    }
}
