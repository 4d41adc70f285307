//! Keeping the set-up in step with the providers. What they say is compared with what is known (`plan`), taken in as a
//! whole by one append, and can be taken back (`undo`). A provider's value wins; what only this side knows (aliases,
//! branches) stays.

mod difference;
mod plan;
#[cfg(test)]
mod tests;
mod undo;

pub use difference::{Difference, FieldChange, Kind};
pub use plan::{Plan, Seen, SeenAgents, SeenCalendar};
pub use undo::{Undo, UndoRefused};

use super::aggregate::{Company, Rejection};
use super::changed::{SyncFinished, SyncKind, SyncScope, Tally};
use super::event::{CompanyEvent, EventTypeSynced, StaffSynced, WorkingHoursSynced};
use super::synced::{
    AgentGone, AgentSynced, EventTypeGone, EventTypeRulesSynced, PhoneNumberGone, PhoneNumberSynced, StaffGone,
};
use crate::ids::{EventTypeId, StaffId};
use cqrs_es::Aggregate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// One thing of a set-up that a provider knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Staff(StaffId),
    Hours(StaffId),
    EventType(EventTypeId),
    Rules(EventTypeId),
    Agent(String),
    Number(String),
}

/// How a thing is to be from now on.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Staff(StaffSynced),
    Hours(WorkingHoursSynced),
    EventType(EventTypeSynced),
    Rules(EventTypeRulesSynced),
    Agent(AgentSynced),
    Number(PhoneNumberSynced),
    Gone(Thing),
}

/// What a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncRun {
    pub run: Uuid,
    pub scope: SyncScope,
    pub by: String,
    pub plan: Plan,
}

impl Thing {
    pub fn kind(&self) -> SyncKind {
        match self {
            Self::Staff(_) => SyncKind::Staff,
            Self::Hours(_) => SyncKind::Schedules,
            Self::EventType(_) | Self::Rules(_) => SyncKind::EventTypes,
            Self::Agent(_) => SyncKind::Agents,
            Self::Number(_) => SyncKind::PhoneNumbers,
        }
    }

    /// As people find it again.
    pub fn id(&self) -> String {
        match self {
            Self::Staff(staff) | Self::Hours(staff) => staff.to_string(),
            Self::EventType(event_type) | Self::Rules(event_type) => event_type.to_string(),
            Self::Agent(id) | Self::Number(id) => id.clone(),
        }
    }
}

impl Change {
    pub fn thing(&self) -> Thing {
        match self {
            Self::Staff(it) => Thing::Staff(it.staff.clone()),
            Self::Hours(it) => Thing::Hours(it.staff.clone()),
            Self::EventType(it) => Thing::EventType(it.event_type),
            Self::Rules(it) => Thing::Rules(it.event_type),
            Self::Agent(it) => Thing::Agent(it.agent.clone()),
            Self::Number(it) => Thing::Number(it.number.clone()),
            Self::Gone(thing) => thing.clone(),
        }
    }
}

impl Company {
    /// A thing as it is known; absent where it was never told, or is gone.
    pub fn known(&self, thing: &Thing) -> Option<Change> {
        match thing {
            Thing::Staff(id) if self.gone_staff.contains(id) => None,
            Thing::Staff(id) => self.staff.get(id).map(|member| Change::Staff(member.details.clone())),
            Thing::Hours(id) => self.staff.get(id)?.hours.clone().map(Change::Hours),
            Thing::EventType(id) if self.gone_event_types.contains(id) => None,
            Thing::EventType(id) => self.event_types.get(id).cloned().map(Change::EventType),
            Thing::Rules(id) => self.rules.get(id).cloned().map(Change::Rules),
            Thing::Agent(id) => self.agents_there.get(id).cloned().map(Change::Agent),
            Thing::Number(id) => self.numbers_there.get(id).cloned().map(Change::Number),
        }
    }

    pub(super) fn apply_sync(&self, run: SyncRun) -> Vec<CompanyEvent> {
        let (mut after, mut events) = (self.clone(), vec![]);
        let mut tallies: BTreeMap<SyncKind, Tally> =
            run.plan.found.iter().map(|(kind, found)| (*kind, Tally::of(*kind, *found))).collect();
        let mut failures = run.plan.failures;
        for (kind, _) in &failures {
            tallies.entry(*kind).or_insert_with(|| Tally::of(*kind, 0)).failed += 1;
        }
        for change in run.plan.changes {
            let thing = change.thing();
            match after.taking(change) {
                Ok(news) => {
                    for event in news {
                        after.apply(event.clone());
                        events.push(event);
                    }
                }
                Err(rejection) => {
                    let kind = thing.kind();
                    failures.push((kind, format!("{}: {rejection}", thing.id())));
                    tallies.entry(kind).or_insert_with(|| Tally::of(kind, 0)).failed += 1;
                }
            }
        }
        for difference in self.differences(&events) {
            let tally = tallies.entry(difference.kind).or_insert_with(|| Tally::of(difference.kind, 0));
            match difference.what {
                Kind::Added => tally.added += 1,
                Kind::Changed => tally.changed += 1,
                Kind::Gone => tally.gone += 1,
            }
        }
        let finished = SyncFinished {
            run: run.run,
            scope: run.scope,
            by: run.by,
            tallies: tallies.into_values().collect(),
            failures: failures.into_iter().map(|(_, sentence)| sentence).collect(),
            changes: u32::try_from(events.len()).unwrap_or(u32::MAX),
        };
        events.push(finished.into());
        events
    }

    /// The events by which a thing becomes so; none where it is so.
    fn taking(&self, change: Change) -> Result<Vec<CompanyEvent>, Rejection> {
        let thing = change.thing();
        match change {
            Change::Staff(staff) => self.sync_staff(staff),
            Change::Hours(hours) => self.sync_hours(hours),
            Change::EventType(event_type) => self.take_event_type(event_type),
            same if self.known(&thing).as_ref() == Some(&same) => Ok(vec![]),
            Change::Rules(rules) => self.event_type(rules.event_type).map(|_| vec![rules.into()]),
            Change::Agent(agent) => Ok(vec![agent.into()]),
            Change::Number(number) => Ok(vec![number.into()]),
            Change::Gone(thing) if self.known(&thing).is_none() => Ok(vec![]),
            Change::Gone(thing) => Ok(gone(thing)),
        }
    }
}

/// Hours and rules go with whom and what they belong to.
fn gone(thing: Thing) -> Vec<CompanyEvent> {
    match thing {
        Thing::Staff(staff) => vec![StaffGone { staff }.into()],
        Thing::EventType(event_type) => vec![EventTypeGone { event_type }.into()],
        Thing::Agent(agent) => vec![AgentGone { agent }.into()],
        Thing::Number(number) => vec![PhoneNumberGone { number }.into()],
        Thing::Hours(_) | Thing::Rules(_) => vec![],
    }
}

impl Tally {
    fn of(kind: SyncKind, found: u32) -> Self {
        Self { kind, found, added: 0, changed: 0, gone: 0, failed: 0 }
    }
}
