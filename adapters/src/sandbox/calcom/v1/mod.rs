//! Version 1, as installations of their own still serve it: the key in the address, bare or differently wrapped answers,
//! errors of one line, 30 requests in 60 s for each user.

mod bookings;
mod input;
mod listing;
mod problem;
mod shapes;

use std::time::Duration;

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use self::problem::Refusal;
use super::{
    super::{
        Operation, RateLimit,
        wire::{Answer, Request, Verdict},
    },
    access::Call,
    state::Front,
    versions::BOOKINGS_2026,
};

const LIMIT: RateLimit = RateLimit { requests: 30, window: Duration::from_mins(1), block: Duration::from_mins(1) };

/// What a path below `/v1` asks for, if anything is there.
pub(super) fn operation(method: &Method, path: &[&str]) -> Option<Operation> {
    routes(path).iter().find(|(allowed, _)| allowed == method).map(|(_, operation)| *operation)
}

/// Every method that a path takes.
fn routes(path: &[&str]) -> &'static [(Method, Operation)] {
    const ALL_BOOKINGS: &[(Method, Operation)] =
        &[(Method::GET, Operation::ListBookings), (Method::POST, Operation::CreateBooking)];
    const BOOKING: &[(Method, Operation)] =
        &[(Method::GET, Operation::GetBooking), (Method::DELETE, Operation::CancelBooking)];
    const CANCEL: &[(Method, Operation)] = &[(Method::DELETE, Operation::CancelBooking)];
    match path {
        ["bookings"] => ALL_BOOKINGS,
        ["bookings", _] => BOOKING,
        ["bookings", _, "cancel"] => CANCEL,
        ["slots"] => const { &[(Method::GET, Operation::ListSlots)] },
        ["event-types"] => const { &[(Method::GET, Operation::ListEventTypes)] },
        ["event-types", _] => const { &[(Method::GET, Operation::GetEventType)] },
        ["teams"] => const { &[(Method::GET, Operation::ListTeams)] },
        ["teams", _, "event-types"] => const { &[(Method::GET, Operation::ListTeamEventTypes)] },
        ["me"] => const { &[(Method::GET, Operation::GetMe)] },
        ["users"] => const { &[(Method::GET, Operation::ListUsers)] },
        ["schedules"] => const { &[(Method::GET, Operation::ListSchedules)] },
        _ => &[],
    }
}

pub(super) async fn answer(front: &Front, request: &Request, now: Timestamp) -> Answer {
    let caller = match caller(front, request) {
        Ok(caller) => caller,
        Err(refusal) => return refusal.answer(),
    };
    let verdict = front.state().limiter.admit(&format!("v1 {caller}"), LIMIT, now);
    if matches!(verdict, Verdict::Refused { .. }) {
        return with_limit(too_many(), &verdict, now);
    }
    let answer = route(front, request, now, caller).await.unwrap_or_else(Refusal::answer);
    with_limit(answer, &verdict, now)
}

/// Whose key the address carries.
fn caller(front: &Front, request: &Request) -> Result<u64, Refusal> {
    let key = request.query("apiKey").ok_or_else(|| Refusal::said(StatusCode::UNAUTHORIZED, "No apiKey provided"))?;
    let user = front.state().directory.keys.get(key).copied();
    user.ok_or_else(|| Refusal::short(StatusCode::UNAUTHORIZED, "Your API key is not valid."))
}

async fn route(front: &Front, request: &Request, now: Timestamp, caller: u64) -> Result<Answer, Refusal> {
    let path = request.segments();
    let operations = routes(path.get(1..).unwrap_or_default());
    let operation = operation(&request.method, path.get(1..).unwrap_or_default());
    let operation = operation.ok_or_else(|| Refusal::wrong_method(operations))?;
    let call = Call { request, operation, version: BOOKINGS_2026, now, caller: Some(caller) };
    match operation {
        Operation::CreateBooking => bookings::create(front, &call).await,
        Operation::GetBooking => bookings::get(&front.state(), &call),
        Operation::CancelBooking => bookings::cancel(&mut front.state(), &call),
        Operation::ListBookings => bookings::list(&front.state(), &call),
        Operation::ListSlots => listing::slots(&front.state(), &call),
        Operation::ListEventTypes => Ok(listing::event_types(&front.state(), caller)),
        Operation::GetEventType => listing::event_type(&front.state(), &call),
        Operation::ListTeams => Ok(listing::teams(&front.state(), caller)),
        Operation::ListTeamEventTypes => listing::event_types_of_team(&front.state(), &call),
        Operation::GetMe => listing::me(&front.state(), caller),
        Operation::ListUsers => Ok(listing::users(&front.state(), caller)),
        Operation::ListSchedules => Ok(listing::schedules(&front.state(), caller)),
        _ => Err(Refusal::wrong_method(operations)),
    }
}

/// One 429, whatever the real limit says.
pub(super) fn throttled(now: Timestamp) -> Answer {
    with_limit(too_many(), &Verdict::Refused { reset_seconds: 60 }, now)
}

fn too_many() -> Answer {
    Answer::new(StatusCode::TOO_MANY_REQUESTS, json!({"message": "Rate limit exceeded"}))
}

/// The reset is a time in milliseconds here.
fn with_limit(answer: Answer, verdict: &Verdict, now: Timestamp) -> Answer {
    let (remaining, reset_seconds) = match verdict {
        Verdict::Allowed { remaining, reset_seconds } => (*remaining, *reset_seconds),
        Verdict::Refused { reset_seconds } => (0, *reset_seconds),
    };
    answer
        .with("X-RateLimit-Limit", LIMIT.requests.to_string())
        .with("X-RateLimit-Remaining", remaining.to_string())
        .with("X-RateLimit-Reset", (now.as_millisecond() + reset_seconds * 1000).to_string())
}
