//! How a call finds its service: from the number to the agent that answers it, to the branch, to what is booked there by
//! default. As a table, and as a picture of the same.

use crate::problem::Problem;
use ringbuch_domain::company::BoundAgent;
use ringbuch_projections::directory::{self, Branch};
use ringbuch_projections::rows::ReadModels;
use ringbuch_projections::{Scope, there};
use serde::Deserialize;
use std::collections::BTreeMap;

pub struct Chain {
    pub links: Vec<Link>,
}

/// One number's way.
pub struct Link {
    pub number: String,
    /// With its version and its part of the calls.
    pub agents: Vec<String>,
    pub branch: String,
    pub active: bool,
    pub service: Option<String>,
}

/// As the voice provider has it.
#[derive(Deserialize)]
struct Bound {
    #[serde(default)]
    inbound: Vec<BoundAgent>,
}

/// Height of a row of the picture, in its own units.
const ROW: usize = 56;

impl Chain {
    pub async fn of(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Self, Problem> {
        let numbers = directory::phone_numbers(rows, scope).await?;
        let branches = directory::branches(rows, scope).await?;
        let services = directory::event_types(rows, scope).await?;
        let names = there::agents(rows, scope).await?;
        let named = |agent: &str| {
            let known = names.iter().find(|it| it.agent == agent).and_then(|it| it.details.get("name")?.as_str());
            known.unwrap_or(agent).to_owned()
        };
        let there = there::numbers(rows, scope).await?;
        let bound: BTreeMap<String, Bound> =
            there.into_iter().filter_map(|it| Some((it.number, serde_json::from_value(it.details).ok()?))).collect();
        let link = |number: directory::PhoneNumber| {
            let branch: Option<&Branch> = branches.iter().find(|it| it.branch == number.branch);
            let default = branch.and_then(|it| it.default_event_type);
            let service = services.iter().find(|it| Some(it.event_type) == default).map(|it| it.title.clone());
            let inbound = bound.get(&number.number).map(|it| it.inbound.as_slice()).unwrap_or_default();
            Link {
                agents: inbound.iter().map(|it| agent(&named(&it.agent), it)).collect(),
                branch: branch.map_or_else(|| number.branch.to_string(), |it| it.name.clone()),
                active: branch.is_some_and(|it| it.active),
                service,
                number: number.number,
            }
        };
        Ok(Self { links: numbers.into_iter().map(link).collect() })
    }

    /// Of the picture, in its own units.
    pub fn height(&self) -> usize {
        self.links.len() * ROW
    }

    /// Where the row of a link begins.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand places over by reference")]
    pub fn top(place: &usize) -> usize {
        place * ROW + 8
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand places over by reference")]
    pub fn middle(place: &usize) -> usize {
        place * ROW + 28
    }
}

fn agent(name: &str, bound: &BoundAgent) -> String {
    let version = bound.version.as_ref().map(|version| format!(" ({version})")).unwrap_or_default();
    let part = if bound.weight == 1000 { String::new() } else { format!(" {} %", f64::from(bound.weight) / 10.0) };
    format!("{name}{version}{part}")
}
