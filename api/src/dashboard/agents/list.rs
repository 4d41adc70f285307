//! The company's agents, as they were last read or changed from here.

use super::known::{Known, all};
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::stale::LastRead;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use warp::reply::Response;

#[derive(Template)]
#[template(path = "agents.html")]
struct List {
    page: Page,
    last: LastRead,
    agents: Vec<Known>,
}

pub async fn list(visit: Visit) -> Result<Response, Problem> {
    let (last, agents) = (LastRead::of(&visit).await?, all(&visit).await?);
    html(&List { page: visit.page("agents.title"), last, agents })
}
