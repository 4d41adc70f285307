//! `/api/v1/companies`, `branches`, `phone-numbers`, `event-types`, `staff` and `agents`: the company as it is set up.

use super::lists::page_of;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{
    InQuery, Of,
    params::{Branch as AtBranch, Pages},
};
use crate::http::{Items, Routes};
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::ids::{BranchId, CompanyId, EventTypeId};
use ringbuch_domain::phone;
use ringbuch_projections::directory::{self, Branch, Company, EventType, PhoneNumber, StaffMember};
use ringbuch_projections::there;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use warp::Filter;
use warp::reply::Json;

const AT_A_BRANCH: &[&str] = &["branch", "limit", "cursor"];

/// Which branches are wanted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    active: Option<bool>,
}

type Filters = InQuery<Wanted>;
type Companies = Of<Items<Company>>;
type Branches = Of<Items<Branch>>;
type OneBranch = Of<Branch>;
type Numbers = Of<Items<Shown<PhoneNumber>>>;
pub(super) type OneNumber = Of<Shown<PhoneNumber>>;
type EventTypes = Of<Items<Shown<EventType>>>;
type OneEventType = Of<Shown<EventType>>;
type Staff = Of<Items<ShownStaff>>;
type OneOfStaff = Of<ShownStaff>;
type Agents = Of<Items<Shown<ShownAgent>>>;
pub(super) type OneAgent = Of<Shown<ShownAgent>>;

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    Routes::new()
        .add(Method::GET, "/api/v1/companies", read(&["limit", "cursor"]).then(companies))
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

/// Companies that the caller may ask about: an owner all of them, anybody else their own.
#[utoipa::path(
    get, path = "/api/v1/companies", tag = "Company", security(("bearer" = ["read"])),
    params(Pages),
    responses((status = 200, body = Companies))
)]
pub(super) async fn companies(request: Request) -> Result<Items<Company>, Problem> {
    let all = directory::companies(request.rows(), request.part()).await?;
    page_of(&request.query, all, |it| it.company.clone())
}

/// Branches of the company.
#[utoipa::path(
    get, path = "/api/v1/branches", tag = "Company", security(("bearer" = ["read"])),
    params(Filters, Pages),
    responses((status = 200, body = Branches))
)]
pub(super) async fn branches(request: Request) -> Result<Items<Branch>, Problem> {
    let active = request.query.word("active", &["true", "false"])?.map(|word| word == "true");
    let mut all = directory::branches(request.rows(), request.scope()).await?;
    all.retain(|it| active.is_none_or(|active| it.active == active));
    page_of(&request.query, all, |it| it.branch.clone())
}

/// One branch.
#[utoipa::path(
    get, path = "/api/v1/branches/{id}", tag = "Company", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The branch", example = "mitte")),
    responses((status = 200, body = OneBranch))
)]
pub(super) async fn branch(request: Request) -> Result<Json, Problem> {
    shown("branch", directory::branch(request.rows(), request.scope(), &request.id("branch")?).await?)
}

/// Something as it is set up here, with what its provider says of it and where it is edited there.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}Shown")]
pub(super) struct Shown<T> {
    #[serde(flatten)]
    item: T,
    /// As it was last read; absent before the first run of `sync`.
    there: Option<Value>,
    /// Absent where the provider is an installation of one's own, whose pages are not known.
    link: Option<String>,
}

/// A person with the services that they are booked for.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StaffShown")]
pub(super) struct ShownStaff {
    #[serde(flatten)]
    member: StaffMember,
    event_types: Vec<EventTypeId>,
}

/// An agent that answers for a branch, or that a number of the company is bound to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Agent")]
pub(super) struct ShownAgent {
    company: CompanyId,
    agent: String,
    branch: Option<BranchId>,
    /// The provider has it no more.
    gone: bool,
}

