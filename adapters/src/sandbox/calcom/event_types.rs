//! GET /v2/event-types, GET /v2/event-types/{id}, GET /v2/teams/{id}/event-types.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::wire::Answer,
    access::Call,
    directory::Directory,
    event_type::{EventType, Hosting},
    event_type_shape::event_type,
    problem::Problem,
    shapes::success,
    versions::LEGACY,
};

/// Personal ones alone: the caller's, or those of a named user.
pub(super) fn list(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = match call.request.query("username") {
        Some(username) => directory.user_named(username).map(|user| user.id),
        None => Some(call.user()?),
    };
    let kinds = user.into_iter().flat_map(|user| directory.event_types_of_user(user));
    Ok(shown(directory, call, kinds))
}

pub(super) fn get(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let (user, id) = (call.user()?, call.request.segment(2));
    let kind = id.parse().ok().and_then(|id: u64| directory.event_types.get(&id));
    let visible = |kind: &&EventType| match &kind.hosting {
        Hosting::Personal { owner } => *owner == user,
        Hosting::Team { team, .. } => directory.teams.get(team).is_some_and(|team| team.has(user)),
    };
    let kind = kind.filter(visible).ok_or_else(|| Problem::not_found(format!("Event type with id={id} not found.")))?;
    let shape = event_type(directory, kind, call.version);
    let data = if call.version == LEGACY { json!({"eventType": shape}) } else { shape };
    Ok(Answer::new(StatusCode::OK, success(data)))
}

pub(super) fn list_of_team(directory: &Directory, call: &Call<'_>) -> Result<Answer, Problem> {
    let team = call.team(directory)?;
    Ok(shown(directory, call, directory.event_types_of_team(team.id)))
}

fn shown<'d>(directory: &Directory, call: &Call<'_>, kinds: impl Iterator<Item = &'d EventType>) -> Answer {
    let slug = call.request.query("eventSlug");
    let kinds = kinds.filter(|kind| slug.is_none_or(|slug| kind.slug == slug));
    let shapes: Vec<Value> = kinds.map(|kind| event_type(directory, kind, call.version)).collect();
    let old = call.version == LEGACY && call.request.segment(1) == "event-types";
    let data = if old { json!({"eventTypeGroups": [{"eventTypes": shapes}], "profiles": []}) } else { json!(shapes) };
    Answer::new(StatusCode::OK, success(data))
}
