//! Days and times as people say them.

use crate::diary::Span;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// `de` where somebody speaks German, otherwise `en`.
pub fn language_of(said: &str) -> &'static str {
    if german(said) { "de" } else { "en" }
}

pub(super) fn german(language: &str) -> bool {
    let word = language.trim().to_lowercase();
    word.starts_with("de") || word.starts_with("ger")
}

fn weekday(weekday: Weekday, language: &str) -> &'static str {
    let (de, en) = match weekday {
        Weekday::Monday => ("Montag", "Monday"),
        Weekday::Tuesday => ("Dienstag", "Tuesday"),
        Weekday::Wednesday => ("Mittwoch", "Wednesday"),
        Weekday::Thursday => ("Donnerstag", "Thursday"),
        Weekday::Friday => ("Freitag", "Friday"),
        Weekday::Saturday => ("Samstag", "Saturday"),
        Weekday::Sunday => ("Sonntag", "Sunday"),
    };
    if german(language) { de } else { en }
}

const MONTHS: [(&str, &str); 12] = [
    ("Januar", "January"),
    ("Februar", "February"),
    ("März", "March"),
    ("April", "April"),
    ("Mai", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("August", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Dezember", "December"),
];

/// "Dienstag, der 1. Juli".
pub fn day(date: Date, language: &str) -> String {
    let at = usize::try_from(date.month() - 1).unwrap_or_default();
    let (de, en) = MONTHS.get(at).copied().unwrap_or_default();
    let name = weekday(date.weekday(), language);
    if german(language) { format!("{name}, der {}. {de}", date.day()) } else { format!("{name}, {} {en}", date.day()) }
}

/// "10 Uhr", "10 Uhr 30".
pub fn clock(time: Time, language: &str) -> String {
    match (german(language), time.minute()) {
        (true, 0) => format!("{} Uhr", time.hour()),
        (true, minute) => format!("{} Uhr {minute:02}", time.hour()),
        (false, minute) => format!("{}:{minute:02}", time.hour()),
    }
}

/// "Dienstag, der 1. Juli um 10 Uhr".
pub fn moment(start: Timestamp, zone: &TimeZone, language: &str) -> String {
    let local = start.to_zoned(zone.clone());
    let at = if german(language) { "um" } else { "at" };
    format!("{} {at} {}", day(local.date(), language), clock(local.time(), language))
}

/// "von 9 Uhr bis 17 Uhr", more than once where there is a break.
pub fn hours(spans: &[Span], zone: &TimeZone, language: &str) -> String {
    let (from, to, and) = if german(language) { ("von", "bis", " und ") } else { ("from", "to", " and ") };
    let time = |at: Timestamp| clock(at.to_zoned(zone.clone()).time(), language);
    let spans: Vec<String> =
        spans.iter().map(|span| format!("{from} {} {to} {}", time(span.from), time(span.to))).collect();
    spans.join(and)
}

/// "heute: Montag, der 30. Juni; morgen: …", so that nobody has to work out which day a date is.
pub fn coming_days(today: Date, days: i32, language: &str) -> String {
    let name = |ahead: i32, date: Date| {
        let word = match (german(language), ahead) {
            (true, 0) => "heute: ",
            (true, 1) => "morgen: ",
            (true, 2) => "übermorgen: ",
            (false, 0) => "today: ",
            (false, 1) => "tomorrow: ",
            _ => "",
        };
        format!("{word}{} {}", day(date, language), date.year())
    };
    let dates = (0..=days).filter_map(|ahead| Some((ahead, today.checked_add(ahead.days()).ok()?)));
    dates.map(|(ahead, date)| name(ahead, date)).collect::<Vec<_>>().join("; ")
}

/// "A, B oder C".
pub fn one_of(things: &[String], language: &str) -> String {
    let or = if german(language) { " oder " } else { " or " };
    match things.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{}{or}{last}", rest.join(", ")),
        None => String::new(),
    }
}
