//! GET /v2/bookings, GET /v2/bookings/{uid}, GET /v2/teams/{id}/bookings.

use std::cmp::Ordering;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::wire::Answer,
    access::Call,
    booking::Booking,
    directory::Directory,
    list_query::{ListQuery, ListStatus, Page, SortBy, wrong},
    problem::Problem,
    shapes,
    state::State,
};

pub(super) fn get(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    let uid = call.request.segment(2);
    let unknown = || Problem::not_found(format!("Booking with uid={uid} was not found in the database"));
    let booking = state.books.get(uid).ok_or_else(unknown)?;
    Ok(Answer::new(StatusCode::OK, shapes::success(shapes::booking(&state.directory, booking))))
}

/// What the caller hosts or attends; with a team filter, what belongs to those teams that the caller runs.
pub(super) fn list(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    let user = call.user()?;
    let query = ListQuery::read(call)?;
    let email = state.directory.users.get(&user).map(|user| user.email.as_str());
    let own = |booking: &Booking| booking.hosts.contains(&user) || Some(booking.attendee.email.as_str()) == email;
    let visible = |booking: &Booking| match &query.teams {
        None => own(booking),
        Some(teams) => in_team_run_by(&state.directory, booking, teams, user),
    };
    answer(state, call, &query, visible)
}

pub(super) fn list_of_team(state: &State, call: &Call<'_>) -> Result<Answer, Problem> {
    let team = call.team(&state.directory)?.id;
    let query = ListQuery::read(call)?;
    let of_team = |booking: &Booking| team_of(&state.directory, booking) == Some(team);
    answer(state, call, &query, of_team)
}

fn in_team_run_by(directory: &Directory, booking: &Booking, teams: &[u64], user: u64) -> bool {
    let Some(team) = team_of(directory, booking).filter(|team| teams.contains(team)) else { return false };
    directory.teams.get(&team).is_some_and(|team| team.is_run_by(user))
}

fn team_of(directory: &Directory, booking: &Booking) -> Option<u64> {
    directory.event_types.get(&booking.event_type).and_then(super::EventType::team)
}

fn answer(
    state: &State,
    call: &Call<'_>,
    query: &ListQuery,
    visible: impl Fn(&Booking) -> bool,
) -> Result<Answer, Problem> {
    let (from, to) = query.starts;
    let there = state.books.starting(from, to);
    let mut found: Vec<_> = there.filter(|booking| query.keeps(booking, call.now) && visible(booking)).collect();
    let (by, descending) = query.sort.unwrap_or_else(|| usual_order(query));
    found.sort_by(|a, b| order(descending, key(by, a), key(by, b)));
    let (page, pagination) = match &query.page {
        Page::Offset { take, skip } => by_offset(&found, *take, *skip),
        Page::Cursor { limit, after } => by_cursor(&found, *limit, after.as_deref(), by, descending)?,
    };
    let shown: Vec<Value> = page.iter().map(|booking| shapes::booking(&state.directory, booking)).collect();
    Ok(Answer::new(StatusCode::OK, json!({"status": "success", "data": shown, "pagination": pagination})))
}

/// What is to come, the next one first; anything else, the latest first.
fn usual_order(query: &ListQuery) -> (SortBy, bool) {
    let ahead = [ListStatus::Upcoming, ListStatus::Unconfirmed, ListStatus::Recurring];
    let first = query.statuses.as_ref().and_then(|statuses| statuses.first());
    (SortBy::Start, !first.is_some_and(|status| ahead.contains(status)))
}

type Key = (Timestamp, u64);

fn key(by: SortBy, booking: &Booking) -> Key {
    let at = match by {
        SortBy::Start => booking.start,
        SortBy::End => booking.end,
        SortBy::Created => booking.created_at,
        SortBy::Updated => booking.updated_at,
    };
    (at, booking.id)
}

fn order(descending: bool, a: Key, b: Key) -> Ordering {
    if descending { b.cmp(&a) } else { a.cmp(&b) }
}

fn by_offset<'a>(found: &[&'a Booking], take: usize, skip: usize) -> (Vec<&'a Booking>, Value) {
    let total = found.len();
    let skip = skip.min(total);
    let page: Vec<_> = found.iter().copied().skip(skip).take(take).collect();
    let remaining = total - skip - page.len();
    let pagination = json!({
        "returnedItems": page.len(),
        "totalItems": total,
        "itemsPerPage": take,
        "remainingItems": remaining,
        "currentPage": skip / take + 1,
        "totalPages": total.div_ceil(take),
        "hasNextPage": remaining > 0,
        "hasPreviousPage": skip > 0,
    });
    (page, pagination)
}

/// The cursor names the last booking of the page before by its place in the order, so that nothing is left out or
/// shown twice when others come or go meanwhile.
fn by_cursor<'a>(
    found: &[&'a Booking],
    limit: usize,
    after: Option<&str>,
    by: SortBy,
    descending: bool,
) -> Result<(Vec<&'a Booking>, Value), Problem> {
    let unreadable = || wrong("cursor", "isCursor", "cursor must be a nextCursor of an earlier answer");
    let after = after.map(|text| read_cursor(text).ok_or_else(unreadable)).transpose()?;
    let beyond =
        |booking: &&&Booking| after.is_none_or(|after| order(descending, after, key(by, booking)) == Ordering::Less);
    let rest: Vec<_> = found.iter().filter(beyond).copied().collect();
    let page: Vec<_> = rest.iter().take(limit).copied().collect();
    let more = rest.len() > page.len();
    let next = page.last().filter(|_| more).map(|last| write_cursor(key(by, last)));
    Ok((page, json!({"nextCursor": next, "hasMore": more})))
}

fn write_cursor((at, id): Key) -> String {
    hex::encode(format!("{}:{id}", at.as_microsecond()))
}

fn read_cursor(cursor: &str) -> Option<Key> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    let (at, id) = text.split_once(':')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
}
