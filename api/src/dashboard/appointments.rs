//! The appointment book: the day and the week as pictures, the list, one appointment with its history, and booking, moving
//! and cancelling by hand through the same rules as callers.

mod book;

use super::form::Form;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::appointments::{Appointments, NewAppointment};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::v1::ShownEvent;
use crate::http::v1::appointments::{find, history};
use crate::http::v1::bookings::{address, text};
use crate::http::v1::failure::of_appointment;
use crate::problem::Problem;
use askama::Template;
use book::{Book, Wanted};
use http::Method;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use ringbuch_domain::ids::BookingId;
use ringbuch_projections::Cursor;
use ringbuch_projections::appointments::{self, Appointment, AppointmentFilter, AppointmentStatus};
use ringbuch_projections::directory::{self, Branch, EventType, StaffMember};
use uuid::Uuid;
use warp::reply::Response;

const FILTERS: &[&str] = &["branch", "staff", "status", "since", "until", "cursor"];

pub fn routes(pages: &Pages) -> Routes {
    let read = &Permission::READ;
    let operate = &Permission::OPERATE;
    Routes::new()
        .add(Method::GET, "/c/{company}/appointments", pages.get(read, &["day", "span", "branch", "staff"], day))
        .add(Method::GET, "/c/{company}/appointments/list", pages.get(read, FILTERS, list))
        .add(Method::GET, "/c/{company}/appointments/new", pages.get(operate, &["day"], blank))
        .add(Method::POST, "/c/{company}/appointments/new", pages.post(operate, book))
        .add(Method::GET, "/c/{company}/appointments/{id}", pages.get(read, &[], show))
        .add(Method::POST, "/c/{company}/appointments/{id}", pages.post(read, reveal))
        .add(Method::POST, "/c/{company}/appointments/{id}/move", pages.post(operate, move_to))
        .add(Method::POST, "/c/{company}/appointments/{id}/cancel", pages.post(operate, cancel))
}

#[derive(Template)]
#[template(path = "appointments.html")]
struct Day {
    page: Page,
    book: Book,
    branches: Vec<Branch>,
    staff: Vec<StaffMember>,
    wanted: Wanted,
    before: Date,
    after: Date,
    today: Date,
}

impl Day {
    /// What is shown of another day.
    fn of(&self, day: Date) -> String {
        let Wanted { week, branch, staff, .. } = &self.wanted;
        let span = if *week { "week" } else { "day" };
        let named = |name, id: Option<String>| id.map(|id| format!("&{name}={id}")).unwrap_or_default();
        let branch = named("branch", branch.as_ref().map(ToString::to_string));
        let staff = named("staff", staff.as_ref().map(ToString::to_string));
        format!("{}?day={day}&span={span}{branch}{staff}", self.page.url("/appointments"))
    }
}

async fn day(visit: Visit) -> Result<Response, Problem> {
    let page = visit.page("appointments.title");
    let today = visit.now().to_zoned(page.zone()).date();
    let day: Date = visit.query.get("day")?.unwrap_or(today);
    let week = visit.query.text("span") == Some("week");
    let wanted = Wanted { day, week, branch: chosen(&visit, "branch")?, staff: chosen(&visit, "staff")? };
    let branches = directory::branches(visit.rows(), visit.scope()).await?;
    let staff = directory::staff(visit.rows(), visit.scope()).await?;
    let book = Book::open(&visit, &page, &staff, &wanted).await?;
    let step = jiff::Span::new().days(if week { 7 } else { 1 });
    let (before, after) = (day.saturating_sub(step), day.saturating_add(step));
    html(&Day { page, book, branches, staff, wanted, before, after, today })
}

#[derive(Template)]
#[template(path = "appointments_list.html")]
struct List {
    page: Page,
    branches: Vec<Branch>,
    staff: Vec<StaffMember>,
    branch: String,
    member: String,
    status: String,
    since: String,
    until: String,
    /// The same filters as files are asked for with.
    filters: String,
    appointments: Vec<Appointment>,
    next: Option<Cursor>,
}

