//! Appointments as files: CSV for spreadsheets, iCalendar for calendars. Times are UTC in both.

use super::appointments::filter;
use super::lists::ALL;
use super::request::{Entrance, Request};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::params::Times;
use crate::problem::Problem;
use http::{Method, header};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ringbuch_domain::ids::{BranchId, EventTypeId, StaffId};
use ringbuch_projections::appointments::{self, Appointment, AppointmentStatus};
use ringbuch_projections::{Paging, directory};
use std::collections::BTreeMap;
use warp::Filter;
use warp::reply::{Reply, Response};

/// One file holds no more; whoever wants more asks for one span after the other.
const AT_MOST: usize = 10_000;
const AT_ONCE: u32 = 500;

const FILTERS: &[&str] = &["branch", "status", "staff", "customer", "since", "until"];

type Filters = super::appointments::Filters;

pub fn routes(door: &Entrance) -> Routes {
    let read = || door.admit(&Permission::READ, FILTERS);
    Routes::new().add(Method::GET, "/api/v1/appointments/export.csv", read().then(csv)).add(
        Method::GET,
        "/api/v1/appointments/export.ics",
        read().then(ics),
    )
}

/// Appointments as a table for spreadsheets, 10,000 at most.
#[utoipa::path(
    get, path = "/api/v1/appointments/export.csv", tag = "Appointments", security(("bearer" = ["read"])),
    params(Filters, Times),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 422))
)]
pub(super) async fn csv(request: Request) -> Result<Response, Problem> {
    let (found, names) = (all(&request).await?, Names::of(&request).await?);
    let table = table(&found, &names).map_err(|error| {
        tracing::error!(%error, "a table could not be written");
        Problem::internal()
    })?;
    Ok(file(table, "text/csv; charset=utf-8", "appointments.csv"))
}

/// Appointments as a calendar that other programs read, 10,000 at most.
#[utoipa::path(
    get, path = "/api/v1/appointments/export.ics", tag = "Appointments", security(("bearer" = ["read"])),
    params(Filters, Times),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = 422))
)]
pub(super) async fn ics(request: Request) -> Result<Response, Problem> {
    let (found, names) = (all(&request).await?, Names::of(&request).await?);
    let calendar: Calendar = found.iter().map(|it| event(it, &names)).collect();
    Ok(file(calendar.to_string().into_bytes(), "text/calendar; charset=utf-8", "appointments.ics"))
}

async fn all(request: &Request) -> Result<Vec<Appointment>, Problem> {
    let filter = filter(request)?;
    request.viewed("appointment", ALL).await?;
    let (mut found, mut paging) = (Vec::new(), Paging { after: None, limit: AT_ONCE });
    loop {
        let page = appointments::list(request.rows(), request.scope(), &filter, paging).await?;
        found.extend(page.items);
        if found.len() > AT_MOST {
            let detail = format!("A file holds {AT_MOST} appointments at most; ask for a shorter span.");
            return Err(Problem::unusable("too_many", detail));
        }
        match page.next {
            Some(next) => paging.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// How things are called.
struct Names {
    services: BTreeMap<EventTypeId, String>,
    branches: BTreeMap<BranchId, String>,
    staff: BTreeMap<StaffId, String>,
}

impl Names {
    async fn of(request: &Request) -> Result<Self, Problem> {
        let (rows, scope) = (request.rows(), request.scope());
        let services = directory::event_types(rows, scope).await?;
        let branches = directory::branches(rows, scope).await?;
        let staff = directory::staff(rows, scope).await?;
        Ok(Self {
            services: services.into_iter().map(|it| (it.event_type, it.title)).collect(),
            branches: branches.into_iter().map(|it| (it.branch, it.name)).collect(),
            staff: staff.into_iter().map(|it| (it.staff, it.name)).collect(),
        })
    }

    fn service(&self, appointment: &Appointment) -> &str {
        self.services.get(&appointment.event_type).map_or("", String::as_str)
    }
    fn branch(&self, appointment: &Appointment) -> &str {
        self.branches.get(&appointment.branch).map_or("", String::as_str)
    }
    fn staff(&self, appointment: &Appointment) -> &str {
        appointment.staff.as_ref().and_then(|staff| self.staff.get(staff)).map_or("", String::as_str)
    }
}

const COLUMNS: [&str; 11] =
    ["appointment", "status", "start", "end", "service", "branch", "staff", "name", "phone", "email", "notes"];

fn table(found: &[Appointment], names: &Names) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for it in found {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let cells = [
            it.booking.to_string(),
            it.status.to_string(),
            it.start_at.to_string(),
            it.end_at.to_string(),
            names.service(it).to_owned(),
            names.branch(it).to_owned(),
            names.staff(it).to_owned(),
            text(&it.name),
            text(&it.phone),
            text(&it.email),
            text(&it.notes),
        ];
        table.write_record(cells.iter().map(|cell| harmless(cell)))?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// Spreadsheets take a cell that begins so for a formula; what a caller said must not become one.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn event(appointment: &Appointment, names: &Names) -> Event {
    let mut event = Event::new();
    let summary = [names.service(appointment), appointment.name.as_deref().unwrap_or_default()];
    event
        .uid(&format!("{}@ringbuch", appointment.booking))
        .add_property("DTSTAMP", utc(appointment.updated_at))
        .add_property("DTSTART", utc(appointment.start_at))
        .add_property("DTEND", utc(appointment.end_at))
        .summary(&summary.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "))
        .location(names.branch(appointment))
        .sequence(u32::try_from(appointment.moves).unwrap_or_default())
        .status(match appointment.status {
            AppointmentStatus::Confirmed | AppointmentStatus::Completed | AppointmentStatus::NoShow => {
                EventStatus::Confirmed
            }
            AppointmentStatus::Cancelled | AppointmentStatus::Failed => EventStatus::Cancelled,
            AppointmentStatus::Requested | AppointmentStatus::Unknown | AppointmentStatus::Pending => {
                EventStatus::Tentative
            }
        });
    if let Some(notes) = &appointment.notes {
        event.description(notes);
    }
    event.done()
}

/// The form of a time that needs no zone beside it.
fn utc(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn file(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let file = warp::reply::with_header(bytes, header::CONTENT_TYPE, media_type);
    let disposition = format!("attachment; filename=\"{name}\"");
    warp::reply::with_header(file, header::CONTENT_DISPOSITION, disposition).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_said_never_becomes_a_formula() {
        for (said, cell) in [
            ("=HYPERLINK(\"http://example.com\")", "'=HYPERLINK(\"http://example.com\")"),
            ("+491713920042", "'+491713920042"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("Max = Mustermann", "Max = Mustermann"),
            ("", ""),
        ] {
            assert_eq!(harmless(said), cell);
        }
    }
}
