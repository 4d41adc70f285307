//! The company at a glance: what came in during the last day and what became of it.

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use ringbuch_projections::booking_stats::{self, BookingCounts};
use ringbuch_projections::webhook_stats::{self, WebhookStats};
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/c/{company}", pages.get(&Permission::READ, &[], overview))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    page: Page,
    bookings: BookingCounts,
    webhooks: WebhookStats,
}

async fn overview(visit: Visit) -> Result<Response, Problem> {
    let bookings = booking_stats::totals(visit.rows(), visit.scope()).await?;
    let webhooks = webhook_stats::last_24_hours(visit.rows(), visit.scope(), visit.now()).await?;
    html(&Overview { page: visit.page("overview.title"), bookings, webhooks })
}
