//! POST /v2/bookings: checked under the lock, inserted later under the lock again. Between the two anyone may come
//! first.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{
    super::wire::Answer,
    access::Call,
    availability::{OutOfBounds, Wish, hosts_for, in_bounds},
    booking::{Booking, Status},
    booking_input::{BookingInput, Kind},
    books::KeyTaken,
    directory::Directory,
    event_type::{EventType, Scheduling},
    instants::{Span, plus_minutes},
    problem::Problem,
    shapes,
    state::{Front, State, UniqueViolation},
};

pub(super) async fn create(front: &Front, call: &Call<'_>) -> Result<Answer, Problem> {
    let booking = book(front, call, BookingInput::read(call)?).await?;
    Ok(created(&front.state().directory, &booking))
}

pub(super) async fn book(front: &Front, call: &Call<'_>, input: BookingInput) -> Result<Booking, Problem> {
    let quirks = front.settings().quirks;
    let draft = match check(&mut front.state(), call, input, quirks.team_conflict_is_500)? {
        Checked::Known(booking) => return Ok(*booking),
        Checked::New(draft) => *draft,
    };
    front.race_gap().await;
    insert(front, draft)
}

enum Checked {
    /// The same person already has this very booking.
    Known(Box<Booking>),
    New(Box<Booking>),
}

fn check(state: &mut State, call: &Call<'_>, input: BookingInput, conflict_is_500: bool) -> Result<Checked, Problem> {
    let kind = find_kind(&state.directory, &input.kind)?;
    if kind.scheduling() == Some(Scheduling::Managed) {
        let parent = format!("Event type with id={} is the parent managed event type that can't be booked.", kind.id);
        return Err(Problem::bad_request(parent));
    }
    let span = wanted_span(kind, &input)?;
    let trusted = call.caller.is_some_and(|user| state.directory.may_decide(user, kind));
    if !(trusted && input.allow_out_of_bounds) {
        in_bounds(&state.directory, kind, span.start, call.now).map_err(|bounds| refusal(&bounds))?;
    }
    require_fields(kind, &input)?;
    if let Some(known) = same_booking(state, kind, &input) {
        return Ok(Checked::Known(Box::new(known)));
    }
    let only = chosen_hosts(kind, &input);
    let hosts = if trusted && input.allow_conflicts {
        kind.hosts().iter().copied().filter(|host| only.is_none_or(|only| only.contains(host))).take(1).collect()
    } else {
        let wish = Wish { only, ..Wish::new(kind, span) };
        hosts_for(&state.directory, &state.books, &wish).ok_or_else(|| taken(kind, conflict_is_500))?
    };
    let kind = kind.clone();
    Ok(Checked::New(Box::new(draft(state, call, &kind, input, span, hosts))))
}

fn find_kind<'d>(directory: &'d Directory, kind: &Kind) -> Result<&'d EventType, Problem> {
    match kind {
        Kind::Id(id) => directory
            .event_types
            .get(id)
            .ok_or_else(|| Problem::not_found(format!("Event type with id={id} not found."))),
        Kind::OfUser { slug, username } => {
            let user = directory.user_named(username);
            let kind = user.and_then(|user| directory.event_types_of_user(user.id).find(|kind| kind.slug == *slug));
            let missing = || format!("Event type with slug {slug} belonging to user {username} not found.");
            kind.ok_or_else(|| Problem::not_found(missing()))
        }
        Kind::OfTeam { slug, team } => {
            let found = directory.team_named(team);
            let kind = found.and_then(|team| directory.event_types_of_team(team.id).find(|kind| kind.slug == *slug));
            let missing = || format!("Event type with slug {slug} belonging to team {team} not found.");
            kind.ok_or_else(|| Problem::not_found(missing()))
        }
    }
}

fn wanted_span(kind: &EventType, input: &BookingInput) -> Result<Span, Problem> {
    let minutes = match input.length {
        None => kind.length_minutes,
        Some(_) if kind.length_options.is_empty() => return Err(Problem::bad_request(ONE_LENGTH)),
        Some(length) => {
            let fitting = u32::try_from(length).ok().filter(|length| kind.length_options.contains(length));
            fitting.ok_or_else(|| Problem::bad_request("Invalid event length"))?
        }
    };
    Ok(Span { start: input.start, end: plus_minutes(input.start, minutes) })
}

fn require_fields(kind: &EventType, input: &BookingInput) -> Result<(), Problem> {
    if kind.email_required && !input.has_email {
        return Err(Problem::bad_request("{email}error_required_field"));
    }
    if kind.phone_required && input.attendee.phone.is_none() {
        return Err(Problem::bad_request(NO_PHONE));
    }
    let missing = kind.fields.iter().find(|field| field.required && !input.responses.contains_key(&field.slug));
    match missing {
        Some(field) => Err(Problem::bad_request(format!("Missing required booking field response: {}", field.slug))),
        None => Ok(()),
    }
}

