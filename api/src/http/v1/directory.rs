//! `/api/v1/branches`, `phone-numbers`, `event-types`, `staff` and `agents`: the company as it is set up.

use super::lists::page_of;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::{Items, Routes};
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::ids::{BranchId, EventTypeId};
use ringbuch_domain::phone;
use ringbuch_projections::directory::{self, Agent, Branch, EventType, PhoneNumber, StaffMember};
use warp::Filter;
use warp::reply::Json;

const AT_A_BRANCH: &[&str] = &["branch", "limit", "cursor"];

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    Routes::new()
        .add(Method::GET, "/api/v1/branches", read(&["active", "limit", "cursor"]).then(branches))
        .add(Method::GET, "/api/v1/branches/{id}", read(&[]).then(branch))
        .add(Method::GET, "/api/v1/phone-numbers", read(AT_A_BRANCH).then(phone_numbers))
        .add(Method::GET, "/api/v1/phone-numbers/{id}", read(&[]).then(phone_number))
        .add(Method::GET, "/api/v1/event-types", read(AT_A_BRANCH).then(event_types))
        .add(Method::GET, "/api/v1/event-types/{id}", read(&[]).then(event_type))
        .add(Method::GET, "/api/v1/staff", read(AT_A_BRANCH).then(staff))
        .add(Method::GET, "/api/v1/staff/{id}", read(&[]).then(staff_member))
        .add(Method::GET, "/api/v1/agents", read(AT_A_BRANCH).then(agents))
        .add(Method::GET, "/api/v1/agents/{id}", read(&[]).then(agent))
}

async fn branches(request: Request) -> Result<Items<Branch>, Problem> {
    let active = request.query.word("active", &["true", "false"])?.map(|word| word == "true");
    let mut all = directory::branches(request.rows(), request.scope()).await?;
    all.retain(|it| active.is_none_or(|active| it.active == active));
    page_of(&request.query, all, |it| it.branch.clone())
}

async fn branch(request: Request) -> Result<Json, Problem> {
    shown("branch", directory::branch(request.rows(), request.scope(), &request.id("branch")?).await?)
}

async fn phone_numbers(request: Request) -> Result<Items<PhoneNumber>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::phone_numbers(request.rows(), request.scope()).await?;
    all.retain(|it| branch.as_ref().is_none_or(|branch| it.branch == *branch));
    page_of(&request.query, all, |it| it.number.clone())
}

async fn phone_number(request: Request) -> Result<Json, Problem> {
    let said: String = request.id("phone number")?;
    let number = phone::normalise(&said).ok_or_else(|| Problem::not_found("phone number"))?;
    shown("phone number", directory::phone_number(request.rows(), request.scope(), &number).await?)
}

async fn event_types(request: Request) -> Result<Items<EventType>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::event_types(request.rows(), request.scope()).await?;
    all.retain(|it| is_at(&it.branches, branch.as_ref()));
    page_of(&request.query, all, |it| it.event_type)
}

async fn event_type(request: Request) -> Result<Json, Problem> {
    let id = EventTypeId(request.id("event type")?);
    shown("event type", directory::event_type(request.rows(), request.scope(), id).await?)
}

async fn staff(request: Request) -> Result<Items<StaffMember>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::staff(request.rows(), request.scope()).await?;
    all.retain(|it| is_at(&it.branches, branch.as_ref()));
    page_of(&request.query, all, |it| it.staff.clone())
}

async fn staff_member(request: Request) -> Result<Json, Problem> {
    shown(
        "member of staff",
        directory::staff_member(request.rows(), request.scope(), &request.id("member of staff")?).await?,
    )
}

async fn agents(request: Request) -> Result<Items<Agent>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::agents(request.rows(), request.scope()).await?;
    all.retain(|it| branch.as_ref().is_none_or(|branch| it.branch == *branch));
    page_of(&request.query, all, |it| it.agent.clone())
}

async fn agent(request: Request) -> Result<Json, Problem> {
    let id: String = request.id("agent")?;
    let all = directory::agents(request.rows(), request.scope()).await?;
    shown("agent", all.into_iter().find(|it| it.agent == id))
}

/// Without any branches it is at all of them.
fn is_at(branches: &[BranchId], branch: Option<&BranchId>) -> bool {
    branch.is_none_or(|branch| branches.is_empty() || branches.contains(branch))
}

fn shown<T: serde::Serialize>(what: &str, found: Option<T>) -> Result<Json, Problem> {
    found.map(|it| warp::reply::json(&it)).ok_or_else(|| Problem::not_found(what))
}
