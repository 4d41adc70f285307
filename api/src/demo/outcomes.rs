//! What became of every caller of a run, so that two runs of one story can be compared: whoever competes with nobody for a
//! time must end the same whatever goes wrong on the way.

use super::script::{Afterwards, Part};
use super::town::Business;
use crate::app::App;
use crate::appointments::{Appointments, Opening};
use jiff::ToSpan;
use jiff::civil::DateTime;
use ringbuch_domain::diary::Rejection;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::appointments::{AppointmentFilter, AppointmentStatus};
use ringbuch_projections::{Paging, Scope, appointments, calls};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Two wishes of one business that begin closer to each other than the longest service with its buffer may meet.
const APART_MINUTES: i64 = 105;

/// One caller.
#[derive(Debug, Serialize)]
pub struct Fate {
    pub number: u32,
    /// Others want a time close by, or the staff changed the appointment.
    pub competes: bool,
    pub outcome: String,
    pub refusal: Option<String>,
    pub start: Option<String>,
}

pub async fn fates(app: &App, parts: &[Part]) -> anyhow::Result<Vec<Fate>> {
    let competing = competing(parts);
    let mut fates = Vec::with_capacity(parts.len());
    for part in parts {
        let found = calls::find(&*app.store.rows, Scope::All, &CallId::new(&part.call_id)?).await?;
        let call = found.map(|found| found.call);
        fates.push(Fate {
            number: part.number,
            competes: competing.contains(&part.number),
            outcome: call.as_ref().map_or_else(|| "unknown".into(), |call| call.outcome.as_str().to_owned()),
            refusal: call.as_ref().and_then(|call| call.refusal_code.clone()),
            start: call.and_then(|call| call.extracted_start).map(|start| start.to_string()),
        });
    }
    Ok(fates)
}

/// Everybody whose time somebody else may want as well.
fn competing(parts: &[Part]) -> HashSet<u32> {
    let mut by_day: HashMap<_, Vec<(DateTime, u32)>> = HashMap::new();
    for part in parts {
        for time in wanted(part) {
            by_day.entry((part.business, time.date())).or_default().push((time, part.number));
        }
    }
    let changed = parts.iter().filter(|part| part.afterwards != Afterwards::Nothing).map(|part| part.number);
    let mut found: HashSet<u32> = changed.collect();
    for wishes in by_day.values_mut() {
        wishes.sort_unstable();
        for pair in wishes.windows(2) {
            let [(one, first), (other, second)] = pair else { continue };
            let apart = other.duration_since(*one).as_mins();
            if first != second && apart < APART_MINUTES {
                found.extend([*first, *second]);
            }
        }
    }
    found
}

/// What a caller wants, and where the staff move it afterwards.
fn wanted(part: &Part) -> Vec<DateTime> {
    let at = part.at;
    let moved = match part.afterwards {
        Afterwards::Nothing | Afterwards::Cancel => None,
        Afterwards::MoveWithinDay => at.checked_add(30.minutes()).ok(),
        Afterwards::MoveToAnotherDay => at.checked_add(1.day()).ok(),
    };
    std::iter::once(at).chain(moved).collect()
}

/// Callers who heard that a time is taken though the page, on which nothing was given back, would have had room: the rule
/// allows as many bookings as it can, not fewer.
pub async fn needlessly_refused(app: &App, businesses: &[Business], parts: &[Part]) -> anyhow::Result<Vec<String>> {
    let mut given_back = given_back(app).await?;
    for part in parts.iter().filter(|part| part.afterwards != Afterwards::Nothing) {
        let company = businesses.get(part.business).map(|business| business.id.to_string()).unwrap_or_default();
        given_back.extend(wanted(part).into_iter().map(|time| (company.clone(), time.date().to_string())));
    }
    let mut told = Vec::new();
    for part in parts {
        let Some(business) = businesses.get(part.business) else { continue };
        let found = calls::find(&*app.store.rows, Scope::All, &CallId::new(&part.call_id)?).await?;
        let Some(call) = found.map(|found| found.call) else { continue };
        let taken = call.refusal_code.as_deref() == Some(Rejection::SlotTaken.code());
        let (Some(start), Some(branch), true) = (call.extracted_start, call.branch, taken) else { continue };
        if given_back.contains(&(business.id.to_string(), part.at.date().to_string())) {
            continue;
        }
        let opening = Opening { branch, service: part.service.clone(), staff: None, start };
        let desk = Appointments::new(app, business.id.clone(), "demo");
        if desk.availability(&opening).await.is_ok_and(|answer| answer.free.is_ok()) {
            told.push(format!("the wish of call {} was refused, and its time is free", part.call_id));
        }
    }
    Ok(told)
}

/// Pages on which a time was given back by somebody.
async fn given_back(app: &App) -> anyhow::Result<HashSet<(String, String)>> {
    let (mut pages, mut after) = (HashSet::new(), None);
    loop {
        let filter = AppointmentFilter::default();
        let page = appointments::list(&*app.store.rows, Scope::All, &filter, Paging { after, limit: 200 }).await?;
        for it in page.items {
            if it.status != AppointmentStatus::Confirmed || it.moves > 0 {
                pages.extend([(it.company.to_string(), it.page.to_string())]);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(pages);
        }
    }
}
