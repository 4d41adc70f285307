//! `/api/v1/stats`: the company in numbers, in the days of its own zone.

use super::request::{Entrance, Request};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::{Of, params::Times};
use crate::problem::Problem;
use http::Method;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ids::AccountId;
use ringbuch_projections::analysis::{Agents, Tally};
use ringbuch_projections::booking_stats::BookingStats;
use ringbuch_projections::call_stats::CallStats;
use ringbuch_projections::series::Period;
use ringbuch_projections::webhook_stats::{self, WebhookStats};
use ringbuch_projections::{analysis, booking_stats, call_stats};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use warp::Filter;
use warp::reply::Json;

/// Without `since`.
const USUALLY: SignedDuration = SignedDuration::from_hours(7 * 24);
const AT_MOST: SignedDuration = SignedDuration::from_hours(400 * 24);

type WebhookFigures = Of<Webhooks>;
type BookingFigures = Of<Told<'static, BookingStats>>;
type CallFigures = Of<Told<'static, Calls>>;
type AgentFigures = Of<Told<'static, Agents>>;

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    Routes::new()
        .add(Method::GET, "/api/v1/stats/webhooks", read(&[]).then(webhooks))
        .add(Method::GET, "/api/v1/stats/bookings", read(&["since", "until"]).then(bookings))
        .add(Method::GET, "/api/v1/stats/calls", read(&["since", "until"]).then(calls))
        .add(Method::GET, "/api/v1/stats/agents", read(&["since", "until"]).then(agents))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookFigures")]
struct Webhooks {
    #[serde(flatten)]
    stats: WebhookStats,
    /// Absent (null) where the account that signs serves other companies, too: what it counts is not theirs alone.
    door: Option<AtTheDoor>,
}

/// What was not taken in, since the start of the first hour.
#[derive(Serialize, Default, JsonSchema)]
struct AtTheDoor {
    /// Deliveries that came again.
    duplicates: u64,
    /// Requests that proved nothing, by reason.
    rejected: BTreeMap<String, u64>,
}

/// Deliveries of the last 24 hours, by event type and by hour.
#[utoipa::path(
    get, path = "/api/v1/stats/webhooks", tag = "Figures", security(("bearer" = ["read"])),
    responses((status = 200, body = WebhookFigures))
)]
pub(super) async fn webhooks(request: Request) -> Result<Json, Problem> {
    let stats = webhook_stats::last_24_hours(request.rows(), request.scope(), request.app.clock.now()).await?;
    let door = match account(&request) {
        Some(account) => Some(at_the_door(&request, &account, stats.since).await?),
        None => None,
    };
    Ok(warp::reply::json(&Webhooks { stats, door }))
}

/// The company's account, where what it counts may be told.
fn account(request: &Request) -> Option<AccountId> {
    let known = request.app.directory.known();
    let account = known.company(request.company())?.account.clone();
    let alone = known.companies_of(&account).len() == 1;
    (alone || request.caller.is_owner()).then_some(account)
}

async fn at_the_door(request: &Request, account: &AccountId, since: Timestamp) -> Result<AtTheDoor, Problem> {
    let mut door = AtTheDoor::default();
    for count in request.app.tally.since(since).await? {
        if count.scope != account.as_str() {
            continue;
        }
        match count.name.split_once(':') {
            Some(("duplicate", _)) => door.duplicates += count.count,
            Some(("rejected", reason)) => *door.rejected.entry(reason.to_owned()).or_default() += count.count,
            _ => {}
        }
    }
    Ok(door)
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}Told")]
struct Told<'a, T> {
    since: Timestamp,
    until: Timestamp,
    /// IANA name of the zone that the days are told in.
    zone: String,
    #[serde(flatten)]
    stats: &'a T,
}

/// Bookings of a span, seven days unless said otherwise, in the days of the company's zone.
#[utoipa::path(
    get, path = "/api/v1/stats/bookings", tag = "Figures", security(("bearer" = ["read"])),
    params(Times),
    responses((status = 200, body = BookingFigures))
)]
pub(super) async fn bookings(request: Request) -> Result<Json, Problem> {
    let period = period(&request)?;
    let stats = booking_stats::stats(request.rows(), request.scope(), &period).await?;
    Ok(told(&period, &stats))
}

/// Calls of a span, seven days unless said otherwise, in the days of the company's zone.
#[utoipa::path(
    get, path = "/api/v1/stats/calls", tag = "Figures", security(("bearer" = ["read"])),
    params(Times),
    responses((status = 200, body = CallFigures))
)]
pub(super) async fn calls(request: Request) -> Result<Json, Problem> {
    let period = period(&request)?;
    let stats = call_stats::stats(request.rows(), request.scope(), &period).await?;
    let analysis = analysis::tally(request.rows(), request.scope(), &period).await?;
    Ok(told(&period, &Calls { stats, analysis }))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallFigures")]
struct Calls {
    #[serde(flatten)]
    stats: CallStats,
    /// What came of those that are over, by UTC days.
    analysis: Tally,
}

/// Versions of agents beside one another: whether a changed prompt books more.
#[utoipa::path(
    get, path = "/api/v1/stats/agents", tag = "Figures", security(("bearer" = ["read"])),
    params(Times),
    responses((status = 200, body = AgentFigures))
)]
pub(super) async fn agents(request: Request) -> Result<Json, Problem> {
    let period = Period { zone: TimeZone::UTC, ..period(&request)? };
    let agents = analysis::agents(request.rows(), request.scope(), &period).await?;
    Ok(told(&period, &agents))
}

fn told<T: Serialize>(period: &Period, stats: &T) -> Json {
    let zone = period.zone.iana_name().unwrap_or("UTC").to_owned();
    warp::reply::json(&Told { since: period.since, until: period.until, zone, stats })
}

fn period(request: &Request) -> Result<Period, Problem> {
    let span = request.span()?;
    let until = span.until.unwrap_or_else(|| request.app.clock.now());
    let since = span.since.unwrap_or_else(|| until.checked_sub(USUALLY).unwrap_or(Timestamp::MIN));
    if since >= until {
        return Err(Problem::query("The time 'since' must lie before 'until'."));
    }
    if until.duration_since(since) > AT_MOST {
        return Err(Problem::query("From 'since' to 'until' it may be 400 days at most."));
    }
    let known = request.app.directory.known();
    let zone = known.company(request.company()).and_then(|company| TimeZone::get(&company.zone).ok());
    Ok(Period { since, until, zone: zone.unwrap_or(TimeZone::UTC) })
}
