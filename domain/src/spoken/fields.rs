//! Dates and times that a voice agent has filled into fields of their own: "02.07.2025", a number that lost its leading
//! zero, "morgen", "Freitag"; "11:00 Uhr", "14", "halb drei". What cannot be read for certain is not read.

use super::days::{Days, Found, find};
use super::grammar::Piece;
use super::readings::{time_at, times};
use super::wish::{Wish, wishes};
use super::{Context, Language, heard};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
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

/// Reads a date against the day on which it was said. A date that has just passed, or that has its year, may lie in the
/// past. A weekday is the next one after today.
pub fn read_date(said: &str, today: Date) -> Result<Date, Unreadable> {
    let read = || {
        let wish = only_wish(said, today)?;
        let bare = matches!(wish.days.as_slice(), [Days::Weekday(_)]);
        match find(&wish.days, today) {
            Found::Dates(dates) if dates.len() == 1 || bare => dates.last().copied(),
            _ => None,
        }
    };
    read().ok_or(Unreadable::Date)
}

/// Reads a time of day. Hours up to six without a part of the day mean the afternoon where they were spoken ("drei
/// Uhr", "halb drei"), as they do in office hours; written out as "03:00" they mean what they say.
pub fn read_time(said: &str) -> Result<Time, Unreadable> {
    // In a field for the time a number alone is one.
    let alone = said.trim();
    let said = if alone.starts_with(|c: char| c.is_ascii_digit()) || !alone.contains(' ') {
        format!("um {alone}")
    } else {
        said.into()
    };
    let read = || {
        let wish = only_wish(&said, Date::default()).filter(|wish| wish.days.is_empty())?;
        match times(&wish) {
            (minutes, true) if minutes.len() == 1 => minutes.first().and_then(|minute| time_at(*minute)),
            _ => None,
        }
    };
    read().ok_or(Unreadable::Time)
}

/// What was said, where it leaves no doubt and no choice.
fn only_wish(said: &str, today: Date) -> Option<Wish> {
    let zone = TimeZone::UTC;
    let pieces = heard(said, &Context::new(today.at(0, 0, 0, 0), &zone, Language::German))?;
    let mut wishes = wishes(&pieces).into_iter();
    let only = wishes.next().filter(|wish| !wish.doubt && wish.moment.is_none())?;
    (wishes.next().is_none() && !pieces.contains(&Piece::Not)).then_some(only)
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
            ("3 am", None),
            ("9 pm", Some(time(21, 0, 0, 0))),
            ("3:30", None),
            ("morgen um 10", None),
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
