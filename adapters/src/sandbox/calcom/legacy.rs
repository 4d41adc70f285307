//! What answers on /v2/bookings when the version header is missing or unknown: the API of 2024-04-15. Its shapes
//! differ, so that a client that forgot the header notices.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    super::{Operation, wire::Answer},
    access::Call,
    booking::Booking,
    instants::iso,
    problem::Problem,
    shapes::success,
    state::State,
};

pub(super) fn answer(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    match call.operation {
        Operation::ListBookings => {
            let user = call.user()?;
            let own = state.books.all().iter().filter(|booking| booking.hosts.contains(&user));
            let bookings: Vec<Value> = own.map(shape).collect();
            let data = json!({"bookings": bookings, "recurringInfo": [], "nextCursor": null});
            Ok(Answer::new(StatusCode::OK, success(data)))
        }
        Operation::GetBooking => {
            let uid = call.request.segment(2);
            let unknown = || Problem::not_found(format!("Booking with UID={uid} does not exist."));
            let booking = state.books.get(uid).ok_or_else(unknown)?;
            Ok(Answer::new(StatusCode::OK, success(shape(booking))))
        }
        _ => Err(refusal(&call.body().unwrap_or_default())),
    }
}

fn shape(booking: &Booking) -> Value {
    json!({
        "id": booking.id,
        "uid": booking.uid,
        "title": booking.title,
        "startTime": iso(booking.start),
        "endTime": iso(booking.end),
        "status": booking.status.as_str().to_uppercase(),
        "eventTypeId": booking.event_type,
        "metadata": booking.metadata,
    })
}

/// The old API asks for other properties, and names those that it misses.
fn refusal(fields: &Map<String, Value>) -> Problem {
    let wanted = [
        ("start", "isString", "start must be a string"),
        ("eventTypeId", "isNumber", "eventTypeId must be a number conforming to the specified constraints"),
        ("timeZone", "isTimeZone", "timeZone must be a valid IANA time-zone"),
        ("language", "isString", "language must be a string"),
        ("metadata", "isObject", "metadata must be an object"),
    ];
    let missing = wanted.iter().filter(|(name, ..)| !fields.contains_key(*name));
    let errors: Vec<Value> = missing
        .map(|(name, rule, text)| json!({"property": name, "children": [], "constraints": {*rule: text}}))
        .collect();
    Problem::Enveloped {
        status: StatusCode::BAD_REQUEST,
        message: "Bad Request Exception".into(),
        details: Some(json!({"errors": errors})),
    }
}
