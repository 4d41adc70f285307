//! `/api/v1/sync`: brings the company in step with its providers, lists runs, and takes one back.

use super::lists::paged;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::sync::{Synced, Wanted, sync, undo};
use http::Method;
use ringbuch_domain::company::SyncScope;
use ringbuch_projections::there::{self, SetUpChange, SyncRun};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use warp::Filter;
use warp::reply::Json;

pub fn routes(door: &Entrance) -> Routes {
    let run = |scope: SyncScope| {
        let go_over = move |request, asked| go_over(request, asked, scope);
        door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(go_over)
    };
    let read = |parameters| door.admit(&Permission::READ, parameters);
    let undo = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(take_back);
    Routes::new()
        .add(Method::POST, "/api/v1/sync/calcom", run(SyncScope::Calcom))
        .add(Method::POST, "/api/v1/sync/retell", run(SyncScope::Retell))
        .add(Method::POST, "/api/v1/sync/all", run(SyncScope::All))
        .add(Method::GET, "/api/v1/sync/runs", read(&["limit", "cursor"]).then(runs))
        .add(Method::GET, "/api/v1/sync/changes", read(&["limit", "cursor"]).then(changes))
        .add(Method::POST, "/api/v1/sync/runs/{id}/undo", undo)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    dry_run: bool,
}

#[derive(Serialize)]
struct Answer {
    run: Uuid,
    dry_run: bool,
    #[serde(flatten)]
    part: Synced,
}

async fn go_over(request: Request, asked: Asked, scope: SyncScope) -> Result<Json, Problem> {
    let wanted = Wanted::new(scope, request.caller.name(), asked.dry_run);
    let mut parts = vec![];
    sync(&request.app, vec![request.company().clone()], &wanted, |part| parts.push(part)).await?;
    request.shown().await;
    let part = parts.pop().ok_or_else(|| Problem::not_found("company"))?;
    Ok(warp::reply::json(&Answer { run: wanted.run, dry_run: wanted.dry_run, part }))
}

async fn runs(request: Request) -> Result<Items<SyncRun>, Problem> {
    Ok(paged(there::runs(request.rows(), request.scope(), request.paging()?).await?))
}

/// What somebody here changed at the providers.
async fn changes(request: Request) -> Result<Items<SetUpChange>, Problem> {
    Ok(paged(there::changes(request.rows(), request.scope(), request.paging()?).await?))
}

async fn take_back(request: Request, asked: Asked) -> Result<Json, Problem> {
    let run: Uuid = request.id("run")?;
    let name = request.caller.name();
    let undone = undo(&request.app, request.scope(), run, &name, asked.dry_run).await?;
    request.shown().await;
    Ok(warp::reply::json(&json!({ "run": run, "dry_run": asked.dry_run, "items": undone })))
}
