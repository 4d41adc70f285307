//! `GET /api/v1/doctor`: whether callers of the company would be served, with both providers asked.

use super::request::{Entrance, Request};
use crate::doctor::{Finding, examine};
use crate::http::auth::Permission;
use crate::http::openapi::Of;
use crate::http::{Items, Routes};
use crate::problem::Problem;
use http::Method;
use warp::Filter;

type Findings = Of<Items<Finding>>;

pub fn routes(door: &Entrance) -> Routes {
    Routes::new().add(Method::GET, "/api/v1/doctor", door.admit(&Permission::OPERATE, &[]).then(findings))
}

/// Whether callers of the company would be served. Both providers are asked.
#[utoipa::path(
    get, path = "/api/v1/doctor", tag = "Company", security(("bearer" = ["operate"])),
    responses((status = 200, body = Findings), (status = 404))
)]
pub(super) async fn findings(request: Request) -> Result<Items<Finding>, Problem> {
    let items = examine(&request.app, request.company()).await?;
    Ok(Items { items, next: None })
}
