//! The events of a batch, column by column, as one statement inserts them.

use crate::store::{number, subject_text};
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::Append;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// An argument of a statement, as the driver takes it.
pub(super) type Arg<'a> = &'a (dyn ToSql + Sync);

/// The rest of an INSERT INTO whatever, with `$1` to `$14`.
pub(super) const INTO: &str = "
    (position, stream, revision, id, command, correlation, causation, company, time, kind, version, private_subject,
     public, private)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],
                         $8::text[], $9::bigint[], $10::text[], $11::int[], $12::text[], $13::bytea[], $14::bytea[])";

#[derive(Default)]
pub(super) struct Columns<'a> {
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
    subject: Vec<Option<String>>,
    public: Vec<&'a [u8]>,
    private: Vec<Option<&'a [u8]>>,
}

impl<'a> Columns<'a> {
    /// Adds the events of an append, the first of them at this place.
    pub fn add(&mut self, append: &'a Append, revision: u64, position: u64) {
        for (nth, event) in (0u64..).zip(&append.events) {
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
            self.subject.push(event.private.as_ref().map(|private| subject_text(&private.subject)));
            self.public.push(&event.public);
            self.private.push(event.private.as_ref().map(|private| private.bytes.as_slice()));
        }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// `$1` to `$14` and whatever else the statement takes.
    pub fn args<'s, const MORE: usize>(&'s self, more: [Arg<'s>; MORE]) -> Vec<Arg<'s>> {
        let own: [Arg<'s>; 14] = [
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
        ];
        own.into_iter().chain(more).collect()
    }
}
