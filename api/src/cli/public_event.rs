//! An event as the log keeps it, without its private part: what can be shown to anybody who may see the history.

use super::Failure;
use super::local_time::LocalTime;
use super::output::printable;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::{Envelope, StreamId};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize)]
pub struct PublicEvent {
    pub position: u64,
    pub stream: StreamId,
    pub revision: u64,
    pub id: Uuid,
    pub kind: String,
    pub version: u16,
    pub time: Timestamp,
    pub company: Option<CompanyId>,
    pub command: Uuid,
    pub correlation: Uuid,
    pub causation: Option<Uuid>,
    /// There is a part beside the data that is not shown here.
    pub sealed: bool,
    pub data: Value,
}

impl PublicEvent {
    pub fn of(envelope: Envelope) -> Result<Self, Failure> {
        let Envelope { position, stream, revision, id, cause, company, time, kind, version, public, private } =
            envelope;
        let data = serde_json::from_slice(&public).map_err(|error| {
            Failure::new(format!("the event at position {position} is stored in a form that cannot be read: {error}"))
        })?;
        Ok(Self {
            position,
            stream,
            revision,
            id,
            kind,
            version,
            time,
            company,
            command: cause.command,
            correlation: cause.correlation,
            causation: cause.causation,
            sealed: private.is_some(),
            data,
        })
    }

    /// One line, for somebody who follows.
    pub fn line(&self, local: &LocalTime) -> String {
        let line = format!(
            "{:>8}  {}  {:<24} {}  {}",
            self.position,
            local.exact(self.time),
            self.kind,
            self.stream,
            self.data
        );
        printable(&line)
    }

    /// The facts that tell one event of a kind from another, in a few words.
    pub fn gist(&self) -> String {
        const TELLING: [&str; 9] =
            ["attempt", "act", "reason", "error", "detail", "by", "next_attempt_at", "look_up_at", "to"];
        let facts = TELLING.iter().filter_map(|name| match self.data.get(*name)? {
            Value::String(text) => Some(format!("{name} {text}")),
            Value::Number(number) => Some(format!("{name} {number}")),
            _ => None,
        });
        facts.collect::<Vec<_>>().join(", ")
    }
}

/// A history under its headings.
pub fn history(events: &[PublicEvent], local: &LocalTime) -> String {
    let row = |event: &PublicEvent| vec![local.exact(event.time), event.kind.clone(), event.gist()];
    super::output::table(&["Time", "What happened", ""], events.iter().map(row))
}
