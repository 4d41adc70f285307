//! `/api/v1/logs`: the log of this node, newest first, for owners alone: it is about all companies.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{
    InQuery, Of,
    params::{Pages, Times},
};
use crate::http::page::cursor;
use crate::http::{Items, Page, Routes, with};
use crate::logs::{Line, LogFiles, LogFilter, LogPlace};
use crate::problem::Problem;
use http::Method;
use schemars::JsonSchema;
use warp::Filter;

const PARAMETERS: &[&str] = &["since", "until", "level", "target", "text", "request_id", "call", "limit", "cursor"];

/// What the log can be narrowed to.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
pub(super) struct Wanted {
    /// `error`, `warn`, `info`, `debug` or `trace`: this grave or graver.
    level: Option<String>,
    /// How the module begins.
    target: Option<String>,
    /// Somewhere in the line, in upper or lower case.
    text: Option<String>,
    request_id: Option<String>,
    call: Option<String>,
}

type Filters = InQuery<Wanted>;
type Lines = Of<Items<Line>>;

pub fn routes(door: &Entrance, logs: Option<&LogFiles>) -> Routes {
    let list = door.admit(&Permission::OWN, PARAMETERS).and(with(&logs.cloned())).then(list);
    Routes::new().add(Method::GET, "/api/v1/logs", list)
}

/// Lines of this node's log, newest first; for owners alone.
#[utoipa::path(
    get, path = "/api/v1/logs", tag = "History", security(("bearer" = ["own"])),
    params(Filters, Times, Pages),
    responses((status = 200, body = Lines))
)]
pub(super) async fn list(request: Request, logs: Option<LogFiles>) -> Result<Items<Line>, Problem> {
    let Some(logs) = logs else {
        let detail = "The log goes to stderr. Set RINGBUCH_LOG_DIR to a folder, and it can be read here.";
        return Err(Problem::not_found("log").detail(detail));
    };
    let page = Page::of(&request.query)?;
    let found = logs.read(filter(&request)?, page.after::<LogPlace>()?, page.limit).await.map_err(|error| {
        tracing::error!(%error, "the log cannot be read");
        Problem::internal()
    })?;
    Ok(Items { items: found.items, next: found.next.as_ref().map(cursor) })
}

fn filter(request: &Request) -> Result<LogFilter, Problem> {
    let query = &request.query;
    let text = |name| query.text(name).map(str::to_owned);
    Ok(LogFilter {
        since: query.time("since")?,
        until: query.time("until")?,
        level: query.get("level")?,
        target: text("target"),
        text: text("text"),
        request_id: text("request_id"),
        call: text("call"),
    })
}
