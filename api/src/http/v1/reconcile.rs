//! `POST /api/v1/reconcile`: compares the voice provider's own list of calls with the log, over all companies.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::{Routes, body};
use crate::problem::Problem;
use crate::reconcile::{self, Scan};
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use warp::Filter;
use warp::reply::Json;

pub fn routes(door: &Entrance) -> Routes {
    let compare = door.admit(&Permission::OWN, &[]).and(body::json()).then(compare);
    Routes::new().add(Method::POST, "/api/v1/reconcile", compare)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    since: Option<Timestamp>,
    dry_run: bool,
}

async fn compare(request: Request, wanted: Wanted) -> Result<Json, Problem> {
    let usual = Scan::usual(request.app.clock.now());
    let scan = Scan { since: wanted.since.unwrap_or(usual.since), dry_run: wanted.dry_run, ..usual };
    Ok(warp::reply::json(&reconcile::reconcile(&request.app, scan).await?))
}
