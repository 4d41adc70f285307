//! `/api/v1/reconcile`: what comparing the providers' own lists with the log has found, and for owners the order to
//! compare now, over all companies.

use super::lists::paged;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{
    Given, Of,
    params::{All, Pages},
};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::reconcile::{self, Found, Scan};
use http::Method;
use jiff::Timestamp;
use ringbuch_projections::comparisons::{self, Comparison};
use schemars::JsonSchema;
use serde::Deserialize;
use warp::Filter;
use warp::reply::Json;

type Comparisons = Of<Items<Comparison>>;
type Order = Given<Wanted>;
type Report = Of<Found>;

pub fn routes(door: &Entrance) -> Routes {
    let compare = door.admit(&Permission::OWN, &[]).and(body::json()).then(compare);
    let all = door.admit(&Permission::READ, &["all", "limit", "cursor"]).then(list);
    Routes::new().add(Method::POST, "/api/v1/reconcile", compare).add(Method::GET, "/api/v1/reconcile", all)
}

/// What comparing the providers' own lists with the log has found, newest first.
#[utoipa::path(
    get, path = "/api/v1/reconcile", tag = "Webhooks", security(("bearer" = ["read"])),
    params(All, Pages),
    responses((status = 200, body = Comparisons))
)]
pub(super) async fn list(request: Request) -> Result<Items<Comparison>, Problem> {
    Ok(paged(comparisons::list(request.rows(), request.wide_scope()?, request.paging()?).await?))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ReconcileRequest")]
pub(super) struct Wanted {
    since: Option<Timestamp>,
    dry_run: bool,
}

/// Compares now, over all companies, and heals what is missing.
#[utoipa::path(
    post, path = "/api/v1/reconcile", tag = "Webhooks", security(("bearer" = ["own"])),
    request_body = Order,
    responses((status = 200, body = Report))
)]
pub(super) async fn compare(request: Request, wanted: Wanted) -> Result<Json, Problem> {
    let scan = Scan::wanted(request.app.clock.now(), wanted.since, wanted.dry_run);
    Ok(warp::reply::json(&reconcile::reconcile(&request.app, scan).await?))
}
