//! Looking for what an attempt may have left behind. Cal.com filters by no metadata, so the bookings around the time are
//! listed and compared here.

use super::listing::{Listing, Route, newest};
use super::wire;
use crate::calcom::line::Line;
use crate::calcom::metadata;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::{CalendarFailure, LookUp, ProviderBooking};

/// What is asked for must start no earlier than this before the booking: the filter may or may not include its bound.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
/// The event type fixes the length at Cal.com. If it was made longer there, the booking ends later than we know, and a
/// narrow filter would hide it, which would read as "never booked".
const AFTER: SignedDuration = SignedDuration::from_hours(12);
/// Between its clock and ours.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

pub(in crate::calcom) async fn find(
    line: &Line<'_>,
    look_up: &LookUp,
) -> Result<Vec<ProviderBooking>, CalendarFailure> {
    let mut found = Vec::new();
    for status in statuses(look_up, line.now()) {
        // Bookings of a team's event type are seen through the team only.
        let route =
            look_up.team.map_or_else(|| Route::own(line.versions()), |team| Route::of_team(team, line.versions()));
        let listing = Listing { operation: "find", route, filters: filters(look_up, status) };
        let ours = |item: &_| {
            let ours = metadata::carried(item) == Some(look_up.booking);
            ours.then(|| wire::booking(item)).transpose()
        };
        found.extend(listing.every(line, ours).await?);
    }
    Ok(newest(found, |booking| &booking.uid))
}

/// The lists to ask, one after the other (the newer version takes no two at once), in the order in which a booking wanders
/// from one to the next, so that one that changes in between is seen at least once. A list that cannot hold it by now is
/// left out.
fn statuses(look_up: &LookUp, now: Timestamp) -> Vec<&'static str> {
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

fn filters(look_up: &LookUp, status: &str) -> Vec<(&'static str, String)> {
    let after = look_up.start.saturating_add(-BEFORE).unwrap_or(look_up.start);
    let before = look_up.end.saturating_add(AFTER).unwrap_or(look_up.end);
    vec![
        ("status", status.to_owned()),
        ("eventTypeId", look_up.event_type.to_string()),
        ("afterStart", after.to_string()),
        ("beforeEnd", before.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::ids::{BookingId, EventTypeId};
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn look_up() -> LookUp {
        LookUp {
            booking: BookingId(Uuid::nil()),
            event_type: EventTypeId(7),
            team: None,
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
            assert_eq!(statuses(&look_up(), at(now)), lists, "{now}");
        }
    }

    #[test]
    fn the_filters_reach_beyond_the_interval_on_both_sides() {
        let expected = [
            ("status", "upcoming"),
            ("eventTypeId", "7"),
            ("afterStart", "2026-11-24T09:59:00Z"),
            ("beforeEnd", "2026-11-24T22:30:00Z"),
        ];
        assert_eq!(filters(&look_up(), "upcoming"), expected.map(|(name, value)| (name, value.to_owned())));
    }
}
