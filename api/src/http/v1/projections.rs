//! `/api/v1/projections`: how far each read model has come. They are the installation's, not a company's.

use super::lists::page_of;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{Of, params::Pages};
use crate::http::{Items, Routes};
use crate::problem::Problem;
use crate::runners::Standing;
use http::Method;
use warp::Filter;
use warp::reply::Json;

type Standings = Of<Items<Standing>>;
type OneStanding = Of<Standing>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::ADMINISTER, &["limit", "cursor"]).then(list);
    let one = door.admit(&Permission::ADMINISTER, &[]).then(show);
    Routes::new().add(Method::GET, "/api/v1/projections", all).add(Method::GET, "/api/v1/projections/{id}", one)
}

/// How far each read model has come.
#[utoipa::path(
    get, path = "/api/v1/projections", tag = "Installation", security(("bearer" = ["administer"])),
    params(Pages),
    responses((status = 200, body = Standings))
)]
pub(super) async fn list(request: Request) -> Result<Items<Standing>, Problem> {
    let mut all = request.app.projector.standing().await?;
    all.sort_by_key(|it| it.name);
    page_of(&request.query, all, |it| it.name.to_owned())
}

/// How far one read model has come.
#[utoipa::path(
    get, path = "/api/v1/projections/{id}", tag = "Installation", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Its name", example = "calls")),
    responses((status = 200, body = OneStanding))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let name: String = request.id("projection")?;
    let all = request.app.projector.standing().await?;
    let found = all.into_iter().find(|it| it.name == name);
    Ok(warp::reply::json(&found.ok_or_else(|| Problem::not_found("projection"))?))
}
