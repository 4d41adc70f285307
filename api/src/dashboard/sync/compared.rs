//! What comparing the providers' own lists of calls and bookings with the log has found: a webhook may be lost on its way,
//! a call or a booking is not. An account's list of calls may be of several companies, so only owners see it.

use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use ringbuch_domain::comparison::{Finding, What};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::Cursor;
use ringbuch_projections::comparisons::{self, Comparison};
use std::collections::BTreeMap;
use warp::reply::Response;

/// Findings of one comparison that are shown one by one; after an outage there are hundreds.
const LISTED: usize = 5;

#[derive(Template)]
#[template(path = "sync_compared.html")]
struct Compared {
    page: Page,
    rows: Vec<Row>,
    next: Option<Cursor>,
    owner: bool,
    /// An owner looks at all lists of this installation.
    all: bool,
}

struct Row {
    kinds: Vec<(&'static str, usize)>,
    findings: Vec<Line>,
    /// Those that are not shown one by one.
    more: usize,
    comparison: Comparison,
}

/// One finding as pages show it.
pub struct Line {
    pub finding: Finding,
    /// What it is about, by its id; somebody else's booking has none that may be told.
    pub thing: Option<String>,
    pub href: Option<String>,
}

pub async fn list(visit: Visit) -> Result<Response, Problem> {
    let found = comparisons::list(visit.rows(), visit.wide_scope()?, visit.paging()?).await?;
    let page = visit.page("comparisons.title");
    html(&Compared {
        rows: found.items.into_iter().map(|it| Row::of(&page, it)).collect(),
        next: found.next,
        owner: visit.caller.is_owner(),
        all: visit.query.flag("all")?,
        page,
    })
}

impl Row {
    fn of(page: &Page, comparison: Comparison) -> Self {
        let all: Vec<Finding> = serde_json::from_value(comparison.findings.clone()).unwrap_or_default();
        let line = |it: &Finding| Line::of(page, it, comparison.company.as_ref());
        Self {
            kinds: kinds(&all),
            findings: all.iter().take(LISTED).map(line).collect(),
            more: all.len().saturating_sub(LISTED),
            comparison,
        }
    }

    /// Whose list it was.
    fn whose(&self) -> String {
        let company = self.comparison.company.as_ref().map(ToString::to_string);
        company.or_else(|| self.comparison.account.as_ref().map(ToString::to_string)).unwrap_or_default()
    }
}

/// How many there are of each kind, as stored words.
pub fn kinds(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let mut kinds: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in findings {
        *kinds.entry(finding.what.as_str()).or_default() += 1;
    }
    kinds.into_iter().collect()
}

impl Line {
    /// Of which company it is may be unknown; then the deliveries of the call tell it.
    pub fn of(page: &Page, finding: &Finding, company: Option<&CompanyId>) -> Self {
        let booking = finding.booking.filter(|_| finding.what != What::BookingUnknown);
        let href = match (booking, &finding.call, company) {
            (Some(booking), _, Some(company)) => Some(format!("/c/{company}/appointments/{booking}")),
            (None, Some(call), Some(company)) => Some(format!("/c/{company}/calls/{call}")),
            (None, Some(call), None) => Some(format!("{}?call={call}&all=true", page.url("/webhooks"))),
            _ => None,
        };
        let booking = finding.booking.map(|booking| booking.to_string());
        let thing = booking.or_else(|| finding.call.as_ref().map(ToString::to_string));
        Self { finding: finding.clone(), thing, href }
    }
}
