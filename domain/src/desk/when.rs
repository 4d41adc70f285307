//! When a caller would like to come, from what the agent wrote down. What cannot be read for certain is asked for again.

use crate::company::span_of;
use crate::diary::Span;
use crate::spoken::{Context, Language, Understood, instant, understand};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// What was said about the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    At(Timestamp),
    /// Some time within one of these; at least one, in order.
    Within(Vec<Span>),
    /// Nothing was said.
    Unsaid,
    /// A stable word, and the sentence that asks again.
    Ask {
        reason: &'static str,
        sentence: String,
    },
}

/// A wish without an end is searched for so long.
const DAYS_WITHOUT_END: i64 = 13;
/// Nobody means every day of a longer span.
const DAYS_AT_MOST: usize = 31;

/// Reads date and time against the moment at which they were said.
pub fn when(date: Option<&str>, time: Option<&str>, now: Timestamp, zone: &TimeZone, language: Language) -> When {
    let said = match (date, time) {
        (None, None) => return When::Unsaid,
        (Some(date), Some(time)) => format!("{date} {}", with_its_unit(time)),
        (Some(one), None) => one.to_owned(),
        (None, Some(time)) => with_its_unit(time),
    };
    let local = now.to_zoned(zone.clone()).datetime();
    let understood = understand(&said, &Context::new(local, zone, language));
    let asks = |reason| {
        let sentence = understood.ask(language).or_else(|| Understood::Unreadable.ask(language));
        When::Ask { reason, sentence: sentence.unwrap_or_default() }
    };
    let within = |first: Date, last: Date, hours: (Option<Time>, Option<Time>)| {
        let spans = spans(first, last, hours, now, zone);
        if spans.is_empty() { asks("in_the_past") } else { When::Within(spans) }
    };
    match &understood {
        Understood::Resolved { date, time } => match instant(*date, *time, zone) {
            Ok(start) if start < now => past(*date, *time, language),
            Ok(start) => When::At(start),
            Err(_) => asks("time_unreadable"),
        },
        Understood::NeedsTime { date } => within(*date, *date, (None, None)),
        Understood::Window { from_date, to_date, from, to } => {
            let without_end = from_date.checked_add(DAYS_WITHOUT_END.days()).unwrap_or(*from_date);
            within(*from_date, to_date.unwrap_or(without_end), (*from, *to))
        }
        Understood::NeedsDate { .. } => asks("date_missing"),
        Understood::Ambiguous { .. } => asks("ambiguous"),
        Understood::Skipped { .. } => asks("time_does_not_exist"),
        Understood::Twice { .. } => asks("time_exists_twice"),
        Understood::Past { .. } => asks("in_the_past"),
        Understood::Unreadable if date.is_none() => asks("time_unreadable"),
        Understood::Unreadable => asks("date_unreadable"),
    }
}

/// A model writes "14" where the caller said "vierzehn Uhr".
fn with_its_unit(time: &str) -> String {
    let bare = !time.is_empty() && time.len() <= 2 && time.chars().all(|c| c.is_ascii_digit());
    if bare { format!("{time} Uhr") } else { time.to_owned() }
}

fn past(date: Date, time: Time, language: Language) -> When {
    let sentence = Understood::Past { date, time: Some(time) }.ask(language).unwrap_or_default();
    When::Ask { reason: "in_the_past", sentence }
}

/// The hours of each day that still lie ahead.
fn spans(first: Date, last: Date, hours: (Option<Time>, Option<Time>), now: Timestamp, zone: &TimeZone) -> Vec<Span> {
    let days = first.series(1.day()).take_while(|day| *day <= last).take(DAYS_AT_MOST);
    let on = |day: Date| {
        let whole = span_of(day, zone);
        let at =
            |time: Option<Time>, otherwise| time.and_then(|time| instant(day, time, zone).ok()).unwrap_or(otherwise);
        let (from, to) = (at(hours.0, whole.from).max(now), at(hours.1, whole.to));
        (from < to).then_some(Span { from, to })
    };
    days.filter_map(on).collect()
}
