//! An event as it lies in a row of either engine, nothing copied yet.

use super::{company_from, number, subject_from, unsigned};
use crate::chain::{Fields, Stretch, digest_of};
use jiff::Timestamp;
use ringbuch_domain::ports::LogError;
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, Sealed, StreamId};
use uuid::Uuid;

/// A query for events, up to which of them: the columns that an [`EventRow`] is made of, in the order of its fields.
macro_rules! events {
    ($which:expr) => {
        concat!(
            "SELECT position, stream, revision, id, command, correlation, causation, company, time, kind, version,
                    private_subject, public, private, hash
             FROM events ",
            $which
        )
    };
}
pub(crate) use events;

pub(crate) struct EventRow<'a> {
    pub position: i64,
    pub stream: &'a str,
    pub revision: i64,
    pub id: Uuid,
    pub cause: Cause,
    pub company: Option<&'a str>,
    /// Microseconds of the epoch.
    pub time: i64,
    pub kind: &'a str,
    pub version: u16,
    pub subject: Option<&'a str>,
    pub public: &'a [u8],
    pub private: Option<&'a [u8]>,
    pub hash: EventHash,
}

impl EventRow<'_> {
    pub fn envelope(&self) -> Result<Envelope, LogError> {
        let subject = self.subject.map(subject_from).transpose()?;
        Ok(Envelope {
            position: unsigned(self.position),
            stream: StreamId::from_stored(self.stream),
            revision: unsigned(self.revision),
            id: self.id,
            cause: self.cause,
            company: company_from(self.company)?,
            time: Timestamp::from_microsecond(self.time).map_err(|e| LogError::new("reading an event's time", e))?,
            kind: self.kind.to_owned(),
            version: self.version,
            public: self.public.to_vec(),
            private: subject.zip(self.private).map(|(subject, bytes)| Sealed { subject, bytes: bytes.to_vec() }),
            hash: self.hash,
        })
    }

    /// Adds what the chain holds of it.
    pub fn link(&self, stretch: &mut Stretch) {
        let position = unsigned(self.position);
        let event = Fields {
            position: Some(position),
            stream: self.stream,
            revision: unsigned(self.revision),
            id: self.id,
            cause: &self.cause,
            company: self.company,
            time: self.time,
            kind: self.kind,
            version: self.version,
            public: self.public,
            private: self.subject.zip(self.private).map(|(subject, bytes)| (subject, digest_of(bytes))),
        };
        stretch.add(position, &event, self.hash);
    }
}

/// How many rows hold that many events behind a position, and the event at that position itself, where there is one.
pub(crate) fn rows_of_a_stretch(after: u64, limit: usize) -> i64 {
    number(limit as u64 + u64::from(after > 0))
}
