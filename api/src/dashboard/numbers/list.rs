//! The company's numbers, as they were last read or changed from here.

use super::shares::{Part, parts};
use crate::dashboard::agents;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::stale::LastRead;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use ringbuch_domain::company::PhoneNumberSynced;
use ringbuch_projections::{directory, there};
use std::collections::BTreeMap;
use warp::reply::Response;

#[derive(Template)]
#[template(path = "numbers.html")]
struct List {
    page: Page,
    last: LastRead,
    numbers: Vec<Row>,
}

struct Row {
    number: String,
    nickname: Option<String>,
    branch: String,
    active: bool,
    /// Who answers; absent where Retell was never seen to have it, or has it no more.
    parts: Option<Vec<Part>>,
}

pub async fn list(visit: Visit) -> Result<Response, Problem> {
    let (rows, scope) = (visit.rows(), visit.scope());
    let branches = directory::branches(rows, scope).await?;
    let mut there = as_read(&visit).await?;
    let agents = agents::all(&visit).await?;
    let row = |it: directory::PhoneNumber| {
        let there = there.remove(&it.number);
        let branch = branches.iter().find(|branch| branch.branch == it.branch);
        Row {
            branch: branch.map_or_else(|| it.branch.to_string(), |branch| branch.name.clone()),
            active: branch.is_some_and(|branch| branch.active),
            parts: there.as_ref().map(|it| parts(&it.inbound, &agents)),
            nickname: there.and_then(|it| it.nickname),
            number: it.number,
        }
    };
    let numbers = directory::phone_numbers(rows, scope).await?.into_iter().map(row).collect();
    html(&List { page: visit.page("numbers.title"), last: LastRead::of(&visit).await?, numbers })
}

/// As Retell has them, by number; those that it has no more are left out.
pub async fn as_read(visit: &Visit) -> Result<BTreeMap<String, PhoneNumberSynced>, Problem> {
    let known = there::numbers(visit.rows(), visit.scope()).await?.into_iter().filter(|it| !it.gone);
    Ok(known.filter_map(|it| Some((it.number, serde_json::from_value(it.details).ok()?))).collect())
}
