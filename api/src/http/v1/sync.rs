//! `/api/v1/sync`: brings the company in step with its providers, lists runs, and takes one back.

use super::lists::paged;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, Of, params::Pages};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::sync::{Progress, Synced, Undone, Wanted, sync_company, undo};
use http::Method;
use ringbuch_domain::company::SyncScope;
use ringbuch_projections::there::{self, SetUpChange, SyncRun};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use warp::Filter;
use warp::reply::Json;

type Order = Given<Asked>;
type Told = Of<Answer>;
type Runs = Of<Items<SyncRun>>;
type Changes = Of<Items<SetUpChange>>;
type PutBack = Of<TakenBack>;

pub fn routes(door: &Entrance) -> Routes {
    let run = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(go_over);
    let read = |parameters| door.admit(&Permission::READ, parameters);
    let undo = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(take_back);
    Routes::new()
        .add(Method::POST, "/api/v1/sync/{id}", run)
        .add(Method::GET, "/api/v1/sync/runs", read(&["limit", "cursor"]).then(runs))
        .add(Method::GET, "/api/v1/sync/changes", read(&["limit", "cursor"]).then(changes))
        .add(Method::POST, "/api/v1/sync/runs/{id}/undo", undo)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "SyncRequest")]
pub(super) struct Asked {
    dry_run: bool,
}

/// A run as it was put back, or would be.
#[derive(Serialize, JsonSchema)]
struct TakenBack {
    run: Uuid,
    dry_run: bool,
    items: Vec<Undone>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SyncAnswer")]
struct Answer {
    run: Uuid,
    dry_run: bool,
    #[serde(flatten)]
    part: Synced,
}

/// Brings the company's set-up in step with `calcom`, `retell` or `all`, or only says what would change.
#[utoipa::path(
    post, path = "/api/v1/sync/{id}", tag = "Providers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "`calcom`, `retell` or `all`", example = "all")),
    request_body = Order,
    responses((status = 200, body = Told), (status = 409), (status = 422))
)]
pub(super) async fn go_over(request: Request, asked: Asked) -> Result<Json, Problem> {
    let scope = scope(&request)?;
    let wanted = Wanted::new(scope, request.caller.name(), asked.dry_run);
    let part = sync_company(&request.app, request.company().clone(), &wanted, &Progress::default()).await?;
    request.shown().await;
    Ok(warp::reply::json(&Answer { run: wanted.run, dry_run: wanted.dry_run, part }))
}

/// Runs that compared the set-up with the providers, newest first.
#[utoipa::path(
    get, path = "/api/v1/sync/runs", tag = "Providers", security(("bearer" = ["read"])),
    params(Pages),
    responses((status = 200, body = Runs))
)]
pub(super) async fn runs(request: Request) -> Result<Items<SyncRun>, Problem> {
    Ok(paged(there::runs(request.rows(), request.scope(), request.paging()?).await?))
}

/// What somebody here changed at the providers, newest first.
#[utoipa::path(
    get, path = "/api/v1/sync/changes", tag = "Providers", security(("bearer" = ["read"])),
    params(Pages),
    responses((status = 200, body = Changes))
)]
pub(super) async fn changes(request: Request) -> Result<Items<SetUpChange>, Problem> {
    Ok(paged(there::changes(request.rows(), request.scope(), request.paging()?).await?))
}

/// Puts back what a run changed on our side, or only says what that would be.
#[utoipa::path(
    post, path = "/api/v1/sync/runs/{id}/undo", tag = "Providers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The run, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    request_body = Order,
    responses((status = 200, body = PutBack), (status = 409), (status = 422))
)]
pub(super) async fn take_back(request: Request, asked: Asked) -> Result<Json, Problem> {
    let run: Uuid = request.id("run")?;
    let name = request.caller.name();
    let undone = undo(&request.app, request.scope(), run, &name, asked.dry_run).await?;
    request.shown().await;
    Ok(warp::reply::json(&TakenBack { run, dry_run: asked.dry_run, items: undone }))
}

fn scope(request: &Request) -> Result<SyncScope, Problem> {
    match request.id::<String>("provider")?.as_str() {
        "calcom" => Ok(SyncScope::Calcom),
        "retell" => Ok(SyncScope::Retell),
        "all" => Ok(SyncScope::All),
        _ => Err(Problem::not_found("provider")),
    }
}
