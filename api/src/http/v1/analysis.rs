//! `/api/v1/calls/{id}/analysis`: what the caller wanted, how far they came, and whether the agent kept its word.

use super::request::{Entrance, Request};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::analysis;
use warp::Filter;
use warp::reply::Json;

pub fn routes(door: &Entrance) -> Routes {
    let one = door.admit(&Permission::READ, &[]).then(show);
    Routes::new().add(Method::GET, "/api/v1/calls/{id}/analysis", one)
}

async fn show(request: Request) -> Result<Json, Problem> {
    let unknown = || Problem::not_found("call");
    let id = CallId::new(&request.id::<String>("call")?).map_err(|_| unknown())?;
    let found = analysis::find(request.rows(), request.scope(), &id).await?.ok_or_else(unknown)?;
    Ok(warp::reply::json(&found))
}
