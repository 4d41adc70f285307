//! `/api/v1/users`: who may sign in to the dashboard. The page of users asks the same functions. A link that lets somebody
//! choose a password is in the answer that makes it and nowhere else.

use super::lists::page_of;
use super::request::{Entrance, Request};
use crate::http::auth::{Caller, Permission, Token, Who};
use crate::http::openapi::{Given, Of, params::Pages};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::users::{Invitation, Users};
use http::{Method, StatusCode, header};
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::UserId;
use ringbuch_projections::users::{self, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warp::Filter;
use warp::reply::{Json, Reply, Response, json, with_header, with_status};

type All = Of<Items<User>>;
type OneUser = Of<User>;
type Invite = Given<Wanted>;
type Linked = Of<UserLink>;
type RoleGiven = Given<NewRole>;

/// In characters, of a name.
const LONGEST_NAME: usize = 100;

pub fn routes(door: &Entrance) -> Routes {
    let administer = |parameters| door.admit(&Permission::ADMINISTER, parameters);
    Routes::new()
        .add(Method::GET, "/api/v1/users", administer(&["limit", "cursor"]).then(list))
        .add(Method::POST, "/api/v1/users", administer(&[]).and(body::json()).then(invite))
        .add(Method::GET, "/api/v1/users/{id}", administer(&[]).then(show))
        .add(Method::PATCH, "/api/v1/users/{id}", administer(&[]).and(body::json()).then(change))
        .add(Method::DELETE, "/api/v1/users/{id}", administer(&[]).then(erase))
        .add(Method::POST, "/api/v1/users/{id}/reset", administer(&[]).then(reset))
        .add(Method::POST, "/api/v1/users/{id}/deactivate", administer(&[]).then(deactivate))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewUser")]
pub(crate) struct Wanted {
    /// What they sign in with.
    pub email: String,
    pub role: Role,
    pub name: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    role: Role,
}

/// A user with what lets them choose a password.
#[derive(Serialize, JsonSchema)]
struct UserLink {
    user: User,
    /// An address of this server, such as `/welcome/…`, that is good for one time and for a day.
    link: String,
}

/// Nobody makes or changes what is above them, and a key that is limited makes nobody who is not.
fn may_give(caller: &Caller, role: Role) -> Result<(), Problem> {
    if !caller.principal.scopes.is_empty() {
        return Err(Problem::not_allowed("A key that is limited to scopes gives nobody a role or a link."));
    }
    if role == Role::Owner && !caller.is_owner() {
        return Err(Problem::not_allowed("Only an owner makes owners."));
    }
    Ok(())
}

/// Owners are changed by owners, and nobody by themselves, so that nobody shuts themselves out.
pub(crate) fn within_reach(caller: &Caller, user: &User) -> Result<(), Problem> {
    if caller.principal.who == Who::User(user.user_id) {
        return Err(Problem::not_allowed("Somebody else changes your own account."));
    }
    if user.role == Role::Owner && !caller.is_owner() {
        return Err(Problem::not_allowed("Only an owner changes owners."));
    }
    Ok(())
}

/// The user that the address names.
async fn found(request: &Request) -> Result<User, Problem> {
    let id: UserId = request.id("user")?;
    users::find(request.rows(), request.scope(), id).await?.ok_or_else(|| Problem::not_found("user"))
}

/// The same, if whoever asks may change them.
pub(crate) async fn named(request: &Request) -> Result<User, Problem> {
    let user = found(request).await?;
    within_reach(&request.caller, &user)?;
    Ok(user)
}

/// Invites somebody to the company, if whoever asks may.
pub(crate) async fn invited(request: &Request, wanted: Wanted) -> Result<(UserId, Token), Problem> {
    may_give(&request.caller, wanted.role)?;
    let name = wanted.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)) {
        let detail =
            format!("The field 'name' takes {LONGEST_NAME} characters at most, none of them a control character.");
        return Err(Problem::unusable("name", detail));
    }
    let (company, by) = (request.company().clone(), request.caller.name());
    let invitation = Invitation { company, role: wanted.role, email: wanted.email, name, by };
    let made = Users::new(&request.app).invite(invitation).await?;
    request.shown().await;
    Ok(made)
}

