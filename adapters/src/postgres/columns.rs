//! The events of a batch, column by column, as one statement inserts them.

use crate::chain::link;
use crate::store::{Waiting, number};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::EventHash;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// An argument of a statement, as the driver takes it.
pub(super) type Arg<'a> = &'a (dyn ToSql + Sync);

/// The rest of an INSERT INTO whatever, with `$1` to `$15`.
pub(super) const INTO: &str = "
    (position, stream, revision, id, command, correlation, causation, company, time, kind, version, private_subject,
     public, private, hash)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
                         $8::text[], $9::bigint[], $10::text[], $11::int[], $12::text[], $13::bytea[], $14::bytea[],
                         $15::bytea[])";

/// The same for a single event, up to where its row comes from.
pub(super) const INTO_ONE: &str = "
    (position, stream, revision, id, command, correlation, causation, company, time, kind, version, private_subject,
     public, private, hash)
    SELECT $1::bigint, $2::text, $3::bigint, $4::uuid, $5::uuid, $6::uuid, $7::uuid, $8::text, $9::bigint, $10::text,
           $11::int, $12::text, $13::bytea, $14::bytea, $15::bytea";

pub(super) struct Columns<'a> {
    /// The hash that the next event follows.
    last: EventHash,
    position: Vec<i64>,
    stream: Vec<&'a str>,
    revision: Vec<i64>,
    id: Vec<Uuid>,
    command: Vec<Uuid>,
    correlation: Vec<Uuid>,
    causation: Vec<Option<Uuid>>,
    company: Vec<Option<&'a str>>,
    time: Vec<i64>,
    kind: Vec<&'a str>,
    version: Vec<i32>,
    subject: Vec<Option<&'a str>>,
    public: Vec<&'a [u8]>,
    private: Vec<Option<&'a [u8]>>,
    hash: Vec<Vec<u8>>,
}

impl<'a> Columns<'a> {
    /// For events that follow one with this hash.
    pub fn behind(last: EventHash) -> Self {
        Self {
            last,
            position: Vec::new(),
            stream: Vec::new(),
            revision: Vec::new(),
            id: Vec::new(),
            command: Vec::new(),
            correlation: Vec::new(),
            causation: Vec::new(),
            company: Vec::new(),
            time: Vec::new(),
            kind: Vec::new(),
            version: Vec::new(),
            subject: Vec::new(),
            public: Vec::new(),
            private: Vec::new(),
            hash: Vec::new(),
        }
    }

    /// The hash that the events end with.
    pub fn last(&self) -> EventHash {
        self.last
    }

    /// Adds the events of an append, the first of them at this place.
    pub fn add(&mut self, waiting: &'a Waiting, revision: u64, position: u64) {
        let append = &waiting.append;
        for (nth, (event, part)) in (0u64..).zip(waiting.events()) {
            self.last = link(&self.last, append, (event, part), position + nth, revision + nth);
            self.hash.push(self.last.0.to_vec());
            self.position.push(number(position + nth));
            self.stream.push(append.stream.as_str());
            self.revision.push(number(revision + nth));
            self.id.push(event.id);
            self.command.push(append.cause.command);
            self.correlation.push(append.cause.correlation);
            self.causation.push(append.cause.causation);
            self.company.push(append.company.as_ref().map(CompanyId::as_str));
            self.time.push(append.time.as_microsecond());
            self.kind.push(event.kind);
            self.version.push(event.version.into());
            self.subject.push(part.map(|part| part.subject.as_str()));
            self.public.push(&event.public);
            self.private.push(event.private.as_ref().map(|private| private.bytes.as_slice()));
        }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// `$1` to `$15` of the only event, if it is the only one.
    pub fn only(&self) -> Option<[Arg<'_>; 15]> {
        if self.len() != 1 {
            return None;
        }
        Some([
            self.position.first()?,
            self.stream.first()?,
            self.revision.first()?,
            self.id.first()?,
            self.command.first()?,
            self.correlation.first()?,
            self.causation.first()?,
            self.company.first()?,
            self.time.first()?,
            self.kind.first()?,
            self.version.first()?,
            self.subject.first()?,
            self.public.first()?,
            self.private.first()?,
            self.hash.first()?,
        ])
    }

    /// `$1` to `$15` and whatever else the statement takes.
    pub fn args<'s, const MORE: usize>(&'s self, more: [Arg<'s>; MORE]) -> Vec<Arg<'s>> {
        let own: [Arg<'s>; 15] = [
            &self.position,
            &self.stream,
            &self.revision,
            &self.id,
            &self.command,
            &self.correlation,
            &self.causation,
            &self.company,
            &self.time,
            &self.kind,
            &self.version,
            &self.subject,
            &self.public,
            &self.private,
            &self.hash,
        ];
        own.into_iter().chain(more).collect()
    }
}
