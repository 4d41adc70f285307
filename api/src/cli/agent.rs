//! `ringbuch agent`: voice agents, by which calls without a number find their branch.

use super::args::AgentAction;
use super::desk::Desk;
use super::{Exit, Failure};
use ringbuch_domain::company::Command;
use ringbuch_projections::{Scope, directory};

pub async fn run(desk: &Desk<'_>, action: AgentAction) -> Result<Exit, Failure> {
    let AgentAction::Assign { agent, branch } = action;
    let company = desk.company().await?;
    let command = Command::AssignAgent { agent: agent.clone(), branch: branch.clone() };
    let changed = desk.set_up().change(company, command).await?;
    desk.app.catch_up().await?;
    let agents = directory::agents(desk.rows(), Scope::Company(company)).await?;
    let stands = agents.into_iter().find(|known| known.agent == agent);
    desk.told(changed, &stands, &format!("'{agent}' answers for the branch '{branch}' of '{company}'"))?;
    Ok(Exit::Done)
}
