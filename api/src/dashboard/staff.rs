//! Who works for the company and when: the week of each as Cal.com has it, changed there from here, and the days on which a
//! branch is closed.

mod draft;
mod holidays;
mod member;
mod week;

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use holidays::Beside;
use http::Method;
use jiff::civil::Date;
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::directory::{self, Branch, EventType, StaffMember};
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    let (read, administer) = (&Permission::READ, &Permission::ADMINISTER);
    Routes::new()
        .add(Method::GET, "/c/{company}/staff", pages.get(read, &[], list))
        .add(Method::GET, "/c/{company}/staff/{id}", pages.get(read, &[], member::show))
        .add(Method::POST, "/c/{company}/staff/{id}", pages.post(administer, member::save))
        .add(Method::GET, "/c/{company}/staff/holidays/{id}", pages.get(read, &[], holidays::show))
        .add(Method::POST, "/c/{company}/staff/holidays/{id}", pages.post(administer, holidays::change))
}

#[derive(Template)]
#[template(path = "staff.html")]
struct Team {
    page: Page,
    members: Vec<Row>,
    beside: Vec<Beside>,
}

struct Row {
    member: StaffMember,
    hours: String,
    branches: Vec<String>,
    services: Vec<String>,
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let (rows, scope) = (visit.rows(), visit.scope());
    let page = visit.page("staff.title");
    let branches = directory::branches(rows, scope).await?;
    let services = directory::event_types(rows, scope).await?;
    let row = |member: StaffMember| Row {
        hours: week::summary(&page, &member.weekly),
        branches: names(&member.branches, &branches),
        services: served(&member, &services),
        member,
    };
    let members = directory::staff(rows, scope).await?.into_iter().map(row).collect();
    let beside = holidays::beside(&visit, &page, |_| true).await?;
    html(&Team { page, members, beside })
}

/// Branches as people call them; of one that is not known, its id.
pub fn names(ids: &[BranchId], branches: &[Branch]) -> Vec<String> {
    let name = |id: &BranchId| {
        let known = branches.iter().find(|branch| branch.branch == *id);
        known.map_or_else(|| id.to_string(), |branch| branch.name.clone())
    };
    ids.iter().map(name).collect()
}

/// What somebody serves.
fn served(member: &StaffMember, services: &[EventType]) -> Vec<String> {
    let serves = services.iter().filter(|it| !it.gone && it.staff.contains(&member.staff));
    serves.map(|it| it.title.clone()).collect()
}

/// Today, where the company is.
fn today(visit: &Visit) -> Date {
    visit.now().to_zoned(visit.page.zone()).date()
}
