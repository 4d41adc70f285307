//! Dates and times as voice agents write them down: "2025-07-02", "02.07.2025", "2.7.", a number that lost its leading
//! zero, "morgen", "Freitag"; "11:00 Uhr", "14", "halb drei". What cannot be read for certain is not read.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

/// Why a date or a time was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unreadable {
    #[error("the date cannot be read")]
    Date,
    #[error("the time cannot be read")]
    Time,
    #[error("the clocks skip this time on that day")]
    Skipped,
    #[error("the clocks run through this time twice on that day")]
    Twice,
}

/// Reads a date against the day on which it was said.
pub fn read_date(said: &str, today: Date) -> Result<Date, Unreadable> {
    let text = plain(said);
    let (named, text) = leading_weekday(&text);
    let read = relative(text, today)
        .or_else(|| iso(text))
        .or_else(|| dotted(text, today))
        .or_else(|| digits_only(text))
        .or_else(|| with_month_name(text, today))
        .or_else(|| weekday(text, today));
    // A weekday that contradicts its date leaves nobody knowing which of the two was meant.
    read.filter(|date| named.is_none_or(|named| named == date.weekday())).ok_or(Unreadable::Date)
}

/// Reads a time of day. Hours up to six without a part of the day mean the afternoon where they were spoken ("drei
/// Uhr", "halb drei"), as they do in office hours; written out as "03:00" they mean what they say.
pub fn read_time(said: &str) -> Result<Time, Unreadable> {
    let text = plain(said);
    let text = text.strip_prefix("um ").unwrap_or(&text);
    let text = text.strip_suffix(" uhr").unwrap_or(text).trim();
    clock_face(text).or_else(|| written(text)).ok_or(Unreadable::Time)
}

/// The instant of a local time, where it exists exactly once.
pub fn instant(date: Date, time: Time, zone: &TimeZone) -> Result<Timestamp, Unreadable> {
    let local = zone.to_ambiguous_timestamp(date.to_datetime(time));
    match local.offset() {
        AmbiguousOffset::Unambiguous { .. } => local.unambiguous().map_err(|_| Unreadable::Date),
        AmbiguousOffset::Gap { .. } => Err(Unreadable::Skipped),
        AmbiguousOffset::Fold { .. } => Err(Unreadable::Twice),
    }
}

