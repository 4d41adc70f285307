//! Appointments made, moved and cancelled by programs. The diary answers at once; what the calendar says to it follows
//! and shows in the appointment's status.

use super::appointments::find;
use super::failure::of_appointment;
use super::request::{Entrance, Request};
use crate::appointments::{Appointments, NewAppointment};
use crate::http::auth::Permission;
use crate::http::openapi::{Given, Of};
use crate::http::{Routes, body};
use crate::problem::{Kind, Problem};
use bytes::Bytes;
use http::{Method, StatusCode, header};
use jiff::Timestamp;
use ringbuch_domain::diary::Booking;
use ringbuch_domain::ids::{BookingId, BranchId, derived};
use ringbuch_domain::intake;
use ringbuch_projections::appointments::Appointment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use warp::reply::{Reply, Response};
use warp::{Filter, Rejection};

type NewAppointmentBody = Given<Wanted>;
type MoveBody = Given<Move>;
type CancelBody = Given<Cancel>;
type Standing = Of<Stands>;

pub fn routes(door: &Entrance) -> Routes {
    let operate = || door.admit(&Permission::OPERATE, &[]);
    let key = warp::header::optional::<String>("idempotency-key");
    Routes::new()
        .add(Method::POST, "/api/v1/appointments", operate().and(key).and(body::json()).then(book))
        .add(Method::POST, "/api/v1/appointments/{id}/move", operate().and(body::json()).then(move_to))
        .add(Method::POST, "/api/v1/appointments/{id}/cancel", operate().and(optional_json()).then(cancel))
}

/// What somebody wants booked.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAppointment")]
pub(super) struct Wanted {
    branch: BranchId,
    service: Option<Named>,
    staff: Option<String>,
    start: Timestamp,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    notes: Option<String>,
}

/// A service by its name or its number.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ServiceNamed")]
enum Named {
    Number(i64),
    Name(String),
}

impl From<Named> for String {
    fn from(named: Named) -> Self {
        match named {
            Named::Number(number) => number.to_string(),
            Named::Name(name) => name,
        }
    }
}