impl List {
    fn statuses() -> &'static [AppointmentStatus] {
        AppointmentStatus::ALL
    }
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let said = |name: &str| visit.query.text(name).unwrap_or_default().to_owned();
    let span =
        ringbuch_projections::page::Span { since: visit.local_time("since")?, until: visit.local_time("until")? };
    let filter = AppointmentFilter {
        branch: chosen(&visit, "branch")?,
        status: chosen(&visit, "status")?,
        staff: chosen(&visit, "staff")?,
        customer: None,
        span,
    };
    let found = appointments::list(visit.rows(), visit.scope(), &filter, visit.paging()?).await?;
    html(&List {
        page: visit.page("appointments.list"),
        branches: directory::branches(visit.rows(), visit.scope()).await?,
        staff: directory::staff(visit.rows(), visit.scope()).await?,
        branch: said("branch"),
        member: said("staff"),
        status: said("status"),
        since: said("since"),
        until: said("until"),
        filters: filters_of(&filter),
        appointments: found.items,
        next: found.next,
    })
}

fn filters_of(filter: &AppointmentFilter) -> String {
    let AppointmentFilter { branch, status, staff, span, .. } = filter;
    let said = [
        ("branch", branch.as_ref().map(ToString::to_string)),
        ("status", status.as_ref().map(ToString::to_string)),
        ("staff", staff.as_ref().map(ToString::to_string)),
        ("since", span.since.as_ref().map(ToString::to_string)),
        ("until", span.until.as_ref().map(ToString::to_string)),
    ];
    said.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", value?))).collect()
}

/// A choice that was left open is no filter.
fn chosen<T: std::str::FromStr<Err: std::fmt::Display>>(
    visit: &Visit,
    name: &'static str,
) -> Result<Option<T>, Problem> {
    match visit.query.text(name) {
        None | Some("") => Ok(None),
        Some(_) => visit.query.get(name),
    }
}

#[derive(Template)]
#[template(path = "appointment_new.html")]
struct New {
    page: Page,
    branches: Vec<Branch>,
    services: Vec<EventType>,
    staff: Vec<StaffMember>,
    /// What was filled in.
    form: Form,
    /// Sent again, it asks for the same appointment.
    booking: String,
    start: String,
    trouble: Option<String>,
}

impl New {
    fn said(&self, name: &str) -> &str {
        self.form.text(name).unwrap_or_default()
    }
}

async fn blank(visit: Visit) -> Result<Response, Problem> {
    let day: Option<Date> = visit.query.get("day")?;
    let start = day.map(|day| format!("{day}T09:00")).unwrap_or_default();
    new(&visit, Form::default(), Uuid::now_v7().to_string(), start, None).await
}

async fn new(
    visit: &Visit,
    form: Form,
    booking: String,
    start: String,
    trouble: Option<String>,
) -> Result<Response, Problem> {
    let (rows, scope) = (visit.rows(), visit.scope());
    html(&New {
        page: visit.page("appointments.new"),
        branches: directory::branches(rows, scope).await?.into_iter().filter(|it| it.active).collect(),
        services: directory::event_types(rows, scope).await?,
        staff: directory::staff(rows, scope).await?,
        form,
        booking,
        start,
        trouble,
    })
}

/// What is refused comes back with the form as it was filled in, and with why.
async fn book(visit: Visit, form: Form) -> Result<Response, Problem> {
    let booking = form.text("booking").and_then(|id| id.parse().ok()).unwrap_or_else(|| BookingId(Uuid::now_v7()));
    match wanted(&visit, &form, booking) {
        Ok(wanted) => match at(&visit).book(wanted).await {
            Ok(_) => {
                visit.shown().await;
                Ok(visit.redirect_saying(&format!("/appointments/{booking}"), "appointments.booked"))
            }
            Err(error) => {
                again(&visit, form, booking, told(&visit.page, of_appointment(error, visit.page.language.code()))).await
            }
        },
        Err(problem) => again(&visit, form, booking, told(&visit.page, problem)).await,
    }
}

