//! Appends on their way to the writer, and how many of them travel together.

use crate::chain::Part;
use ringbuch_domain::ports::{Append, AppendError, Appended, LogError};
use ringbuch_domain::recorded::NewEvent;
use std::collections::VecDeque;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// Appends that one transaction carries at most.
pub(crate) const MAX_BATCH: usize = 512;
/// Payload that one transaction carries at most; a single larger append still travels, alone.
const MAX_BATCH_BYTES: usize = 16 << 20;
/// What one append may hold. Real ones hold a handful of events and the body of one webhook.
const MAX_EVENTS: usize = 1000;
const MAX_BYTES: usize = 64 << 20;
/// An index entry on PostgreSQL must fit a third of a page.
const MAX_STREAM: usize = 512;

/// An append and whoever waits for what comes of it.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub append: Append,
    /// Of each event's private part what its hash covers.
    parts: Vec<Option<Part>>,
    pub since: Instant,
    answer: oneshot::Sender<Result<Appended, AppendError>>,
}

impl Waiting {
    pub fn new(append: Append) -> (Self, oneshot::Receiver<Result<Appended, AppendError>>) {
        let (answer, outcome) = oneshot::channel();
        let parts = append.events.iter().map(|event| event.private.as_ref().map(Part::of)).collect();
        (Self { append, parts, since: Instant::now(), answer }, outcome)
    }

    /// The events, each with what its hash covers of its private part.
    pub fn events(&self) -> impl Iterator<Item = (&NewEvent, Option<&Part>)> {
        self.append.events.iter().zip(self.parts.iter().map(Option::as_ref))
    }

    /// Whoever asked may have gone meanwhile; the events stand all the same.
    pub fn answer(self, outcome: Result<Appended, AppendError>) {
        let _ = self.answer.send(outcome);
    }
}

/// Appends that travel together, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub appends: Vec<Waiting>,
    bytes: usize,
}

impl Batch {
    /// Takes from the front of what waits, as much as fits in one transaction.
    pub fn take(waiting: &mut VecDeque<Waiting>) -> Self {
        let mut batch = Self::default();
        batch.fill(waiting);
        batch
    }

    /// Takes some more, for as long as there is room.
    pub fn fill(&mut self, waiting: &mut VecDeque<Waiting>) {
        while let Some(next) = waiting.front() {
            let bytes = self.bytes + size(&next.append);
            if self.appends.len() == MAX_BATCH || (bytes > MAX_BATCH_BYTES && !self.appends.is_empty()) {
                break;
            }
            self.bytes = bytes;
            self.appends.extend(waiting.pop_front());
        }
    }

    /// The batch in two halves, so that what cannot be stored is soon alone.
    pub fn split(mut self) -> (Self, Self) {
        let second = self.appends.split_off(self.appends.len() / 2);
        let bytes = second.iter().map(|waiting| size(&waiting.append)).sum();
        self.bytes -= bytes;
        (self, Self { appends: second, bytes })
    }

    /// Answers each of them.
    pub fn answer(self, outcomes: Vec<Result<Appended, AppendError>>) {
        for (waiting, outcome) in self.appends.into_iter().zip(outcomes) {
            waiting.answer(outcome);
        }
    }

    /// Nothing is known of any of them.
    pub fn give_up(self, what: &str) {
        for waiting in self.appends {
            waiting.answer(Err(AppendError::Unavailable(LogError::message(what))));
        }
    }
}

/// Refuses what no engine could store, before it can hold up others.
pub(crate) fn checked(append: Append) -> Result<Append, AppendError> {
    let refusal = refusal(&append);
    match refusal {
        Some(why) => Err(AppendError::Unusable { stream: append.stream, why }),
        None => Ok(append),
    }
}

fn refusal(append: &Append) -> Option<&'static str> {
    let stream = append.stream.as_str();
    if append.events.is_empty() {
        return Some("it holds no event");
    }
    if append.events.len() > MAX_EVENTS {
        return Some("it holds more than 1000 events");
    }
    if size(append) > MAX_BYTES {
        return Some("it is larger than 64 MiB");
    }
    if stream.is_empty() || stream.len() > MAX_STREAM || stream.chars().any(char::is_control) {
        return Some("a stream's name has 1 to 512 bytes and no control characters");
    }
    None
}

fn size(append: &Append) -> usize {
    append.events.iter().map(|event| event.public.len() + event.private.as_ref().map_or(0, |p| p.bytes.len())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::ports::Expected;
    use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
    use uuid::Uuid;

    fn append(stream: &str, events: usize, bytes: usize) -> Append {
        let event = NewEvent { id: Uuid::nil(), kind: "Noted", version: 1, public: vec![0; bytes], private: None };
        Append {
            stream: StreamId::from_stored(stream),
            expected: Expected::Any,
            cause: Cause::first(Uuid::nil()),
            company: None,
            time: jiff::Timestamp::UNIX_EPOCH,
            events: vec![event; events],
        }
    }

    #[test]
    fn what_no_engine_could_store_is_refused_by_name() {
        assert!(checked(append("call-a-1", 1, 1)).is_ok());
        assert!(checked(append(&"x".repeat(512), 1000, 1)).is_ok());
        for unusable in [
            append("s", 0, 0),
            append("s", 1001, 0),
            append("", 1, 0),
            append("a\0b", 1, 0),
            append("s", 1, (64 << 20) + 1),
        ] {
            assert!(matches!(checked(unusable), Err(AppendError::Unusable { .. })));
        }
        assert!(checked(append(&"x".repeat(513), 1, 1)).is_err());
    }

    #[test]
    fn a_batch_is_bounded_by_number_and_by_size() {
        let queue = |sizes: &[usize]| -> VecDeque<Waiting> {
            sizes.iter().map(|bytes| Waiting::new(append("s", 1, *bytes)).0).collect()
        };
        let mut many = queue(&[1; 600]);
        assert_eq!(Batch::take(&mut many).appends.len(), 512);
        assert_eq!(Batch::take(&mut many).appends.len(), 88);
        let mut large = queue(&[20 << 20, 10 << 20, 6 << 20, 1]);
        assert_eq!(Batch::take(&mut large).appends.len(), 1);
        assert_eq!(Batch::take(&mut large).appends.len(), 2);
        assert_eq!(Batch::take(&mut large).appends.len(), 1);
        assert_eq!(Batch::take(&mut large).appends.len(), 0);
    }
}
