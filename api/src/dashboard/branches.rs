//! Branches as they are set up: which numbers lead to each and who answers them, what is booked there, and who serves it.
//! Only shown; each thing is changed where it has its page.

use super::agents::{self, Known};
use super::html::html;
use super::numbers::{Part, as_read, parts};
use super::page::Page;
use super::pages::Pages;
use super::stale::LastRead;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use ringbuch_domain::company::{Branch, Company, PhoneNumberSynced};
use ringbuch_domain::ids::{BranchId, EventTypeId, StaffId};
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::directory::{self, PhoneNumber};
use std::collections::BTreeMap;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/c/{company}/branches", pages.get(&Permission::READ, &[], list))
}

#[derive(Template)]
#[template(path = "branches.html")]
struct Branches {
    page: Page,
    last: LastRead,
    rows: Vec<Row>,
}

struct Row {
    branch: BranchId,
    name: String,
    active: bool,
    numbers: Vec<Answered>,
    /// By id and name: who answers for the branch where no number says so.
    agents: Vec<(String, String)>,
    default: Option<DefaultService>,
    services: Vec<(EventTypeId, String)>,
    staff: Vec<(StaffId, String)>,
}

struct Answered {
    number: String,
    /// Who answers; absent where Retell was never seen to have it, or has it no more.
    parts: Option<Vec<Part>>,
}

/// What is booked where a caller names no service.
struct DefaultService {
    service: EventTypeId,
    title: String,
    offered: bool,
}

/// What leads to the branches.
struct Ways {
    numbers: Vec<PhoneNumber>,
    there: BTreeMap<String, PhoneNumberSynced>,
    agents: Vec<Known>,
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let company = visit.app.journal.load::<Company>(&StreamId::company(visit.company())).await?;
    let (company, ways) = (&company.aggregate, Ways::of(&visit).await?);
    let rows = company.branches.iter().map(|(id, branch)| row(company, id, branch, &ways)).collect();
    html(&Branches { page: visit.page("branches.title"), last: LastRead::of(&visit).await?, rows })
}

/// What is offered there is asked as the telephone asks it.
fn row(company: &Company, id: &BranchId, branch: &Branch, ways: &Ways) -> Row {
    Row {
        branch: id.clone(),
        name: branch.name.clone(),
        active: branch.active,
        numbers: ways.numbers_of(id),
        agents: ways.agents_of(id),
        default: branch.default_event_type.map(|service| default_service(company, id, service)),
        services: company.offered_at(id).map(|it| (it.event_type, it.title.clone())).collect(),
        staff: company.serving_at(id).map(|it| (it.details.staff.clone(), it.details.name.clone())).collect(),
    }
}

fn default_service(company: &Company, branch: &BranchId, service: EventTypeId) -> DefaultService {
    let known = company.event_types.get(&service);
    DefaultService {
        service,
        title: known.map_or_else(|| service.to_string(), |it| it.title.clone()),
        offered: known.is_some_and(|it| company.offers(it, branch)),
    }
}

impl Ways {
    async fn of(visit: &Visit) -> Result<Self, Problem> {
        let (rows, scope) = (visit.rows(), visit.scope());
        let (numbers, there) = (directory::phone_numbers(rows, scope).await?, as_read(visit).await?);
        Ok(Self { numbers, there, agents: agents::all(visit).await? })
    }

    fn numbers_of(&self, branch: &BranchId) -> Vec<Answered> {
        let ours = self.numbers.iter().filter(|it| it.branch == *branch);
        let answered = |it: &PhoneNumber| {
            let there = self.there.get(&it.number);
            Answered { number: it.number.clone(), parts: there.map(|there| parts(&there.inbound, &self.agents)) }
        };
        ours.map(answered).collect()
    }

    fn agents_of(&self, branch: &BranchId) -> Vec<(String, String)> {
        let ours = self.agents.iter().filter(|it| it.branch.as_ref() == Some(branch));
        ours.map(|it| (it.agent.clone(), it.name().to_owned())).collect()
    }
}
