//! Keeping in step: what the providers have against what is known here, runs that took it in and can be taken back, what
//! the doctor finds, how a number leads to a service, and which calls and bookings the log had missed.

mod chain;
mod compare;
mod compared;
mod run;

use super::form::Form;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::doctor::{Finding, Severity, examine};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use crate::sync::{Undone, undo};
use askama::Template;
use chain::Chain;
use http::Method;
use ringbuch_domain::company::{Difference, FieldChange, Tally};
use ringbuch_projections::there::{self, SetUpChange, SyncRun};
use ringbuch_projections::{Cursor, Paging};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new()
        .add(Method::GET, "/c/{company}/sync", pages.get(&Permission::READ, &["cursor"], list))
        .add(Method::POST, "/c/{company}/sync", pages.post(&Permission::ADMINISTER, run::go_over))
        .add(Method::GET, "/c/{company}/sync/findings", pages.get(&Permission::OPERATE, &[], findings))
        .add(Method::GET, "/c/{company}/sync/runs/{id}", pages.get(&Permission::ADMINISTER, &[], before_undo))
        .add(Method::POST, "/c/{company}/sync/runs/{id}", pages.post(&Permission::ADMINISTER, take_back))
        .add(
            Method::GET,
            "/c/{company}/sync/comparisons",
            pages.get(&Permission::READ, &["all", "cursor"], compared::list),
        )
        .add(Method::POST, "/c/{company}/sync/comparisons", pages.post(&Permission::OWN, compare::compare))
}

#[derive(Template)]
#[template(path = "sync.html")]
struct List {
    page: Page,
    chain: Chain,
    runs: Vec<SyncRun>,
    next: Option<Cursor>,
    changes: Vec<SetUpChange>,
}

/// Changes that somebody made at the providers from here.
const NEWEST: Paging = Paging { after: None, limit: 10 };

async fn list(visit: Visit) -> Result<Response, Problem> {
    let (rows, scope) = (visit.rows(), visit.scope());
    let chain = Chain::of(rows, scope).await?;
    let runs = there::runs(rows, scope, visit.paging()?).await?;
    let changes = there::changes(rows, scope, NEWEST).await?.items;
    html(&List { page: visit.page("sync.title"), chain, runs: runs.items, next: runs.next, changes })
}

#[derive(Template)]
#[template(path = "sync_findings.html")]
struct Findings {
    page: Page,
    findings: Vec<Finding>,
}

/// The worst comes first.
async fn findings(visit: Visit) -> Result<Response, Problem> {
    let mut findings = examine(&visit.app, visit.company()).await?;
    findings.sort_by_key(|it| std::cmp::Reverse(it.severity));
    html(&Findings { page: visit.page("sync.findings"), findings })
}

impl Findings {
    fn word(severity: Severity) -> &'static str {
        match severity {
            Severity::Fine => "fine",
            Severity::Doubtful => "doubtful",
            Severity::Broken => "broken",
        }
    }
}

#[derive(Template)]
#[template(path = "sync_undo.html")]
struct Undo {
    page: Page,
    run: Uuid,
    undone: Vec<Undone>,
    /// It has been taken back; before, it is only shown what would be.
    done: bool,
}

async fn before_undo(visit: Visit) -> Result<Response, Problem> {
    taken_back(visit, true).await
}

async fn take_back(visit: Visit, _: Form) -> Result<Response, Problem> {
    taken_back(visit, false).await
}

async fn taken_back(visit: Visit, dry_run: bool) -> Result<Response, Problem> {
    let run: Uuid = visit.id("run")?;
    let undone = undo(&visit.app, visit.scope(), run, &visit.caller.name(), dry_run).await?;
    if !dry_run {
        visit.shown().await;
    }
    html(&Undo { page: visit.page("sync.undo"), run, undone, done: !dry_run })
}

/// How pieces of a difference are written.
struct Shown;

impl Shown {
    /// A stored word as it is stored.
    fn word(it: &impl Serialize) -> String {
        Self::text(&serde_json::to_value(it).unwrap_or_default())
    }

    fn fields(it: &Difference) -> String {
        let field = |it: &FieldChange| format!("{}: {} → {}", it.field, Self::text(&it.before), Self::text(&it.after));
        it.fields.iter().map(field).collect::<Vec<_>>().join("; ")
    }

    fn count(it: &Tally) -> String {
        format!("{} / {}", it.found.saturating_sub(it.failed), it.found)
    }

    fn text(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Null => "–".into(),
            other => other.to_string(),
        }
    }
}
