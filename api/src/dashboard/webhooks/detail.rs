//! One delivery: what it was, what was tried, what it led to, and for those who ask, what it said.

use crate::dashboard::form::Form;
use crate::dashboard::happened::{Happened, in_time, pretty, steps};
use crate::dashboard::html::html;
use crate::dashboard::masked;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::auth::Permission;
use crate::http::v1::{DeliveryContent, delivery_content, may_see_content};
use crate::problem::Problem;
use crate::trace;
use askama::Template;
use ringbuch_domain::ids::DeliveryId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::Verdict;
use ringbuch_projections::Scope;
use ringbuch_projections::deliveries::{self, Delivery};
use serde_json::Value;
use warp::reply::Response;

/// Characters of a body that are shown to whoever has not asked for it.
const MASKED_AT_MOST: usize = 16_000;

#[derive(Template)]
#[template(path = "webhook.html")]
struct Detail {
    page: Page,
    delivery: Delivery,
    /// What happened to it, oldest first.
    attempts: Vec<Happened>,
    /// What it led to, in the order of the tree.
    caused: Vec<Happened>,
    sent: Option<Sent>,
    /// Where asking for what was sent leads; absent for those who may not see it.
    show: Option<String>,
    replay: Option<String>,
}

/// Headers and body, as they came or with what belongs to persons made unreadable.
struct Sent {
    headers: Vec<(String, String)>,
    body: String,
    hidden: bool,
}

impl Detail {
    fn verdict(&self) -> &'static str {
        match self.delivery.verdict {
            Verdict::CurrentKey => "current_key",
            Verdict::PreviousKey => "previous_key",
            Verdict::Fetched => "fetched",
            Verdict::Imported => "imported",
        }
    }

    fn stream(&self) -> StreamId {
        StreamId::webhook(&self.delivery.delivery)
    }
}

/// As everybody gets it.
pub async fn masked(visit: Visit) -> Result<Response, Problem> {
    let scope = visit.wide_scope()?;
    let delivery = find(&visit, scope).await?;
    detail(&visit, delivery, scope == Scope::All, false).await
}

/// With what was sent; that somebody asked is written down first.
pub async fn shown(visit: Visit, form: Form) -> Result<Response, Problem> {
    if !may_see_content(&visit.caller) {
        return Err(Problem::not_allowed("Your role does not see what deliveries said."));
    }
    let all = form.text("all").is_some() && visit.caller.is_owner();
    let delivery = find(&visit, if all { Scope::All } else { visit.scope() }).await?;
    visit.viewed("webhook", delivery.delivery.as_str()).await?;
    detail(&visit, delivery, all, true).await
}

/// An owner may look at what belongs to nobody, and at other companies' on their own pages.
async fn find(visit: &Visit, scope: Scope<'_>) -> Result<Delivery, Problem> {
    let unknown = || Problem::not_found("delivery");
    let id: DeliveryId = visit.id("delivery")?;
    let found = deliveries::find(visit.rows(), scope, &id).await?.ok_or_else(unknown)?;
    let here = found.company.as_ref().is_none_or(|company| company == visit.company());
    here.then_some(found).ok_or_else(unknown)
}

async fn detail(visit: &Visit, delivery: Delivery, all: bool, reveal: bool) -> Result<Response, Problem> {
    let page = visit.page("webhooks.one");
    let own = StreamId::webhook(&delivery.delivery);
    let content = delivery_content(visit, &own).await?;
    let happened = steps(trace::of_delivery(&visit.app, &delivery).await?);
    let (attempts, caused) = happened.into_iter().partition(|it: &Happened| it.stream == own);
    let here = page.link("/webhooks", &delivery.delivery);
    let suffix = if all { "&all=true" } else { "" };
    let replay = page.url(&format!("/webhooks/replay?id={}{suffix}", delivery.delivery));
    html(&Detail {
        sent: content.map(|content| sent(content, reveal)),
        show: may_see_content(&visit.caller).then_some(here),
        replay: visit.caller.may(&Permission::OPERATE).then_some(replay),
        attempts: in_time(attempts),
        caused,
        delivery,
        page,
    })
}

fn sent(content: DeliveryContent, reveal: bool) -> Sent {
    let header = |(name, value): (String, String)| {
        let value = if reveal { value } else { masked::header(&name, &value) };
        (name, value)
    };
    let whole = content.body.or(content.body_base64).unwrap_or_default();
    let body = match (serde_json::from_str::<Value>(&whole), reveal) {
        (Ok(value), true) => pretty(&value),
        (Ok(value), false) => pretty(&masked::body(&value)).chars().take(MASKED_AT_MOST).collect(),
        (Err(_), true) => whole,
        (Err(_), false) => masked::HIDDEN.to_owned(),
    };
    Sent { headers: content.headers.into_iter().map(header).collect(), body, hidden: !reveal }
}
