//! Bookings of version 1. A move is a booking that names the one that it takes the place of.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{
        super::wire::Answer,
        access::Call,
        booking::{Booking, Status},
        create,
        instants::{self, plus_minutes},
        reschedule::{self, Move},
        state::{Front, State},
    },
    input::Input,
    problem::Refusal,
    shapes,
};

pub(super) async fn create(front: &Front, call: &Call<'_>) -> Result<Answer, Refusal> {
    let input = Input::read(call)?;
    fits_length(&front.state(), &input)?;
    let booking = match input.reschedule_uid {
        None => create::book(front, call, input.booking).await?,
        Some(uid) => {
            let start = input.booking.start;
            let wanted = Move { start, by: None, reason: input.reschedule_reason, same_host: false };
            reschedule::move_to(front, &uid, wanted, call.now).await?
        }
    };
    Ok(Answer::new(StatusCode::OK, shapes::booking(&front.state().directory, &booking)))
}

/// An end that is sent must be the one that the event type's length gives.
fn fits_length(state: &State, input: &Input) -> Result<(), Refusal> {
    let (super::super::booking_input::Kind::Id(id), Some(end)) = (&input.booking.kind, input.end) else {
        return Ok(());
    };
    let kind = state.directory.event_types.get(id);
    let kind = kind.ok_or_else(|| Refusal::not_found("event_type_not_found_error"))?;
    let lengths = kind.length_options.iter().copied().chain([kind.length_minutes]);
    let fits = lengths.map(|length| plus_minutes(input.booking.start, length)).any(|fitting| fitting == end);
    if fits { Ok(()) } else { Err(Refusal::bad_request("Invalid event length")) }
}

pub(super) fn get(state: &State, call: &Call<'_>) -> Result<Answer, Refusal> {
    let booking = own(state, call)?;
    Ok(Answer::new(StatusCode::OK, json!({"booking": shapes::booking(&state.directory, booking)})))
}

pub(super) fn cancel(state: &mut State, call: &Call<'_>) -> Result<Answer, Refusal> {
    let booking = own(state, call)?;
    if booking.status == Status::Cancelled {
        return Err(Refusal::bad_request("This booking has already been cancelled."));
    }
    let (uid, reason) = (booking.uid.clone(), call.request.query("cancellationReason").map(str::to_owned));
    let cancelled = state.books.change(&uid, call.now, |booking| {
        booking.status = Status::Cancelled;
        booking.cancellation_reason = reason;
    });
    if let Some(cancelled) = cancelled {
        state.announce_decided(&cancelled, call.now);
    }
    Ok(Answer::new(StatusCode::OK, json!({"message": "Booking successfully cancelled."})))
}

/// Not paged unless both `take` and `page` are given.
pub(super) fn list(state: &State, call: &Call<'_>) -> Result<Answer, Refusal> {
    let query = |name: &str| call.request.query(name);
    let time = |name: &str| {
        let wrong = || Refusal::bad_request(format!("invalid_date in '{name}': Invalid date"));
        query(name).map(|text| instants::read(text).ok_or_else(wrong)).transpose()
    };
    let (from, to) = (time("dateFrom")?, time("dateTo")?);
    let wanted = |booking: &&Booking| {
        from.is_none_or(|from| from <= booking.start)
            && to.is_none_or(|to| booking.end <= to)
            && query("attendeeEmail").is_none_or(|email| email == booking.attendee.email)
            && (query("status") != Some("upcoming") || (booking.start >= call.now && booking.status.is_live()))
    };
    let found = state.books.all().iter().filter(wanted).filter(|booking| sees(state, call, booking));
    let number = |name: &str| query(name).and_then(|number| number.parse::<usize>().ok());
    let (take, skip) = match (number("take"), number("page")) {
        (Some(take), Some(page)) => (take, take.saturating_mul(page.saturating_sub(1))),
        _ => (usize::MAX, 0),
    };
    let shown = found.skip(skip).take(take).map(|booking| shapes::booking(&state.directory, booking));
    Ok(Answer::new(StatusCode::OK, json!({"bookings": shown.collect::<Vec<Value>>()})))
}

fn own<'s>(state: &'s State, call: &Call<'_>) -> Result<&'s Booking, Refusal> {
    let number = call.request.segment(2).parse::<u64>();
    let number = number.map_err(|_| Refusal::bad_request("invalid_type in 'id': Expected number, received nan"))?;
    let booking = state.books.all().iter().find(|booking| booking.id == number);
    let booking = booking.ok_or_else(|| Refusal::not_found("Booking not found"))?;
    if sees(state, call, booking) { Ok(booking) } else { Err(Refusal::not_allowed()) }
}

/// Only an administrator sees what others host.
fn sees(state: &State, call: &Call<'_>, booking: &Booking) -> bool {
    call.caller.is_some_and(|user| state.directory.admins.contains(&user) || booking.hosts.contains(&user))
}
