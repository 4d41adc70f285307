//! `/api/v1/calls`: what was said and wanted, and what came of it.

use super::lists::{ALL, paged};
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{
    InQuery, Of,
    params::{Pages, Times},
};
use crate::http::{Items, Routes};
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::call::Direction;
use ringbuch_domain::ids::{BranchId, CallId, CustomerId};
use ringbuch_projections::appointments::{self, Appointment};
use ringbuch_projections::calls::{self, Call, CallDetail, CallFilter, Callback, Outcome};
use schemars::JsonSchema;
use serde::Serialize;
use warp::Filter;
use warp::reply::Json;

const FILTERS: &[&str] =
    &["branch", "direction", "outcome", "callback", "customer", "since", "until", "limit", "cursor"];

/// What a list of calls can be narrowed to.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    branch: Option<BranchId>,
    direction: Option<Direction>,
    outcome: Option<Outcome>,
    callback: Option<Callback>,
    customer: Option<CustomerId>,
}

type Filters = InQuery<Wanted>;
type Calls = Of<Items<Call>>;
type OneCall = Of<Shown>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::READ, FILTERS).then(list);
    let one = door.admit(&Permission::READ, &[]).then(show);
    Routes::new().add(Method::GET, "/api/v1/calls", all).add(Method::GET, "/api/v1/calls/{id}", one)
}

/// Calls, newest first.
#[utoipa::path(
    get, path = "/api/v1/calls", tag = "Calls", security(("bearer" = ["read"])),
    params(Filters, Times, Pages),
    responses((status = 200, body = Calls))
)]
pub(super) async fn list(request: Request) -> Result<Items<Call>, Problem> {
    let query = &request.query;
    let filter = CallFilter {
        branch: query.get("branch")?,
        direction: direction(query.word("direction", &["inbound", "outbound", "web"])?),
        outcome: query.get("outcome")?,
        callback: query.get("callback")?,
        customer: query.get("customer")?,
        span: request.span()?,
    };
    request.viewed("call", ALL).await?;
    Ok(paged(calls::list(request.rows(), request.scope(), &filter, request.paging()?).await?))
}

fn direction(word: Option<&str>) -> Option<Direction> {
    [Direction::Inbound, Direction::Outbound, Direction::Web].into_iter().find(|it| Some(it.as_str()) == word)
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CallShown")]
struct Shown {
    #[serde(flatten)]
    call: CallDetail,
    /// In the order in which they were asked for.
    appointments: Vec<Appointment>,
}

/// One call, with what was said, and its appointments.
#[utoipa::path(
    get, path = "/api/v1/calls/{id}", tag = "Calls", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "As Retell names it", example = "call_0d1e2f")),
    responses((status = 200, body = OneCall))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let unknown = || Problem::not_found("call");
    let id = CallId::new(&request.id::<String>("call")?).map_err(|_| unknown())?;
    let call = calls::find(request.rows(), request.scope(), &id).await?.ok_or_else(unknown)?;
    let appointments = appointments::of_call(request.rows(), request.scope(), &id).await?;
    request.viewed("call", id.as_str()).await?;
    Ok(warp::reply::json(&Shown { call, appointments }))
}