/// Telephone numbers of the company, with the branch that each one belongs to.
#[utoipa::path(
    get, path = "/api/v1/phone-numbers", tag = "Company", security(("bearer" = ["read"])),
    params(AtBranch, Pages),
    responses((status = 200, body = Numbers))
)]
pub(super) async fn phone_numbers(request: Request) -> Result<Items<Shown<PhoneNumber>>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::phone_numbers(request.rows(), request.scope()).await?;
    all.retain(|it| branch.as_ref().is_none_or(|branch| it.branch == *branch));
    let there = numbers_there(&request).await?;
    let shown = all.into_iter().map(|it| with_number(it, &there)).collect();
    page_of(&request.query, shown, |it| it.item.number.clone())
}

/// One telephone number.
#[utoipa::path(
    get, path = "/api/v1/phone-numbers/{id}", tag = "Company", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "E.164", example = "+493023125100")),
    responses((status = 200, body = OneNumber))
)]
pub(super) async fn phone_number(request: Request) -> Result<Json, Problem> {
    let said: String = request.id("phone number")?;
    let number = phone::normalise(&said).ok_or_else(|| Problem::not_found("phone number"))?;
    let found = directory::phone_number(request.rows(), request.scope(), &number).await?;
    let there = numbers_there(&request).await?;
    shown("phone number", found.map(|it| with_number(it, &there)))
}

async fn numbers_there(request: &Request) -> Result<BTreeMap<String, Value>, Problem> {
    let all = there::numbers(request.rows(), request.scope()).await?;
    Ok(all.into_iter().filter(|it| !it.gone).map(|it| (it.number, it.details)).collect())
}

fn with_number(item: PhoneNumber, there: &BTreeMap<String, Value>) -> Shown<PhoneNumber> {
    Shown { there: there.get(&item.number).cloned(), link: None, item }
}

/// Services as they are booked at Cal.com, with the address where each is edited there.
#[utoipa::path(
    get, path = "/api/v1/event-types", tag = "Company", security(("bearer" = ["read"])),
    params(AtBranch, Pages),
    responses((status = 200, body = EventTypes))
)]
pub(super) async fn event_types(request: Request) -> Result<Items<Shown<EventType>>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::event_types(request.rows(), request.scope()).await?;
    all.retain(|it| is_at(&it.branches, branch.as_ref()));
    let rules = rules(&request).await?;
    let shown = all.into_iter().map(|it| with_rules(&request, it, &rules)).collect();
    page_of(&request.query, shown, |it| it.item.event_type)
}

/// One service.
#[utoipa::path(
    get, path = "/api/v1/event-types/{id}", tag = "Company", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "As Cal.com numbers it", example = "1")),
    responses((status = 200, body = OneEventType))
)]
pub(super) async fn event_type(request: Request) -> Result<Json, Problem> {
    let id = EventTypeId(request.id("event type")?);
    let found = directory::event_type(request.rows(), request.scope(), id).await?;
    let rules = rules(&request).await?;
    shown("event type", found.map(|it| with_rules(&request, it, &rules)))
}

async fn rules(request: &Request) -> Result<BTreeMap<EventTypeId, Value>, Problem> {
    let all = there::rules(request.rows(), request.scope()).await?;
    Ok(all.into_iter().map(|it| (it.event_type, it.rules)).collect())
}

fn with_rules(request: &Request, item: EventType, rules: &BTreeMap<EventTypeId, Value>) -> Shown<EventType> {
    let link = settings_page(request, item.event_type);
    Shown { there: rules.get(&item.event_type).cloned(), link, item }
}

/// Where Cal.com has the settings of a service, where that is known.
pub fn settings_page(request: &Request, service: EventTypeId) -> Option<String> {
    let known = request.app.directory.known();
    let own = known.company(request.company()).and_then(|company| company.calcom_base_url.as_deref());
    let pages = request.app.providers.calendar_pages(own)?;
    Some(format!("{pages}/event-types/{service}"))
}

/// Who works for the company.
#[utoipa::path(
    get, path = "/api/v1/staff", tag = "Company", security(("bearer" = ["read"])),
    params(AtBranch, Pages),
    responses((status = 200, body = Staff))
)]
pub(super) async fn staff(request: Request) -> Result<Items<ShownStaff>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = directory::staff(request.rows(), request.scope()).await?;
    all.retain(|it| is_at(&it.branches, branch.as_ref()));
    let services = directory::event_types(request.rows(), request.scope()).await?;
    let shown = all.into_iter().map(|it| with_services(it, &services)).collect();
    page_of(&request.query, shown, |it| it.member.staff.clone())
}

