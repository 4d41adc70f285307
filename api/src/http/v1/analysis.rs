//! `/api/v1/calls/{id}/analysis`: what the caller wanted, how far they came, and whether the agent kept its word.

use super::request::{Entrance, Request};
use crate::analysis::of_call;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::Of;
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::analysis::Analysis;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::calls;
use warp::Filter;
use warp::reply::Json;

type Told = Of<Analysis>;

pub fn routes(door: &Entrance) -> Routes {
    let one = door.admit(&Permission::READ, &[]).then(show);
    Routes::new().add(Method::GET, "/api/v1/calls/{id}/analysis", one)
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
    let found = calls::find(request.rows(), request.scope(), &id).await?.ok_or_else(unknown)?;
    let analysis = of_call(&request.app, &found.call.company, &id).await?;
    Ok(warp::reply::json(&analysis))
}
