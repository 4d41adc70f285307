//! What a run changed, field by field, for whoever looks at it before or after.

use super::{Change, Thing};
use crate::company::aggregate::Company;
use crate::company::changed::SyncKind;
use crate::company::event::CompanyEvent;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    pub kind: SyncKind,
    pub id: String,
    /// Absent where nothing has a name but its id.
    pub name: Option<String>,
    pub what: Kind,
    /// Empty where it was added or is gone.
    pub fields: Vec<FieldChange>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DifferenceKind")]
pub enum Kind {
    Added,
    Changed,
    Gone,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

impl Company {
    /// What these events make different, each thing once, services and their rules as one.
    pub fn differences(&self, events: &[CompanyEvent]) -> Vec<Difference> {
        let mut found: BTreeMap<(SyncKind, String), Difference> = BTreeMap::new();
        for change in events.iter().filter_map(told) {
            let thing = change.thing();
            let difference = self.difference(&thing, &change);
            let known = found.entry((difference.kind, difference.id.clone()));
            let known = known.or_insert_with(|| Difference { fields: vec![], ..difference.clone() });
            // That a service has rules from now on is no news of its own.
            known.fields.extend(difference.fields);
            known.name = difference.name.or_else(|| known.name.take());
        }
        found.into_values().collect()
    }

    fn difference(&self, thing: &Thing, change: &Change) -> Difference {
        let before = self.known(thing);
        let owner = match thing {
            Thing::Rules(id) => self.known(&Thing::EventType(*id)),
            _ => before.clone(),
        };
        let what = match (&owner, change) {
            (_, Change::Gone(_)) => Kind::Gone,
            (None, _) => Kind::Added,
            (Some(_), _) => Kind::Changed,
        };
        let fields = match (&before, what) {
            (_, Kind::Added | Kind::Gone) => vec![],
            (before, Kind::Changed) => changes(&before.as_ref().map(fields).unwrap_or_default(), fields(change)),
        };
        let name = name(change).or_else(|| before.as_ref().and_then(name));
        Difference { kind: thing.kind(), id: thing.id(), name, what, fields }
    }
}

/// An event of a run as the change that it is.
pub(super) fn told(event: &CompanyEvent) -> Option<Change> {
    Some(match event {
        CompanyEvent::StaffSynced(it) => Change::Staff(it.clone()),
        CompanyEvent::WorkingHoursSynced(it) => Change::Hours(it.clone()),
        CompanyEvent::EventTypeSynced(it) => Change::EventType(it.clone()),
        CompanyEvent::EventTypeRulesSynced(it) => Change::Rules(it.clone()),
        CompanyEvent::AgentSynced(it) => Change::Agent(it.clone()),
        CompanyEvent::PhoneNumberSynced(it) => Change::Number(it.clone()),
        CompanyEvent::StaffGone(it) => Change::Gone(Thing::Staff(it.staff.clone())),
        CompanyEvent::EventTypeGone(it) => Change::Gone(Thing::EventType(it.event_type)),
        CompanyEvent::AgentGone(it) => Change::Gone(Thing::Agent(it.agent.clone())),
        CompanyEvent::PhoneNumberGone(it) => Change::Gone(Thing::Number(it.number.clone())),
        _ => return None,
    })
}

fn name(change: &Change) -> Option<String> {
    match change {
        Change::Staff(it) => Some(it.name.clone()),
        Change::EventType(it) => Some(it.title.clone()),
        Change::Agent(it) => Some(it.name.clone()),
        Change::Number(it) => it.nickname.clone(),
        Change::Hours(_) | Change::Rules(_) | Change::Gone(_) => None,
    }
}

fn fields(change: &Change) -> Map<String, Value> {
    let json = match change {
        Change::Staff(it) => serde_json::to_value(it),
        Change::Hours(it) => serde_json::to_value(it),
        Change::EventType(it) => serde_json::to_value(it),
        Change::Rules(it) => serde_json::to_value(it),
        Change::Agent(it) => serde_json::to_value(it),
        Change::Number(it) => serde_json::to_value(it),
        Change::Gone(_) => return Map::new(),
    };
    match json {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn changes(before: &Map<String, Value>, after: Map<String, Value>) -> Vec<FieldChange> {
    let of = |known: &Map<String, Value>, field: &str| known.get(field).cloned().unwrap_or(Value::Null);
    let differs = |(field, after): (String, Value)| {
        let before = of(before, &field);
        (before != after).then_some(FieldChange { field, before, after })
    };
    after.into_iter().filter_map(differs).collect()
}
