//! `/api/v1/keys`: keys of the company. A key's text is in the answer that makes it and nowhere else.

use super::lists::page_of;
use super::request::{Entrance, Request};
use crate::http::auth::{ApiKey as ApiKeyText, Caller, Permission};
use crate::http::openapi::{Given, Of, params::Pages};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::setup::SetUp;
use http::{Method, StatusCode, header};
use jiff::Timestamp;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::{CompanyId, KeyId};
use ringbuch_projections::keys::{self, ApiKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warp::Filter;
use warp::reply::{Reply, Response};

type Keys = Of<Items<ApiKey>>;
type NewKey = Given<Wanted>;
type MadeKey = Of<Issued>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::ADMINISTER, &["limit", "cursor"]).then(list);
    let issue = door.admit(&Permission::ADMINISTER, &[]).and(body::json()).then(issue);
    let revoke = door.admit(&Permission::ADMINISTER, &[]).then(revoke);
    Routes::new().add(Method::GET, "/api/v1/keys", all).add(Method::POST, "/api/v1/keys", issue).add(
        Method::DELETE,
        "/api/v1/keys/{id}",
        revoke,
    )
}

/// A key that is to do more than this many things is better not limited.
const MOST_SCOPES: usize = 50;

/// Keys of the company, in the order of issue, revoked ones included.
#[utoipa::path(
    get, path = "/api/v1/keys", tag = "Access", security(("bearer" = ["administer"])),
    params(Pages),
    responses((status = 200, body = Keys))
)]
pub(super) async fn list(request: Request) -> Result<Items<ApiKey>, Problem> {
    let all = keys::list(request.rows(), request.scope()).await?;
    page_of(&request.query, all, |it| (it.issued_at, it.key_id))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewKey")]
pub(crate) struct Wanted {
    pub name: String,
    pub role: Role,
    #[serde(default)]
    pub scopes: Vec<String>,
    pub expires_at: Option<Timestamp>,
}

/// A key as it is told once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IssuedKey")]
struct Issued {
    key_id: KeyId,
    key: String,
    company: CompanyId,
    name: String,
    role: Role,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
}

/// Makes the key, if whoever asks may give it. Its text is known to whoever called this and to nobody else.
pub(crate) async fn issued(request: &Request, wanted: &Wanted) -> Result<(KeyId, ApiKeyText), Problem> {
    may_give(&request.caller, wanted)?;
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Problem::unusable("length", "The field 'name' takes 1 to 100 characters."));
    }
    if name.chars().any(char::is_control) {
        return Err(Problem::unusable("control_characters", "The field 'name' holds control characters."));
    }
    if wanted.expires_at.is_some_and(|expiry| expiry <= request.app.clock.now()) {
        return Err(Problem::unusable("in_the_past", "The field 'expires_at' takes a time in the future."));
    }
    let set_up = SetUp::new(&request.app, request.caller.name());
    let made = set_up.issue_key(request.company(), name, wanted.role, wanted.scopes.clone(), wanted.expires_at).await?;
    request.shown().await;
    Ok(made)
}

/// Makes a key. Its text is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/keys", tag = "Access", security(("bearer" = ["administer"])),
    request_body = NewKey,
    responses((status = 201, body = MadeKey), (status = 409), (status = 422))
)]
pub(super) async fn issue(request: Request, wanted: Wanted) -> Result<Response, Problem> {
    let (key_id, text) = issued(&request, &wanted).await?;
    let answer = Issued {
        key_id,
        key: text.reveal().to_owned(),
        company: request.company().clone(),
        name: wanted.name.trim().to_owned(),
        role: wanted.role,
        scopes: wanted.scopes,
        expires_at: wanted.expires_at,
    };
    let answer = warp::reply::with_status(warp::reply::json(&answer), StatusCode::CREATED);
    Ok(warp::reply::with_header(answer, header::LOCATION, format!("/api/v1/keys/{key_id}")).into_response())
}

/// Nobody gives more than they have.
fn may_give(caller: &Caller, wanted: &Wanted) -> Result<(), Problem> {
    if wanted.scopes.len() > MOST_SCOPES {
        return Err(Problem::unusable("length", "The field 'scopes' names 50 scopes at most."));
    }
    let known = |scope: &String| {
        Permission::ALL.iter().any(|permission| permission.scope == scope) || crate::mcp::scope::is_known(scope)
    };
    if let Some(unknown) = wanted.scopes.iter().find(|scope| !known(scope)) {
        let all: Vec<&str> = Permission::ALL.iter().map(|permission| permission.scope).collect();
        let unknown: String = unknown.chars().take(64).collect();
        let all = all.join(", ");
        let detail = format!("There is no scope '{unknown}'; allowed are {all} and mcp, mcp:SERVER, mcp:SERVER:TOOL.");
        return Err(Problem::unusable("scope_unknown", detail));
    }
    if wanted.role == Role::Owner && !caller.is_owner() {
        return Err(Problem::not_allowed("Only an owner makes keys of owners."));
    }
    let own = &caller.principal.scopes;
    let within = !wanted.scopes.is_empty() && wanted.scopes.iter().all(|scope| own.contains(scope));
    if !own.is_empty() && !within {
        return Err(Problem::not_allowed("A key that is limited to scopes makes only keys within them."));
    }
    Ok(())
}

/// Takes a key back.
#[utoipa::path(
    delete, path = "/api/v1/keys/{id}", tag = "Access", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "Its id, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 204), (status = 409))
)]
pub(super) async fn revoke(request: Request) -> Result<Response, Problem> {
    revoked(&request, request.id("key")?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Takes a key back, if whoever asks may.
pub(crate) async fn revoked(request: &Request, id: KeyId) -> Result<(), Problem> {
    let unknown = || Problem::not_found("key");
    let key = keys::find(request.rows(), request.scope(), id).await?.ok_or_else(unknown)?;
    if key.role == Role::Owner && !request.caller.is_owner() {
        return Err(Problem::not_allowed("Only an owner takes back keys of owners."));
    }
    SetUp::new(&request.app, request.caller.name()).revoke_key(request.company(), id).await?;
    request.shown().await;
    Ok(())
}
