//! Appends as the cases need them.

use jiff::Timestamp;
use ringbuch_adapters::store::Store;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{Append, AppendError, Appended, Expected};
use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
use uuid::Uuid;

/// An instant of whole microseconds, which is what a log keeps.
pub fn noon() -> Timestamp {
    "2025-07-02T09:00:00.123456Z".parse().unwrap()
}

pub fn stream(name: &str) -> StreamId {
    StreamId::from_stored(name)
}

pub fn event(kind: &'static str) -> NewEvent {
    NewEvent { id: Uuid::new_v4(), kind, version: 1, public: br#"{"a":1}"#.to_vec(), private: None }
}

/// An append of one event under a command of its own.
pub fn one(name: &str, expected: Expected) -> Append {
    several(name, expected, Uuid::new_v4(), &["Noted"])
}

pub fn several(name: &str, expected: Expected, command: Uuid, kinds: &[&'static str]) -> Append {
    Append {
        stream: stream(name),
        expected,
        cause: Cause::first(command),
        company: Some(CompanyId::new("salon_mitte").unwrap()),
        time: noon(),
        events: kinds.iter().map(|kind| event(kind)).collect(),
    }
}

pub async fn append(store: &Store, append: Append) -> Result<Appended, AppendError> {
    store.log.append(append).await
}

/// Appends `count` events one by one to one stream.
pub async fn fill(store: &Store, name: &str, count: usize) {
    for _ in 0..count {
        append(store, one(name, Expected::Any)).await.unwrap();
    }
}
