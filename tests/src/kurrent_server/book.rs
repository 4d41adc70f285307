//! What the server holds, and its rules: expected revisions, idempotence by event ids at the same expected revision, one
//! order of all records with holes between their positions. Between what clients append stand records of the server's own,
//! links, and events of another application.

use super::messages::append_req::Expected;
use std::collections::HashMap;
use tokio::sync::watch;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Record {
    pub id: Uuid,
    pub stream: String,
    pub number: u64,
    pub position: u64,
    pub kind: String,
    pub content_type: String,
    pub custom_metadata: Vec<u8>,
    pub data: Vec<u8>,
}

/// An event that a client wants to have stored.
#[derive(Debug, Clone)]
pub struct Proposed {
    pub id: Uuid,
    pub kind: String,
    pub content_type: String,
    pub custom_metadata: Vec<u8>,
    pub data: Vec<u8>,
}

impl Proposed {
    pub fn size(&self) -> usize {
        self.data.len() + self.custom_metadata.len() + 2 * self.kind.len()
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Stored {
        number: u64,
        position: u64,
    },
    /// The number of the stream's last event.
    Wrong(Option<u64>),
}

pub struct Book {
    records: Vec<Record>,
    streams: HashMap<String, Vec<usize>>,
    end: u64,
    appends: usize,
    /// How many records there are.
    pub grown: watch::Sender<usize>,
}

impl Default for Book {
    fn default() -> Self {
        let (streams, grown) = (HashMap::new(), watch::Sender::new(0));
        let mut book = Self { records: vec![], streams, end: 0, appends: 0, grown };
        book.note("$settings", "$settings");
        book
    }
}

impl Book {
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Where the next record will stand.
    pub fn end(&self) -> u64 {
        self.end
    }

    pub fn stream(&self, name: &str) -> Option<Vec<&Record>> {
        Some(self.streams.get(name)?.iter().map(|place| &self.records[*place]).collect())
    }

    pub fn append(&mut self, stream: &str, expected: Expected, events: &[Proposed]) -> Outcome {
        let held = self.stream(stream).unwrap_or_default();
        let last = held.last().map(|record| record.number);
        let behind = match expected {
            Expected::NoStream(()) => Some(None),
            Expected::Revision(number) => Some(Some(number)),
            Expected::Any(()) | Expected::StreamExists(()) => None,
        };
        let wrong = match behind {
            Some(behind) => behind != last,
            None => matches!(expected, Expected::StreamExists(())) && last.is_none(),
        };
        // What had been stored before at the same place is no conflict, and is not stored again.
        let first = match behind {
            Some(behind) => behind.map_or(0, |number| number + 1),
            None => {
                held.iter().find(|it| events.first().is_some_and(|e| e.id == it.id)).map_or(u64::MAX, |it| it.number)
            }
        };
        let there: Vec<_> = held.iter().filter(|record| record.number >= first).take(events.len()).collect();
        let same = there.len() == events.len() && there.iter().zip(events).all(|(held, event)| held.id == event.id);
        if let Some(last) = there.last().filter(|_| same && !events.is_empty()) {
            return Outcome::Stored { number: last.number, position: last.position };
        }
        if wrong {
            return Outcome::Wrong(last);
        }
        for event in events {
            self.store(stream, event.clone());
        }
        self.appends += 1;
        self.noise();
        let last = self.stream(stream).and_then(|held| held.last().copied().cloned()).unwrap();
        self.grown.send_replace(self.records.len());
        Outcome::Stored { number: last.number, position: last.position }
    }

    fn store(&mut self, stream: &str, event: Proposed) {
        let places = self.streams.entry(stream.to_owned()).or_default();
        places.push(self.records.len());
        let (number, position) = (places.len() as u64 - 1, self.end);
        self.end += 64 + (stream.len() + event.size()) as u64;
        let Proposed { id, kind, content_type, custom_metadata, data } = event;
        let stream = stream.to_owned();
        self.records.push(Record { id, stream, number, position, kind, content_type, custom_metadata, data });
    }

    fn noise(&mut self) {
        match self.appends % 4 {
            0 => self.note("$stats-127.0.0.1:2113", "$statsCollected"),
            1 => self.note("links-of-somebody", "$>"),
            2 => self.note("another-application", "SomethingElse"),
            _ => self.note("$$s", "$metadata"),
        }
    }

    fn note(&mut self, stream: &str, kind: &str) {
        let (id, kind, content_type) = (Uuid::new_v4(), kind.to_owned(), "application/json".to_owned());
        self.store(stream, Proposed { id, kind, content_type, custom_metadata: vec![], data: b"{}".to_vec() });
    }

    pub fn tamper(&mut self, with: impl FnOnce(&mut Vec<Record>)) {
        with(&mut self.records);
        self.streams.clear();
        for (place, record) in self.records.iter().enumerate() {
            self.streams.entry(record.stream.clone()).or_default().push(place);
        }
    }
}
