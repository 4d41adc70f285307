//! Deliveries processed again: one, or those that a filter finds; or only told what that would change.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, InQuery, Of, params::All};
use crate::http::{Routes, body};
use crate::problem::Problem;
use crate::replay::{self, Preview, Replayed, Which, dry_run, select};
use http::{Method, StatusCode};
use jiff::Timestamp;
use ringbuch_projections::deliveries::{DeliveryFilter, DeliveryStatus};
use ringbuch_projections::page::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warp::Filter;
use warp::reply::{Reply, Response};

/// Deliveries taken by one request unless it says otherwise, and at most.
const USUALLY: usize = 1_000;
const AT_MOST: usize = 10_000;

/// How one delivery is taken again.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Asked {
    /// Only says what would change.
    dry_run: Option<bool>,
}

type How = InQuery<Asked>;
type Selection = Given<Wanted>;
type Told = Of<Answer>;

pub fn routes(door: &Entrance) -> Routes {
    let one = door.admit(&Permission::OPERATE, &["dry_run", "all"]).then(one);
    let many = door.admit(&Permission::OPERATE, &["all"]).and(body::json()).then(many);
    Routes::new().add(Method::POST, "/api/v1/webhooks/{id}/replay", one).add(
        Method::POST,
        "/api/v1/webhooks/replay",
        many,
    )
}

/// Which deliveries are meant: those with the ids, or those that the filter finds.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ReplayRequest")]
pub(super) struct Wanted {
    ids: Option<Vec<String>>,
    status: Option<DeliveryStatus>,
    event: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    limit: Option<usize>,
    dry_run: bool,
}

impl Wanted {
    /// A request that names nothing must not mean everything.
    fn which(&self) -> Result<Which, Problem> {
        let Self { ids, status, event, since, until, .. } = self;
        let filtered = status.is_some() || event.is_some() || since.is_some() || until.is_some();
        match ids {
            Some(_) if filtered => Err(Problem::body("Name either ids or a filter, not both.")),
            Some(ids) => Ok(Which::Ids(ids.clone())),
            None if !filtered => Err(Problem::body("Name ids, or at least one of status, event, since and until.")),
            None => Ok(Which::Matching(DeliveryFilter {
                status: *status,
                event: event.clone(),
                span: Span { since: *since, until: *until },
                ..DeliveryFilter::default()
            })),
        }
    }

    fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(USUALLY);
        let fits = (1..=AT_MOST).contains(&limit) && self.ids.as_ref().is_none_or(|ids| ids.len() <= AT_MOST);
        fits.then_some(limit).ok_or_else(|| Problem::body(format!("A request takes 1 to {AT_MOST} deliveries.")))
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplayAnswer")]
struct Answer {
    dry_run: bool,
    /// Deliveries that were found.
    found: usize,
    /// Ids that name no delivery of the company.
    unknown: Vec<String>,
    /// The filter finds more than were taken; send the request again for the next ones.
    more: bool,
    #[serde(flatten)]
    done: Done,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ReplayDone")]
enum Done {
    Replayed(Replayed),
    /// One for each delivery, oldest receipt first.
    Previewed {
        items: Vec<Preview>,
    },
}

/// Has deliveries processed again: those with the ids, or those that the filter finds; or only says what that would
/// change.
#[utoipa::path(
    post, path = "/api/v1/webhooks/replay", tag = "Webhooks", security(("bearer" = ["operate"])),
    params(All),
    request_body = Selection,
    responses((status = 200, body = Told), (status = 202, body = Told))
)]
pub(super) async fn many(request: Request, wanted: Wanted) -> Result<Response, Problem> {
    let (which, limit) = (wanted.which()?, wanted.limit()?);
    carry_out(&request, &which, limit, wanted.dry_run).await
}

/// Has one delivery processed again, or only says what that would change.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/replay", tag = "Webhooks", security(("bearer" = ["operate"])),
    params(("id" = String, Path, description = "Ours", example = "3f2a9c"), How, All),
    responses((status = 200, body = Told), (status = 202, body = Told))
)]
pub(super) async fn one(request: Request) -> Result<Response, Problem> {
    let which = Which::Ids(vec![request.id("delivery")?]);
    if select(&request.app, request.wide_scope()?, &which, 1).await?.deliveries.is_empty() {
        return Err(Problem::not_found("delivery"));
    }
    carry_out(&request, &which, 1, request.query.flag("dry_run")?).await
}

async fn carry_out(request: &Request, which: &Which, limit: usize, only_tell: bool) -> Result<Response, Problem> {
    let selection = select(&request.app, request.wide_scope()?, which, limit).await?;
    let done = if only_tell {
        Done::Previewed { items: dry_run(&request.app, &selection.deliveries).await? }
    } else {
        let replayed = replay::replay(&request.app, &selection.deliveries, &request.caller.name()).await?;
        request.shown().await;
        Done::Replayed(replayed)
    };
    let found = selection.deliveries.len();
    let answer = Answer { dry_run: only_tell, found, unknown: selection.unknown, more: selection.more, done };
    let status = if only_tell { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(warp::reply::with_status(warp::reply::json(&answer), status).into_response())
}
