//! What is known here of the company's agents: those that answer for a branch, and those that its numbers are bound to.

use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use ringbuch_domain::company::{AgentSynced, BoundAgent, PhoneNumberSynced};
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::{directory, there};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Known {
    pub agent: String,
    /// The branch that it answers for where no number says so.
    pub branch: Option<BranchId>,
    pub branch_name: Option<String>,
    /// As it was last read or changed from here; absent before the first run of `sync`.
    pub there: Option<AgentSynced>,
    /// The provider has it no more.
    pub gone: bool,
    pub numbers: Vec<Answered>,
}

/// A number with the part of its calls that an agent takes.
#[derive(Debug, Clone)]
pub struct Answered {
    /// E.164.
    pub number: String,
    pub bound: BoundAgent,
}

impl Answered {
    /// As a stored word, see the texts; else a version or a tag.
    pub fn version(&self) -> &str {
        version(&self.bound)
    }

    pub fn share(&self) -> f64 {
        f64::from(self.bound.weight) / 1000.0
    }
}

/// The version that a number names, or that it names none.
pub fn version(bound: &BoundAgent) -> &str {
    bound.version.as_deref().unwrap_or("default")
}

impl Known {
    fn new(agent: String) -> Self {
        Self { agent, branch: None, branch_name: None, there: None, gone: false, numbers: vec![] }
    }

    pub fn name(&self) -> &str {
        self.there.as_ref().map(|it| it.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(&self.agent)
    }

    pub fn published(&self) -> Option<u32> {
        self.there.as_ref()?.published
    }

    /// As a stored word, see the texts.
    pub fn state(&self) -> &'static str {
        match &self.there {
            _ if self.gone => "unknown",
            None => "unread",
            Some(it) if it.published.is_none() => "requested",
            Some(it) if it.published.is_some_and(|published| published < it.version) => "pending",
            Some(_) => "active",
        }
    }
}

/// By id.
pub async fn all(visit: &Visit) -> Result<Vec<Known>, Problem> {
    let (rows, scope) = (visit.rows(), visit.scope());
    let branches = directory::branches(rows, scope).await?;
    let mut all: BTreeMap<String, Known> = BTreeMap::new();
    for it in directory::agents(rows, scope).await? {
        let known = all.entry(it.agent.clone()).or_insert_with(|| Known::new(it.agent));
        known.branch_name = branches.iter().find(|branch| branch.branch == it.branch).map(|branch| branch.name.clone());
        known.branch = Some(it.branch);
    }
    for it in there::agents(rows, scope).await? {
        let known = all.entry(it.agent.clone()).or_insert_with(|| Known::new(it.agent));
        known.there = serde_json::from_value(it.details).ok();
        known.gone = it.gone;
    }
    for it in there::numbers(rows, scope).await?.into_iter().filter(|it| !it.gone) {
        let Ok(number) = serde_json::from_value::<PhoneNumberSynced>(it.details) else { continue };
        for bound in number.inbound {
            let known = all.entry(bound.agent.clone()).or_insert_with(|| Known::new(bound.agent.clone()));
            known.numbers.push(Answered { number: number.number.clone(), bound });
        }
    }
    Ok(all.into_values().collect())
}

/// The one that the address names.
pub async fn one(visit: &Visit) -> Result<Known, Problem> {
    let id: String = visit.id("agent")?;
    let found = all(visit).await?.into_iter().find(|it| it.agent == id);
    found.ok_or_else(|| Problem::not_found("agent"))
}
