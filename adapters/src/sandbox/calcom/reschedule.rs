//! POST /v2/bookings/{uid}/reschedule: a new booking with a new uid in place of the old one.

use jiff::Timestamp;

use super::{
    super::wire::Answer,
    access::Call,
    availability::{Wish, hosts_for, in_bounds},
    booking::{Booking, Status},
    books::KeyTaken,
    create::{created, refusal, taken, unique_violation},
    fields::Wrong,
    instants::{self, Span},
    problem::Problem,
    state::{Front, State},
};

/// Moves make a new booking and cancel the old one. Nobody looks again whether the old one still stands when the new
/// one is inserted, so that two moves at once leave two bookings.
pub(super) async fn reschedule(front: &Front, call: &Call<'_>) -> Result<Answer, Problem> {
    let moved = move_to(front, call.request.segment(2), Move::read(call)?, call.now).await?;
    Ok(created(&front.state().directory, &moved))
}

pub(super) async fn move_to(front: &Front, uid: &str, wanted: Move, now: Timestamp) -> Result<Booking, Problem> {
    let quirks = front.settings().quirks;
    let moved = plan_move(&mut front.state(), uid, wanted, now, quirks.team_conflict_is_500)?;
    front.race_gap().await;
    let now = front.now();
    let mut state = front.state();
    let moved = Booking { created_at: now, updated_at: now, ..moved };
    let moved = state.books.replace(uid, moved, now);
    let moved = moved.map_err(|KeyTaken| unique_violation(&mut state, quirks.unique_violation))?;
    let old = state.books.get(uid).cloned();
    state.announce_made(&moved, old.as_ref(), now);
    Ok(moved)
}

pub(super) struct Move {
    pub(super) start: Timestamp,
    pub(super) by: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) same_host: bool,
}

impl Move {
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let fields = call.body()?;
        let mut wrong = Wrong::default();
        wrong.unknown(&fields, &MOVE_FIELDS);
        let start = wrong.text(&fields, "start").and_then(|text| instants::read(&text));
        if start.is_none() {
            wrong.add("start", "start must be a valid ISO 8601 date string");
        }
        let by = wrong.text(&fields, "rescheduledBy");
        let reason = wrong.text(&fields, "reschedulingReason");
        let same_host = wrong.flag(&fields, "rescheduleWithSameHost");
        wrong.finish()?;
        let start = start.ok_or_else(Problem::internal)?;
        Ok(Self { start, by, reason, same_host })
    }
}

const MOVE_FIELDS: [&str; 9] = [
    "start",
    "rescheduledBy",
    "reschedulingReason",
    "emailVerificationCode",
    "rescheduleWithSameHost",
    "seatUid",
    "allowConflicts",
    "allowBookingOutOfBounds",
    "skipBookingLimits",
];

fn plan_move(
    state: &mut State,
    uid: &str,
    wanted: Move,
    now: Timestamp,
    conflict_is_500: bool,
) -> Result<Booking, Problem> {
    let old = movable(state, uid)?.clone();
    let kind = state.directory.event_types.get(&old.event_type);
    let kind = kind.ok_or_else(|| Problem::not_found(format!("Event type with id={} not found.", old.event_type)))?;
    let length = old.end.duration_since(old.start);
    let span = Span { start: wanted.start, end: wanted.start.checked_add(length).unwrap_or(Timestamp::MAX) };
    in_bounds(&state.directory, kind, span.start, now).map_err(|bounds| refusal(&bounds))?;
    let host = [old.host()];
    let only = wanted.same_host.then_some(host.as_slice());
    let wish = Wish { except: Some(&old.uid), only, rather: Some(old.host()), ..Wish::new(kind, span) };
    let hosts = hosts_for(&state.directory, &state.books, &wish).ok_or_else(|| taken(kind, conflict_is_500))?;
    let by_owner = wanted.by.as_deref().is_some_and(|by| is_host(state, &old, by));
    let status = if kind.needs_confirmation() && !by_owner { Status::Pending } else { Status::Accepted };
    Ok(Booking {
        id: state.dice.id(),
        uid: state.dice.uid(),
        status,
        hosts,
        start: span.start,
        end: span.end,
        rescheduled_from: Some(old.uid.clone()),
        rescheduling_reason: wanted.reason,
        rescheduled_by: wanted.by,
        ..old
    })
}

fn movable<'s>(state: &'s State, uid: &str) -> Result<&'s Booking, Problem> {
    let unknown = || Problem::not_found(format!("Booking with uid={uid} was not found in the database"));
    let booking = state.books.get(uid).ok_or_else(unknown)?;
    match (booking.status, &booking.rescheduled_to) {
        (Status::Cancelled, Some(new)) => Err(Problem::bad_request(format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled and rescheduled already to booking \
             with uid={new}. You probably want to reschedule {new} instead by passing it within the request URL."
        ))),
        (Status::Cancelled, None) => Err(Problem::bad_request(format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled. Please provide uid of a booking \
             that is not cancelled."
        ))),
        (Status::Rejected, _) => Err(Problem::bad_request(format!(
            "Can't reschedule booking with uid={uid} because it has been rejected. Please provide uid of a booking \
             that is not rejected."
        ))),
        _ => Ok(booking),
    }
}

fn is_host(state: &State, booking: &Booking, email: &str) -> bool {
    let mut hosts = booking.hosts.iter().filter_map(|host| state.directory.users.get(host));
    hosts.any(|user| user.email == email)
}
