//! `/api/v1/mail`: whether and how customers are written to.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, Of};
use crate::http::{Routes, body};
use crate::mail;
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::mail::{MailChange, MailSettings};
use warp::Filter;
use warp::reply::Json;

type Settings = Of<MailSettings>;
type Change = Given<MailChange>;

pub fn routes(door: &Entrance) -> Routes {
    let change = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(change);
    Routes::new().add(Method::GET, "/api/v1/mail", door.admit(&Permission::READ, &[]).then(settings)).add(
        Method::PUT,
        "/api/v1/mail",
        change,
    )
}

/// Whether and how customers are written to.
#[utoipa::path(
    get, path = "/api/v1/mail", tag = "Messages", security(("bearer" = ["read"])),
    responses((status = 200, body = Settings))
)]
pub(super) async fn settings(request: Request) -> Result<Json, Problem> {
    Ok(warp::reply::json(&mail::settings(&request.app, request.company()).await?))
}

/// Changes whether and how customers are written to. What is left out stays as it is.
#[utoipa::path(
    put, path = "/api/v1/mail", tag = "Messages", security(("bearer" = ["administer"])),
    request_body = Change,
    responses((status = 200, body = Settings), (status = 409), (status = 422))
)]
pub(super) async fn change(request: Request, change: MailChange) -> Result<Json, Problem> {
    let by = request.caller.name();
    Ok(warp::reply::json(&mail::change(&request.app, request.company(), change, by).await?))
}
