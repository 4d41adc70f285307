//! One account: its agents, phone numbers and calls.

use std::collections::BTreeMap;

use super::{agent::Agent, calls::Calls, numbers::Numbers, problem::Problem};

pub(super) struct Organization {
    pub(super) name: String,
    pub(super) agents: BTreeMap<u64, Agent>,
    pub(super) numbers: Numbers,
    pub(super) calls: Calls,
}

impl Organization {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), agents: BTreeMap::new(), numbers: Numbers::default(), calls: Calls::default() }
    }

    pub(super) fn agent(&self, id: &str) -> Result<&Agent, Problem> {
        Agent::number_of(id).and_then(|number| self.agents.get(&number)).ok_or_else(Problem::unknown)
    }

    pub(super) fn agent_mut(&mut self, id: &str) -> Result<&mut Agent, Problem> {
        Agent::number_of(id).and_then(|number| self.agents.get_mut(&number)).ok_or_else(Problem::unknown)
    }
}
