//! Slot reservations: they hide a slot from GET /v2/slots and keep others from reserving it, and nothing else.
//! Bookings neither look at them nor use them up.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::wire::Answer,
    access::Call,
    fields::Wrong,
    instants::{self, Span, iso, plus_minutes},
    problem::Problem,
    shapes,
    state::{Front, State},
};

#[derive(Default)]
pub(super) struct Reservations(Vec<Reservation>);

#[derive(Clone)]
struct Reservation {
    uid: String,
    kind: u64,
    /// Only the first host of a team event type is reserved.
    host: u64,
    slot: Span,
    minutes: u32,
    until: Timestamp,
}

impl Reservations {
    /// What is reserved of a host's time just now.
    pub(super) fn of_host(&self, host: u64, now: Timestamp) -> impl Iterator<Item = Span> {
        self.0.iter().filter(move |held| held.host == host && now < held.until).map(|held| held.slot)
    }

    fn holds(&self, kind: u64, slot: Span, now: Timestamp) -> bool {
        self.0.iter().any(|held| held.kind == kind && now < held.until && held.slot.overlaps(slot))
    }

    fn get(&self, uid: &str, now: Timestamp) -> Option<&Reservation> {
        self.0.iter().find(|held| held.uid == uid && now < held.until)
    }

    fn add(&mut self, reservation: Reservation, now: Timestamp) {
        self.0.retain(|held| now < held.until);
        self.0.push(reservation);
    }
}

const DEFAULT_MINUTES: u32 = 5;

/// Checked, then inserted without looking again: two at once may both succeed.
pub(super) async fn reserve(front: &Front, call: &Call<'_>) -> Result<Answer, Problem> {
    let reservation = check(&mut front.state(), call)?;
    front.race_gap().await;
    let shape = shape(&reservation);
    front.state().reservations.add(reservation, call.now);
    Ok(Answer::new(StatusCode::CREATED, shapes::success(shape)))
}

fn check(state: &mut State, call: &Call<'_>) -> Result<Reservation, Problem> {
    let fields = call.body()?;
    let mut wrong = Wrong::default();
    wrong.unknown(&fields, &["eventTypeId", "slotStart", "slotDuration", "reservationDuration"]);
    let id = wrong.whole(&fields, "eventTypeId");
    let start = wrong.text(&fields, "slotStart").and_then(|text| instants::read(&text));
    if start.is_none() {
        wrong.add("slotStart", "slotStart must be a valid ISO 8601 date string");
    }
    if id.is_none() {
        wrong.add("eventTypeId", "eventTypeId must be an integer number");
    }
    let length = wrong.whole(&fields, "slotDuration").and_then(|length| u32::try_from(length).ok());
    let minutes = wrong.whole(&fields, "reservationDuration").and_then(|minutes| u32::try_from(minutes).ok());
    wrong.finish()?;
    let (Some(id), Some(start)) = (id, start) else { return Err(Problem::internal()) };
    let kind = state.directory.event_types.get(&id);
    let kind = kind.ok_or_else(|| Problem::not_found(format!("Event Type with ID={id} not found")))?;
    if minutes.is_some() {
        let user = call.caller.ok_or_else(|| Problem::unauthorized(OWN_DURATION))?;
        if !state.directory.may_decide(user, kind) {
            return Err(Problem::forbidden(OWN_DURATION));
        }
    }
    if length.is_some_and(|length| !kind.length_options.contains(&length)) {
        return Err(Problem::bad_request("slotDuration is only allowed for event types with several lengths"));
    }
    let slot = Span { start, end: plus_minutes(start, length.unwrap_or(kind.length_minutes)) };
    let host = kind.hosts().first().copied().unwrap_or_default();
    let of_kind = |booking: &&super::Booking| booking.event_type == id;
    if kind.hosts().iter().any(|host| state.books.live_of(*host, slot).iter().any(of_kind)) {
        return Err(Problem::unprocessable("Can't reserve a slot if the event is already booked."));
    }
    if state.reservations.holds(id, slot, call.now) {
        return Err(Problem::unprocessable(
            "This time slot is already reserved by another user. Please choose a different time.",
        ));
    }
    let minutes = minutes.unwrap_or(DEFAULT_MINUTES);
    let until = plus_minutes(call.now, minutes);
    Ok(Reservation { uid: state.dice.uuid().to_string(), kind: id, host, slot, minutes, until })
}

const OWN_DURATION: &str = "reservationDuration can only be used by authenticated members of the event type";

pub(super) fn get(state: &State, call: &Call<'_>) -> Answer {
    let held = state.reservations.get(call.request.segment(3), call.now);
    Answer::new(StatusCode::OK, shapes::success(held.map_or(Value::Null, shape)))
}

pub(super) fn remove(state: &mut State, call: &Call<'_>) -> Result<Answer, Problem> {
    let uid = call.request.segment(3);
    if state.reservations.get(uid, call.now).is_none() {
        return Err(Problem::not_found(format!("Reservation with uid={uid} not found")));
    }
    state.reservations.0.retain(|held| held.uid != uid);
    Ok(Answer::new(StatusCode::OK, json!({"status": "success"})))
}

fn shape(held: &Reservation) -> Value {
    json!({
        "eventTypeId": held.kind,
        "slotStart": iso(held.slot.start),
        "slotEnd": iso(held.slot.end),
        "slotDuration": held.slot.end.duration_since(held.slot.start).as_mins(),
        "reservationUid": held.uid,
        "reservationDuration": held.minutes,
        "reservationUntil": iso(held.until),
    })
}