async fn again(
    visit: &Visit,
    form: Form,
    booking: BookingId,
    why: Result<String, Problem>,
) -> Result<Response, Problem> {
    let start = form.text("start").unwrap_or_default().to_owned();
    new(visit, form, booking.to_string(), start, Some(why?)).await
}

/// Why something was refused, in words for people; what broke is a page of its own.
fn told(page: &Page, problem: Problem) -> Result<String, Problem> {
    let spoken = problem.member("spoken").and_then(serde_json::Value::as_str).map(str::to_owned);
    match spoken.or_else(|| problem.detail.as_deref().map(|why| page.refusal(why))) {
        Some(told) if problem.kind.status().is_client_error() => Ok(told),
        _ => Err(problem),
    }
}

fn wanted(visit: &Visit, form: &Form, booking: BookingId) -> Result<NewAppointment, Problem> {
    let branch = form.needed("branch")?.parse();
    let said = |name: &str, most| form.text(name).map(|said| text(name, said, most)).transpose();
    Ok(NewAppointment {
        booking,
        branch: branch.map_err(|_| Problem::not_found("branch"))?,
        service: form.text("service").map(str::to_owned),
        staff: form.text("staff").map(str::to_owned),
        start: local(visit, form.needed("start")?)?,
        name: text("name", form.needed("name")?, 200)?,
        phone: form.text("phone").map(str::to_owned),
        email: form.text("email").map(address).transpose()?,
        notes: said("notes", 4_000)?,
        source: "dashboard".into(),
    })
}

/// A field of local time, in the company's zone. A time that the clocks skip or show twice is none.
fn local(visit: &Visit, said: &str) -> Result<Timestamp, Problem> {
    let zone: TimeZone = visit.page.zone();
    let unusable = || Problem::unusable("time", "Give the time like 2026-03-01T09:00; it must exist once on that day.");
    let time: DateTime = said.parse().map_err(|_| unusable())?;
    zone.to_ambiguous_timestamp(time).unambiguous().map_err(|_| unusable())
}

fn at(visit: &Visit) -> Appointments<'_> {
    Appointments::new(&visit.app, visit.company().clone(), visit.caller.name())
}

#[derive(Template)]
#[template(path = "appointment.html")]
struct Show {
    page: Page,
    it: Appointment,
    /// Of the branch, the service and the person, as people call them.
    branch: String,
    service: String,
    staff: Option<String>,
    history: Vec<ShownEvent>,
    shown: bool,
    /// Where it could be moved from: its start as the field takes it.
    start: String,
    trouble: Option<String>,
}

impl Show {
    async fn of(visit: &Visit, shown: bool, trouble: Option<String>) -> Result<Self, Problem> {
        let booking: BookingId = visit.id("appointment")?;
        let it = find(visit, booking).await?.ok_or_else(|| Problem::not_found("appointment"))?;
        let (rows, scope) = (visit.rows(), visit.scope());
        let branch = directory::branch(rows, scope, &it.branch).await?;
        let service = directory::event_type(rows, scope, it.event_type).await?;
        let staff = match &it.staff {
            Some(staff) => directory::staff_member(rows, scope, staff).await?.map(|known| known.name),
            None => None,
        };
        let page = visit.page("appointments.one");
        Ok(Self {
            branch: branch.map_or_else(|| it.branch.to_string(), |known| known.name),
            service: service.map_or_else(|| it.event_type.to_string(), |known| known.title),
            staff,
            history: history(visit, booking, it.page).await?,
            start: it.start_at.to_zoned(page.zone()).strftime("%Y-%m-%dT%H:%M").to_string(),
            shown,
            trouble,
            it,
            page,
        })
    }

    /// Whether something can still be done for it.
    fn stands(&self) -> bool {
        use AppointmentStatus::{Confirmed, Pending, Requested};
        matches!(self.it.status, Requested | Pending | Confirmed) && self.it.under_way.is_none()
    }
}

async fn show(visit: Visit) -> Result<Response, Problem> {
    html(&Show::of(&visit, false, None).await?)
}

