//! `/api/v1/calls/{id}/analysis`: what the caller wanted, how far they came, and whether the agent kept its word; and
//! `/trace`: what led to what.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::Of;
use crate::http::{Items, Routes};
use crate::problem::Problem;
use crate::trace::{self, Step};
use http::Method;
use ringbuch_domain::analysis::Analysis;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::analysis;
use warp::Filter;
use warp::reply::Json;

type Told = Of<Analysis>;
type Tree = Of<Items<Step>>;

pub fn routes(door: &Entrance) -> Routes {
    let one = door.admit(&Permission::READ, &[]).then(show);
    let tree = door.admit(&Permission::AUDIT, &[]).then(tree);
    Routes::new().add(Method::GET, "/api/v1/calls/{id}/analysis", one).add(
        Method::GET,
        "/api/v1/calls/{id}/trace",
        tree,
    )
}

/// What the caller wanted, how far they came, and whether the agent kept its word.
#[utoipa::path(
    get, path = "/api/v1/calls/{id}/analysis", tag = "Calls", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "As Retell names it", example = "call_0d1e2f")),
    responses((status = 200, body = Told))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let unknown = || Problem::not_found("call");
    let id = CallId::new(&request.id::<String>("call")?).map_err(|_| unknown())?;
    let found = analysis::find(request.rows(), request.scope(), &id).await?.ok_or_else(unknown)?;
    Ok(warp::reply::json(&found))
}

/// What each event of a call led to, from the webhooks that came in to what the calendar made of it.
#[utoipa::path(
    get, path = "/api/v1/calls/{id}/trace", tag = "History", security(("bearer" = ["audit"])),
    params(("id" = String, Path, description = "As Retell names it", example = "call_0d1e2f")),
    responses((status = 200, body = Tree))
)]
pub(super) async fn tree(request: Request) -> Result<Items<Step>, Problem> {
    let unknown = || Problem::not_found("call");
    let id = CallId::new(&request.id::<String>("call")?).map_err(|_| unknown())?;
    let items = trace::of_call(&request.app, request.company(), &id).await?;
    if items.is_empty() { Err(unknown()) } else { Ok(Items { items, next: None }) }
}