/// Books an appointment.
///
/// The appointment book answers at once; what the calendar says to it follows and shows in the status. With an
/// `Idempotency-Key` the same request gets the same appointment, however often it is sent.
#[utoipa::path(
    post, path = "/api/v1/appointments", tag = "Appointments", security(("bearer" = ["operate"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; one key, one appointment")),
    request_body = NewAppointmentBody,
    responses((status = 201, body = Standing), (status = 404), (status = 409), (status = 422))
)]
pub(super) async fn book(request: Request, key: Option<String>, wanted: Wanted) -> Result<Response, Problem> {
    let booking = match key {
        Some(key) => booking_of(&request, &key, &wanted).await?,
        None => BookingId(Uuid::now_v7()),
    };
    let new = NewAppointment {
        booking,
        branch: wanted.branch,
        service: wanted.service.map(String::from),
        staff: wanted.staff,
        start: wanted.start,
        name: text("name", &wanted.name, 200)?,
        phone: wanted.phone,
        email: wanted.email.map(|email| address(&email)).transpose()?,
        notes: wanted.notes.map(|notes| text("notes", &notes, 4_000)).transpose()?,
        source: "api".into(),
    };
    let booked = at(&request).book(new).await.map_err(|error| of_appointment(error, &request.language()))?;
    let location = format!("/api/v1/appointments/{booking}");
    let answer = as_it_stands(&request, &booked).await?;
    let answer = warp::reply::with_header(answer, header::LOCATION, location);
    Ok(warp::reply::with_status(answer, StatusCode::CREATED).into_response())
}

/// One key, one appointment, whichever node is asked: the first request with a key decides what it stands for. Only keyed
/// hashes of it are kept, since keys may be made of anything.
async fn booking_of(request: &Request, key: &str, wanted: &Wanted) -> Result<BookingId, Problem> {
    if key.is_empty() || key.len() > 255 {
        let detail = "The header Idempotency-Key takes 1 to 255 characters.";
        return Err(Problem::new(Kind::RequestUnusable).detail(detail));
    }
    let company = request.company();
    let mark = request.app.index.fingerprint(company, "idempotency", key);
    let whole = serde_json::to_string(wanted).unwrap_or_default();
    let asked = request.app.index.fingerprint(company, "idempotent_request", &whole);
    let first = request.app.store.keys.write_once(&format!("idempotency:{mark}"), asked.clone().into_bytes()).await?;
    if first != asked.as_bytes() {
        let detail = "This Idempotency-Key was sent before with another request; use a new one.";
        return Err(Problem::unusable("idempotency_key_reused", detail));
    }
    Ok(BookingId(derived(&["api", company.as_str(), &mark])))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MoveRequest")]
pub(super) struct Move {
    start: Timestamp,
}

/// Moves an appointment to another time.
#[utoipa::path(
    post, path = "/api/v1/appointments/{id}/move", tag = "Appointments", security(("bearer" = ["operate"])),
    params(("id" = String, Path, description = "Ours, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    request_body = MoveBody,
    responses((status = 202, body = Standing), (status = 409), (status = 422))
)]
pub(super) async fn move_to(request: Request, to: Move) -> Result<Response, Problem> {
    let booking = request.id("appointment")?;
    let moving = at(&request).move_to(booking, to.start).await;
    accepted(&request, &moving.map_err(|error| of_appointment(error, &request.language()))?).await
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CancelRequest")]
pub(super) struct Cancel {
    reason: Option<String>,
}

/// Cancels an appointment. The body may be left out.
#[utoipa::path(
    post, path = "/api/v1/appointments/{id}/cancel", tag = "Appointments", security(("bearer" = ["operate"])),
    params(("id" = String, Path, description = "Ours, a UUID", example = "0192f0c1-2d3e-7000-8000-000000000001")),
    request_body = Option<CancelBody>,
    responses((status = 202, body = Standing), (status = 409), (status = 422))
)]
pub(super) async fn cancel(request: Request, why: Cancel) -> Result<Response, Problem> {
    let booking = request.id("appointment")?;
    let reason = why.reason.map(|reason| text("reason", &reason, 500)).transpose()?;
    let cancelling = at(&request).cancel(booking, reason).await;
    accepted(&request, &cancelling.map_err(|error| of_appointment(error, &request.language()))?).await
}

/// A cancellation need not say anything.
fn optional_json() -> impl Filter<Extract = (Cancel,), Error = Rejection> + Clone + Send + Sync {
    let media_type = warp::header::optional::<String>("content-type");
    media_type.and(body::bytes()).and_then(|media_type: Option<String>, bytes: Bytes| async move {
        if bytes.is_empty() {
            return Ok(Cancel::default());
        }
        body::read_json(media_type.as_deref(), &bytes).map_err(Rejection::from)
    })
}

/// Words that are there and not too many.
pub fn text(field: &str, value: &str, most: usize) -> Result<String, Problem> {
    let value = value.trim();
    let letters = value.chars().count();
    if letters == 0 || letters > most {
        let detail = format!("The field '{field}' takes 1 to {most} characters; leave it out where there is nothing.");
        return Err(Problem::unusable("length", detail));
    }
    // Line breaks and tabs belong in notes; anything else that cannot be seen has no business in a text.
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Problem::unusable("control_characters", format!("The field '{field}' holds control characters.")));
    }
    Ok(value.to_owned())
}

/// As much of an address as can be judged without writing to it.
pub fn address(value: &str) -> Result<String, Problem> {
    let value = value.trim();
    let spaced = value.contains(char::is_whitespace);
    intake::address(value).filter(|_| !spaced).ok_or_else(|| {
        Problem::unusable("not_an_address", "The field 'email' takes an address such as max@example.com.")
    })
}

fn at(request: &Request) -> Appointments<'_> {
    Appointments::new(&request.app, request.company().clone(), request.caller.name())
}

async fn accepted(request: &Request, booking: &Booking) -> Result<Response, Problem> {
    let answer = as_it_stands(request, booking).await?;
    Ok(warp::reply::with_status(answer, StatusCode::ACCEPTED).into_response())
}

/// An appointment as it stands right after it was changed.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Stands {
    Shown(Box<Appointment>),
    InFewWords { booking: BookingId, status: &'static str, start_at: Timestamp, end_at: Timestamp },
}

/// As a list would show it; in few words where the read models are behind, since what was done is done.
async fn as_it_stands(request: &Request, booking: &Booking) -> Result<Response, Problem> {
    request.shown().await;
    if let Some(appointment) = find(request, booking.id()).await? {
        return Ok(warp::reply::json(&Stands::Shown(Box::new(appointment))).into_response());
    }
    let brief = Stands::InFewWords {
        booking: booking.id(),
        status: booking.standing.as_str(),
        start_at: booking.slot.start,
        end_at: booking.slot.end,
    };
    Ok(warp::reply::json(&brief).into_response())
}
