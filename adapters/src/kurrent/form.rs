//! How an event lies in a KurrentDB. The public part is the event's data, its kind the event's type; everything else of the
//! envelope is the metadata, a JSON object with the mark `ringbuch`. Correlation and causation have the names that the
//! server's own projection by correlation looks for.
//!
//! The id that the server knows belongs to one append: sent again after a lost answer, it stores nothing twice, and another
//! node that sends the same command meets a conflict and not a silent success. The event's own id is in the metadata.

use crate::chain::link_in_stream;
use crate::store::{company_from, subject_from, subject_text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use kurrentdb::{EventData, RecordedEvent};
use ringbuch_domain::ports::{Append, LogError};
use ringbuch_domain::recorded::{Cause, Envelope, EventHash, NewEvent, Sealed, StreamId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// The form that is written; a later one would be another number.
const FORM: u16 = 1;

#[derive(Serialize, Deserialize)]
struct Metadata {
    /// The form.
    ringbuch: u16,
    id: Uuid,
    command: Uuid,
    #[serde(rename = "$correlationId")]
    correlation: Uuid,
    #[serde(rename = "$causationId", default, skip_serializing_if = "Option::is_none")]
    causation: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// Microseconds of the epoch.
    time: i64,
    version: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private: Option<Private>,
    /// Hexadecimal.
    hash: String,
}

#[derive(Serialize, Deserialize)]
struct Private {
    subject: String,
    /// Base64.
    sealed: String,
}

/// What tells our events from others in the same store.
#[derive(Deserialize)]
struct Mark {
    ringbuch: u16,
}

/// The events of an append as they are sent, behind the revision and the hash that its stream ends with.
pub(super) fn written(append: &Append, revision: u64, last: EventHash) -> Result<Vec<EventData>, LogError> {
    let mut previous = last;
    let write = |(event, revision): (&NewEvent, u64)| {
        previous = link_in_stream(&previous, append, event, revision);
        let metadata = serde_json::to_vec(&metadata(append, event, previous)).map_err(unwritable)?;
        Ok(data(event)?.id(Uuid::new_v4()).metadata(Bytes::from(metadata)))
    };
    append.events.iter().zip(revision + 1..).map(write).collect()
}

fn unwritable(error: serde_json::Error) -> LogError {
    LogError::new("an event cannot be written down", error)
}

/// JSON as JSON, byte for byte, so that the server's own tools can read it.
fn data(event: &NewEvent) -> Result<EventData, LogError> {
    match serde_json::from_slice::<&RawValue>(&event.public) {
        Ok(json) if json.get().len() == event.public.len() => EventData::json(event.kind, &json).map_err(unwritable),
        _ => Ok(EventData::binary(event.kind, Bytes::copy_from_slice(&event.public))),
    }
}

fn metadata(append: &Append, event: &NewEvent, hash: EventHash) -> Metadata {
    let private = event.private.as_ref();
    Metadata {
        ringbuch: FORM,
        id: event.id,
        command: append.cause.command,
        correlation: append.cause.correlation,
        causation: append.cause.causation,
        company: append.company.as_ref().map(|company| company.as_str().to_owned()),
        time: append.time.as_microsecond(),
        version: event.version,
        private: private.map(|it| Private { subject: subject_text(&it.subject), sealed: STANDARD.encode(&it.bytes) }),
        hash: hash.to_string(),
    }
}

/// Whether the event is one of ours; links and the server's own are not, nor is what others keep in the same store.
pub(super) fn is_ours(event: &RecordedEvent) -> bool {
    !event.event_type.starts_with('$') && serde_json::from_slice::<Mark>(&event.custom_metadata).is_ok()
}

/// One of our events as the log gives it back.
pub(super) fn read(event: RecordedEvent) -> Result<Envelope, LogError> {
    let (stream, position) = (StreamId::from_stored(event.stream_id()), event.position.commit);
    if position == u64::MAX {
        return Err(LogError::message("the event store tells no positions in streams; it must be 22.10 or newer"));
    }
    let unreadable = |error| LogError::new(format!("the event at position {position} cannot be read"), error);
    let mark: Mark = serde_json::from_slice(&event.custom_metadata).map_err(unreadable)?;
    if mark.ringbuch > FORM {
        let what = format!("the event at position {position} was written by a newer Ringbuch; use that one");
        return Err(LogError::message(what));
    }
    let metadata: Metadata = serde_json::from_slice(&event.custom_metadata).map_err(unreadable)?;
    Ok(Envelope {
        position,
        stream,
        // The server counts from 0.
        revision: event.revision + 1,
        id: metadata.id,
        cause: Cause { command: metadata.command, correlation: metadata.correlation, causation: metadata.causation },
        company: company_from(metadata.company.as_deref())?,
        time: Timestamp::from_microsecond(metadata.time).map_err(|e| LogError::new("reading an event's time", e))?,
        kind: event.event_type,
        version: metadata.version,
        public: event.data.to_vec(),
        private: metadata.private.map(private).transpose()?,
        hash: hash(&metadata.hash)?,
    })
}

fn private(private: Private) -> Result<Sealed, LogError> {
    let subject = subject_from(&private.subject)?;
    let bytes =
        STANDARD.decode(private.sealed).map_err(|error| LogError::new("reading an event's private part", error))?;
    Ok(Sealed { subject, bytes })
}

fn hash(text: &str) -> Result<EventHash, LogError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|error| LogError::new("reading an event's hash", error))?;
    Ok(EventHash(bytes))
}
