//! Looking for what an attempt may have left behind. Cal.com filters by no metadata, so the bookings around the time are
//! listed and compared here.

use super::settings::ApiVersions;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::LookUp;
use serde_json::Value;

/// The version from which on the list has cursors and takes one status at a time.
const CURSORS_SINCE: &str = "2026-05-01";
const CURSOR_PAGE: usize = 100;
const SKIP_PAGE: usize = 250;
/// What is asked for must start no earlier than this before the booking: the filter may or may not include its bound.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
/// The event type fixes the length at Cal.com. If it was made longer there, the booking ends later than we know, and a
/// narrow filter would hide it, which would read as "never booked".
const AFTER: SignedDuration = SignedDuration::from_hours(12);
/// Between its clock and ours.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// How pages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    Cursor,
    Skip,
}

/// One route of bookings and how to ask it.
pub(super) struct Route {
    pub segments: Vec<String>,
    pub version: String,
    pub paging: Paging,
}

/// Bookings of a team's event type are seen through the team only.
pub(super) fn route(look_up: &LookUp, versions: &ApiVersions) -> Route {
    match look_up.team {
        Some(team) => Route {
            segments: vec!["teams".into(), team.to_string(), "bookings".into()],
            version: versions.team_booking_list.clone(),
            paging: Paging::Skip,
        },
        None => Route {
            segments: vec!["bookings".into()],
            version: versions.booking_list.clone(),
            paging: if versions.booking_list.as_str() >= CURSORS_SINCE { Paging::Cursor } else { Paging::Skip },
        },
    }
}

/// The lists to ask, one after the other (the newer version takes no two at once), in the order in which a booking wanders
/// from one to the next, so that one that changes in between is seen at least once. A list that cannot hold it by now is
/// left out.
pub(super) fn statuses(look_up: &LookUp, now: Timestamp) -> Vec<&'static str> {
    let may_be_past = now.duration_since(look_up.start) >= -CLOCKS;
    let may_be_ahead = now.duration_since(look_up.end) < AFTER + CLOCKS;
    let mut statuses = Vec::new();
    if may_be_ahead {
        statuses.extend(["unconfirmed", "upcoming"]);
    }
    if may_be_past {
        statuses.push("past");
    }
    // Rejected ones are listed there as well.
    statuses.push("cancelled");
    statuses
}

/// Where a listing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    Cursor(String),
    Skip(usize),
}

/// The query of one page.
pub(super) fn query(look_up: &LookUp, paging: Paging, status: &str, place: &Place) -> Vec<(&'static str, String)> {
    let after = look_up.start.saturating_add(-BEFORE).unwrap_or(look_up.start);
    let before = look_up.end.saturating_add(AFTER).unwrap_or(look_up.end);
    let mut query = vec![
        ("status", status.to_owned()),
        ("eventTypeId", look_up.event_type.to_string()),
        ("afterStart", after.to_string()),
        ("beforeEnd", before.to_string()),
    ];
    match paging {
        Paging::Cursor => query.push(("limit", CURSOR_PAGE.to_string())),
        Paging::Skip => query.push(("take", SKIP_PAGE.to_string())),
    }
    match place {
        Place::Start => {}
        Place::Cursor(cursor) => query.push(("cursor", cursor.clone())),
        Place::Skip(skip) => query.push(("skip", skip.to_string())),
    }
    query
}

/// Where the next page begins, from an answer's `pagination`; an error if it says that there is more and not where.
pub(super) fn next(json: &Value, place: &Place, returned: usize) -> Result<Option<Place>, NowhereToGo> {
    let pagination = json.get("pagination");
    let field = |name: &str| pagination.and_then(|pagination| pagination.get(name));
    let says = |name: &str| field(name).and_then(Value::as_bool) == Some(true);
    let cursor = field("nextCursor").and_then(Value::as_str).filter(|cursor| !cursor.is_empty());
    if says("hasMore") {
        let next = Place::Cursor(cursor.ok_or(NowhereToGo)?.to_owned());
        return if next == *place { Err(NowhereToGo) } else { Ok(Some(next)) };
    }
    if says("hasNextPage") {
        let skipped = if let Place::Skip(skipped) = place { *skipped } else { 0 };
        return if returned == 0 { Err(NowhereToGo) } else { Ok(Some(Place::Skip(skipped + returned))) };
    }
    Ok(None)
}