fn plain(said: &str) -> String {
    let lower = said.trim().trim_end_matches(',').to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "Mittwoch, den 2.7.": the weekday and the date behind it. A weekday alone is a date of its own.
fn leading_weekday(text: &str) -> (Option<Weekday>, &str) {
    let text = text.strip_prefix("am ").unwrap_or(text);
    let Some((word, rest)) = text.split_once([',', ' ']) else { return (None, text) };
    let Some(named) = weekday_named(word) else { return (None, text) };
    let rest = rest.trim();
    (Some(named), ["den ", "dem ", "der "].iter().find_map(|article| rest.strip_prefix(article)).unwrap_or(rest))
}

fn relative(text: &str, today: Date) -> Option<Date> {
    let days = match text {
        "heute" | "today" => 0,
        "morgen" | "tomorrow" => 1,
        "übermorgen" | "uebermorgen" => 2,
        _ => return None,
    };
    today.checked_add(days.days()).ok()
}

fn iso(text: &str) -> Option<Date> {
    let day = text.split(['t', ' ']).next()?;
    let mut parts = day.split('-');
    let (year, month, date) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    ymd(year.parse().ok()?, month.parse().ok()?, date.parse().ok()?)
}

/// "2.7.2025", "02.07.25", "2.7.", "20.12".
fn dotted(text: &str, today: Date) -> Option<Date> {
    let text = text.strip_prefix("den ").unwrap_or(text);
    let mut parts = text.trim_end_matches('.').split('.').map(str::trim);
    let (day, month) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    match parts.next() {
        None => next_without_year(day, month, today),
        Some(year) if parts.next().is_none() => ymd(full_year(year)?, month, day),
        Some(_) => None,
    }
}

/// "02072025" as text, or 2072025 once it was a number and lost its zero.
fn digits_only(text: &str) -> Option<Date> {
    if !(7..=8).contains(&text.len()) || !text.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{text:0>8}");
    let part = |range: std::ops::Range<usize>| padded.get(range).and_then(|part| part.parse::<i8>().ok());
    let year = padded.get(4..8)?.parse().ok()?;
    ymd(year, part(2..4)?, part(0..2)?).filter(|_| (2000..2100).contains(&year))
}

const MONTHS: [(&str, i8); 18] = [
    ("januar", 1),
    ("jänner", 1),
    ("february", 2),
    ("februar", 2),
    ("märz", 3),
    ("maerz", 3),
    ("april", 4),
    ("mai", 5),
    ("juni", 6),
    ("juli", 7),
    ("august", 8),
    ("september", 9),
    ("oktober", 10),
    ("october", 10),
    ("november", 11),
    ("dezember", 12),
    ("december", 12),
    ("july", 7),
];

/// "2. Juli", "2. Juli 2025".
fn with_month_name(text: &str, today: Date) -> Option<Date> {
    let words: Vec<&str> = text.split([' ', ',', '.']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| MONTHS.iter().any(|(name, _)| name == word))?;
    let month = MONTHS.iter().find(|(name, _)| Some(name) == words.get(at)).map(|(_, month)| *month)?;
    let day: i8 = words.get(at.checked_sub(1)?)?.parse().ok()?;
    match words.get(at + 1) {
        Some(year) => ymd(full_year(year)?, month, day),
        None => next_without_year(day, month, today),
    }
}

/// "Freitag", "am Freitag", "kommenden Freitag": the next one after today. "Nächsten Freitag" has two honest readings
/// and is not read.
fn weekday(text: &str, today: Date) -> Option<Date> {
    let mut words = text.split(' ');
    let last = words.next_back()?;
    if !words.all(|word| matches!(word, "am" | "an" | "diesen" | "diesem" | "kommenden" | "kommendem" | "on" | "this"))
    {
        return None;
    }
    let wanted = weekday_named(last)?;
    let ahead = i64::from(today.weekday().until(wanted));
    today.checked_add(if ahead == 0 { 7 } else { ahead }.days()).ok()
}

fn weekday_named(word: &str) -> Option<Weekday> {
    Some(match word {
        "montag" | "monday" => Weekday::Monday,
        "dienstag" | "tuesday" => Weekday::Tuesday,
        "mittwoch" | "wednesday" => Weekday::Wednesday,
        "donnerstag" | "thursday" => Weekday::Thursday,
        "freitag" | "friday" => Weekday::Friday,
        "samstag" | "sonnabend" | "saturday" => Weekday::Saturday,
        "sonntag" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn full_year(text: &str) -> Option<i16> {
    match text.len() {
        2 => text.parse::<i16>().ok().map(|year| 2000 + year),
        4 => text.parse().ok(),
        _ => None,
    }
}

/// A date without a year is the next one, unless it has just passed: nobody means the day eleven months from now.
fn next_without_year(day: i8, month: i8, today: Date) -> Option<Date> {
    let just_passed = today.checked_sub(60.days()).ok()?;
    let year = today.year();
    let in_each_year = [year - 1, year, year + 1].into_iter().filter_map(|year| ymd(year, month, day));
    in_each_year.into_iter().find(|date| *date >= just_passed)
}

fn ymd(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

const HOURS: [(&str, i8); 16] = [
    ("ein", 1),
    ("eins", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwölf", 12),
    ("zwoelf", 12),
    ("fuenf", 5),
];

fn hour_word(word: &str) -> Option<i8> {
    let named = HOURS.iter().find(|(name, _)| *name == word).map(|(_, hour)| *hour);
    named.or_else(|| word.parse().ok().filter(|hour| (1..=12).contains(hour)))
}

/// "halb drei", "viertel nach drei", "viertel vor drei", "dreiviertel drei", "drei": times of the clock's face.
fn clock_face(text: &str) -> Option<Time> {
    let words: Vec<&str> = text.split(' ').collect();
    let (hour, minutes) = match words.as_slice() {
        ["halb", hour] => (hour_word(hour)?, -30),
        ["dreiviertel", hour] | ["viertel", "vor", hour] => (hour_word(hour)?, -15),
        ["viertel", "nach", hour] => (hour_word(hour)?, 15),
        [hour] if HOURS.iter().any(|(name, _)| name == hour) => (hour_word(hour)?, 0),
        _ => return None,
    };
    let minute_of_face = i16::from(hour) * 60 + minutes;
    afternoon_where_early(minute_of_face)
}

fn afternoon_where_early(minute: i16) -> Option<Time> {
    let minute = if minute < 7 * 60 { minute + 12 * 60 } else { minute };
    Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()
}

/// "11:00", "11:00:00", "11.30", "11 uhr 30", "14", "14h". What names an offset from UTC is no local time.
fn written(text: &str) -> Option<Time> {
    let text = text.strip_suffix('h').unwrap_or(text).trim();
    let text = text.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(text);
    let (hour, minute) = match text.split_once([':', '.']).or_else(|| text.split_once(" uhr ")) {
        Some((hour, rest)) => (hour.trim(), rest.trim()),
        None => (text, ""),
    };
    if !(1..=2).contains(&hour.len()) || minute.len() > 2 {
        return None;
    }
    let (hour_read, minute_read): (i8, i8) =
        (hour.parse().ok()?, if minute.is_empty() { 0 } else { minute.parse().ok()? });
    // A bare "3" was spoken as "drei Uhr"; "03:00" was written by a machine that counts to 24.
    if minute.is_empty() && hour.len() == 1 && hour_read > 0 {
        return afternoon_where_early(i16::from(hour_read) * 60);
    }
    Time::new(hour_read, minute_read, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn dates_as_they_arrive() {
        let today = date(2025, 6, 21); // a Saturday
        let cases = [
            ("2025-07-02", Some(date(2025, 7, 2))),
            ("2025-07-02T11:00:00", Some(date(2025, 7, 2))),
            ("02.07.2025", Some(date(2025, 7, 2))),
            ("2.7.25", Some(date(2025, 7, 2))),
            ("2.7.", Some(date(2025, 7, 2))),
            ("20.12", Some(date(2025, 12, 20))),
            ("Mittwoch, 02.07.2025", Some(date(2025, 7, 2))),
            ("Mittwoch 2.7.", Some(date(2025, 7, 2))),
            ("am Mittwoch, dem 2. Juli", Some(date(2025, 7, 2))),
            ("den 2.7.", Some(date(2025, 7, 2))),
            ("Mittwoch, 2025-07-02", Some(date(2025, 7, 2))),
            ("Dienstag, 02.07.2025", None),
            ("Dienstag, morgen", None),
            ("2072025", Some(date(2025, 7, 2))),
            ("02072025", Some(date(2025, 7, 2))),
            ("heute", Some(date(2025, 6, 21))),
            ("Morgen", Some(date(2025, 6, 22))),
            ("übermorgen", Some(date(2025, 6, 23))),
            ("Freitag", Some(date(2025, 6, 27))),
            ("am Samstag", Some(date(2025, 6, 28))),
            ("2. Juli", Some(date(2025, 7, 2))),
            ("Mittwoch, den 2. Juli 2025", Some(date(2025, 7, 2))),
            ("10.1.", Some(date(2026, 1, 10))),
            ("2023-07-02", Some(date(2023, 7, 2))),
            ("nächsten Freitag", None),
            ("Dienstag, den 2. Juli 2025", None),
            ("irgendwann", None),
            ("31.02.2025", None),
            ("{{datum}}", None),
            ("", None),
            ("99999999", None),
        ];
        for (said, expected) in cases {
            assert_eq!(read_date(said, today).ok(), expected, "{said}");
        }
    }

    #[test]
    fn a_date_that_has_just_passed_stays_in_the_past() {
        assert_eq!(read_date("2.7.", date(2025, 7, 5)), Ok(date(2025, 7, 2)));
        assert_eq!(read_date("20.12.", date(2026, 1, 5)), Ok(date(2025, 12, 20)));
        assert_eq!(read_date("20.10.", date(2026, 1, 5)), Ok(date(2026, 10, 20)));
        assert_eq!(read_date("29.2.", date(2025, 7, 5)), Err(Unreadable::Date));
        assert_eq!(read_date("29.2.", date(2027, 7, 5)), Ok(date(2028, 2, 29)));
    }

    #[test]
    fn times_as_they_arrive() {
        let cases = [
            ("11:00", Some(time(11, 0, 0, 0))),
            ("11:00 Uhr", Some(time(11, 0, 0, 0))),
            ("11 Uhr 30", Some(time(11, 30, 0, 0))),
            ("11.30", Some(time(11, 30, 0, 0))),
            ("11:00:00", Some(time(11, 0, 0, 0))),
            ("14", Some(time(14, 0, 0, 0))),
            ("14 Uhr", Some(time(14, 0, 0, 0))),
            ("um 9", Some(time(9, 0, 0, 0))),
            ("3 Uhr", Some(time(15, 0, 0, 0))),
            ("03:00", Some(time(3, 0, 0, 0))),
            ("halb drei", Some(time(14, 30, 0, 0))),
            ("halb elf", Some(time(10, 30, 0, 0))),
            ("viertel nach 3", Some(time(15, 15, 0, 0))),
            ("dreiviertel drei", Some(time(14, 45, 0, 0))),
            ("zwo Uhr", Some(time(14, 0, 0, 0))),
            ("25:00", None),
            ("11:75", None),
            ("09:00Z", None),
            ("09:00:00Z", None),
            ("11:00+02:00", None),
            ("11:00:00+02:00", None),
            ("später", None),
            ("", None),
        ];
        for (said, expected) in cases {
            assert_eq!(read_time(said).ok(), expected, "{said}");
        }
    }

    #[test]
    fn lesson_01_the_hour_that_is_skipped_and_the_hour_that_comes_twice() {
        let zone = TimeZone::get("Europe/Berlin").expect("known");
        let at = |day, hour, minute| instant(day, time(hour, minute, 0, 0), &zone).map(|instant| instant.to_string());
        assert_eq!(at(date(2026, 3, 29), 2, 30), Err(Unreadable::Skipped));
        assert_eq!(at(date(2026, 10, 25), 2, 30), Err(Unreadable::Twice));
        assert_eq!(at(date(2026, 3, 29), 11, 0).as_deref(), Ok("2026-03-29T09:00:00Z"));
        assert_eq!(at(date(2026, 10, 25), 11, 0).as_deref(), Ok("2026-10-25T10:00:00Z"));
        assert_eq!(at(date(2025, 7, 2), 11, 0).as_deref(), Ok("2025-07-02T09:00:00Z"));
    }
}