/// Makes a new link for somebody, if whoever asks may.
pub(crate) async fn offered(request: &Request) -> Result<(User, Token), Problem> {
    let user = named(request).await?;
    may_give(&request.caller, user.role)?;
    let link = Users::new(&request.app).offer_reset(&user, &request.caller.name()).await?;
    Ok((user, link))
}

/// Gives the user that the address names another role, if whoever asks may.
pub(crate) async fn given(request: &Request, role: Role) -> Result<(), Problem> {
    let user = named(request).await?;
    may_give(&request.caller, role)?;
    Users::new(&request.app).change_role(&user, role, &request.caller.name()).await?;
    request.shown().await;
    Ok(())
}

/// Shuts the user out that the address names, if whoever asks may.
pub(crate) async fn shut_out(request: &Request) -> Result<(), Problem> {
    let user = named(request).await?;
    Users::new(&request.app).deactivate(&user, &request.caller.name()).await?;
    request.shown().await;
    Ok(())
}

/// Forgets the user that the address names, if whoever asks may.
pub(crate) async fn forgotten(request: &Request) -> Result<(), Problem> {
    let user = named(request).await?;
    Users::new(&request.app).erase(&user, &request.caller.name()).await?;
    request.shown().await;
    Ok(request.app.store.leave_no_trace(false).await?)
}

/// Users of the company in the order in which they were invited, those included who are shut out.
#[utoipa::path(
    get, path = "/api/v1/users", tag = "Access", security(("bearer" = ["administer"])),
    params(Pages),
    responses((status = 200, body = All))
)]
pub(super) async fn list(request: Request) -> Result<Items<User>, Problem> {
    let all = users::list(request.rows(), request.scope()).await?;
    page_of(&request.query, all, |it| (it.invited_at, it.user_id))
}

/// Invites somebody. The link that lets them choose a password is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/users", tag = "Access", security(("bearer" = ["administer"])),
    request_body = Invite,
    responses((status = 201, body = Linked), (status = 409), (status = 422))
)]
pub(super) async fn invite(request: Request, wanted: Wanted) -> Result<Response, Problem> {
    let (id, link) = invited(&request, wanted).await?;
    let user = users::find(request.rows(), request.scope(), id).await?.ok_or_else(|| Problem::unavailable(1))?;
    let answer = with_status(json(&UserLink::new(user, &link)), StatusCode::CREATED);
    Ok(with_header(answer, header::LOCATION, format!("/api/v1/users/{id}")).into_response())
}

/// One user.
#[utoipa::path(
    get, path = "/api/v1/users/{id}", tag = "Access", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Their id, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 200, body = OneUser))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    Ok(json(&found(&request).await?))
}

/// Gives somebody another role.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}", tag = "Access", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Their id, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    request_body = RoleGiven,
    responses((status = 200, body = OneUser), (status = 409))
)]
pub(super) async fn change(request: Request, wanted: NewRole) -> Result<Json, Problem> {
    given(&request, wanted.role).await?;
    show(request).await
}

/// Makes a new link with which somebody chooses a password. The old password is good until the link is used.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/reset", tag = "Access", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Their id, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 200, body = Linked), (status = 409))
)]
pub(super) async fn reset(request: Request) -> Result<Json, Problem> {
    let (user, link) = offered(&request).await?;
    Ok(json(&UserLink::new(user, &link)))
}

/// Shuts somebody out, at once and for good. They can be invited anew.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/deactivate", tag = "Access", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Their id, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 200, body = OneUser), (status = 409))
)]
pub(super) async fn deactivate(request: Request) -> Result<Json, Problem> {
    shut_out(&request).await?;
    show(request).await
}

/// Shuts somebody out and forgets their name and address for ever. What they did stays, under an id that says nothing.
#[utoipa::path(
    delete, path = "/api/v1/users/{id}", tag = "Access", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Their id, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 204), (status = 409))
)]
pub(super) async fn erase(request: Request) -> Result<Response, Problem> {
    forgotten(&request).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl UserLink {
    fn new(user: User, link: &Token) -> Self {
        Self { user, link: format!("/welcome/{}", link.reveal()) }
    }
}