/// The list says that it goes on, but not where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NowhereToGo;

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::ids::{BookingId, EventTypeId};
    use serde_json::json;
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn look_up(team: Option<i64>) -> LookUp {
        LookUp {
            booking: BookingId(Uuid::nil()),
            event_type: EventTypeId(7),
            team,
            start: at("2026-11-24T10:00:00Z"),
            end: at("2026-11-24T10:30:00Z"),
        }
    }

    #[test]
    fn only_lists_that_can_hold_it_are_asked_and_living_ones_first() {
        for (now, lists) in [
            ("2026-11-20T12:00:00Z", vec!["unconfirmed", "upcoming", "cancelled"]),
            ("2026-11-24T09:49:59Z", vec!["unconfirmed", "upcoming", "cancelled"]),
            ("2026-11-24T09:50:00Z", vec!["unconfirmed", "upcoming", "past", "cancelled"]),
            ("2026-11-24T22:39:59Z", vec!["unconfirmed", "upcoming", "past", "cancelled"]),
            ("2026-11-24T22:40:00Z", vec!["past", "cancelled"]),
        ] {
            assert_eq!(statuses(&look_up(None), at(now)), lists, "{now}");
        }
    }

    #[test]
    fn a_teams_bookings_have_their_own_route() {
        let versions = ApiVersions::default();
        let own = route(&look_up(None), &versions);
        assert_eq!((own.segments.join("/"), own.paging), ("bookings".into(), Paging::Cursor));
        assert_eq!(own.version, "2026-05-01");
        let team = route(&look_up(Some(5)), &versions);
        assert_eq!((team.segments.join("/"), team.paging), ("teams/5/bookings".into(), Paging::Skip));
        let older = ApiVersions { booking_list: "2024-08-13".into(), ..versions };
        assert_eq!(route(&look_up(None), &older).paging, Paging::Skip);
    }

    #[test]
    fn the_query_reaches_beyond_the_interval_on_both_sides() {
        let get = |paging, place: &Place| query(&look_up(None), paging, "upcoming", place);
        let common = [
            ("status", "upcoming".to_owned()),
            ("eventTypeId", "7".to_owned()),
            ("afterStart", "2026-11-24T09:59:00Z".to_owned()),
            ("beforeEnd", "2026-11-24T22:30:00Z".to_owned()),
        ];
        let with = |more: &[(&'static str, &str)]| {
            let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
            common.iter().cloned().chain(more).collect::<Vec<_>>()
        };
        assert_eq!(get(Paging::Cursor, &Place::Start), with(&[("limit", "100")]));
        assert_eq!(get(Paging::Cursor, &Place::Cursor("c2".into())), with(&[("limit", "100"), ("cursor", "c2")]));
        assert_eq!(get(Paging::Skip, &Place::Skip(250)), with(&[("take", "250"), ("skip", "250")]));
    }

    #[test]
    fn a_listing_ends_only_when_it_says_so() {
        let cursor = |name: &str| Place::Cursor(name.into());
        for (pagination, place, returned, outcome) in [
            (json!({"nextCursor": null, "hasMore": false}), Place::Start, 3, Ok(None)),
            (json!({"nextCursor": "c2", "hasMore": true}), Place::Start, 100, Ok(Some(cursor("c2")))),
            (json!({"nextCursor": "c2", "hasMore": true}), cursor("c2"), 100, Err(NowhereToGo)),
            (json!({"nextCursor": null, "hasMore": true}), Place::Start, 100, Err(NowhereToGo)),
            (json!({"hasNextPage": true}), Place::Start, 250, Ok(Some(Place::Skip(250)))),
            (json!({"hasNextPage": true}), Place::Skip(250), 250, Ok(Some(Place::Skip(500)))),
            (json!({"hasNextPage": true}), Place::Skip(250), 0, Err(NowhereToGo)),
            (json!({"hasNextPage": false}), Place::Skip(250), 7, Ok(None)),
            (json!(null), Place::Start, 7, Ok(None)),
        ] {
            let answer = json!({"pagination": pagination});
            assert_eq!(next(&answer, &place, returned), outcome, "{pagination} {place:?}");
        }
    }
}