/// With number, address and notes; that they were looked at is written down first.
async fn reveal(visit: Visit, _: Form) -> Result<Response, Problem> {
    let show = Show::of(&visit, true, None).await?;
    visit.viewed("appointment", &show.it.booking.to_string()).await?;
    html(&show)
}

async fn move_to(visit: Visit, form: Form) -> Result<Response, Problem> {
    let booking: BookingId = visit.id("appointment")?;
    find(&visit, booking).await?.ok_or_else(|| Problem::not_found("appointment"))?;
    let moved = match local(&visit, form.needed("start")?) {
        Ok(start) => {
            at(&visit).move_to(booking, start).await.map_err(|it| of_appointment(it, visit.page.language.code()))
        }
        Err(problem) => Err(problem),
    };
    concluded(&visit, booking, moved.map(|_| "appointments.moving")).await
}

async fn cancel(visit: Visit, form: Form) -> Result<Response, Problem> {
    let booking: BookingId = visit.id("appointment")?;
    find(&visit, booking).await?.ok_or_else(|| Problem::not_found("appointment"))?;
    let reason = form.text("reason").map(|reason| text("reason", reason, 500)).transpose();
    let cancelled = match reason {
        Ok(reason) => {
            at(&visit).cancel(booking, reason).await.map_err(|it| of_appointment(it, visit.page.language.code()))
        }
        Err(problem) => Err(problem),
    };
    concluded(&visit, booking, cancelled.map(|_| "appointments.cancelling")).await
}

/// What was refused is told beside the appointment as it stands.
async fn concluded(visit: &Visit, booking: BookingId, done: Result<&str, Problem>) -> Result<Response, Problem> {
    match done {
        Ok(key) => {
            visit.shown().await;
            Ok(visit.redirect_saying(&format!("/appointments/{booking}"), key))
        }
        Err(problem) => html(&Show::of(visit, false, Some(told(&visit.page, problem)?)).await?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::page::Member;
    use crate::dashboard::request::Asked;
    use crate::http::auth::{Caller, Principal, Who};
    use jiff::civil::date;
    use ringbuch_domain::access::Role;
    use ringbuch_domain::ids::{CompanyId, UserId};

    fn page() -> Page {
        let asked = Asked {
            method: Method::GET,
            headers: http::HeaderMap::default(),
            path: "/c/synthetic_0/appointments".into(),
            query: String::new(),
            params: crate::http::Params::default(),
            peer: None,
        };
        let company = CompanyId::new("synthetic_0").unwrap();
        let who = Who::User(UserId(Uuid::now_v7()));
        let principal = Principal { who, company: company.clone(), role: Role::Owner, scopes: vec![] };
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let member = Member {
            caller: Caller { principal, company },
            name: "Max Mustermann".into(),
            company_name: "Synthetic".into(),
            zone,
            companies: vec![],
            csrf: "c".repeat(64),
        };
        Page::new(&asked, Some(member)).titled("appointments.title")
    }

    /// However much stands in it. What a page loads besides has some twenty kilobytes.
    #[test]
    fn a_full_book_shows_what_fits_on_a_page_and_says_what_does_not() {
        let (page, day) = (page(), date(2025, 6, 30));
        for (week, most) in [(false, 150), (true, 350)] {
            let entries = (0..3_000).map(|_| book::Entry::made_up(day)).collect();
            let book = Book::drawn(entries, &[day], &[], week, &page.zone(), &page);
            assert_eq!((book.blocks.len(), book.left_out), (most, 3_000 - most));
            let (page, branches, staff) = (page.clone(), vec![], vec![]);
            let wanted = Wanted { day, week, branch: None, staff: None };
            let shown = Day { page, book, branches, staff, wanted, before: day, after: day, today: day };
            let text = shown.render().unwrap();
            assert!(text.contains(&format!("{} more do not fit", 3_000 - most)));
            assert!(text.len() < 126_000, "{} bytes, week: {week}", text.len());
        }
    }
}