/// Round-robin and confirmation types answer a repeat with the booking that the first try made; the others do not.
fn same_booking(state: &State, kind: &EventType, input: &BookingInput) -> Option<Booking> {
    if !kind.needs_confirmation() && kind.scheduling() != Some(Scheduling::RoundRobin) {
        return None;
    }
    let status = if kind.needs_confirmation() { Status::Pending } else { Status::Accepted };
    let mut there = state.books.starting(input.start, input.start);
    let same = there
        .find(|booking| booking.event_type == kind.id && booking.status == status && booking.is_for(&input.attendee));
    same.cloned()
}

fn chosen_hosts<'a>(kind: &EventType, input: &'a BookingInput) -> Option<&'a [u64]> {
    let subset = input.host_subset.as_deref().filter(|_| kind.host_subset_enabled);
    subset.or(input.routed_to.as_deref())
}

fn draft(
    state: &mut State,
    call: &Call<'_>,
    kind: &EventType,
    input: BookingInput,
    span: Span,
    hosts: Vec<u64>,
) -> Booking {
    let organizer = hosts.first().and_then(|host| state.directory.users.get(host));
    let organizer = organizer.map_or("unknown", |user| user.name.as_str());
    Booking {
        title: format!("{} between {organizer} and {}", kind.title, input.attendee.name),
        id: state.dice.id(),
        uid: state.dice.uid(),
        status: if kind.needs_confirmation() { Status::Pending } else { Status::Accepted },
        event_type: kind.id,
        hosts,
        start: span.start,
        end: span.end,
        location: location(input.location.as_ref()),
        attendee: input.attendee,
        guests: input.guests,
        metadata: input.metadata,
        responses: input.responses,
        cancellation_reason: None,
        rescheduling_reason: None,
        rescheduled_by: None,
        rescheduled_from: None,
        rescheduled_to: None,
        absent_host: false,
        created_at: call.now,
        updated_at: call.now,
    }
}

/// The words of a location object, or Cal.com's own video when none was given.
fn location(given: Option<&Value>) -> String {
    let named = |fields: &Map<String, Value>| {
        let words = ["address", "link", "phone", "location", "integration"];
        words.iter().find_map(|word| fields.get(*word)?.as_str().map(str::to_owned))
    };
    let text = match given {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Object(fields)) => named(fields),
        _ => None,
    };
    text.unwrap_or_else(|| "integrations:daily".into())
}

/// The insert, which only the unique key protects.
fn insert(front: &Front, draft: Booking) -> Result<Booking, Problem> {
    let (now, quirk) = (front.now(), front.settings().quirks.unique_violation);
    let mut state = front.state();
    let inserted = state.books.insert(Booking { created_at: now, updated_at: now, ..draft });
    let booking = inserted.map_err(|KeyTaken| unique_violation(&mut state, quirk))?;
    state.announce_made(&booking, None, now);
    Ok(booking)
}

pub(super) fn unique_violation(state: &mut State, quirk: UniqueViolation) -> Problem {
    match quirk {
        UniqueViolation::Conflict409 => lost_race(),
        UniqueViolation::Either if state.dice.coin() => lost_race(),
        UniqueViolation::Either | UniqueViolation::Database400 => database_error(),
    }
}

fn lost_race() -> Problem {
    Problem::bare(StatusCode::CONFLICT, "booking_conflict_error")
}

fn database_error() -> Problem {
    Problem::bad_request("An error occurred while querying the database.")
}

pub(super) fn created(directory: &Directory, booking: &Booking) -> Answer {
    Answer::new(StatusCode::CREATED, shapes::success(shapes::booking(directory, booking)))
}

pub(super) fn refusal(bounds: &OutOfBounds) -> Problem {
    Problem::bad_request(match bounds {
        OutOfBounds::Past => "Attempting to book a meeting in the past.",
        OutOfBounds::TooSoonOrTooFar => OUT_OF_BOUNDS,
    })
}

pub(super) fn taken(kind: &EventType, conflict_is_500: bool) -> Problem {
    match kind.scheduling() {
        None => Problem::bad_request("User either already has booking at this time or is not available"),
        Some(_) if conflict_is_500 => Problem::internal(),
        Some(_) => Problem::bad_request("One of the hosts either already has booking at this time or is not available"),
    }
}

const OUT_OF_BOUNDS: &str = "The event type can't be booked at the \"start\" time provided. This could be because \
                             it's too soon (violating the minimum booking notice) or too far in the future (outside \
                             the event's scheduling window). Try fetching available slots first using the GET \
                             /v2/slots endpoint and then make a booking with \"start\" time equal to one of the \
                             available slots: https://cal.com/docs/api-reference/v2/slots";
const ONE_LENGTH: &str = "Can't specify 'lengthInMinutes' because event type does not have multiple possible \
                          lengths. Please, remove the 'lengthInMinutes' field from the request.";
const NO_PHONE: &str = "Missing attendee phone number - it is required by the event type. Pass it as \
                        \"attendee.phoneNumber\" string in the request.";
