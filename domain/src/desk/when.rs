//! When a caller would like to come, from what the agent wrote down. What cannot be read for certain is asked for again.

use super::days::german;
use crate::german_time::{self, Unreadable};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What was said about the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    At(Timestamp),
    /// Some time in between.
    Between {
        from: Timestamp,
        to: Timestamp,
    },
    /// Nothing was said.
    Unsaid,
    /// A stable word, and the sentence that asks again.
    Ask {
        reason: &'static str,
        sentence: String,
    },
}

/// Reads date and time against the moment at which they were said.
pub fn when(date: Option<&str>, time: Option<&str>, now: Timestamp, zone: &TimeZone, language: &str) -> When {
    let today = now.to_zoned(zone.clone()).date();
    let ask = |reason, de: &str, en: &str| When::Ask {
        reason,
        sentence: if german(language) { de.to_owned() } else { en.to_owned() },
    };
    let Some(date) = date else {
        return match time {
            None => When::Unsaid,
            Some(_) => {
                ask("date_missing", "An welchem Tag möchten Sie kommen?", "On which day would you like to come?")
            }
        };
    };
    let Ok(date) = german_time::read_date(date, today) else {
        return ask(
            "date_unreadable",
            "Den Tag habe ich nicht sicher verstanden. An welchem Datum möchten Sie kommen?",
            "I did not catch the day for certain. On which date would you like to come?",
        );
    };
    let Some(time) = time else {
        let span = crate::company::span_of(date, zone);
        return if span.to <= now { past(&ask) } else { When::Between { from: span.from.max(now), to: span.to } };
    };
    let read = german_time::read_time(time).and_then(|time| german_time::instant(date, time, zone));
    match read {
        Ok(start) if start < now => past(&ask),
        Ok(start) => When::At(start),
        Err(Unreadable::Skipped) => ask(
            "time_does_not_exist",
            "Diese Uhrzeit gibt es an dem Tag nicht, die Uhren werden vorgestellt. Welche andere passt Ihnen?",
            "That time does not exist on that day; the clocks go forward. Which other time suits you?",
        ),
        Err(Unreadable::Twice) => ask(
            "time_exists_twice",
            "Diese Uhrzeit gibt es an dem Tag zweimal, die Uhren werden zurückgestellt. Welche andere passt Ihnen?",
            "That time comes twice on that day; the clocks go back. Which other time suits you?",
        ),
        Err(_) => ask(
            "time_unreadable",
            "Die Uhrzeit habe ich nicht sicher verstanden. Um wie viel Uhr möchten Sie kommen?",
            "I did not catch the time for certain. At what time would you like to come?",
        ),
    }
}

fn past(ask: &impl Fn(&'static str, &str, &str) -> When) -> When {
    ask(
        "in_the_past",
        "Dieser Zeitpunkt ist schon vorbei. Wann möchten Sie kommen?",
        "That time has already passed. When would you like to come?",
    )
}

/// Whether two names are the same as far as somebody on the telephone can tell: the whole name, or the family name where
/// only that was said.
pub fn same_name(said: &str, known: &str) -> bool {
    let (said, known) = (plain_name(said), plain_name(known));
    match said.as_slice() {
        [] => false,
        [family] => known.last() == Some(family),
        whole => whole == known,
    }
}

fn plain_name(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphabetic()).filter(|part| !NO_NAMES.contains(part));
    parts.map(str::to_owned).collect()
}

const NO_NAMES: [&str; 8] = ["", "herr", "herrn", "frau", "dr", "prof", "mr", "mrs"];
