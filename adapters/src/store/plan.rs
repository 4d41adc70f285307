//! Decides the appends of a batch one after another, against what the log holds and what the batch itself has added so
//! far. Pure: whoever holds the head of the log feeds in what it found there and writes what comes out.

use ringbuch_domain::ports::{Append, AppendError, Appended, Expected};
use std::borrow::Cow;
use std::collections::HashMap;
use uuid::Uuid;

/// An event that the log holds of a command.
#[derive(Debug, Clone)]
pub(crate) struct Stored<'a> {
    pub id: Uuid,
    pub kind: Cow<'a, str>,
    pub revision: u64,
    pub position: u64,
}

/// What becomes of one append.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Its events are written, the first of them here and the others behind it. `Appended` is the answer once they are.
    Write { revision: u64, position: u64, answer: Appended },
    /// Nothing is written.
    Answer(Result<Appended, AppendError>),
}

/// The state of the log as far as a batch concerns it.
#[derive(Debug)]
pub(crate) struct Planner<'a> {
    head: u64,
    again: bool,
    revisions: HashMap<&'a str, u64>,
    commands: HashMap<(&'a str, Uuid), Vec<Stored<'a>>>,
}

impl<'a> Planner<'a> {
    /// Starts behind a position. `again` says that the same batch may have been committed already, its answer lost: then
    /// events that carry the ids of an append are that append's own.
    pub fn new(head: u64, again: bool) -> Self {
        Self { head, again, revisions: HashMap::new(), commands: HashMap::new() }
    }

    /// The position of the last event, planned ones included.
    pub fn head(&self) -> u64 {
        self.head
    }

    pub fn knows_stream(&self, stream: &str) -> bool {
        self.revisions.contains_key(stream)
    }

    /// Feeds in where a stream ends, 0 if it holds nothing.
    pub fn stream_ends(&mut self, stream: &'a str, revision: u64) {
        self.revisions.insert(stream, revision);
    }

    /// Whether the log must be asked for the command: an empty stream holds none.
    pub fn must_look_for(&self, append: &'a Append) -> bool {
        let stream = append.stream.as_str();
        self.revision(stream) > 0 && !self.commands.contains_key(&(stream, append.cause.command))
    }

    /// Feeds in the events that a stream holds of a command, in order.
    pub fn command_holds(&mut self, stream: &'a str, command: Uuid, events: Vec<Stored<'a>>) {
        if !events.is_empty() {
            self.commands.insert((stream, command), events);
        }
    }

    /// Decides the next append of the batch.
    pub fn decide(&mut self, append: &'a Append) -> Decision {
        let stream = append.stream.as_str();
        if let Some(first) = self.commands.get(&(stream, append.cause.command)) {
            return Decision::Answer(first_result(append, first, self.again));
        }
        let actual = self.revision(stream);
        if !fits(append.expected, actual) {
            return Decision::Answer(Err(AppendError::Conflict { stream: append.stream.clone(), actual }));
        }
        self.write(append, actual)
    }

    fn write(&mut self, append: &'a Append, actual: u64) -> Decision {
        let stream = append.stream.as_str();
        let (revision, position) = (actual + 1, self.head + 1);
        let stored: Vec<_> = (0u64..)
            .zip(&append.events)
            .map(|(nth, event)| Stored {
                id: event.id,
                kind: Cow::Borrowed(event.kind),
                revision: revision + nth,
                position: position + nth,
            })
            .collect();
        let count = stored.len() as u64;
        self.head += count;
        self.revisions.insert(stream, actual + count);
        self.commands.insert((stream, append.cause.command), stored);
        let answer = Appended { revision: actual + count, position: self.head, repeated: false };
        Decision::Write { revision, position, answer }
    }

    fn revision(&self, stream: &str) -> u64 {
        self.revisions.get(stream).copied().unwrap_or(0)
    }
}

fn fits(expected: Expected, actual: u64) -> bool {
    match expected {
        Expected::NoStream => actual == 0,
        Expected::Revision(revision) => actual == revision,
        Expected::Any => true,
    }
}

