//! GET /v2/slots: what could be booked, by the same rule that books.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    super::wire::Answer,
    access::Call,
    availability::{Wish, free_time, in_bounds, is_full, whole_days},
    event_type::{EventType, Scheduling},
    fields::Wrong,
    instants::{self, Span, iso_in, plus_minutes},
    problem::Problem,
    state::State,
};

pub(super) struct SlotsQuery {
    pub(super) wanted: Span,
    pub(super) zone: TimeZone,
    pub(super) length: Option<u32>,
    pub(super) with_end: bool,
    pub(super) only: Option<Vec<u64>>,
}

const KNOWN: [&str; 13] = [
    "start",
    "end",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "teamSlug",
    "organizationSlug",
    "usernames",
    "timeZone",
    "duration",
    "format",
    "bookingUidToReschedule",
    "rrHostSubsetIds",
];

/// Longer questions are cut off here, so that one of them cannot keep everybody else waiting.
const LONGEST_DAYS: u32 = 400;

impl SlotsQuery {
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let mut wrong = Wrong::default();
        for name in call.request.query_names().filter(|name| !KNOWN.contains(name)) {
            wrong.add(name, &format!("property {name} should not exist"));
        }
        let start = call.request.query("start").and_then(instants::read);
        let end = call.request.query("end").and_then(instants::read_end);
        for (name, time) in [("start", start), ("end", end)] {
            if time.is_none() {
                wrong.add(name, &format!("{name} must be a valid ISO 8601 date string"));
            }
        }
        let zone = TimeZone::get(call.request.query("timeZone").unwrap_or("UTC"));
        if zone.is_err() {
            wrong.add("timeZone", "timeZone must be a valid IANA time-zone");
        }
        let length = call.request.query("duration").map(str::parse).transpose();
        if length.is_err() {
            wrong.add("duration", "duration must be a number conforming to the specified constraints");
        }
        let format = call.request.query("format").unwrap_or("time");
        if !["range", "time"].contains(&format) {
            wrong.add("format", "slotFormat must be either 'range' or 'time'");
        }
        wrong.finish()?;
        let (Some(start), Some(end), Ok(zone)) = (start, end, zone) else { return Err(Problem::internal()) };
        let subset = call.request.query("rrHostSubsetIds");
        Ok(Self {
            wanted: Span { start, end: end.min(plus_minutes(start, LONGEST_DAYS * 24 * 60)) },
            zone,
            length: length.unwrap_or_default(),
            with_end: format == "range",
            only: subset.map(|ids| ids.split(',').filter_map(|id| id.parse().ok()).collect()),
        })
    }
}

pub(super) fn list(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    let query = SlotsQuery::read(call)?;
    let kind = find_kind(state, call)?;
    let length = query.length.filter(|length| kind.length_options.contains(length)).unwrap_or(kind.length_minutes);
    let mut days: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for slot in slots(state, call, kind, &query, length) {
        let date = slot.start.to_zoned(query.zone.clone()).date().to_string();
        let mut shown = json!({"start": iso_in(slot.start, &query.zone)});
        if let (true, Value::Object(fields)) = (query.with_end, &mut shown) {
            fields.insert("end".into(), iso_in(slot.end, &query.zone).into());
        }
        days.entry(date).or_default().push(shown);
    }
    Ok(Answer::new(StatusCode::OK, json!({"data": days, "status": "success"})))
}

fn find_kind<'s>(state: &'s State, call: &Call<'_>) -> Result<&'s EventType, Problem> {
    let request = call.request;
    let directory = &state.directory;
    let (id, slug) = (request.query("eventTypeId"), request.query("eventTypeSlug").unwrap_or_default());
    let kind = match (id, request.query("username"), request.query("teamSlug")) {
        (Some(id), ..) => id.parse().ok().and_then(|id: u64| directory.event_types.get(&id)),
        (None, Some(username), _) => directory
            .user_named(username)
            .and_then(|user| directory.event_types_of_user(user.id).find(|kind| kind.slug == slug)),
        (None, None, Some(team)) => directory
            .team_named(team)
            .and_then(|team| directory.event_types_of_team(team.id).find(|kind| kind.slug == slug)),
        (None, None, None) => None,
    };
    kind.ok_or_else(|| Problem::not_found("Event Type not found"))
}

pub(super) fn slots(state: &State, call: &Call<'_>, kind: &EventType, query: &SlotsQuery, length: u32) -> Vec<Span> {
    let except = call.request.query("bookingUidToReschedule");
    let only = query.only.as_deref().filter(|_| kind.host_subset_enabled);
    let wish = Wish { except, only, ..Wish::new(kind, whole_days(query.wanted)) };
    let step = kind.slot_interval_minutes.unwrap_or(length).max(1);
    let mut slots: Vec<Span> = match kind.scheduling() {
        Some(Scheduling::Managed) => Vec::new(),
        Some(Scheduling::Collective) => grid(&together(state, call, &wish), length, step),
        _ => wish.hosts().flat_map(|host| grid(&free(state, call, &wish, host), length, step)).collect(),
    };
    slots.sort_by_key(|slot| slot.start);
    slots.dedup_by_key(|slot| slot.start);
    slots.retain(|slot| {
        query.wanted.start <= slot.start
            && slot.start <= query.wanted.end
            && in_bounds(&state.directory, kind, slot.start, call.now).is_ok()
            && !is_full(&state.directory, &state.books, kind, slot.start, except)
    });
    slots
}

/// Unlike a booking, a slot is also kept away by reservations, whoever made them.
fn free(state: &State, call: &Call<'_>, wish: &Wish<'_>, host: u64) -> Vec<Span> {
    free_time(&state.directory, &state.books, wish, host, state.reservations.of_host(host, call.now))
}

/// When all hosts are free at once.
fn together(state: &State, call: &Call<'_>, wish: &Wish<'_>) -> Vec<Span> {
    let each = wish.hosts().map(|host| free(state, call, wish, host));
    each.reduce(|ours, theirs| intersection(&ours, &theirs)).unwrap_or_default()
}

fn intersection(ours: &[Span], theirs: &[Span]) -> Vec<Span> {
    let pairs = ours.iter().flat_map(|our| theirs.iter().map(move |their| (our, their)));
    let shared = pairs.map(|(our, their)| Span { start: our.start.max(their.start), end: our.end.min(their.end) });
    shared.filter(|span| span.start < span.end).collect()
}

/// Slots begin at round times: each free stretch starts anew at the next full interval of the hour.
fn grid(free: &[Span], length: u32, step: u32) -> Vec<Span> {
    let rounding = [60, 30, 20, 15, 10, 5].into_iter().find(|interval| step.is_multiple_of(*interval)).unwrap_or(1);
    let mut slots = Vec::new();
    for stretch in free {
        let mut start = rounded_up(stretch.start, rounding);
        while plus_minutes(start, length) <= stretch.end {
            slots.push(Span { start, end: plus_minutes(start, length) });
            start = plus_minutes(start, step);
        }
    }
    slots
}

fn rounded_up(at: Timestamp, minutes: u32) -> Timestamp {
    let interval = i64::from(minutes) * 60;
    let missing = (interval - at.as_second().rem_euclid(interval)) % interval;
    Timestamp::from_second(at.as_second() + missing).unwrap_or(Timestamp::MAX)
}
