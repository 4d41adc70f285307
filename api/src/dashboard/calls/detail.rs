//! One call: its facts, what was said beside what happened, what was made of it, and what it led to.

use super::conversation::{Turn, of_text, told};
use super::list::lasted;
use crate::dashboard::form::Form;
use crate::dashboard::happened::{Happened, in_time, steps};
use crate::dashboard::html::html;
use crate::dashboard::masked;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use crate::trace;
use askama::Template;
use ringbuch_domain::analysis::Analysis;
use ringbuch_domain::ids::{CallId, EventTypeId};
use ringbuch_projections::appointments::{self, Appointment};
use ringbuch_projections::calls::{self, CallDetail};
use ringbuch_projections::{analysis, directory};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use warp::reply::Response;

#[derive(Template)]
#[template(path = "call.html")]
struct Detail {
    page: Page,
    call: CallDetail,
    branch: String,
    caller: String,
    lasted: Option<String>,
    cost: Option<String>,
    appointments: Vec<Booked>,
    /// What is known of it: the name of the field, and its stored word.
    analysis: Vec<(&'static str, String)>,
    timeline: Vec<Happened>,
    /// Absent until somebody asks.
    said: Option<Vec<Turn>>,
}

struct Booked {
    appointment: Appointment,
    service: String,
}

/// As everybody gets it.
pub async fn masked(visit: Visit) -> Result<Response, Problem> {
    let call = find(&visit).await?;
    detail(&visit, call, None).await
}

/// With what was said; that somebody asked is written down first.
pub async fn shown(visit: Visit, _: Form) -> Result<Response, Problem> {
    let call = find(&visit).await?;
    visit.viewed("call", call.call.call.as_str()).await?;
    let mut turns = told(&visit.app, visit.scope(), &call.call.call).await?;
    if turns.is_empty() {
        turns = call.more.transcript.as_deref().map(of_text).unwrap_or_default();
    }
    detail(&visit, call, Some(turns)).await
}

async fn find(visit: &Visit) -> Result<CallDetail, Problem> {
    let unknown = || Problem::not_found("call");
    let id = CallId::new(&visit.id::<String>("call")?).map_err(|_| unknown())?;
    calls::find(visit.rows(), visit.scope(), &id).await?.ok_or_else(unknown)
}

async fn detail(visit: &Visit, call: CallDetail, said: Option<Vec<Turn>>) -> Result<Response, Problem> {
    let page = visit.page("calls.one");
    let (known, id) = (visit.app.directory.known(), &call.call.call);
    let branch = call.call.branch.as_ref().and_then(|branch| known.branch(visit.company(), branch));
    let number = call.call.caller_number.clone().unwrap_or_default();
    let currency = call.call.currency.as_deref().unwrap_or("USD");
    html(&Detail {
        branch: branch.map(|branch| branch.name.clone()).unwrap_or_default(),
        caller: if said.is_some() || number.is_empty() { number } else { masked::number(&number) },
        lasted: call.call.duration_ms.map(lasted),
        cost: call.call.cost_minor.map(|minor| page.money(minor, currency)),
        appointments: booked(visit, id).await?,
        analysis: analysis::find(visit.rows(), visit.scope(), id).await?.as_ref().map(words).unwrap_or_default(),
        timeline: in_time(steps(trace::of_call(&visit.app, visit.company(), id).await?)),
        said,
        call,
        page,
    })
}

async fn booked(visit: &Visit, call: &CallId) -> Result<Vec<Booked>, Problem> {
    let found = appointments::of_call(visit.rows(), visit.scope(), call).await?;
    if found.is_empty() {
        return Ok(vec![]);
    }
    let services = directory::event_types(visit.rows(), visit.scope()).await?;
    let titles: HashMap<EventTypeId, String> = services.into_iter().map(|it| (it.event_type, it.title)).collect();
    let one = |appointment: Appointment| Booked {
        service: titles.get(&appointment.event_type).cloned().unwrap_or_default(),
        appointment,
    };
    Ok(found.into_iter().map(one).collect())
}

/// What the analysis knows; what it does not is left out.
fn words(it: &Analysis) -> Vec<(&'static str, String)> {
    let all = [
        ("intent", word(it.intent)),
        ("reached", word(it.reached)),
        ("agreed", it.agreed.map(|agreed| if agreed { "yes" } else { "no" }.to_owned())),
        ("promise", word(it.promise)),
        ("loss", word(it.loss)),
        ("sentiment", word(it.sentiment)),
    ];
    all.into_iter().filter_map(|(name, word)| Some((name, word?))).collect()
}

/// As it is stored.
fn word(value: Option<impl Serialize>) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Some(word),
        _ => None,
    }
}
