//! What can be booked: services as Cal.com has them, by which rules, who offers them, and where each is changed there.

use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::staff::names;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::v1::settings_page;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use ringbuch_domain::company::{BookingField, BookingLimit, BookingWindow, EventTypeRulesSynced, LimitOf, Per};
use ringbuch_domain::ids::{EventTypeId, StaffId};
use ringbuch_projections::directory::{self, EventType, StaffMember};
use ringbuch_projections::there;
use std::collections::BTreeMap;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/c/{company}/services", pages.get(&Permission::READ, &[], list)).add(
        Method::GET,
        "/c/{company}/services/{id}",
        pages.get(&Permission::READ, &[], one),
    )
}

/// One service with what is known of it.
struct Row {
    service: EventType,
    /// Absent until a sync has read them.
    rules: Option<EventTypeRulesSynced>,
    /// Where it is changed at Cal.com.
    link: Option<String>,
    branches: Vec<String>,
    staff: Vec<(StaffId, String)>,
}

#[derive(Template)]
#[template(path = "services.html")]
struct Services {
    page: Page,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "service.html")]
struct Service {
    page: Page,
    row: Row,
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let rows = rows(&visit).await?;
    html(&Services { page: visit.page("services.title"), rows })
}

async fn one(visit: Visit) -> Result<Response, Problem> {
    let id = EventTypeId(visit.id("service")?);
    let row = rows(&visit).await?.into_iter().find(|row| row.service.event_type == id);
    let row = row.ok_or_else(|| Problem::not_found("service"))?;
    let mut page = visit.page("services.one");
    page.title.clone_from(&row.service.title);
    html(&Service { page, row })
}

/// Those that Cal.com has no more come last.
async fn rows(visit: &Visit) -> Result<Vec<Row>, Problem> {
    let (rows, scope) = (visit.rows(), visit.scope());
    let branches = directory::branches(rows, scope).await?;
    let staff = directory::staff(rows, scope).await?;
    let mut rules: BTreeMap<EventTypeId, EventTypeRulesSynced> = there::rules(rows, scope)
        .await?
        .into_iter()
        .filter_map(|it| Some((it.event_type, serde_json::from_value(it.rules).ok()?)))
        .collect();
    let mut services = directory::event_types(rows, scope).await?;
    services.sort_by_key(|it| it.gone);
    let row = |service: EventType| Row {
        rules: rules.remove(&service.event_type),
        link: settings_page(visit, service.event_type).filter(|_| !service.gone),
        branches: names(&service.branches, &branches),
        staff: hosts(&service, &staff),
        service,
    };
    Ok(services.into_iter().map(row).collect())
}

fn hosts(service: &EventType, staff: &[StaffMember]) -> Vec<(StaffId, String)> {
    let name = |id: &StaffId| {
        let known = staff.iter().find(|member| member.staff == *id);
        (id.clone(), known.map_or_else(|| id.to_string(), |member| member.name.clone()))
    };
    service.staff.iter().map(name).collect()
}

impl Row {
    /// Words of a service that not everybody can book.
    fn marks(&self) -> Vec<&'static str> {
        let rules = self.rules.as_ref();
        let is = |mark, holds: Option<bool>| holds.unwrap_or(false).then_some(mark);
        [
            is("gone", Some(self.service.gone)),
            is("not_bookable", rules.map(|it| !it.bookable)),
            is("hidden", rules.map(|it| it.hidden)),
            is("on_confirmation", rules.map(|it| it.requires_confirmation)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn lengths(&self, page: &Page) -> String {
        let chosen = self.rules.as_ref().map(|it| it.lengths.as_slice()).unwrap_or_default();
        if chosen.is_empty() {
            return lasting(page, self.service.minutes);
        }
        chosen.iter().map(|minutes| lasting(page, i64::from(*minutes))).collect::<Vec<_>>().join(", ")
    }

    fn interval(&self, page: &Page) -> String {
        let own = self.rules.as_ref().and_then(|it| it.slot_interval).map(i64::from);
        lasting(page, own.unwrap_or(self.service.minutes))
    }

    fn buffers(&self, page: &Page) -> String {
        match (self.service.buffer_before, self.service.buffer_after) {
            (0, 0) => "–".into(),
            (before, after) => {
                let told = page.say("services.buffers_are");
                told.with("before", lasting(page, before)).with("after", lasting(page, after)).to_string()
            }
        }
    }

    fn notice(&self, page: &Page) -> String {
        if self.service.notice_minutes == 0 { "–".into() } else { lasting(page, self.service.notice_minutes) }
    }

    /// How far ahead it can be booked.
    fn window(&self, page: &Page) -> String {
        let day = |date: jiff::civil::Date| date.to_string();
        match self.rules.as_ref().and_then(|it| it.window.as_ref()) {
            Some(BookingWindow::CalendarDays { days, rolling: false }) => days_ahead(page, i64::from(*days)),
            Some(BookingWindow::CalendarDays { days, rolling: true }) => {
                page.say("services.rolling_days").with("days", days).to_string()
            }
            Some(BookingWindow::BusinessDays { days, .. }) => {
                page.say("services.business_days").with("days", days).to_string()
            }
            Some(BookingWindow::Range { from, to }) => {
                page.say("services.range").with("from", day(*from)).with("to", day(*to)).to_string()
            }
            None => self.service.horizon_days.map_or_else(|| "–".into(), |days| days_ahead(page, days)),
        }
    }

    fn limits(&self, page: &Page) -> Vec<String> {
        let limits = self.rules.as_ref().map(|it| it.limits.as_slice()).unwrap_or_default();
        limits.iter().map(|limit| limited(page, limit)).collect()
    }

    fn fields(&self) -> &[BookingField] {
        self.rules.as_ref().map(|it| it.fields.as_slice()).unwrap_or_default()
    }
}

fn days_ahead(page: &Page, days: i64) -> String {
    page.say("services.days_ahead").with("days", days).to_string()
}

fn limited(page: &Page, limit: &BookingLimit) -> String {
    let per = match limit.per {
        Per::Day => "day",
        Per::Week => "week",
        Per::Month => "month",
        Per::Year => "year",
    };
    let told = match limit.of {
        LimitOf::Bookings => page.say("services.limit_bookings"),
        LimitOf::Minutes => page.say("services.limit_minutes"),
        LimitOf::ActivePerCustomer => page.say("services.limit_customer"),
    };
    told.with("value", limit.value).with("per", page.word("services.per", per)).to_string()
}

/// Minutes in the greatest unit that leaves no rest.
fn lasting(page: &Page, minutes: i64) -> String {
    let (key, count) = match minutes {
        days if days > 0 && days % 1_440 == 0 => ("services.in_days", days / 1_440),
        hours if hours > 0 && hours % 60 == 0 => ("services.in_hours", hours / 60),
        other => ("services.in_minutes", other),
    };
    page.say(key).with("count", count).to_string()
}
