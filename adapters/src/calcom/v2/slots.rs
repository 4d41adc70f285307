//! Open times. The calendar is asked in UTC and answers in days of the zone; it has been seen to offer times outside the
//! span that was asked for, which it then refuses to book.

use crate::calcom::answer::{About, Answer, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::Line;
use crate::calcom::span::Span;
use ringbuch_domain::ports::{CalendarFailure, OpenSlot, SlotQuery};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
struct Told {
    start: jiff::Timestamp,
    end: jiff::Timestamp,
}

pub(in crate::calcom) async fn slots(line: &Line<'_>, query: &SlotQuery) -> Result<Vec<OpenSlot>, CalendarFailure> {
    let span = Span::of(query)?;
    let mut ask = Ask::get("slots", vec!["slots"])
        .of_version(&line.versions().slots)
        .with("eventTypeId", &query.event_type)
        .with("start", &span.from)
        .with("end", &span.to)
        .with("timeZone", &query.zone)
        .with("format", &"range");
    if let Some(minutes) = query.minutes {
        ask = ask.with("duration", &minutes);
    }
    line.read(ask, read).await.map(|slots| span.within(slots))
}

fn read(answer: &Answer) -> Result<Vec<OpenSlot>, CalendarFailure> {
    let days = answer.data(About::EventType)?.as_object().ok_or_else(unreadable)?;
    let listed = days.values().map(|day| day.as_array().ok_or_else(unreadable));
    let listed: Vec<_> = listed.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    listed.into_iter().map(slot).collect()
}

fn slot(item: &Value) -> Result<OpenSlot, CalendarFailure> {
    let Told { start, end } = Told::deserialize(item).map_err(|_| unreadable())?;
    Ok(OpenSlot { start, end })
}
