//! What can be done to a booking that exists, apart from moving it: cancel, confirm, decline, mark absent.

use http::StatusCode;
use serde_json::Value;

use super::{
    super::wire::Answer,
    access::Call,
    booking::{Booking, Status},
    event_type::Cancelling,
    fields::{Wrong, given},
    problem::Problem,
    shapes,
    state::State,
    trigger::Trigger,
};

pub(super) fn cancel(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let uid = call.request.segment(2);
    let fields = call.body()?;
    let mut wrong = Wrong::default();
    wrong.unknown(&fields, &["cancellationReason", "cancelSubsequentBookings", "seatUid"]);
    let reason = wrong.text(&fields, "cancellationReason").filter(|reason| !reason.is_empty());
    wrong.finish()?;
    let booking = state.books.get(uid);
    let booking = booking.ok_or_else(|| Problem::not_found(format!("Booking with uid={uid} not found")))?;
    if booking.status == Status::Cancelled {
        return Err(Problem::bad_request("This booking has already been cancelled."));
    }
    if booking.end < call.now {
        return Err(Problem::bare(StatusCode::BAD_REQUEST, "Cannot cancel a booking that has already ended"));
    }
    let policy = state.directory.event_types.get(&booking.event_type).map(|kind| kind.cancelling);
    match policy {
        Some(Cancelling::Disabled) => {
            return Err(Problem::bad_request("This event type does not allow cancellations"));
        }
        Some(Cancelling::OnlyWithReason) if reason.is_none() => {
            return Err(Problem::bad_request("Cancellation reason is required"));
        }
        _ => {}
    }
    decide(state, call, |booking| {
        booking.status = Status::Cancelled;
        booking.cancellation_reason = reason;
    })
}

pub(super) fn confirm(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let booking = decidable(state, call)?;
    match booking.status {
        // Whether the time is still free is not asked again.
        Status::Pending => decide(state, call, |booking| booking.status = Status::Accepted),
        Status::Accepted => Err(Problem::bad_request("Booking already confirmed")),
        Status::Cancelled | Status::Rejected => Err(Problem::bad_request("Booking is not pending any more")),
    }
}

pub(super) fn decline(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let fields = call.body()?;
    let mut wrong = Wrong::default();
    wrong.unknown(&fields, &["reason"]);
    let reason = wrong.text(&fields, "reason");
    wrong.finish()?;
    let booking = decidable(state, call)?;
    if booking.status != Status::Pending {
        return Err(Problem::bad_request("Booking is not pending any more"));
    }
    decide(state, call, |booking| {
        booking.status = Status::Rejected;
        booking.cancellation_reason = reason;
    })
}

pub(super) fn mark_absent(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let fields = call.body()?;
    let mut wrong = Wrong::default();
    wrong.unknown(&fields, &["host", "attendees"]);
    let host = wrong.flag(&fields, "host");
    wrong.finish()?;
    let booking = decidable(state, call)?;
    if call.now < booking.start {
        return Err(Problem::bad_request("Bookings can only be marked as absent after their start time."));
    }
    let listed = given(&fields, "attendees").and_then(Value::as_array).into_iter().flatten();
    let absent = |entry: &Value| entry.get("absent").and_then(Value::as_bool).unwrap_or_default();
    let mark = listed.filter(|entry| entry.get("email").and_then(Value::as_str) == Some(&booking.attendee.email));
    let attendee = mark.map(absent).next_back();
    let changed = change(state, call, |booking| {
        booking.absent_host = host;
        booking.attendee.absent = attendee.unwrap_or(booking.attendee.absent);
    })?;
    state.announce(Trigger::NoShowUpdated, &changed, None, call.now);
    Ok(shown(state, &changed))
}

/// The booking of the path, for its hosts and those who run its team.
fn decidable<'s>(state: &'s State, call: &Call<'_>) -> Result<&'s Booking, Problem> {
    let (user, uid) = (call.user()?, call.request.segment(2));
    let unknown = || Problem::not_found(format!("Booking with uid={uid} was not found in the database"));
    let booking = state.books.get(uid).ok_or_else(unknown)?;
    let kind = state.directory.event_types.get(&booking.event_type);
    let runs = kind.is_some_and(|kind| state.directory.may_decide(user, kind));
    if runs || booking.hosts.contains(&user) {
        Ok(booking)
    } else {
        Err(Problem::forbidden("You are not allowed to access this booking"))
    }
}

/// Changes how the booking stands, and tells of it.
fn decide(state: &mut State, call: &Call<'_>, act: impl FnOnce(&mut Booking)) -> Result<Answer, Problem> {
    let changed = change(state, call, act)?;
    state.announce_decided(&changed, call.now);
    Ok(shown(state, &changed))
}

fn change(state: &mut State, call: &Call<'_>, change: impl FnOnce(&mut Booking)) -> Result<Booking, Problem> {
    state.books.change(call.request.segment(2), call.now, change).ok_or_else(Problem::internal)
}

fn shown(state: &State, booking: &Booking) -> Answer {
    Answer::new(StatusCode::OK, shapes::success(shapes::booking(&state.directory, booking)))
}
