//! A backup of the log: one JSON object a line, a head first, then every event as an auditor's bundle has it with its
//! sealed part beside it, at last what the whole came to. What is cut off, changed or out of order is noticed before
//! anything is restored. Keys are not in it, so that whoever holds a backup holds no names.

use crate::chain::{Broken, Line, Verifier, digest_of};
use crate::store::{company_from, subject_from};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, Sealed, StreamId};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Lines, Write};
use thiserror::Error;

/// The form written here, and the only one read.
const FORM: u16 = 1;

#[derive(Debug, Error)]
pub enum BackupFault {
    #[error("it cannot be read or written: {0}")]
    Io(#[from] io::Error),
    #[error("this is no backup of a log")]
    NotABackup,
    #[error("it is in form {0}, which a newer Ringbuch wrote")]
    Newer(u16),
    #[error("line {line} cannot be read: {why}")]
    Unreadable { line: usize, why: String },
    #[error("it is broken: {0}")]
    Broken(#[from] Broken),
    #[error("it is broken at position {position}: the sealed part is not the one that its hash covers")]
    OtherPart { position: u64 },
    #[error("it ends at position {0} without saying so: the rest is missing")]
    CutOff(u64),
    #[error("it says that it ends otherwise than it does")]
    OtherEnd,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Record {
    RingbuchBackup { form: u16, made_at: Timestamp },
    Event(Box<Kept>),
    End(End),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    line: Line,
    /// Base64 of the sealed part as it is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// What a backup came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Position of the last event.
    pub position: u64,
    /// Its hash.
    pub hash: String,
}

impl End {
    fn of((position, hash): (u64, EventHash)) -> Self {
        Self { position, hash: hash.to_string() }
    }
}

/// Writes a backup event by event.
pub struct BackupWriter<W> {
    to: W,
    verifier: Verifier,
}

impl<W: Write> BackupWriter<W> {
    pub fn begin(mut to: W, now: Timestamp) -> Result<Self, BackupFault> {
        put(&mut to, &Record::RingbuchBackup { form: FORM, made_at: now })?;
        Ok(Self { to, verifier: Verifier::default() })
    }

    /// Adds the next event. A log whose chain is broken is not backed up as if it were whole.
    pub fn add(&mut self, event: &Envelope) -> Result<(), BackupFault> {
        self.verifier.take(event)?;
        let unreadable = || BackupFault::Unreadable { line: 0, why: format!("event {} is no text", event.position) };
        let line = Line::of(event).ok_or_else(unreadable)?;
        let sealed = event.private.as_ref().map(|sealed| STANDARD.encode(&sealed.bytes));
        put(&mut self.to, &Record::Event(Box::new(Kept { line, sealed })))
    }

    pub fn end(mut self) -> Result<(End, W), BackupFault> {
        let end = End::of(self.verifier.reached());
        put(&mut self.to, &Record::End(end.clone()))?;
        self.to.flush()?;
        Ok((end, self.to))
    }
}

fn put(to: &mut impl Write, record: &Record) -> Result<(), BackupFault> {
    serde_json::to_writer(&mut *to, record).map_err(io::Error::from)?;
    Ok(to.write_all(b"\n")?)
}

/// Reads a backup event by event; each is checked before it is handed out.
pub struct BackupReader<R> {
    lines: Lines<R>,
    line: usize,
    verifier: Verifier,
    end: Option<End>,
}

impl<R: BufRead> BackupReader<R> {
    pub fn open(from: R) -> Result<Self, BackupFault> {
        let mut reader = Self { lines: from.lines(), line: 0, verifier: Verifier::default(), end: None };
        match reader.record() {
            Ok(Some(Record::RingbuchBackup { form: FORM, .. })) => Ok(reader),
            Ok(Some(Record::RingbuchBackup { form, .. })) => Err(BackupFault::Newer(form)),
            Err(BackupFault::Io(error)) if error.kind() != io::ErrorKind::InvalidData => Err(error.into()),
            _ => Err(BackupFault::NotABackup),
        }
    }

    /// The next event; none at an end that is as it says.
    pub fn read(&mut self) -> Result<Option<Envelope>, BackupFault> {
        if self.end.is_some() {
            return Ok(None);
        }
        match self.record()? {
            Some(Record::Event(kept)) => self.checked(*kept).map(Some),
            Some(Record::End(end)) => self.ended(end).map(|()| None),
            Some(Record::RingbuchBackup { .. }) => Err(self.unreadable("a second beginning")),
            None => Err(BackupFault::CutOff(self.verifier.reached().0)),
        }
    }

    /// What the backup came to, once it was read to its end.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    fn record(&mut self) -> Result<Option<Record>, BackupFault> {
        let Some(text) = self.lines.next().transpose()? else { return Ok(None) };
        self.line += 1;
        // A line may hold what nobody should read in an error, so only the place is told.
        let unreadable = |error: serde_json::Error| self.unreadable(&format!("column {}", error.column()));
        serde_json::from_str(&text).map(Some).map_err(unreadable)
    }

    fn checked(&mut self, Kept { line, sealed }: Kept) -> Result<Envelope, BackupFault> {
        self.verifier.take_line(&line)?;
        let bytes = sealed.map(|text| STANDARD.decode(text)).transpose();
        let bytes = bytes.map_err(|_| self.unreadable("the sealed part is no base64"))?;
        let digest = bytes.as_deref().map(digest_of);
        if digest != line.private.as_ref().map(|private| private.sha256) {
            return Err(BackupFault::OtherPart { position: line.position });
        }
        envelope(line, bytes).map_err(|why| self.unreadable(&why))
    }

    fn ended(&mut self, end: End) -> Result<(), BackupFault> {
        let more = self.lines.next().is_some();
        if more || end != End::of(self.verifier.reached()) {
            return Err(BackupFault::OtherEnd);
        }
        self.end = Some(end);
        Ok(())
    }

    fn unreadable(&self, why: &str) -> BackupFault {
        BackupFault::Unreadable { line: self.line, why: why.to_owned() }
    }
}

fn envelope(line: Line, sealed: Option<Vec<u8>>) -> Result<Envelope, String> {
    let time = Timestamp::from_microsecond(line.time).map_err(|error| error.to_string())?;
    let company = company_from(line.company.as_deref()).map_err(|error| error.to_string())?;
    let subject = line.private.map(|private| subject_from(&private.subject)).transpose();
    let private = subject.map_err(|error| error.to_string())?.zip(sealed);
    Ok(Envelope {
        position: line.position,
        stream: StreamId::from_stored(line.stream),
        revision: line.revision,
        id: line.id,
        cause: Cause { command: line.command, correlation: line.correlation, causation: line.causation },
        company,
        time,
        kind: line.kind,
        version: line.version,
        public: line.public.into_bytes(),
        private: private.map(|(subject, bytes)| Sealed { subject, bytes }),
        hash: line.hash,
    })
}

#[cfg(test)]
mod tests;
