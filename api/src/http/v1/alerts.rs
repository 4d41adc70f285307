//! `/api/v1/alerts`: what has fired, the rules, and the channels. Where a channel leads can be set and never read.

use super::lists::paged;
use super::request::{Entrance, Request};
use crate::alerts::{AlertSetUp, Leads};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, InQuery, Of, params::Pages};
use crate::http::{Items, Routes, body};
use crate::problem::Problem;
use http::{Method, StatusCode};
use ringbuch_domain::alerts::{AlertKind, AlertRule, Channel, Means, RuleChange};
use ringbuch_domain::ids::AlertId;
use ringbuch_projections::alerts::{self, AlertRow, AlertStatus};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use warp::Filter;
use warp::reply::{Json, Reply, Response};

/// Which alerts are wanted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct WantedAlerts {
    status: Option<AlertStatus>,
}

type Filters = InQuery<WantedAlerts>;
type Alerts = Of<Items<AlertRow>>;
type OneAlert = Of<AlertRow>;
type Rules = Of<BTreeMap<AlertKind, AlertRule>>;
type Changes = Given<BTreeMap<AlertKind, RuleChange>>;
type Channels = Of<Items<Channel>>;
type Leading = Given<Wanted>;
type SetNow = Of<ChannelSet>;
type Tested = Of<ChannelTested>;

pub fn routes(door: &Entrance) -> Routes {
    let read = |parameters| door.admit(&Permission::READ, parameters);
    let administer = || door.admit(&Permission::ADMINISTER, &[]);
    let acknowledge = door.admit(&Permission::OPERATE, &[]).then(acknowledge);
    Routes::new()
        .add(Method::GET, "/api/v1/alerts", read(&["status", "limit", "cursor"]).then(list))
        .add(Method::GET, "/api/v1/alerts/rules", read(&[]).then(rules))
        .add(Method::PUT, "/api/v1/alerts/rules", administer().and(body::json()).then(change_rules))
        .add(Method::GET, "/api/v1/alerts/channels", read(&[]).then(channels))
        .add(Method::PUT, "/api/v1/alerts/channels/{id}", administer().and(body::json()).then(set_channel))
        .add(Method::DELETE, "/api/v1/alerts/channels/{id}", administer().then(remove_channel))
        .add(Method::POST, "/api/v1/alerts/channels/{id}/test", administer().then(test))
        .add(Method::GET, "/api/v1/alerts/{id}", read(&[]).then(find))
        .add(Method::POST, "/api/v1/alerts/{id}/acknowledge", acknowledge)
}

fn set_up(request: &Request) -> AlertSetUp<'_> {
    AlertSetUp { app: &request.app, company: request.company(), by: request.caller.name() }
}

/// What has fired, the newest first.
#[utoipa::path(
    get, path = "/api/v1/alerts", tag = "Messages", security(("bearer" = ["read"])),
    params(Filters, Pages),
    responses((status = 200, body = Alerts))
)]
pub(super) async fn list(request: Request) -> Result<Items<AlertRow>, Problem> {
    let status: Option<AlertStatus> = request.query.get("status")?;
    Ok(paged(alerts::list(request.rows(), request.scope(), status, request.paging()?).await?))
}

/// One firing, and what became of it.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}", tag = "Messages", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "The alert", example = "018f0000-0000-7000-8000-000000000000")),
    responses((status = 200, body = OneAlert))
)]
pub(super) async fn find(request: Request) -> Result<Json, Problem> {
    found(&request, request.id("alert")?).await
}

async fn found(request: &Request, id: AlertId) -> Result<Json, Problem> {
    let alert = alerts::find(request.rows(), request.scope(), id).await?;
    Ok(warp::reply::json(&alert.ok_or_else(|| Problem::not_found("alert"))?))
}

/// Says that somebody looks after it, so that nobody else is told.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/acknowledge", tag = "Messages", security(("bearer" = ["operate"])),
    params(("id" = String, Path, description = "The alert", example = "018f0000-0000-7000-8000-000000000000")),
    responses((status = 200, body = OneAlert), (status = 409), (status = 422))
)]
pub(super) async fn acknowledge(request: Request) -> Result<Json, Problem> {
    let id: AlertId = request.id("alert")?;
    found(&request, id).await?;
    set_up(&request).acknowledge(id).await?;
    request.shown().await;
    found(&request, id).await
}

/// Every rule as it reads, by what it watches.
#[utoipa::path(
    get, path = "/api/v1/alerts/rules", tag = "Messages", security(("bearer" = ["read"])),
    responses((status = 200, body = Rules))
)]
pub(super) async fn rules(request: Request) -> Result<Json, Problem> {
    Ok(warp::reply::json(&set_up(&request).rules().await?))
}

