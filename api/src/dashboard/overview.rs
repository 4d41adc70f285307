//! The company at a glance: what came in and what became of it, where callers were lost, whom to call back, what went wrong
//! last, and how everything stands.

mod charts;
pub(super) mod funnel;
mod state;

use super::chart::Chart;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::pace;
use crate::problem::Problem;
use askama::Template;
use funnel::Funnel;
use futures_util::TryFutureExt;
use http::Method;
use jiff::SignedDuration;
use ringbuch_projections::Paging;
use ringbuch_projections::analysis;
use ringbuch_projections::booking_stats::{self, BookingStats};
use ringbuch_projections::call_stats::{self, CallStats};
use ringbuch_projections::callbacks::{self, Callback};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter, DeliveryStatus};
use ringbuch_projections::series::Period;
use ringbuch_projections::webhook_stats::{self, WebhookStats};
use state::State;
use warp::reply::Response;

/// How many days back can be looked at.
const SPANS: [(&str, i64); 4] = [("1", 1), ("7", 7), ("30", 30), ("90", 90)];
/// Of lists that have a page of their own.
const FEW: Paging = Paging { after: None, limit: 5 };

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/c/{company}", pages.get(&Permission::READ, &["days"], overview))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    page: Page,
    days: &'static str,
    calls: CallStats,
    bookings: BookingStats,
    webhooks: WebhookStats,
    funnel: Funnel,
    charts: Vec<Chart>,
    hours: Chart,
    /// How long things took on all nodes in the last day, hour by hour.
    pace: Vec<Chart>,
    callbacks: Vec<Callback>,
    problems: Vec<Delivery>,
    state: State,
}

impl Overview {
    fn spans(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let days = self.days;
        SPANS.iter().map(move |(span, _)| (*span, *span == days))
    }
}

async fn overview(visit: Visit) -> Result<Response, Problem> {
    let words = SPANS.map(|(span, _)| span);
    let days = visit.query.word("days", &words)?.unwrap_or("7");
    let (days, count) = SPANS.into_iter().find(|(span, _)| *span == days).unwrap_or(("7", 7));
    let page = visit.page("overview.title");
    let now = visit.now();
    let day_ago = now.checked_sub(SignedDuration::from_hours(charts::HOURS - 1)).unwrap_or(now);
    let since = now.checked_sub(SignedDuration::from_hours(24 * count)).unwrap_or(now);
    let period = Period { since, until: now, zone: page.zone() };
    let (rows, scope) = (visit.rows(), visit.scope());
    // None of them needs another, so that the page takes as long as the slowest.
    let (calls, bookings, webhooks, tally, paces, callbacks, problems, state) = tokio::try_join!(
        call_stats::stats(rows, scope, &period).err_into(),
        booking_stats::stats(rows, scope, &period).err_into(),
        webhook_stats::last_24_hours(rows, scope, now).err_into(),
        analysis::tally(rows, scope, &period).err_into(),
        pace::since(&visit.app, day_ago).err_into(),
        callbacks::list(rows, scope, false, FEW).err_into(),
        problems(&visit),
        State::look(&visit),
    )?;
    html(&Overview {
        charts: charts::of(&page, days == "1", &calls, &bookings),
        hours: charts::webhooks(&page, &webhooks),
        pace: charts::pace(&page, &paces, now),
        funnel: Funnel::of(&tally),
        callbacks: callbacks.items,
        problems,
        state,
        page,
        days,
        calls,
        bookings,
        webhooks,
    })
}

/// What was set aside last.
async fn problems(visit: &Visit) -> Result<Vec<Delivery>, Problem> {
    let mut found = Vec::new();
    for status in [DeliveryStatus::Dead, DeliveryStatus::Quarantined] {
        let filter = DeliveryFilter { status: Some(status), ..DeliveryFilter::default() };
        found.extend(deliveries::list(visit.rows(), visit.scope(), &filter, FEW).await?.items);
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.received_at));
    found.truncate(5);
    Ok(found)
}
