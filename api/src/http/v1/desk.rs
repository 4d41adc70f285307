//! What is done for callers on the line, which times are kept for them, and whom staff should call back.

use super::failure::sentence;
use super::lists::{ALL, paged};
use super::request::{Entrance, Request};
use crate::desk::callback_done;
use crate::http::auth::Permission;
use crate::http::openapi::{Given, InQuery, Of, params::Pages};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::setup::{SetUp, SetUpError};
use http::Method;
use ringbuch_domain::company::Company;
use ringbuch_domain::desk::{DeskRules, RulesChange};
use ringbuch_domain::ids::CallId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::callbacks::{self, Callback};
use ringbuch_projections::holds::{self, KeptHold};
use schemars::JsonSchema;
use warp::Filter;
use warp::reply::Json;

/// Which callbacks are wanted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    /// Those that were made; those that are still to be made where it is left out.
    done: Option<bool>,
}

type Filters = InQuery<Wanted>;
type Rules = Of<DeskRules>;
type Change = Given<RulesChange>;
type Holds = Of<Items<KeptHold>>;
type Callbacks = Of<Items<Callback>>;
type OneCallback = Of<Callback>;

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    let change = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(change);
    let done = door.admit(&Permission::OPERATE, &[]).then(done);
    Routes::new()
        .add(Method::GET, "/api/v1/desk/rules", read(&[]).then(rules))
        .add(Method::PATCH, "/api/v1/desk/rules", change)
        .add(Method::GET, "/api/v1/holds", read(&[]).then(kept))
        .add(Method::GET, "/api/v1/callbacks", read(&["done", "limit", "cursor"]).then(list))
        .add(Method::POST, "/api/v1/callbacks/{id}/done", done)
}

/// What the company wants done for its callers.
#[utoipa::path(
    get, path = "/api/v1/desk/rules", tag = "Desk", security(("bearer" = ["read"])),
    responses((status = 200, body = Rules))
)]
pub(super) async fn rules(request: Request) -> Result<Json, Problem> {
    let stream = StreamId::company(request.company());
    let known = request.app.journal.load::<Company>(&stream).await?;
    Ok(warp::reply::json(&known.aggregate.desk))
}

/// Changes the rules of the desk. What is left out stays as it is.
#[utoipa::path(
    patch, path = "/api/v1/desk/rules", tag = "Desk", security(("bearer" = ["administer"])),
    request_body = Change,
    responses((status = 200, body = Rules), (status = 409), (status = 422))
)]
pub(super) async fn change(request: Request, change: RulesChange) -> Result<Json, Problem> {
    let set_up = SetUp::new(&request.app, request.caller.name());
    match set_up.desk_rules(request.company(), change).await {
        Ok(rules) => Ok(warp::reply::json(&rules)),
        Err(SetUpError::Refused(why)) => Err(Problem::unusable("rule_unusable", sentence(&why))),
        Err(other) => Err(other.into()),
    }
}

/// Times that are kept without being booked.
#[utoipa::path(
    get, path = "/api/v1/holds", tag = "Desk", security(("bearer" = ["read"])),
    responses((status = 200, body = Holds))
)]
pub(super) async fn kept(request: Request) -> Result<Json, Problem> {
    let items: Vec<KeptHold> = holds::list(request.rows(), request.scope()).await?;
    Ok(warp::reply::json(&Items { items, next: None }))
}

/// Callers whom staff should call back, or have called.
#[utoipa::path(
    get, path = "/api/v1/callbacks", tag = "Desk", security(("bearer" = ["read"])),
    params(Filters, Pages),
    responses((status = 200, body = Callbacks))
)]
pub(super) async fn list(request: Request) -> Result<Items<Callback>, Problem> {
    let done = request.query.flag("done")?;
    request.viewed("callback", ALL).await?;
    Ok(paged(callbacks::list(request.rows(), request.scope(), done, request.paging()?).await?))
}

/// Says that a caller was called back.
#[utoipa::path(
    post, path = "/api/v1/callbacks/{id}/done", tag = "Desk", security(("bearer" = ["operate"])),
    params(("id" = String, Path, description = "The call, as Retell names it", example = "call_0d1e2f")),
    responses((status = 200, body = OneCallback), (status = 409))
)]
pub(super) async fn done(request: Request) -> Result<Json, Problem> {
    let unknown = || Problem::not_found("callback");
    let said: String = request.id("callback")?;
    let call = CallId::new(&said).map_err(|_| unknown())?;
    callbacks::find(request.rows(), request.scope(), &call).await?.ok_or_else(unknown)?;
    callback_done(&request.app, request.company(), &call, &request.caller.name()).await?;
    request.shown().await;
    let stands = callbacks::find(request.rows(), request.scope(), &call).await?.ok_or_else(unknown)?;
    Ok(warp::reply::json(&stands))
}