/// Changes rules; all that are named or none. What is left out stays as it is.
#[utoipa::path(
    put, path = "/api/v1/alerts/rules", tag = "Messages", security(("bearer" = ["administer"])),
    request_body = Changes,
    responses((status = 200, body = Rules), (status = 409), (status = 422))
)]
pub(super) async fn change_rules(request: Request, changes: BTreeMap<AlertKind, RuleChange>) -> Result<Json, Problem> {
    let set_up = set_up(&request);
    set_up.change_rules(&changes).await?;
    Ok(warp::reply::json(&set_up.rules().await?))
}

/// The channels that are set up. Where they lead is told to nobody.
#[utoipa::path(
    get, path = "/api/v1/alerts/channels", tag = "Messages", security(("bearer" = ["read"])),
    responses((status = 200, body = Channels))
)]
pub(super) async fn channels(request: Request) -> Result<Json, Problem> {
    Ok(warp::reply::json(&Items { items: set_up(&request).channels().await?, next: None }))
}

/// One of them, as the channel's name says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChannelLeads")]
pub(super) struct Wanted {
    /// Of Slack or of a webhook.
    #[schemars(with = "Option<String>")]
    url: Option<SecretString>,
    /// Mailboxes.
    to: Option<Vec<String>>,
    /// Of a webhook; without one it is drawn and told in the answer.
    #[schemars(with = "Option<String>")]
    secret: Option<SecretString>,
}

#[derive(Serialize, JsonSchema)]
struct ChannelSet {
    channel: Channel,
    /// Of a webhook, where it was drawn now.
    secret: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct ChannelTested {
    channel: Channel,
    delivered: bool,
    /// Why it did not arrive.
    failure: Option<String>,
}

/// Has a channel lead somewhere. The signing secret of a webhook is in this answer and nowhere else, where it was drawn.
#[utoipa::path(
    put, path = "/api/v1/alerts/channels/{id}", tag = "Messages", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The channel", example = "first-slack")),
    request_body = Leading,
    responses((status = 200, body = SetNow), (status = 409), (status = 422))
)]
pub(super) async fn set_channel(request: Request, wanted: Wanted) -> Result<Json, Problem> {
    let channel: Channel = request.id("channel")?;
    let leads = leads(channel, wanted)?;
    let drawn = set_up(&request).set_channel(channel, leads).await?;
    let secret = drawn.as_ref().map(|secret| secret.reveal().to_owned());
    Ok(warp::reply::json(&ChannelSet { channel, secret }))
}

fn leads(channel: Channel, wanted: Wanted) -> Result<Leads, Problem> {
    match (channel.means, wanted) {
        (Means::Slack, Wanted { url: Some(url), to: None, secret: None }) => Ok(Leads::Slack(url)),
        (Means::Email, Wanted { url: None, to: Some(to), secret: None }) => Ok(Leads::Email(to)),
        (Means::Webhook, Wanted { url: Some(url), to: None, secret }) => Ok(Leads::Webhook(url, secret)),
        (Means::Slack, _) => Err(Problem::unusable("channel", "A Slack channel takes 'url' alone.")),
        (Means::Email, _) => {
            Err(Problem::unusable("channel", "An e-mail channel takes 'to' alone, a list of addresses."))
        }
        (Means::Webhook, _) => {
            Err(Problem::unusable("channel", "A webhook takes 'url' and, if you have one, 'secret'."))
        }
    }
}

/// Takes a channel away.
#[utoipa::path(
    delete, path = "/api/v1/alerts/channels/{id}", tag = "Messages", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The channel", example = "first-slack")),
    responses((status = 204), (status = 409), (status = 422))
)]
pub(super) async fn remove_channel(request: Request) -> Result<Response, Problem> {
    set_up(&request).remove_channel(request.id("channel")?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sends a message through a channel and waits for what comes of it.
#[utoipa::path(
    post, path = "/api/v1/alerts/channels/{id}/test", tag = "Messages", security(("bearer" = ["administer"])),
    params(("id" = String, Path, description = "The channel", example = "first-slack")),
    responses((status = 200, body = Tested), (status = 409), (status = 422))
)]
pub(super) async fn test(request: Request) -> Result<Json, Problem> {
    let channel: Channel = request.id("channel")?;
    let failure = set_up(&request).test(channel).await?;
    Ok(warp::reply::json(&ChannelTested { channel, delivered: failure.is_none(), failure }))
}
