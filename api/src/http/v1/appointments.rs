//! `/api/v1/appointments`: where each stands, and how it came there.

use super::events::Shown as Event;
use super::lists::{ALL, paged};
use super::request::{Entrance, Request};
use crate::http::auth::Permission;
use crate::http::openapi::{
    InQuery, Of,
    params::{Pages, Times},
};
use crate::http::{Items, Routes};
use crate::journal::JournalError;
use crate::problem::Problem;
use http::Method;
use jiff::civil::Date;
use ringbuch_domain::ids::{BookingId, BranchId, CustomerId, StaffId};
use ringbuch_domain::ports::About;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::appointments::{self, Appointment, AppointmentFilter, AppointmentStatus};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use warp::Filter;
use warp::reply::Json;

const FILTERS: &[&str] = &["branch", "status", "staff", "customer", "since", "until", "limit", "cursor"];

/// Pages of the diary that are looked at for one history.
const MOST_PAGES: usize = 50;

/// What a list of appointments can be narrowed to; the span is that of their beginnings.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
pub(super) struct Wanted {
    branch: Option<BranchId>,
    status: Option<AppointmentStatus>,
    staff: Option<StaffId>,
    customer: Option<CustomerId>,
}

pub(super) type Filters = InQuery<Wanted>;
type Appointments = Of<Items<Appointment>>;
type OneAppointment = Of<Shown>;

pub fn routes(door: &Entrance) -> Routes {
    let all = door.admit(&Permission::READ, FILTERS).then(list);
    let one = door.admit(&Permission::READ, &[]).then(show);
    Routes::new().add(Method::GET, "/api/v1/appointments", all).add(Method::GET, "/api/v1/appointments/{id}", one)
}

/// Appointments, the latest first.
#[utoipa::path(
    get, path = "/api/v1/appointments", tag = "Appointments", security(("bearer" = ["read"])),
    params(Filters, Times, Pages),
    responses((status = 200, body = Appointments))
)]
pub(super) async fn list(request: Request) -> Result<Items<Appointment>, Problem> {
    let filter = filter(&request)?;
    request.viewed("appointment", ALL).await?;
    Ok(paged(appointments::list(request.rows(), request.scope(), &filter, request.paging()?).await?))
}

pub(super) fn filter(request: &Request) -> Result<AppointmentFilter, Problem> {
    let query = &request.query;
    Ok(AppointmentFilter {
        branch: query.get("branch")?,
        status: query.get("status")?,
        staff: query.get("staff")?,
        customer: query.get("customer")?,
        span: request.span()?,
    })
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AppointmentShown")]
struct Shown {
    #[serde(flatten)]
    appointment: Appointment,
    /// Its events on the pages of the diary, oldest first.
    history: Vec<Event>,
}

/// One appointment, with its history in the appointment book.
#[utoipa::path(
    get, path = "/api/v1/appointments/{id}", tag = "Appointments", security(("bearer" = ["read"])),
    params(("id" = String, Path, description = "Ours, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    responses((status = 200, body = OneAppointment))
)]
pub(super) async fn show(request: Request) -> Result<Json, Problem> {
    let booking: BookingId = request.id("appointment")?;
    let appointment = find(&request, booking).await?.ok_or_else(|| Problem::not_found("appointment"))?;
    let history = history(&request, booking, appointment.page).await?;
    request.viewed("appointment", &booking.to_string()).await?;
    Ok(warp::reply::json(&Shown { appointment, history }))
}

pub async fn find(request: &Request, booking: BookingId) -> Result<Option<Appointment>, Problem> {
    Ok(appointments::find(request.rows(), request.scope(), booking).await?)
}

/// From the page where it stands back over those that it was moved from.
pub async fn history(request: &Request, booking: BookingId, page: Date) -> Result<Vec<Event>, Problem> {
    let (mut events, mut pages, mut seen) = (Vec::new(), vec![page], Vec::new());
    let about = About { correlation: None, bookings: vec![booking.0] };
    while let Some(page) = pages.pop().filter(|_| seen.len() < MOST_PAGES) {
        if seen.contains(&page) {
            continue;
        }
        let stream = StreamId::diary(request.company(), page);
        let found = request.app.journal.log().read_about(&stream, &about).await.map_err(JournalError::from)?;
        let here = found.into_iter().map(Event::from).filter(|event| is_about(&event.data, booking));
        events.extend(here.inspect(|event| pages.extend(moved_from(&event.data))));
        seen.push(page);
    }
    events.sort_by_key(|event| event.position);
    Ok(events)
}

fn is_about(data: &Value, booking: BookingId) -> bool {
    let booking = booking.to_string();
    let named = |value: Option<&Value>| value.and_then(Value::as_str) == Some(booking.as_str());
    named(data.get("booking")) || named(data.pointer("/holder/move"))
}

fn moved_from(data: &Value) -> Option<Date> {
    data.get("moved_from").and_then(Value::as_str).and_then(|page| page.parse().ok())
}
