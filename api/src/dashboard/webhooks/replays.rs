//! Deliveries processed once more: first how many, and what that would change; then the order.

use super::wanted::{REPLAY, filter, given};
use crate::dashboard::form::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::query::Query;
use crate::problem::Problem;
use crate::replay::{Preview, Selection, Which, dry_run, replay, select};
use askama::Template;
use ringbuch_projections::Scope;
use std::collections::BTreeMap;
use warp::reply::Response;

/// Deliveries that are taken at once. All of them are tried out before anybody confirms, so that this bounds what a page
/// costs; what is left over takes another turn.
const AT_ONCE: usize = 200;
/// Of those, so many are listed.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "webhook_replay.html")]
struct Replay {
    page: Page,
    found: usize,
    /// There are more than are taken at once.
    more: bool,
    /// How many would change something.
    changing: usize,
    /// Kinds of events that would be written, and how many of each.
    written: Vec<(String, usize)>,
    items: Vec<Preview>,
    /// What the confirmation sends.
    values: Vec<(&'static str, String)>,
    back: String,
    /// Deliveries of no company are among them.
    all: bool,
}

/// What is meant, and what came of trying it out.
pub async fn ask(visit: Visit) -> Result<Response, Problem> {
    let (which, selection) = selected(&visit, &visit.query).await?;
    let mut items = dry_run(&visit.app, &selection.deliveries).await?;
    let mut written: BTreeMap<String, usize> = BTreeMap::new();
    for kind in items.iter().flat_map(|item| &item.events) {
        *written.entry(kind.clone()).or_default() += 1;
    }
    let changing = items.iter().filter(|item| item.changes).count();
    items.truncate(LISTED);
    let page = visit.page("webhooks.replay_title");
    html(&Replay {
        found: selection.deliveries.len(),
        more: selection.more,
        changing,
        written: written.into_iter().collect(),
        items,
        values: values(&visit, &which),
        back: page.url("/webhooks"),
        all: visit.query.text("all").is_some(),
        page,
    })
}

/// What arrives after this page was made is not meant.
fn values(visit: &Visit, which: &Which) -> Vec<(&'static str, String)> {
    let mut values = given(&visit.query);
    match which {
        Which::Ids(ids) => values.extend(ids.iter().map(|id| ("id", id.clone()))),
        Which::Matching(_) => values.push(("before", visit.now().to_string())),
    }
    values
}

pub async fn carry_out(visit: Visit, form: Form) -> Result<Response, Problem> {
    let allowed = [REPLAY, &["csrf"]].concat();
    let query = Query::new(form.into_pairs(), &allowed)?;
    let (_, selection) = selected(&visit, &query).await?;
    if selection.deliveries.is_empty() {
        return Ok(visit.redirect_saying("/webhooks", "webhooks.replayed_none"));
    }
    replay(&visit.app, &selection.deliveries, &visit.caller.name()).await?;
    visit.shown().await;
    Ok(match query.text("id") {
        Some(id) if selection.deliveries.iter().any(|it| it.company.as_ref() == Some(visit.company())) => {
            visit.redirect_saying(&format!("/webhooks/{id}"), "webhooks.replayed_one")
        }
        _ => visit.redirect_saying("/webhooks", "webhooks.replayed"),
    })
}

async fn selected(visit: &Visit, query: &Query) -> Result<(Which, Selection), Problem> {
    let which = which(visit, query)?;
    let all = query.flag("all")? && visit.caller.is_owner();
    let scope = if all { Scope::All } else { visit.scope() };
    let selection = select(&visit.app, scope, &which, AT_ONCE).await?;
    if !selection.unknown.is_empty() {
        return Err(Problem::not_found("delivery"));
    }
    Ok((which, selection))
}

/// A page that names nothing must not mean everything.
fn which(visit: &Visit, query: &Query) -> Result<Which, Problem> {
    if let Some(id) = query.text("id") {
        return Ok(Which::Ids(vec![id.to_owned()]));
    }
    if given(query).iter().all(|(name, _)| *name == "all") {
        return Err(Problem::query(
            "Name a delivery, or at least one of status, event, provider, call, since and until.",
        ));
    }
    Ok(Which::Matching(filter(visit, query)?))
}
