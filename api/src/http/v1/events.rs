//! `/api/v1/events`: the log itself, in its order, without the parts that belong to persons. An event is named by its
//! position.

use super::request::{Entrance, Request};
use crate::history::concerns;
use crate::http::auth::Permission;
use crate::http::openapi::{
    InQuery, Of,
    params::{All, Pages},
};
use crate::http::page::cursor;
use crate::http::{Items, Page, Routes};
use crate::journal::JournalError;
use crate::problem::Problem;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::{Envelope, StreamId};
use ringbuch_projections::Scope;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use warp::Filter;
use warp::reply::Json;

/// Events looked through for one page; where most of them are other companies', a page may hold fewer than were asked
/// for, or none, and still have a next one.
const LOOKED_THROUGH: usize = 4_000;
const AT_ONCE: usize = 1_000;

/// Which events are wanted.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    /// Only those of this stream.
    #[schemars(extend("examples" = ["call-salon-call_0d1e2f"]))]
    stream: Option<String>,
    /// Only those behind this position.
    after: Option<u64>,
}

type Filters = InQuery<Wanted>;
type Events = Of<Items<Shown>>;
type OneEvent = Of<Shown>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::AUDIT, &["stream", "after", "all", "limit", "cursor"]).then(list);
    let one = door.admit(&Permission::AUDIT, &["all"]).then(show);
    Routes::new().add(Method::GET, "/api/v1/events", all).add(Method::GET, "/api/v1/events/{id}", one)
}

/// An event as it may be shown.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub struct Shown {
    pub position: u64,
    pub stream: StreamId,
    pub revision: u64,
    pub id: Uuid,
    pub kind: String,
    pub version: u16,
    pub time: Timestamp,
    pub company: Option<CompanyId>,
    pub command: Uuid,
    pub correlation: Uuid,
    pub causation: Option<Uuid>,
    /// There is a part beside the data that is not shown here.
    pub sealed: bool,
    pub data: Value,
}

impl From<Envelope> for Shown {
    fn from(it: Envelope) -> Self {
        Self {
            position: it.position,
            stream: it.stream,
            revision: it.revision,
            id: it.id,
            kind: it.kind,
            version: it.version,
            time: it.time,
            company: it.company,
            command: it.cause.command,
            correlation: it.cause.correlation,
            causation: it.cause.causation,
            sealed: it.private.is_some(),
            data: serde_json::from_slice(&it.public).unwrap_or_default(),
        }
    }
}

/// The log in its order, without the parts that belong to persons.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "History", security(("bearer" = ["audit"])),
    params(Filters, All, Pages),
    responses((status = 200, body = Events))
)]
pub(super) async fn list(request: Request) -> Result<Items<Shown>, Problem> {
    let page = Page::of(&request.query)?;
    let after = match page.after()? {
        Some(position) => position,
        None => request.query.get("after")?.unwrap_or(0),
    };
    let scope = request.wide_scope()?;
    match request.query.text("stream") {
        Some(stream) => of_stream(&request, &page, scope, &StreamId::from_stored(stream), after).await,
        None => of_all(&request, &page, scope, after).await,
    }
}

async fn of_stream(
    request: &Request,
    page: &Page,
    scope: Scope<'_>,
    stream: &StreamId,
    after: u64,
) -> Result<Items<Shown>, Problem> {
    let events = request.app.journal.log().read_stream(stream, 0).await.map_err(JournalError::from)?;
    let wanted = |event: &Envelope| event.position > after && concerns(scope, event);
    let events = events.into_iter().filter(wanted).take(page.fetch()).map(Shown::from).collect();
    Ok(page.items(events, |event| event.position))
}

async fn of_all(request: &Request, page: &Page, scope: Scope<'_>, after: u64) -> Result<Items<Shown>, Problem> {
    let (mut items, mut seen, mut looked_through) = (Vec::new(), after, 0);
    while looked_through < LOOKED_THROUGH {
        let batch = request.app.journal.log().read_all(seen, AT_ONCE).await.map_err(JournalError::from)?;
        let ends = batch.len() < AT_ONCE;
        looked_through += batch.len();
        for event in batch {
            if items.len() == page.limit {
                return Ok(Items { items, next: Some(cursor(&seen)) });
            }
            seen = event.position;
            if concerns(scope, &event) {
                items.push(Shown::from(event));
            }
        }
        if ends {
            return Ok(Items { items, next: None });
        }
    }
    Ok(Items { items, next: Some(cursor(&seen)) })
}

/// One event.
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "History", security(("bearer" = ["audit"])),
    params(("id" = u64, Path, description = "Its position in the log", example = 42), All),
    responses((status = 200, body = OneEvent))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let unknown = || Problem::not_found("event");
    let position: u64 = request.id("event")?;
    let found = request.app.journal.log().read_back(position, 1).await.map_err(JournalError::from)?;
    let scope = request.wide_scope()?;
    let event = found.into_iter().find(|event| event.position == position && concerns(scope, event));
    Ok(warp::reply::json(&event.map(Shown::from).ok_or_else(unknown)?))
}
