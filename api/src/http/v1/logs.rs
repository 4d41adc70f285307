//! `/api/v1/logs`: the log of this node, newest first, for owners alone: it is about all companies.

use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::page::cursor;
use crate::http::{Items, Page, Routes, with};
use crate::logs::{Line, LogFiles, LogFilter, LogPlace};
use crate::problem::Problem;
use http::Method;
use warp::Filter;

const PARAMETERS: &[&str] = &["since", "until", "level", "target", "text", "request_id", "call", "limit", "cursor"];

pub fn routes(door: &Entrance, logs: Option<&LogFiles>) -> Routes {
    let list = door.admit(&Permission::OWN, PARAMETERS).and(with(&logs.cloned())).then(list);
    Routes::new().add(Method::GET, "/api/v1/logs", list)
}

async fn list(request: Request, logs: Option<LogFiles>) -> Result<Items<Line>, Problem> {
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