/// One person who works for the company.
#[utoipa::path(
    get, path = "/api/v1/staff/{id}", tag = "Company", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The person", example = "anna")),
    responses((status = 200, body = OneOfStaff))
)]
pub(super) async fn staff_member(request: Request) -> Result<Json, Problem> {
    let id = request.id("member of staff")?;
    let found = directory::staff_member(request.rows(), request.scope(), &id).await?;
    let services = directory::event_types(request.rows(), request.scope()).await?;
    shown("member of staff", found.map(|it| with_services(it, &services)))
}

fn with_services(member: StaffMember, services: &[EventType]) -> ShownStaff {
    let served = services.iter().filter(|it| it.company == member.company && it.staff.contains(&member.staff));
    let event_types = served.filter(|it| !it.gone).map(|it| it.event_type).collect();
    ShownStaff { member, event_types }
}

/// Agents that answer for a branch, or that a number of the company is bound to.
#[utoipa::path(
    get, path = "/api/v1/agents", tag = "Company", security(("bearer" = ["read"])),
    params(AtBranch, Pages),
    responses((status = 200, body = Agents))
)]
pub(super) async fn agents(request: Request) -> Result<Items<Shown<ShownAgent>>, Problem> {
    let branch: Option<BranchId> = request.query.get("branch")?;
    let mut all = all_agents(&request).await?;
    all.retain(|it| branch.as_ref().is_none_or(|branch| it.item.branch.as_ref() == Some(branch)));
    page_of(&request.query, all, |it| it.item.agent.clone())
}

/// One agent.
#[utoipa::path(
    get, path = "/api/v1/agents/{id}", tag = "Company", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "As Retell names it", example = "agent_0d1e2f")),
    responses((status = 200, body = OneAgent))
)]
pub(super) async fn agent(request: Request) -> Result<Json, Problem> {
    let id: String = request.id("agent")?;
    shown("agent", all_agents(&request).await?.into_iter().find(|it| it.item.agent == id))
}

/// The agent that the address names, where the company has it.
pub(super) async fn known_agent(request: &Request) -> Result<String, Problem> {
    let id: String = request.id("agent")?;
    let known = all_agents(request).await?.into_iter().any(|it| it.item.agent == id);
    if known { Ok(id) } else { Err(Problem::not_found("agent")) }
}

/// Those that answer for a branch and those that numbers are bound to, by id.
async fn all_agents(request: &Request) -> Result<Vec<Shown<ShownAgent>>, Problem> {
    let assigned = directory::agents(request.rows(), request.scope()).await?;
    let there = there::agents(request.rows(), request.scope()).await?;
    let known = request.app.directory.known();
    let account = known.company(request.company()).and_then(|company| known.account(&company.account));
    let own = account.is_some_and(|account| account.base_url.is_some());
    let link = |agent: &str| (!own).then(|| format!("https://dashboard.retellai.com/agents/{agent}"));
    let fresh = |company, agent: String, branch| {
        let link = link(&agent);
        Shown { item: ShownAgent { company, agent, branch, gone: false }, there: None, link }
    };
    let mut all: BTreeMap<String, Shown<ShownAgent>> = BTreeMap::new();
    for it in assigned {
        all.insert(it.agent.clone(), fresh(it.company, it.agent, Some(it.branch)));
    }
    for it in there {
        let shown = all.entry(it.agent.clone()).or_insert_with(|| fresh(it.company, it.agent, None));
        shown.item.gone = it.gone;
        shown.there = Some(it.details);
    }
    Ok(all.into_values().collect())
}

/// Without any branches it is at all of them.
fn is_at(branches: &[BranchId], branch: Option<&BranchId>) -> bool {
    branch.is_none_or(|branch| branches.is_empty() || branches.contains(branch))
}

fn shown<T: Serialize>(what: &str, found: Option<T>) -> Result<Json, Problem> {
    found.map(|it| warp::reply::json(&it)).ok_or_else(|| Problem::not_found(what))
}
