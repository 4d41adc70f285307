//! Taking a run back: everything that it changed becomes what it was before, by new events. What somebody has changed
//! since is left as it is.

use super::difference::told;
use super::{Change, Thing};
use crate::company::aggregate::Company;
use crate::company::changed::SyncUndone;
use crate::company::event::CompanyEvent;
use cqrs_es::Aggregate;
use std::collections::BTreeSet;
use thiserror::Error;
use uuid::Uuid;

/// What taking a run back comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    pub run: Uuid,
    pub by: String,
    pub changes: Vec<Change>,
    /// Sentences about what stays as the run left it, or as somebody has changed it since.
    pub left: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UndoRefused {
    #[error("the company knows no such run; `sync runs` lists them")]
    Unknown,
    #[error("the run has been taken back already")]
    UndoneAlready,
}

impl Undo {
    /// From the whole history of a company.
    pub fn of(history: &[CompanyEvent], run: Uuid, by: &str) -> Result<Self, UndoRefused> {
        let finished = |event: &CompanyEvent| matches!(event, CompanyEvent::SyncFinished(it) if it.run == run);
        let undone = |event: &CompanyEvent| matches!(event, CompanyEvent::SyncUndone(it) if it.run == run);
        if history.iter().any(undone) {
            return Err(UndoRefused::UndoneAlready);
        }
        let end = history.iter().position(finished).ok_or(UndoRefused::Unknown)?;
        let Some(CompanyEvent::SyncFinished(it)) = history.get(end) else { return Err(UndoRefused::Unknown) };
        let begin = end.saturating_sub(usize::try_from(it.changes).unwrap_or(usize::MAX));
        let (earlier, later) = history.split_at(begin);
        let (changes, later) = later.split_at(end - begin);
        let before = after(Company::default(), earlier);
        let then = after(before.clone(), changes);
        let now = after(then.clone(), later);
        let touched: BTreeSet<Thing> = changes.iter().filter_map(told).map(|change| change.thing()).collect();
        let mut undo = Self { run, by: by.to_owned(), changes: vec![], left: vec![] };
        // In the order of things, people come before their hours and before what they serve.
        for thing in touched {
            undo.put_back(thing, [&before, &then, &now]);
        }
        Ok(undo)
    }

    fn put_back(&mut self, thing: Thing, [before, then, now]: [&Company; 3]) {
        let name = || format!("{:?} {}", thing.kind(), thing.id()).to_lowercase();
        if now.known(&thing) != then.known(&thing) {
            self.left.push(format!("{} was changed since and stays as it is", name()));
            return;
        }
        match (before.known(&thing), &thing) {
            (Some(change), _) => self.changes.push(change),
            // They go with whom and what they belong to; where these were known before, nothing was known of hours.
            (None, Thing::Hours(_) | Thing::Rules(_)) => {}
            (None, _) => self.changes.push(Change::Gone(thing)),
        }
    }
}

fn after(mut company: Company, events: &[CompanyEvent]) -> Company {
    for event in events {
        company.apply(event.clone());
    }
    company
}

impl Company {
    pub(in crate::company) fn undo_sync(&self, undo: Undo) -> Vec<CompanyEvent> {
        let (mut now, mut events, mut left) = (self.clone(), vec![], undo.left);
        for change in undo.changes {
            let thing = change.thing();
            match now.taking(change) {
                Ok(news) => {
                    for event in news {
                        now.apply(event.clone());
                        events.push(event);
                    }
                }
                Err(rejection) => left.push(format!("{}: {rejection}", thing.id())),
            }
        }
        let changes = u32::try_from(events.len()).unwrap_or(u32::MAX);
        events.push(SyncUndone { run: undo.run, by: undo.by, changes, left }.into());
        events
    }
}
