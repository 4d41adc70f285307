//! The list, with the calls that go on above it. Who called is shown by the end of their number only.

use crate::dashboard::html::html;
use crate::dashboard::masked;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use askama::Template;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::call::Direction;
use ringbuch_domain::ids::BranchId;
use ringbuch_projections::Cursor;
use ringbuch_projections::calls::{self, Call, CallFilter, Callback, Outcome};
use ringbuch_projections::directory::{self, Branch};
use ringbuch_projections::page::Span;
use std::collections::HashMap;
use warp::reply::Response;

pub const FILTERS: &[&str] = &["branch", "direction", "outcome", "callback", "customer", "since", "until", "cursor"];

/// A call without an end is believed to go on for so long.
const LIVE: SignedDuration = SignedDuration::from_hours(3);
const LIVE_AT_MOST: u32 = 50;

const DIRECTIONS: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Web];

#[derive(Template)]
#[template(path = "calls.html")]
struct Calls {
    page: Page,
    live: Vec<Row>,
    rows: Vec<Row>,
    next: Option<Cursor>,
    fields: Fields,
    branches: Vec<Branch>,
}

struct Fields {
    branch: String,
    direction: String,
    outcome: String,
    callback: String,
    customer: String,
    since: String,
    until: String,
    directions: [Direction; 3],
    outcomes: &'static [Outcome],
    callbacks: &'static [Callback],
}

pub struct Row {
    pub call: Call,
    pub branch: String,
    pub caller: String,
    pub lasted: Option<String>,
    pub cost: Option<String>,
}

pub async fn list(visit: Visit) -> Result<Response, Problem> {
    let branches = directory::branches(visit.rows(), visit.scope()).await?;
    let found = calls::list(visit.rows(), visit.scope(), &filter(&visit)?, visit.paging()?).await?;
    let since = visit.now().checked_sub(LIVE).unwrap_or(Timestamp::MIN);
    let live = calls::live(visit.rows(), visit.scope(), since, LIVE_AT_MOST).await?;
    let names: HashMap<&BranchId, &str> = branches.iter().map(|it| (&it.branch, it.name.as_str())).collect();
    let page = visit.page("calls.title");
    html(&Calls {
        live: live.into_iter().map(|call| row(&page, &names, call)).collect(),
        rows: found.items.into_iter().map(|call| row(&page, &names, call)).collect(),
        next: found.next,
        fields: fields(&visit),
        branches,
        page,
    })
}

fn filter(visit: &Visit) -> Result<CallFilter, Problem> {
    let query = &visit.query;
    let direction = query.word("direction", &DIRECTIONS.map(Direction::as_str))?;
    Ok(CallFilter {
        branch: query.get("branch")?,
        direction: DIRECTIONS.into_iter().find(|it| Some(it.as_str()) == direction),
        outcome: query.get("outcome")?,
        callback: query.get("callback")?,
        customer: query.get("customer")?,
        span: Span { since: visit.local_time("since")?, until: visit.local_time("until")? },
    })
}

fn fields(visit: &Visit) -> Fields {
    let text = |name: &str| visit.query.text(name).unwrap_or_default().to_owned();
    Fields {
        branch: text("branch"),
        direction: text("direction"),
        outcome: text("outcome"),
        callback: text("callback"),
        customer: text("customer"),
        since: text("since"),
        until: text("until"),
        directions: DIRECTIONS,
        outcomes: Outcome::ALL,
        callbacks: Callback::ALL,
    }
}

fn row(page: &Page, names: &HashMap<&BranchId, &str>, call: Call) -> Row {
    let name = |branch: &BranchId| names.get(branch).map_or_else(|| branch.to_string(), |name| (*name).to_owned());
    Row {
        branch: call.branch.as_ref().map(name).unwrap_or_default(),
        caller: call.caller_number.as_deref().map(masked::number).unwrap_or_default(),
        lasted: call.duration_ms.map(lasted),
        cost: call.cost_minor.map(|minor| page.money(minor, call.currency.as_deref().unwrap_or("USD"))),
        call,
    }
}

/// Minutes and seconds: `3:07`.
pub fn lasted(milliseconds: i64) -> String {
    let seconds = milliseconds / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_lasts_minutes_and_seconds() {
        assert_eq!([0, 59_999, 60_000, 187_000].map(lasted), ["0:00", "0:59", "1:00", "3:07"]);
    }
}
