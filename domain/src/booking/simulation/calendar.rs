//! A calendar that does what it is asked, whenever that takes effect.

use crate::diary::ProviderRef;
use jiff::Timestamp;

/// A request on its way.
#[derive(Debug, Clone)]
pub enum Effect {
    Book { start: Timestamp, attempt: u32 },
    Cancel { uid: String },
    Move { uid: String, start: Timestamp },
}

/// A booking of ours there.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: ProviderRef,
    pub start: Timestamp,
    pub attempt: u32,
    live: bool,
    moved_to: Option<usize>,
}

/// What it says to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    Done(Entry),
    Cancelled,
    Taken,
    Gone,
}

pub struct Calendar {
    entries: Vec<Entry>,
    /// It refuses a second booking at the same time; another kind finds somebody else to serve it.
    strict: bool,
}

impl Calendar {
    pub fn new(strict: bool) -> Self {
        Self { entries: vec![], strict }
    }

    pub fn live(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.live)
    }

    pub fn take(&mut self, effect: &Effect) {
        self.answer(effect);
    }

    pub fn answer(&mut self, effect: &Effect) -> Answer {
        match effect {
            Effect::Book { start, .. } if self.is_taken(*start) => Answer::Taken,
            Effect::Book { start, attempt } => Answer::Done(self.add(*start, *attempt)),
            Effect::Cancel { uid } => {
                self.entries.iter_mut().filter(|entry| entry.name.uid == *uid).for_each(|entry| entry.live = false);
                Answer::Cancelled
            }
            Effect::Move { uid, start } => self.relocate(uid, *start),
        }
    }

    fn relocate(&mut self, uid: &str, start: Timestamp) -> Answer {
        let Some(at) = self.entries.iter().position(|entry| entry.name.uid == uid) else { return Answer::Gone };
        if let Some(to) = self.entries[at].moved_to {
            return Answer::Done(self.entries[to].clone());
        }
        if !self.entries[at].live {
            return Answer::Gone;
        }
        if self.is_taken(start) {
            return Answer::Taken;
        }
        let moved = self.add(start, self.entries[at].attempt);
        self.entries[at].live = false;
        self.entries[at].moved_to = Some(self.entries.len() - 1);
        Answer::Done(moved)
    }

    fn is_taken(&self, start: Timestamp) -> bool {
        self.strict && self.live().any(|entry| entry.start == start)
    }

    fn add(&mut self, start: Timestamp, attempt: u32) -> Entry {
        let number = i64::try_from(self.entries.len()).expect("few") + 1;
        let name = ProviderRef { uid: format!("uid{number}"), number };
        self.entries.push(Entry { name, start, attempt, live: true, moved_to: None });
        self.entries[self.entries.len() - 1].clone()
    }
}
