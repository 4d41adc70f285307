//! The log of this node, newest first, for owners alone: it is about all companies.

use super::happened::pretty;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::auth::Permission;
use crate::http::page::cursor;
use crate::http::{Page as Wanted, Routes};
use crate::logs::{Line, LogFiles, LogFilter, LogLevel, LogPlace};
use crate::problem::Problem;
use askama::Template;
use http::Method;
use jiff::Timestamp;
use serde_json::Value;
use warp::reply::Response;

const PARAMETERS: &[&str] = &["since", "until", "level", "target", "text", "request_id", "call", "cursor"];

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

pub fn routes(pages: &Pages, logs: Option<&LogFiles>) -> Routes {
    let logs = logs.cloned();
    let list = move |visit: Visit| {
        let logs = logs.clone();
        async move { list(visit, logs).await }
    };
    Routes::new().add(Method::GET, "/c/{company}/logs", pages.get(&Permission::OWN, PARAMETERS, list))
}

#[derive(Template)]
#[template(path = "logs.html")]
struct Logs {
    page: Page,
    /// Whether the log is written where it can be read.
    kept: bool,
    fields: Vec<Field>,
    level: String,
    levels: [&'static str; 5],
    rows: Vec<Row>,
    next: Option<String>,
}

/// A field of the filter, as it was filled in.
struct Field {
    name: &'static str,
    value: String,
    kind: &'static str,
}

struct Row {
    time: Timestamp,
    level: String,
    target: String,
    message: String,
    /// Fields and spans as JSON.
    more: String,
}

async fn list(visit: Visit, logs: Option<LogFiles>) -> Result<Response, Problem> {
    let wanted = Wanted::of(&visit.query)?;
    let filter = filter(&visit)?;
    let found = match &logs {
        Some(logs) => logs.read(filter, wanted.after::<LogPlace>()?, wanted.limit).await.map_err(|error| {
            tracing::error!(%error, "the log cannot be read");
            Problem::internal()
        })?,
        None => crate::logs::LogPage::default(),
    };
    let page = visit.page("logs.title");
    html(&Logs {
        kept: logs.is_some(),
        fields: fields(&visit),
        level: visit.query.text("level").unwrap_or_default().to_owned(),
        levels: LEVELS,
        rows: found.items.into_iter().map(row).collect(),
        next: found.next.as_ref().map(|place| page.onwards(&cursor(place))),
        page,
    })
}

fn filter(visit: &Visit) -> Result<LogFilter, Problem> {
    let text = |name| visit.query.text(name).map(str::to_owned);
    Ok(LogFilter {
        since: visit.local_time("since")?,
        until: visit.local_time("until")?,
        level: visit.query.get::<LogLevel>("level")?,
        target: text("target"),
        text: text("text"),
        request_id: text("request_id"),
        call: text("call"),
    })
}

fn fields(visit: &Visit) -> Vec<Field> {
    let field = |(name, kind): (&'static str, &'static str)| {
        let value = visit.query.text(name).unwrap_or_default().to_owned();
        Field { name, value, kind }
    };
    let all = [
        ("since", "datetime-local"),
        ("until", "datetime-local"),
        ("text", "search"),
        ("target", "text"),
        ("request_id", "text"),
        ("call", "text"),
    ];
    all.into_iter().map(field).collect()
}

fn row(line: Line) -> Row {
    let mut more = line.fields;
    if !line.spans.is_empty() {
        more.insert("spans".into(), line.spans.into_iter().map(Value::Object).collect());
    }
    Row {
        time: line.time,
        level: line.level.to_lowercase(),
        target: line.target,
        message: cut(line.message),
        more: if more.is_empty() { String::new() } else { cut(pretty(&Value::Object(more))) },
    }
}

/// A page stays small whatever somebody has logged.
const MOST: usize = 800;

fn cut(text: String) -> String {
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain("…".chars()).collect() }
}
