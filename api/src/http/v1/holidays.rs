//! `/api/v1/branches/{id}/holidays`: on which days a branch is closed although its people's week says otherwise.

use super::failure::sentence;
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, Of};
use crate::http::{Routes, body};
use crate::problem::Problem;
use crate::setup::{SetUp, SetUpError};
use http::Method;
use ringbuch_domain::company::{Company, Holidays, HolidaysChange};
use ringbuch_domain::ids::BranchId;
use ringbuch_domain::recorded::StreamId;
use warp::Filter;
use warp::reply::Json;

type Kept = Of<Holidays>;
type Change = Given<HolidaysChange>;

pub fn routes(door: &Entrance) -> Routes {
    let path = "/api/v1/branches/{id}/holidays";
    let change = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(change);
    Routes::new().add(Method::GET, path, door.admit(&Permission::READ, &[]).then(holidays)).add(
        Method::PATCH,
        path,
        change,
    )
}

/// Which holidays a branch keeps.
#[utoipa::path(
    get, path = "/api/v1/branches/{id}/holidays", tag = "Company", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The branch", example = "mitte")),
    responses((status = 200, body = Kept))
)]
pub(super) async fn holidays(request: Request) -> Result<Json, Problem> {
    let (_, holidays) = known(&request).await?;
    Ok(warp::reply::json(&holidays))
}

/// Changes the holidays of a branch. Days that are not named stay as they are.
#[utoipa::path(
    patch, path = "/api/v1/branches/{id}/holidays", tag = "Company", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The branch", example = "mitte")),
    request_body = Change,
    responses((status = 200, body = Kept), (status = 409), (status = 422))
)]
pub(super) async fn change(request: Request, change: HolidaysChange) -> Result<Json, Problem> {
    let (branch, _) = known(&request).await?;
    let set_up = SetUp::new(&request.app, request.caller.name());
    match set_up.holidays(request.company(), branch, change).await {
        Ok((holidays, _)) => Ok(warp::reply::json(&holidays)),
        Err(SetUpError::Refused(why)) => Err(Problem::unusable("holidays_unusable", sentence(&why))),
        Err(other) => Err(other.into()),
    }
}

async fn known(request: &Request) -> Result<(BranchId, Holidays), Problem> {
    let branch: BranchId = request.id("branch")?;
    let company = request.app.journal.load::<Company>(&StreamId::company(request.company())).await?;
    let known = company.aggregate.branches.get(&branch).map(|known| known.holidays.clone());
    Ok((branch, known.ok_or_else(|| Problem::not_found("branch"))?))
}
