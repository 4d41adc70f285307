//! Looking for what an attempt may have left behind, among all bookings around that time, dead ones included.

use super::{event_types, people, wire};
use crate::calcom::answer::{refused, unknown};
use crate::calcom::exchange::Ask;
use crate::calcom::line::{Line, PAGES_AT_MOST};
use crate::calcom::metadata;
use crate::calcom::sentences::ROLE_MISSING;
use jiff::SignedDuration;
use ringbuch_domain::ports::{CalendarFailure, LookUp, ProviderBooking};

const TAKE: usize = 100;
/// The filters may or may not include their bounds, and the booking may be longer there than we know.
const BEFORE: SignedDuration = SignedDuration::from_secs(60);
const AFTER: SignedDuration = SignedDuration::from_hours(12);

pub(in crate::calcom) async fn find(
    line: &Line<'_>,
    look_up: &LookUp,
) -> Result<Vec<ProviderBooking>, CalendarFailure> {
    if look_up.team.is_some() {
        see_all_hosts(line, look_up).await?;
    }
    let from = look_up.start.saturating_add(-BEFORE).unwrap_or(look_up.start);
    let to = look_up.end.saturating_add(AFTER).unwrap_or(look_up.end);
    let mut found: Vec<ProviderBooking> = Vec::new();
    for page in 1..=PAGES_AT_MOST {
        // Without both of the last two it is not paged at all.
        let ask = Ask::get("find", vec!["bookings"]).with("dateFrom", &from).with("dateTo", &to);
        let ask = ask.with("take", &TAKE).with("page", &page);
        let (ours, listed) = line
            .read(ask, |answer| {
                let items = answer.list_under("bookings")?;
                let ours = items.iter().filter(|item| metadata::carried(item) == Some(look_up.booking));
                Ok((ours.map(wire::booking).collect::<Result<Vec<_>, _>>()?, items.len()))
            })
            .await?;
        found.retain(|known| ours.iter().all(|newer| newer.uid != known.uid));
        found.extend(ours);
        if listed != TAKE {
            return Ok(found);
        }
    }
    Err(unknown("list_without_end"))
}

/// The list shows an administrator everything, and anybody else their own alone. Where a host's bookings cannot be seen,
/// finding nothing would read as "never booked".
async fn see_all_hosts(line: &Line<'_>, look_up: &LookUp) -> Result<(), CalendarFailure> {
    let (service, seen) = tokio::try_join!(event_types::one(line, look_up.event_type), people::members(line))?;
    let unseen = service.hosts.iter().any(|host| seen.iter().all(|member| member.host != *host));
    if unseen { Err(refused(ROLE_MISSING)) } else { Ok(()) }
}
