//! What was booked, moved or cancelled in a span of time, by whomever: read from the lists of the key's owner and of each
//! team that the owner runs.

use super::listing::{Listing, Paging, Route, newest};
use super::people;
use super::wire;
use crate::calcom::answer::unreadable;
use crate::calcom::line::Line;
use jiff::Timestamp;
use ringbuch_domain::ids::EventTypeId;
use ringbuch_domain::ports::{CalendarFailure, ChangedBooking};
use serde_json::Value;

/// Every list that there is, in the order in which a booking wanders from one to the next. Rejected ones are listed with
/// the cancelled.
const STATUSES: [&str; 4] = ["unconfirmed", "upcoming", "past", "cancelled"];

pub(in crate::calcom) async fn changed(
    line: &Line<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<ChangedBooking>, CalendarFailure> {
    let mut found = of_owner_or_team(line, None, from, to).await?;
    for team in people::teams(line).await? {
        let of_team = of_owner_or_team(line, Some(team), from, to).await;
        found.extend(people::unless_not_ours(team, of_team)?);
    }
    Ok(newest(found, |change| &change.booking.uid))
}

async fn of_owner_or_team(
    line: &Line<'_>,
    team: Option<i64>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<ChangedBooking>, CalendarFailure> {
    let route = Route::own(line.versions());
    let mut found = Vec::new();
    for status in statuses(route.paging) {
        // The team's own route has no filter by the time of the change.
        let team = team.map(|team| ("teamsIds", team.to_string()));
        let span = [("afterUpdatedAt", from.to_string()), ("beforeUpdatedAt", to.to_string())];
        let order = ("sortUpdatedAt", "asc".to_owned());
        let filters = team.into_iter().chain([("status", status)]).chain(span).chain([order]).collect();
        let listing = Listing { operation: "changed", route: route.clone(), filters };
        found.extend(listing.every(line, |item| change(item).map(Some)).await?);
    }
    Ok(found)
}

/// The older version takes several at once, and without any shows what is to come alone.
fn statuses(paging: Paging) -> Vec<String> {
    match paging {
        Paging::Cursor => STATUSES.map(str::to_owned).to_vec(),
        Paging::Skip => vec![STATUSES.join(",")],
    }
}

fn change(item: &Value) -> Result<ChangedBooking, CalendarFailure> {
    let event_type = item.pointer("/eventType/id").or_else(|| item.get("eventTypeId")).and_then(Value::as_i64);
    let updated_at = item.get("updatedAt").and_then(Value::as_str).and_then(|at| at.parse().ok());
    Ok(ChangedBooking {
        booking: wire::booking(item)?,
        event_type: event_type.map(EventTypeId),
        updated_at: updated_at.ok_or_else(unreadable)?,
        moved_to: wire::moved_to(item).map(str::to_owned),
        moved_from: wire::moved_from(item).map(str::to_owned),
    })
}
