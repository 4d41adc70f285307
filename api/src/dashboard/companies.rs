//! The companies that an owner may look at, and the chooser in the header.

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::{Visit, see_other};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use ringbuch_domain::ids::CompanyId;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/companies", pages.get(&Permission::OWN, &["to"], companies))
}

#[derive(Template)]
#[template(path = "companies.html")]
struct Companies {
    page: Page,
    companies: Vec<(CompanyId, String)>,
}

/// With `to` straight to that company, as the chooser asks; without it a list to choose from.
async fn companies(visit: Visit) -> Result<Response, Problem> {
    if let Some(to) = visit.query.get::<CompanyId>("to")? {
        return Ok(see_other(&format!("/c/{to}")));
    }
    let page = visit.page("companies.title");
    let companies = page.member.as_ref().map(|member| member.companies.clone()).unwrap_or_default();
    html(&Companies { page, companies })
}
