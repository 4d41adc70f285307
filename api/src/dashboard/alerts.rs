//! Alerts: what has fired and who looks after it, from when on somebody is told, and which way; and whether customers are
//! written to.

mod channels;
mod mail;
mod rules;

use super::Form;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::alerts::AlertSetUp;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use channels::Way;
use http::Method;
use ringbuch_domain::alerts::{AlertKind, AlertRule, fired, title};
use ringbuch_domain::ids::AlertId;
use ringbuch_projections::Cursor;
use ringbuch_projections::alerts::{self, AlertRow, AlertStatus};
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    let (read, administer) = (&Permission::READ, &Permission::ADMINISTER);
    Routes::new()
        .add(Method::GET, "/c/{company}/alerts", pages.get(read, &["status", "cursor"], list))
        .add(Method::POST, "/c/{company}/alerts/{id}/acknowledge", pages.post(&Permission::OPERATE, acknowledge))
        .add(Method::GET, "/c/{company}/alerts/rules/{id}", pages.get(administer, &[], rules::edit))
        .add(Method::POST, "/c/{company}/alerts/rules/{id}", pages.post(administer, rules::change))
        .add(Method::GET, "/c/{company}/alerts/channels/{id}", pages.get(administer, &[], channels::edit))
        .add(Method::POST, "/c/{company}/alerts/channels/{id}", pages.post(administer, channels::set))
        .add(Method::POST, "/c/{company}/alerts/channels/{id}/test", pages.post(administer, channels::test))
        .add(Method::POST, "/c/{company}/alerts/channels/{id}/remove", pages.post(administer, channels::remove))
        .add(Method::GET, "/c/{company}/alerts/mail", pages.get(read, &[], mail::show))
        .add(Method::POST, "/c/{company}/alerts/mail", pages.post(administer, mail::change))
}

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    page: Page,
    rows: Vec<Row>,
    next: Option<Cursor>,
    status: String,
    statuses: &'static [AlertStatus],
    rules: Vec<Rule>,
    ways: Vec<Way>,
}

struct Row {
    alert: AlertRow,
    title: String,
    text: String,
    /// The page that shows what was counted, below the company's address.
    see: Option<&'static str>,
}

struct Rule {
    kind: AlertKind,
    title: &'static str,
    rule: AlertRule,
}

fn set_up(visit: &Visit) -> AlertSetUp<'_> {
    AlertSetUp { app: &visit.app, company: visit.company(), by: visit.caller.name() }
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let status: Option<AlertStatus> = visit.query.get("status")?;
    let found = alerts::list(visit.rows(), visit.scope(), status, visit.paging()?).await?;
    let page = visit.page("alerts.title");
    let language = page.language.code();
    let rule = |(kind, rule)| Rule { kind, title: title(kind, language), rule };
    html(&AlertsPage {
        rows: found.items.into_iter().map(|alert| row(alert, language)).collect(),
        next: found.next,
        status: status.map(|status| status.to_string()).unwrap_or_default(),
        statuses: AlertStatus::ALL,
        rules: set_up(&visit).rules().await?.into_iter().map(rule).collect(),
        ways: channels::ways(&set_up(&visit)).await?,
        page,
    })
}

impl AlertsPage {
    /// Why a message was not taken, by the stable word that is noted of it; a server's code stands behind the word.
    fn trouble(page: &Page, noted: &str) -> String {
        let code = noted.rsplit_once('_').filter(|(_, code)| code.bytes().all(|digit| digit.is_ascii_digit()));
        let (word, code) = code.unwrap_or((noted, ""));
        page.word("alerts.trouble", word).replace("{code}", code)
    }
}

/// Of a kind that this program does not know, its stored word.
fn row(alert: AlertRow, language: &str) -> Row {
    let known = alert.kind.parse::<AlertKind>().ok();
    let measured = u64::try_from(alert.measured).unwrap_or(0);
    let threshold = u32::try_from(alert.threshold).unwrap_or(0);
    Row {
        title: known.map_or_else(|| alert.kind.clone(), |kind| title(kind, language).to_owned()),
        text: known.map(|kind| fired(kind, &alert.subject, measured, threshold, language)).unwrap_or_default(),
        see: known.and_then(shown_at),
        alert,
    }
}

fn shown_at(kind: AlertKind) -> Option<&'static str> {
    (kind == AlertKind::Drift).then_some("/sync/comparisons")
}

fn whole_number(field: &str) -> Problem {
    Problem::unusable("number", format!("The field '{field}' takes a whole number."))
}

async fn acknowledge(visit: Visit, _: Form) -> Result<Response, Problem> {
    let id: AlertId = visit.id("alert")?;
    alerts::find(visit.rows(), visit.scope(), id).await?.ok_or_else(|| Problem::not_found("alert"))?;
    set_up(&visit).acknowledge(id).await?;
    visit.shown().await;
    Ok(visit.redirect_saying("/alerts", "alerts.acknowledged"))
}
