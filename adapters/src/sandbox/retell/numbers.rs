//! An account's phone numbers, in the order in which they came.

use std::collections::{BTreeMap, HashMap};

#[derive(Clone, Debug)]
pub struct PhoneNumber {
    /// In E.164; also its id.
    pub number: String,
    pub nickname: Option<String>,
    pub inbound_agents: Vec<WeightedAgent>,
    pub outbound_agents: Vec<WeightedAgent>,
    pub inbound_webhook_url: Option<String>,
    pub modified_ms: i64,
}

/// Weights of one number sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedAgent {
    pub agent_id: String,
    /// A number, a tag, `latest` or `latest_published`.
    pub version: Option<String>,
    pub weight: f64,
}

#[derive(Default)]
pub(super) struct Numbers {
    by_place: BTreeMap<u64, PhoneNumber>,
    places: HashMap<String, u64>,
    last: u64,
}

impl Numbers {
    /// One with the same digits is replaced.
    pub(super) fn put(&mut self, number: PhoneNumber) {
        self.remove(&number.number);
        self.last += 1;
        self.places.insert(number.number.clone(), self.last);
        self.by_place.insert(self.last, number);
    }

    pub(super) fn remove(&mut self, number: &str) -> bool {
        self.places.remove(number).and_then(|place| self.by_place.remove(&place)).is_some()
    }

    pub(super) fn get(&self, number: &str) -> Option<&PhoneNumber> {
        self.by_place.get(self.places.get(number)?)
    }

    pub(super) fn get_mut(&mut self, number: &str) -> Option<&mut PhoneNumber> {
        self.by_place.get_mut(self.places.get(number)?)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &PhoneNumber)> {
        self.by_place.iter().map(|(place, number)| (*place, number))
    }
}
