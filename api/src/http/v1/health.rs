//! `/api/v1/stats/health`: what keeps up and what does not.

use super::request::{Entrance, Request};
use crate::gauges::{age, word};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::Of;
use crate::metrics::{Latency, names};
use crate::pace::{self, HourlyLatency};
use crate::problem::Problem;
use crate::runners::Standing;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::backlog::Backlog;
use ringbuch_projections::{booking_todo, deliveries};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use warp::Filter;
use warp::reply::Json;

/// How far back requests that proved nothing are counted, and hours told.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);

type Told = Of<Health>;

pub fn routes(door: &Entrance) -> Routes {
    let look = door.admit(&Permission::READ, &[]).then(look);
    Routes::new().add(Method::GET, "/api/v1/stats/health", look)
}

#[derive(Serialize, JsonSchema)]
struct Health {
    /// Of the company; for owners, of all.
    breakers: Vec<Breaker>,
    rate_limits: Vec<RateLimit>,
    /// What is still to be done for the company; for owners, for all and for whoever is not known yet.
    backlog: Backlogs,
    projections: Vec<Standing>,
    /// As measured by this node since it began.
    latencies: Latencies,
    /// Of the last day, hour by hour, on all nodes together; those report once a minute.
    hourly: Vec<HourlyLatency>,
    /// Requests of the last day that proved nothing and named nobody, by reason; for owners.
    turned_away: Option<BTreeMap<String, u64>>,
}

#[derive(Serialize, JsonSchema)]
struct Breaker {
    company: CompanyId,
    provider: &'static str,
    /// `closed`, `half_open` or `open`.
    state: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct RateLimit {
    company: CompanyId,
    provider: &'static str,
    /// Requests that may be sent now.
    remaining: u32,
}

#[derive(Serialize, JsonSchema)]
struct Backlogs {
    intake: Waiting,
    booking: Waiting,
}

#[derive(Serialize, JsonSchema)]
struct Waiting {
    /// Due or not.
    count: i64,
    oldest_due: Option<Timestamp>,
    /// Since the oldest fell due; 0 where nothing is due.
    age_seconds: f64,
}

#[derive(Serialize, JsonSchema)]
struct Latencies {
    http: Vec<Latency>,
    providers: Vec<Latency>,
    append: Vec<Latency>,
}

/// What keeps up and what does not.
#[utoipa::path(
    get, path = "/api/v1/stats/health", tag = "Figures", security(("bearer" = ["read"])),
    responses((status = 200, body = Told))
)]
pub(super) async fn look(request: Request) -> Result<Json, Problem> {
    let (app, rows, now) = (&request.app, request.rows(), request.app.clock.now());
    let mine = |company: &CompanyId| request.caller.is_owner() || company == request.company();
    let directory = app.directory.known();
    let breakers = app.providers.breakers(&directory).into_iter().filter(|(company, ..)| mine(company));
    let limits = app.providers.rate_limits_remaining(&directory).into_iter().filter(|(company, ..)| mine(company));
    let health = Health {
        breakers: breakers
            .map(|(company, provider, state)| Breaker {
                company,
                provider: provider.as_str(),
                state: word(state).as_str(),
            })
            .collect(),
        rate_limits: limits
            .map(|(company, provider, remaining)| RateLimit { company, provider: provider.as_str(), remaining })
            .collect(),
        backlog: Backlogs {
            intake: waiting(&deliveries::backlog(rows, request.part()).await?, now),
            booking: waiting(&booking_todo::backlog(rows, request.part()).await?, now),
        },
        projections: app.projector.standing().await?,
        latencies: Latencies {
            http: app.metrics.latencies(names::HTTP_REQUEST, &["method", "route"]),
            providers: app.metrics.latencies(names::PROVIDER_REQUEST, &["provider", "operation"]),
            append: app.metrics.latencies(names::EVENT_APPEND, &[]),
        },
        hourly: pace::since(app, now.checked_sub(LOOK_BACK).unwrap_or(now)).await?,
        turned_away: if request.caller.is_owner() { Some(turned_away(&request, now).await?) } else { None },
    };
    Ok(warp::reply::json(&health))
}

fn waiting(backlog: &Backlog, now: Timestamp) -> Waiting {
    let age_seconds = age(backlog, now).as_secs_f64();
    Waiting { count: backlog.count, oldest_due: backlog.oldest_due, age_seconds }
}

async fn turned_away(request: &Request, now: Timestamp) -> Result<BTreeMap<String, u64>, Problem> {
    let mut reasons = BTreeMap::new();
    for count in request.app.tally.since(now.checked_sub(LOOK_BACK).unwrap_or(now)).await? {
        if let (Some(("rejected", reason)), "") = (count.name.split_once(':'), count.scope.as_str()) {
            *reasons.entry(reason.to_owned()).or_default() += count.count;
        }
    }
    Ok(reasons)
}
