//! One call's tree: each event behind the one that led to it.

use crate::dashboard::happened::{Happened, steps};
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use crate::trace;
use askama::Template;
use ringbuch_domain::ids::CallId;
use warp::reply::Response;

#[derive(Template)]
#[template(path = "history_tree.html")]
struct Tree {
    page: Page,
    call: CallId,
    steps: Vec<Happened>,
}

pub async fn of_call(visit: Visit) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("call");
    let call = CallId::new(&visit.id::<String>("call")?).map_err(|_| unknown())?;
    let steps = steps(trace::of_call(&visit.app, visit.company(), &call).await?);
    if steps.is_empty() {
        return Err(unknown());
    }
    html(&Tree { page: visit.page("history.tree"), call, steps })
}
