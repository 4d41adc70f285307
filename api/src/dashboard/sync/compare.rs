//! Comparing now, for owners: first what it would find, then the order to make up for it. It is the same comparison as by
//! itself once in a while, over all companies; the page is there at once, and what was found comes when it is found.

use super::compared::{Line, kinds};
use crate::dashboard::form::Form;
use crate::dashboard::html::{HERE, Told, html_by_pieces, rendered};
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::query::Query;
use crate::problem::Problem;
use crate::reconcile::{Found, Scan, reconcile};
use askama::Template;
use ringbuch_domain::comparison::Finding;
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::rows::ReadModels;
use ringbuch_projections::{Scope, appointments};
use tokio::sync::mpsc::{self, UnboundedSender};
use warp::reply::Response;

/// Findings that are shown one by one; their kinds are counted for all.
const LISTED: usize = 50;

#[derive(Template)]
#[template(path = "sync_compare.html")]
struct Comparing {
    page: Page,
}

#[derive(Template)]
#[template(path = "sync_compare_result.html")]
struct Outcome<'a> {
    page: &'a Page,
    /// From when on, as the form before had it.
    since: &'a str,
    dry_run: bool,
    told: Result<Shown, String>,
}

/// What was found, as the page shows it.
struct Shown {
    kinds: Vec<(&'static str, usize)>,
    lines: Vec<Line>,
    failures: Vec<Told>,
    found: Found,
}

/// It goes on where whoever asked for it does not wait for its end; what it found is listed then.
pub async fn compare(visit: Visit, form: Form) -> Result<Response, Problem> {
    let asked = Query::new(form.into_pairs(), &["csrf", "since", "dry_run"])?;
    let since = visit.local_time_of(&asked, "since")?;
    let scan = Scan::wanted(visit.now(), since, asked.flag("dry_run")?);
    let given = asked.text("since").unwrap_or_default().to_owned();
    let page = visit.page("comparisons.now");
    let (sender, pieces) = mpsc::unbounded_channel();
    tokio::spawn(written(visit, scan, given, sender));
    html_by_pieces(&Comparing { page }, pieces)
}

/// Writes what was found into the page's middle; nobody may be listening any more.
async fn written(visit: Visit, scan: Scan, since: String, pieces: UnboundedSender<String>) {
    let page = &visit.page;
    let told = shown(&visit, scan).await;
    let told = told.map_err(|problem| page.refusal(problem.detail.as_deref().unwrap_or_default()));
    if let Ok(piece) = rendered(&Outcome { page, since: &since, dry_run: scan.dry_run, told }) {
        let _ = pieces.send(piece);
    }
}

async fn shown(visit: &Visit, scan: Scan) -> Result<Shown, Problem> {
    let found = reconcile(&visit.app, scan).await?;
    visit.shown().await;
    let mut lines = vec![];
    for finding in found.findings.iter().take(LISTED) {
        let company = company_of(visit.rows(), finding).await?;
        lines.push(Line::of(&visit.page, finding, company.as_ref()));
    }
    let failures = found.failures.iter().map(|failure| told(&visit.page, failure)).collect();
    Ok(Shown { kinds: kinds(&found.findings), lines, failures, found })
}

/// Whose booking it is, for a link to it.
async fn company_of(rows: &dyn ReadModels, finding: &Finding) -> Result<Option<CompanyId>, Problem> {
    let Some(booking) = finding.booking else { return Ok(None) };
    Ok(appointments::find(rows, Scope::All, booking).await?.map(|it| it.company))
}

/// What was not compared, and behind a colon why, which has words of its own in the reader's language.
fn told(page: &Page, failure: &str) -> Told {
    let Some((what, why)) = failure.split_once(": ") else { return page.told(failure) };
    let why = page.told(why);
    let told = page.told(&format!("{what}: {}", why.text));
    Told { in_english: told.in_english || why.in_english, ..told }
}

impl Shown {
    fn more(&self) -> usize {
        self.found.findings.len().saturating_sub(self.lines.len())
    }
}
