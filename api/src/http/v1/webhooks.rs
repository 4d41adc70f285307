//! `/api/v1/webhooks`: every delivery, what came of it, and for those who work with it what it said.

use super::events::Shown as Event;
use super::lists::paged;
use super::request::{Entrance, Request};
use super::search::search;
use crate::http::auth::{Caller, Permission};
use crate::http::openapi::{
    InQuery, Of,
    params::{All, Pages, Times},
};
use crate::http::{Items, Query, Routes};
use crate::intake::received;
use crate::journal::JournalError;
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::ids::DeliveryId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Body, Delivered, Provider, WebhookEvent};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter, DeliveryStatus};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use warp::Filter;
use warp::reply::Json;

const FILTERS: &[&str] = &["status", "event", "provider", "call", "text", "since", "until", "all", "limit", "cursor"];

/// Which deliveries are wanted; the span is that of receipt.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    status: Option<DeliveryStatus>,
    /// `call_ended`, `BOOKING_CREATED`, ….
    event: Option<String>,
    provider: Option<Provider>,
    call: Option<String>,
    /// Words that the body holds, in upper or lower case; for roles that see what was sent. The newest that the other filters
    /// leave are opened one after the other, so a page may hold few or none and still have a next one.
    text: Option<String>,
}

type Filters = InQuery<Wanted>;
type Webhooks = Of<Items<Delivery>>;
type OneWebhook = Of<Shown>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::READ, FILTERS).then(list);
    let one = door.admit(&Permission::READ, &["all"]).then(show);
    Routes::new().add(Method::GET, "/api/v1/webhooks", all).add(Method::GET, "/api/v1/webhooks/{id}", one)
}

/// Deliveries of webhooks, newest first.
#[utoipa::path(
    get, path = "/api/v1/webhooks", tag = "Webhooks", security(("bearer" = ["read"])),
    params(Filters, Times, All, Pages),
    responses((status = 200, body = Webhooks))
)]
pub(super) async fn list(request: Request) -> Result<Items<Delivery>, Problem> {
    let filter = DeliveryFilter {
        status: request.query.get("status")?,
        event: request.query.text("event").map(str::to_owned),
        provider: provider(&request.query)?,
        call: request.query.text("call").map(str::to_owned),
        span: request.span()?,
    };
    let (scope, paging) = (request.wide_scope()?, request.paging()?);
    Ok(paged(match request.query.text("text") {
        Some(words) if may_see_content(&request.caller) => {
            request.viewed("webhook", "search").await?;
            search(&request.app, scope, &filter, words, paging).await?
        }
        Some(_) => return Err(Problem::not_allowed("Your role does not see what deliveries said.")),
        None => deliveries::list(request.rows(), scope, &filter, paging).await?,
    }))
}

fn provider(query: &Query) -> Result<Option<Provider>, Problem> {
    let word = query.word("provider", &["retell", "calcom"])?;
    Ok([Provider::Retell, Provider::Calcom].into_iter().find(|it| Some(it.as_str()) == word))
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookShown")]
struct Shown {
    #[serde(flatten)]
    delivery: Delivery,
    /// Absent (null) for those who only look on, and once it is erased.
    content: Option<Content>,
    /// What happened to it, oldest first.
    events: Vec<Event>,
}

/// What was sent. It holds what people said on the telephone.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookContent")]
pub struct Content {
    pub headers: BTreeMap<String, String>,
    /// As it came, where it is text.
    pub body: Option<String>,
    /// As it came, where it is not.
    pub body_base64: Option<String>,
}

impl From<Delivered> for Content {
    fn from(delivered: Delivered) -> Self {
        let headers = delivered.headers.into_iter().collect();
        match delivered.body {
            Body::Text(text) => Self { headers, body: Some(text), body_base64: None },
            Body::Base64(text) => Self { headers, body: None, body_base64: Some(text) },
        }
    }
}

/// One delivery, what came of it, and for those who work with it what it said.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}", tag = "Webhooks", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "Ours", example = "3f2a9c"), All),
    responses((status = 200, body = OneWebhook))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let unknown = || Problem::not_found("delivery");
    let id: DeliveryId = request.id("delivery")?;
    let delivery = deliveries::find(request.rows(), request.wide_scope()?, &id).await?.ok_or_else(unknown)?;
    let stream = StreamId::webhook(&id);
    let content = content(&request, &stream).await?;
    if content.is_some() {
        request.viewed("webhook", id.as_str()).await?;
    }
    let events = request.app.journal.log().read_stream(&stream, 0).await.map_err(JournalError::from)?;
    let events = events.into_iter().map(Event::from).collect();
    Ok(warp::reply::json(&Shown { delivery, content, events }))
}

/// A body holds what people said on the telephone.
pub(crate) fn may_see_content(caller: &Caller) -> bool {
    caller.may(&Permission::OPERATE) || caller.may(&Permission::ADMINISTER)
}

/// What was sent; nothing for those who may not see it, and once it is erased.
pub(crate) async fn content(request: &Request, stream: &StreamId) -> Result<Option<Content>, Problem> {
    if !may_see_content(&request.caller) {
        return Ok(None);
    }
    let events = request.app.journal.read_stream::<WebhookEvent>(stream).await?;
    Ok(received(&events).and_then(|received| received.data.private.known().cloned()).map(Content::from))
}
