//! Days and times as people say them.

use crate::diary::Span;
use crate::spoken::Language;
use crate::spoken::say::{self, Case};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The language that a model or a setting names: "de-DE", "German", "deutsch"; English for all that are not German.
pub fn language_of(said: &str) -> Language {
    let word = said.trim().to_lowercase();
    if ["de", "ger"].iter().any(|german| word.starts_with(german)) { Language::German } else { Language::English }
}

/// "Dienstag, der 1. Juli".
pub fn day(date: Date, language: Language) -> String {
    say::date(date, Case::Subject, language)
}

/// "Dienstag, der 1. Juli um halb elf".
pub fn moment(start: Timestamp, zone: &TimeZone, language: Language) -> String {
    say::date_time(start.to_zoned(zone.clone()).datetime(), Case::Subject, language)
}

/// "von 9 Uhr bis 17 Uhr", more than once where there is a break.
pub fn hours(spans: &[Span], zone: &TimeZone, language: Language) -> String {
    let (from, to, and) = if language == Language::German { ("von", "bis", " und ") } else { ("from", "to", " and ") };
    let time = |at: Timestamp| say::clock(at.to_zoned(zone.clone()).time(), language);
    let spans: Vec<String> =
        spans.iter().map(|span| format!("{from} {} {to} {}", time(span.from), time(span.to))).collect();
    spans.join(and)
}

/// "heute: Montag, der 30. Juni; morgen: …", so that nobody has to work out which day a date is.
pub fn coming_days(today: Date, days: i32, language: Language) -> String {
    let name = |ahead: i32, date: Date| {
        let word = match (language, ahead) {
            (Language::German, 0) => "heute: ",
            (Language::German, 1) => "morgen: ",
            (Language::German, 2) => "übermorgen: ",
            (Language::English, 0) => "today: ",
            (Language::English, 1) => "tomorrow: ",
            _ => "",
        };
        format!("{word}{} {}", day(date, language), date.year())
    };
    let dates = (0..=days).filter_map(|ahead| Some((ahead, today.checked_add(ahead.days()).ok()?)));
    dates.map(|(ahead, date)| name(ahead, date)).collect::<Vec<_>>().join("; ")
}

/// "A, B oder C".
pub fn one_of(things: &[String], language: Language) -> String {
    let or = if language == Language::German { " oder " } else { " or " };
    match things.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{}{or}{last}", rest.join(", ")),
        None => String::new(),
    }
}
