//! `PUT /api/v1/phone-numbers/{id}/branch` and `agents/{id}/branch`: whose calls these are within the company.

use super::directory::{self, OneAgent, OneNumber};
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::Given;
use crate::http::{Routes, body};
use crate::problem::Problem;
use crate::setup::SetUp;
use http::Method;
use ringbuch_domain::company::Command;
use ringbuch_domain::ids::BranchId;
use schemars::JsonSchema;
use serde::Deserialize;
use warp::Filter;
use warp::reply::Json;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Assignment")]
pub(super) struct Assignment {
    branch: String,
}

type NewBranch = Given<Assignment>;

pub fn routes(door: &Entrance) -> Routes {
    let change = || door.admit(&Permission::ADMINISTER, &[]).and(body::json());
    Routes::new().add(Method::PUT, "/api/v1/phone-numbers/{id}/branch", change().then(number)).add(
        Method::PUT,
        "/api/v1/agents/{id}/branch",
        change().then(agent),
    )
}

impl Assignment {
    /// A branch that the company has.
    async fn branch(self, request: &Request) -> Result<BranchId, Problem> {
        let unknown = || Problem::unusable("branch_unknown", "The company has no such branch.");
        let branch = BranchId::new(&self.branch).map_err(|_| unknown())?;
        let known = ringbuch_projections::directory::branch(request.rows(), request.scope(), &branch).await?;
        Ok(known.ok_or_else(unknown)?.branch)
    }
}

/// Calls of this number belong to that branch.
#[utoipa::path(
    put, path = "/api/v1/phone-numbers/{id}/branch", tag = "Company", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "E.164", example = "+493023125100")),
    request_body = NewBranch,
    responses((status = 200, body = OneNumber), (status = 409), (status = 422))
)]
pub(super) async fn number(request: Request, asked: Assignment) -> Result<Json, Problem> {
    let number = request.number()?;
    let known = ringbuch_projections::directory::phone_number(request.rows(), request.scope(), &number).await?;
    known.ok_or_else(|| Problem::not_found("phone number"))?;
    let branch = asked.branch(&request).await?;
    SetUp::new(&request.app, request.caller.name()).number(request.company(), &number, branch).await?;
    request.shown().await;
    directory::phone_number(request).await
}

/// Calls that this agent takes, and that no number leads to a branch, belong to that one.
#[utoipa::path(
    put, path = "/api/v1/agents/{id}/branch", tag = "Company", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "As Retell names it", example = "agent_0d1e2f")),
    request_body = NewBranch,
    responses((status = 200, body = OneAgent), (status = 409), (status = 422))
)]
pub(super) async fn agent(request: Request, asked: Assignment) -> Result<Json, Problem> {
    let agent = directory::known_agent(&request).await?;
    let branch = asked.branch(&request).await?;
    let set_up = SetUp::new(&request.app, request.caller.name());
    set_up.change(request.company(), Command::AssignAgent { agent, branch }).await?;
    request.shown().await;
    directory::agent(request).await
}
