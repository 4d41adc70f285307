//! Who and what exists, and what is free.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    super::{
        super::wire::Answer,
        access::Call,
        event_type::{EventType, Hosting},
        instants::{self, Span, iso_in},
        slots::{SlotsQuery, slots as open_slots},
        state::State,
    },
    problem::Refusal,
    shapes,
};

fn named(name: &str, items: impl Iterator<Item = Value>) -> Answer {
    Answer::new(StatusCode::OK, json!({name: items.collect::<Vec<_>>()}))
}

/// The caller's own alone: those of teams do not appear.
pub(super) fn event_types(state: &State, caller: u64) -> Answer {
    named("event_types", state.directory.event_types_of_user(caller).map(shapes::event_type))
}

pub(super) fn event_types_of_team(state: &State, call: &Call<'_>) -> Result<Answer, Refusal> {
    let team = call.request.segment(2).parse().ok().and_then(|id: u64| state.directory.teams.get(&id));
    let team = team.ok_or_else(|| Refusal::not_found("Team not found"))?;
    if !call.caller.is_some_and(|caller| team.has(caller)) {
        return Err(Refusal::not_allowed());
    }
    Ok(named("event_types", state.directory.event_types_of_team(team.id).map(shapes::event_type)))
}

pub(super) fn event_type(state: &State, call: &Call<'_>) -> Result<Answer, Refusal> {
    let kind = call.request.segment(2).parse().ok().and_then(|id: u64| state.directory.event_types.get(&id));
    let visible = |kind: &&EventType| match &kind.hosting {
        Hosting::Personal { owner } => call.caller == Some(*owner),
        Hosting::Team { team, .. } => {
            let team = state.directory.teams.get(team);
            team.zip(call.caller).is_some_and(|(team, caller)| team.has(caller))
        }
    };
    let kind = kind.filter(visible).ok_or_else(|| Refusal::not_found("event_type_not_found_error"))?;
    Ok(Answer::new(StatusCode::OK, json!({"event_type": shapes::event_type(kind)})))
}

pub(super) fn teams(state: &State, caller: u64) -> Answer {
    named("teams", state.directory.teams.values().filter(|team| team.has(caller)).map(shapes::team))
}

pub(super) fn me(state: &State, caller: u64) -> Result<Answer, Refusal> {
    let user = state.directory.users.get(&caller).ok_or_else(|| Refusal::not_found("User not found"))?;
    Ok(Answer::new(StatusCode::OK, json!({"user": shapes::user(user)})))
}

pub(super) fn users(state: &State, caller: u64) -> Answer {
    let admin = state.directory.admins.contains(&caller);
    let seen: Vec<Value> =
        state.directory.users.values().filter(|user| admin || user.id == caller).map(shapes::user).collect();
    Answer::new(StatusCode::OK, json!({"total": seen.len(), "users": seen}))
}

pub(super) fn schedules(state: &State, caller: u64) -> Answer {
    let own = state.directory.schedules.values().filter(|schedule| schedule.owner == caller);
    named("schedules", own.map(shapes::schedule))
}

pub(super) fn slots(state: &State, call: &Call<'_>) -> Result<Answer, Refusal> {
    let query = |name: &str| call.request.query(name);
    let missing = |name: &str| Refusal::bad_request(format!("invalid_type in '{name}': Required"));
    let time = |name: &str| query(name).and_then(instants::read).ok_or_else(|| missing(name));
    let wanted = Span { start: time("startTime")?, end: time("endTime")? };
    let kind = query("eventTypeId").and_then(|id| id.parse().ok());
    let kind = kind.and_then(|id: u64| state.directory.event_types.get(&id));
    let kind = kind.ok_or_else(|| Refusal::not_found("event_type_not_found_error"))?;
    // An unknown zone is no error: the times are in UTC then.
    let zone = TimeZone::get(query("timeZone").unwrap_or("UTC")).unwrap_or(TimeZone::UTC);
    let asked = SlotsQuery { wanted, zone: zone.clone(), length: None, with_end: false, only: None };
    let mut days: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for slot in open_slots(state, call, kind, &asked, kind.length_minutes) {
        let date = slot.start.to_zoned(zone.clone()).date().to_string();
        days.entry(date).or_default().push(json!({"time": iso_in(slot.start, &zone)}));
    }
    Ok(Answer::new(StatusCode::OK, json!({"slots": days})))
}
