//! `GET /api/v1/doctor`: whether callers of the company would be served, with both providers asked.

use super::request::{Entrance, Request};
use crate::doctor::examine;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use http::Method;
use serde_json::json;
use warp::Filter;
use warp::reply::Json;

pub fn routes(door: &Entrance) -> Routes {
    Routes::new().add(Method::GET, "/api/v1/doctor", door.admit(&Permission::OPERATE, &[]).then(findings))
}

async fn findings(request: Request) -> Result<Json, Problem> {
    let items = examine(&request.app, request.company()).await?;
    Ok(warp::reply::json(&json!({ "items": items })))
}
