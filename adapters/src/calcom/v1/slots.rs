//! Open times. They are told without their ends, which the event type's length gives.

use super::event_types;
use crate::calcom::answer::{About, Answer, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use crate::calcom::span::Span;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::ports::{CalendarFailure, OpenSlot, SlotQuery};
use serde_json::Value;

pub(in crate::calcom) async fn slots(line: &Line<'_>, query: &SlotQuery) -> Result<Vec<OpenSlot>, CalendarFailure> {
    let span = Span::of(query)?;
    let (minutes, starts) = tokio::try_join!(length(line, query), starts(line, query, span))?;
    let length = SignedDuration::from_mins(i64::from(minutes));
    let slot = |start: Timestamp| Some(OpenSlot { start, end: start.checked_add(length).ok()? });
    Ok(span.within(starts.into_iter().filter_map(slot).collect()))
}

async fn length(line: &Line<'_>, query: &SlotQuery) -> Result<u32, CalendarFailure> {
    match query.minutes {
        Some(minutes) => Ok(minutes),
        None => event_types::one(line, query.event_type).await.map(|found| found.minutes),
    }
}

async fn starts(line: &Line<'_>, query: &SlotQuery, span: Span) -> Result<Vec<Timestamp>, CalendarFailure> {
    let ask = Ask::get("slots", vec!["slots"])
        .with("eventTypeId", &query.event_type)
        .with("startTime", &span.from)
        .with("endTime", &span.to)
        .with("timeZone", &query.zone);
    let ask = if query.team.is_some() { ask.with("isTeamEvent", &true) } else { ask };
    line.read(ask, read).await
}

fn read(answer: &Answer) -> Result<Vec<Timestamp>, CalendarFailure> {
    let days = answer.under("slots", About::EventType)?.as_object().ok_or_else(unreadable)?;
    let mut starts = Vec::new();
    for day in days.values() {
        let slots = day.as_array().ok_or_else(unreadable)?.iter();
        let told = slots.map(|slot| slot.get("time").and_then(Value::as_str)?.parse().ok());
        starts.extend(told.collect::<Option<Vec<Timestamp>>>().ok_or_else(unreadable)?);
    }
    Ok(starts)
}
