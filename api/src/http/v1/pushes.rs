//! What is changed at the providers from here: an agent's words, who answers a number, a person's hours.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, InQuery, Of};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use crate::pushing::{self, Author, Calls, Drafted, HoursThere, NewHours, PromptThere, Pushing, VersionThere};
use http::{Method, header};
use ringbuch_domain::company::{BoundAgent, DayOverride, WeeklyHours};
use ringbuch_domain::phone;
use ringbuch_domain::ports::NumberThere;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warp::Filter;
use warp::reply::{Json, Reply, Response};

/// Which words are wanted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Which {
    /// The newest where it is left out.
    version: Option<u32>,
}

type AtVersion = InQuery<Which>;
type Prompt = Of<PromptThere>;
type NewPrompt = Given<Words>;
type Draft = Of<Drafted>;
type Versions = Of<Items<VersionThere>>;
type OneVersion = Given<Version>;
type Heard = Of<Published>;
type Bindings = Of<Bound>;
type NewBinding = Given<Binding>;
type NewOutbound = Given<Outbound>;
type Hours = Of<HoursThere>;
type NewWeek = Given<Week>;

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    let if_match = warp::header::optional::<String>("if-match");
    let change = || door.admit(&Permission::ADMINISTER, &[]);
    Routes::new()
        .add(Method::GET, "/api/v1/agents/{id}/prompt", read(&["version"]).then(prompt))
        .add(Method::PUT, "/api/v1/agents/{id}/prompt", change().and(if_match).and(body::json()).then(draft))
        .add(Method::GET, "/api/v1/agents/{id}/versions", read(&[]).then(versions))
        .add(Method::POST, "/api/v1/agents/{id}/publish", change().and(body::json()).then(publish))
        .add(Method::POST, "/api/v1/agents/{id}/rollback", change().and(body::json()).then(roll_back))
        .add(Method::GET, "/api/v1/phone-numbers/{id}/agents", read(&[]).then(binding))
        .add(Method::PUT, "/api/v1/phone-numbers/{id}/agents", change().and(body::json()).then(bind))
        .add(Method::PUT, "/api/v1/phone-numbers/{id}/outbound-agents", change().and(body::json()).then(bind_outbound))
        .add(Method::GET, "/api/v1/staff/{id}/working-hours", read(&[]).then(hours))
        .add(Method::PUT, "/api/v1/staff/{id}/working-hours", change().and(body::json()).then(push_hours))
}

/// The longest reason that is kept beside a change.
const WHY: usize = 500;

impl Request {
    pub(crate) fn pushing(&self) -> Pushing<'_> {
        Pushing { app: &self.app, company: self.company() }
    }

    /// Whoever asks, with a reason that can be kept.
    pub(crate) fn author(&self, why: String) -> Result<Author, Problem> {
        if why.trim().is_empty() || why.chars().count() > WHY {
            return Err(Problem::body(format!("The member 'why' takes 1 to {WHY} characters.")));
        }
        if why.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(Problem::body("The member 'why' holds control characters."));
        }
        Ok(Author { by: self.caller.name(), why })
    }

    pub(crate) fn number(&self) -> Result<String, Problem> {
        let said: String = self.id("phone number")?;
        phone::normalise(&said).ok_or_else(|| Problem::not_found("phone number"))
    }
}

/// An agent's words as they stand at Retell.
#[utoipa::path(
    get, path = "/api/v1/agents/{id}/prompt", tag = "Providers", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The agent, as Retell names it", example = "agent_0d1e2f"), AtVersion),
    responses((
        status = 200, body = Prompt, headers(("ETag" = String, description = "The digest, for If-Match"))
    ), (status = 422), (status = 502))
)]
pub(super) async fn prompt(request: Request) -> Result<Response, Problem> {
    let (agent, version): (String, Option<u32>) = (request.id("agent")?, request.query.get("version")?);
    let there = pushing::prompt(&request.pushing(), &agent, version).await?;
    let tag = format!("\"{}\"", there.digest);
    Ok(warp::reply::with_header(warp::reply::json(&there), header::ETAG, tag).into_response())
}

/// An agent's versions, newest first, with the numbers that each one answers.
#[utoipa::path(
    get, path = "/api/v1/agents/{id}/versions", tag = "Providers", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The agent, as Retell names it", example = "agent_0d1e2f")),
    responses((status = 200, body = Versions), (status = 422), (status = 502))
)]
pub(super) async fn versions(request: Request) -> Result<Items<VersionThere>, Problem> {
    let agent: String = request.id("agent")?;
    Ok(Items { items: pushing::versions(&request.pushing(), &agent).await?, next: None })
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPrompt")]
pub(super) struct Words {
    prompt: String,
    /// The digest that came with the words which the author has read; the header If-Match may carry it instead.
    read: Option<String>,
    why: String,
}

/// Writes new words into a draft, which callers do not hear yet.
#[utoipa::path(
    put, path = "/api/v1/agents/{id}/prompt", tag = "Providers", security(("bearer" = ["administer"])),
    params(
        ("id" = String, Path, description = "The agent, as Retell names it", example = "agent_0d1e2f"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the words that the author has read")
    ),
    request_body = NewPrompt,
    responses((status = 200, body = Draft), (status = 409), (status = 422), (status = 502))
)]
pub(super) async fn draft(request: Request, tag: Option<String>, words: Words) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    let read = words.read.or_else(|| tag.map(|tag| tag.trim_matches('"').to_owned()));
    let missing = "Say which words you have read: their digest as the member 'read', or as the header If-Match.";
    let read = read.ok_or_else(|| Problem::body(missing))?;
    let author = request.author(words.why)?;
    let drafted = pushing::draft(&request.pushing(), &agent, &words.prompt, &read, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&drafted))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "VersionRequest")]