/// The answer to a command that the stream holds already.
fn first_result(append: &Append, stored: &[Stored<'_>], again: bool) -> Result<Appended, AppendError> {
    let same = stored.len() == append.events.len() && stored.iter().zip(&append.events).all(|(s, e)| s.kind == e.kind);
    let last = stored
        .last()
        .filter(|_| same)
        .ok_or_else(|| AppendError::CommandReused { stream: append.stream.clone(), command: append.cause.command })?;
    let own = again && stored.iter().zip(&append.events).all(|(s, e)| s.id == e.id);
    Ok(Appended { revision: last.revision, position: last.position, repeated: !own })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};

    fn append(stream: &str, expected: Expected, command: u128, kinds: &[&'static str]) -> Append {
        let events = kinds.iter().map(|kind| NewEvent {
            id: Uuid::new_v4(),
            kind,
            version: 1,
            public: b"{}".to_vec(),
            private: None,
        });
        Append {
            stream: StreamId::from_stored(stream),
            expected,
            cause: Cause::first(Uuid::from_u128(command)),
            company: None,
            time: jiff::Timestamp::UNIX_EPOCH,
            events: events.collect(),
        }
    }

    fn written(decision: Decision) -> (u64, u64, Appended) {
        match decision {
            Decision::Write { revision, position, answer } => (revision, position, answer),
            Decision::Answer(answer) => panic!("not written: {answer:?}"),
        }
    }

    fn answered(decision: Decision) -> Result<Appended, AppendError> {
        match decision {
            Decision::Answer(answer) => answer,
            Decision::Write { .. } => panic!("written"),
        }
    }

    #[test]
    fn later_appends_of_a_batch_count_the_earlier_ones() {
        let first = append("a", Expected::NoStream, 1, &["X", "Y"]);
        let second = append("a", Expected::Revision(2), 2, &["X"]);
        let other = append("b", Expected::Any, 3, &["X"]);
        let mut plan = Planner::new(10, false);
        assert_eq!(written(plan.decide(&first)), (1, 11, Appended { revision: 2, position: 12, repeated: false }));
        assert_eq!(written(plan.decide(&second)).2, Appended { revision: 3, position: 13, repeated: false });
        assert_eq!(written(plan.decide(&other)), (1, 14, Appended { revision: 1, position: 14, repeated: false }));
        assert_eq!(plan.head(), 14);
    }

    #[test]
    fn a_conflict_says_where_the_stream_stands_and_burns_no_position() {
        let late = append("a", Expected::Revision(4), 1, &["X"]);
        let new = append("a", Expected::NoStream, 2, &["X"]);
        let beside = append("b", Expected::NoStream, 3, &["X"]);
        let mut plan = Planner::new(10, false);
        plan.stream_ends("a", 5);
        assert!(matches!(answered(plan.decide(&late)), Err(AppendError::Conflict { actual: 5, .. })));
        assert!(matches!(answered(plan.decide(&new)), Err(AppendError::Conflict { actual: 5, .. })));
        assert_eq!(written(plan.decide(&beside)).1, 11);
    }

    #[test]
    fn a_command_gets_its_first_result_whatever_it_expects_now() {
        let first = append("a", Expected::NoStream, 1, &["X", "Y"]);
        let repeat = append("a", Expected::NoStream, 1, &["X", "Y"]);
        let reused = append("a", Expected::Any, 1, &["X"]);
        let other_kind = append("a", Expected::Any, 1, &["X", "Z"]);
        let mut plan = Planner::new(0, false);
        written(plan.decide(&first));
        assert_eq!(answered(plan.decide(&repeat)).unwrap(), Appended { revision: 2, position: 2, repeated: true });
        for reuse in [&reused, &other_kind] {
            assert!(matches!(answered(plan.decide(reuse)), Err(AppendError::CommandReused { .. })));
        }
        assert_eq!(plan.head(), 2);
    }

    #[test]
    fn the_command_is_looked_for_only_where_the_stream_holds_something() {
        let one = append("a", Expected::Any, 1, &["X"]);
        let mut plan = Planner::new(0, false);
        plan.stream_ends("a", 0);
        assert!(!plan.must_look_for(&one));
        plan.stream_ends("a", 1);
        assert!(plan.must_look_for(&one));
    }

    #[test]
    fn after_a_lost_answer_own_events_are_not_called_a_repeat() {
        let mine = append("a", Expected::NoStream, 1, &["X"]);
        let stored = |id| vec![Stored { id, kind: "X".into(), revision: 1, position: 8 }];
        let mut plan = Planner::new(9, true);
        plan.stream_ends("a", 1);
        let id = mine.events.first().unwrap().id;
        plan.command_holds("a", Uuid::from_u128(1), stored(id));
        assert_eq!(answered(plan.decide(&mine)).unwrap(), Appended { revision: 1, position: 8, repeated: false });

        let mut plan = Planner::new(9, true);
        plan.stream_ends("a", 1);
        plan.command_holds("a", Uuid::from_u128(1), stored(Uuid::nil()));
        assert!(answered(plan.decide(&mine)).unwrap().repeated);
    }
}
