//! What is changed at the providers from here: an agent's words, who answers a number, a person's hours.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::{Routes, body};
use crate::problem::Problem;
use crate::pushing::{self, Author, NewHours, Pushing};
use http::Method;
use ringbuch_domain::company::{BoundAgent, DayOverride, WeeklyHours};
use ringbuch_domain::phone;
use serde::Deserialize;
use serde_json::json;
use warp::Filter;
use warp::reply::Json;

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    let change = || door.admit(&Permission::ADMINISTER, &[]);
    Routes::new()
        .add(Method::GET, "/api/v1/agents/{id}/prompt", read(&["version"]).then(prompt))
        .add(Method::PUT, "/api/v1/agents/{id}/prompt", change().and(body::json()).then(draft))
        .add(Method::GET, "/api/v1/agents/{id}/versions", read(&[]).then(versions))
        .add(Method::POST, "/api/v1/agents/{id}/publish", change().and(body::json()).then(publish))
        .add(Method::POST, "/api/v1/agents/{id}/rollback", change().and(body::json()).then(roll_back))
        .add(Method::GET, "/api/v1/phone-numbers/{id}/agents", read(&[]).then(binding))
        .add(Method::PUT, "/api/v1/phone-numbers/{id}/agents", change().and(body::json()).then(bind))
        .add(Method::GET, "/api/v1/staff/{id}/working-hours", read(&[]).then(hours))
        .add(Method::PUT, "/api/v1/staff/{id}/working-hours", change().and(body::json()).then(push_hours))
}

/// The longest reason that is kept beside a change.
const WHY: usize = 500;

impl Request {
    fn pushing(&self) -> Pushing<'_> {
        Pushing { app: &self.app, company: self.company() }
    }

    fn author(&self, why: String) -> Result<Author, Problem> {
        if why.trim().is_empty() || why.chars().count() > WHY {
            return Err(Problem::body(format!("The member 'why' takes 1 to {WHY} characters.")));
        }
        Ok(Author { by: self.caller.name(), why })
    }

    fn number(&self) -> Result<String, Problem> {
        let said: String = self.id("phone number")?;
        phone::normalise(&said).ok_or_else(|| Problem::not_found("phone number"))
    }
}

async fn prompt(request: Request) -> Result<Json, Problem> {
    let (agent, version): (String, Option<u32>) = (request.id("agent")?, request.query.get("version")?);
    Ok(warp::reply::json(&pushing::prompt(&request.pushing(), &agent, version).await?))
}

async fn versions(request: Request) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    Ok(warp::reply::json(&json!({ "items": pushing::versions(&request.pushing(), &agent).await? })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    prompt: String,
    /// The digest that came with the words which the author has read.
    read: String,
    why: String,
}

async fn draft(request: Request, words: Words) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    let author = request.author(words.why)?;
    let drafted = pushing::draft(&request.pushing(), &agent, &words.prompt, &words.read, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&drafted))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    version: u32,
    why: String,
}

async fn publish(request: Request, asked: Version) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    let author = request.author(asked.why)?;
    pushing::publish(&request.pushing(), &agent, asked.version, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&json!({ "agent": agent, "version": asked.version, "published": true })))
}

async fn roll_back(request: Request, asked: Version) -> Result<Json, Problem> {
    let agent: String = request.id("agent")?;
    let author = request.author(asked.why)?;
    let drafted = pushing::roll_back(&request.pushing(), &agent, asked.version, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&drafted))
}

async fn binding(request: Request) -> Result<Json, Problem> {
    let number = request.number()?;
    let there = pushing::binding(&request.pushing(), &number).await?;
    Ok(warp::reply::json(&json!({ "number": there.number, "inbound": there.inbound })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Binding {
    inbound: Vec<BoundAgent>,
    /// Who answered when the author looked.
    read: Vec<BoundAgent>,
    why: String,
}

async fn bind(request: Request, asked: Binding) -> Result<Json, Problem> {
    let number = request.number()?;
    let author = request.author(asked.why)?;
    let there = pushing::bind(&request.pushing(), &number, asked.inbound, &asked.read, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&json!({ "number": there.number, "inbound": there.inbound })))
}

async fn hours(request: Request) -> Result<Json, Problem> {
    let staff = request.id("member of staff")?;
    Ok(warp::reply::json(&pushing::hours(&request.pushing(), &staff).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Week {
    weekly: Vec<WeeklyHours>,
    overrides: Vec<DayOverride>,
    why: String,
}

async fn push_hours(request: Request, asked: Week) -> Result<Json, Problem> {
    let staff = request.id("member of staff")?;
    let author = request.author(asked.why)?;
    let new = NewHours { weekly: asked.weekly, overrides: asked.overrides };
    let there = pushing::push_hours(&request.pushing(), &staff, new, author).await?;
    request.shown().await;
    Ok(warp::reply::json(&there))
}