pub(super) struct Version {
    version: u32,
    why: String,
}

/// The version that callers hear.
#[derive(Serialize, JsonSchema)]
struct Published {
    agent: String,
    version: u32,
    published: bool,
}

/// Has callers hear a version from now on.
#[utoipa::path(
    post, path = "/api/v1/agents/{id}/publish", tag = "Providers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The agent, as Retell names it", example = "agent_0d1e2f")),
    request_body = OneVersion,
    responses((status = 200, body = Heard), (status = 409), (status = 422), (status = 502))
)]
pub(super) async fn publish(request: Request, asked: Version) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    let author = request.author(asked.why)?;
    pushing::publish(&request.pushing(), &agent, asked.version, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&Published { agent, version: asked.version, published: true }))
}

/// Makes a draft from an old version.
#[utoipa::path(
    post, path = "/api/v1/agents/{id}/rollback", tag = "Providers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The agent, as Retell names it", example = "agent_0d1e2f")),
    request_body = OneVersion,
    responses((status = 200, body = Draft), (status = 409), (status = 422), (status = 502))
)]
pub(super) async fn roll_back(request: Request, asked: Version) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    let author = request.author(asked.why)?;
    let drafted = pushing::roll_back(&request.pushing(), &agent, asked.version, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&drafted))
}

/// Who answers a number.
#[derive(Serialize, JsonSchema)]
struct Bound {
    /// E.164.
    number: String,
    inbound: Vec<BoundAgent>,
    /// Who speaks in calls that are made from it.
    outbound: Vec<BoundAgent>,
}

impl From<NumberThere> for Bound {
    fn from(there: NumberThere) -> Self {
        Self { number: there.number, inbound: there.inbound, outbound: there.outbound }
    }
}

/// Who answers a number, with their shares of the calls.
#[utoipa::path(
    get, path = "/api/v1/phone-numbers/{id}/agents", tag = "Providers", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "E.164", example = "+493023125100")),
    responses((status = 200, body = Bindings), (status = 422), (status = 502))
)]
pub(super) async fn binding(request: Request) -> Result<Json, Problem> {
    let number = request.number()?;
    let there = pushing::binding(&request.pushing(), &number).await?;
    Ok(warp::reply::json(&Bound::from(there)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewBinding")]
pub(super) struct Binding {
    inbound: Vec<BoundAgent>,
    /// Who answered when the author looked.
    read: Vec<BoundAgent>,
    why: String,
}

/// Has other agents answer a number.
#[utoipa::path(
    put, path = "/api/v1/phone-numbers/{id}/agents", tag = "Providers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "E.164", example = "+493023125100")),
    request_body = NewBinding,
    responses((status = 200, body = Bindings), (status = 409), (status = 422), (status = 502))
)]
pub(super) async fn bind(request: Request, asked: Binding) -> Result<Json, Problem> {
    let number = request.number()?;
    let author = request.author(asked.why)?;
    let there = pushing::bind(&request.pushing(), &number, asked.inbound, &asked.read, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&Bound::from(there)))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewOutboundBinding")]
pub(super) struct Outbound {
    /// Empty: nobody calls from it.
    outbound: Vec<BoundAgent>,
    /// Who spoke when the author looked.
    read: Vec<BoundAgent>,
    why: String,
}

/// Has other agents speak in calls that are made from a number.
#[utoipa::path(
    put, path = "/api/v1/phone-numbers/{id}/outbound-agents", tag = "Providers",
    security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "E.164", example = "+493023125100")),
    request_body = NewOutbound,
    responses((status = 200, body = Bindings), (status = 409), (status = 422), (status = 502))
)]
pub(super) async fn bind_outbound(request: Request, asked: Outbound) -> Result<Json, Problem> {
    let number = request.number()?;
    let author = request.author(asked.why)?;
    let (pushing, calls) = (request.pushing(), Calls::Outgoing);
    let there = pushing::bind_calls(&pushing, &number, calls, &asked.outbound, &asked.read, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&Bound::from(there)))
}

/// A person's working hours as they stand at Cal.com.
#[utoipa::path(
    get, path = "/api/v1/staff/{id}/working-hours", tag = "Providers", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The person", example = "anna")),
    responses((status = 200, body = Hours), (status = 422), (status = 502))
)]
pub(super) async fn hours(request: Request) -> Result<Json, Problem> {
    let staff = request.id("member of staff")?;
    Ok(warp::reply::json(&pushing::hours(&request.pushing(), &staff).await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewWorkingHours")]
pub(super) struct Week {
    weekly: Vec<WeeklyHours>,
    overrides: Vec<DayOverride>,
    /// The digest of what its author has read; without it, that is what was last read from Cal.com.
    read: Option<String>,
    why: String,
}

/// Replaces a person's working hours at Cal.com.
#[utoipa::path(
    put, path = "/api/v1/staff/{id}/working-hours", tag = "Providers", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The person", example = "anna")),
    request_body = NewWeek,
    responses((status = 200, body = Hours), (status = 409), (status = 422), (status = 502))
)]
pub(super) async fn push_hours(request: Request, asked: Week) -> Result<Json, Problem> {
    let staff = request.id("member of staff")?;
    let author = request.author(asked.why)?;
    let new = NewHours { weekly: asked.weekly, overrides: asked.overrides, read: asked.read };
    let there = pushing::push_hours(&request.pushing(), &staff, new, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&there))
}
