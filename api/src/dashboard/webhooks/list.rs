//! The list with the last day above it.

use super::monitor::{Picture, columns};
use super::wanted::{PROVIDERS, address, filter, given};
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::auth::Permission;
use crate::http::v1::{may_see_content, search_deliveries};
use crate::problem::Problem;
use askama::Template;
use ringbuch_domain::webhook::Provider;
use ringbuch_projections::deliveries::{self, Delivery, DeliveryStatus};
use ringbuch_projections::webhook_stats::{self, WebhookStats};
use ringbuch_projections::{Cursor, Scope};
use warp::reply::Response;

#[derive(Template)]
#[template(path = "webhooks.html")]
struct Webhooks {
    page: Page,
    stats: WebhookStats,
    picture: Picture,
    fields: Fields,
    rows: Vec<Row>,
    next: Option<Cursor>,
    /// Where what is listed can be processed once more.
    replay: Option<String>,
}

/// The filter's fields as they were filled in.
struct Fields {
    status: String,
    event: String,
    provider: String,
    call: String,
    since: String,
    until: String,
    text: String,
    all: bool,
    statuses: &'static [DeliveryStatus],
    providers: [Provider; 2],
    /// Those who may see what was sent may look for words in it.
    searches: bool,
    /// Owners may look at what belongs to no company.
    owner: bool,
}

struct Row {
    href: String,
    /// The page of its call, once it is known whose it is.
    call: Option<String>,
    delivery: Delivery,
}

pub async fn list(visit: Visit) -> Result<Response, Problem> {
    let (scope, filter) = (visit.wide_scope()?, filter(&visit, &visit.query)?);
    let fields = fields(&visit);
    let found = match visit.query.text("text") {
        Some(words) if fields.searches => {
            visit.viewed("webhook", "search").await?;
            search_deliveries(&visit.app, scope, &filter, words, visit.paging()?).await?
        }
        Some(_) => return Err(Problem::not_allowed("Your role does not see what deliveries said.")),
        None => deliveries::list(visit.rows(), scope, &filter, visit.paging()?).await?,
    };
    let stats = webhook_stats::last_24_hours(visit.rows(), visit.scope(), visit.now()).await?;
    let page = visit.page("webhooks.title");
    let asked = address(&given(&visit.query));
    let offers = visit.caller.may(&Permission::OPERATE) && !asked.is_empty() && fields.text.is_empty();
    html(&Webhooks {
        picture: columns(&stats.hourly, &page.zone()),
        replay: offers.then(|| page.url(&format!("/webhooks/replay?{asked}"))),
        rows: found.items.into_iter().map(|delivery| row(&page, scope, delivery)).collect(),
        next: found.next,
        stats,
        fields,
        page,
    })
}

fn fields(visit: &Visit) -> Fields {
    let text = |name: &str| visit.query.text(name).unwrap_or_default().to_owned();
    Fields {
        status: text("status"),
        event: text("event"),
        provider: text("provider"),
        call: text("call"),
        since: text("since"),
        until: text("until"),
        text: text("text"),
        all: visit.query.text("all").is_some(),
        statuses: DeliveryStatus::ALL,
        providers: PROVIDERS,
        searches: may_see_content(&visit.caller),
        owner: visit.caller.is_owner(),
    }
}

/// What belongs to another company is shown on that company's page.
fn row(page: &Page, scope: Scope<'_>, delivery: Delivery) -> Row {
    let href = match (&delivery.company, scope) {
        (Some(company), _) => format!("/c/{company}/webhooks/{}", delivery.delivery),
        (None, Scope::All) => format!("{}?all=true", page.link("/webhooks", &delivery.delivery)),
        (None, Scope::Company(_)) => page.link("/webhooks", &delivery.delivery),
    };
    let own = delivery.company.as_ref().is_some_and(|company| page.is_of(company));
    let call = delivery.call.as_ref().filter(|_| own).map(|call| page.link("/calls", call));
    Row { href, call, delivery }
}
