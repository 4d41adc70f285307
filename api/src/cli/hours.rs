//! Working hours as people type them, in English or German: `Mon-Fri 09:00-18:00`, `Mo,Mi 8-12,13-17`, `Sa 9-13`.

use jiff::civil::{Date, Time};
use ringbuch_domain::company::{DayOverride, WeeklyHours, Window};
use std::str::FromStr;

/// The hours of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(pub Vec<WeeklyHours>);

/// One day that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override(pub DayOverride);

/// All arguments together, by day and time. Two windows of a day must not overlap.
pub fn weekly(arguments: &[Hours]) -> Result<Vec<WeeklyHours>, String> {
    let mut hours: Vec<WeeklyHours> = arguments.iter().flat_map(|hours| hours.0.clone()).collect();
    hours.sort_by_key(|hours| (hours.weekday, hours.window.from));
    let clash = hours.windows(2).find(|pair| match pair {
        [one, next] => one.weekday == next.weekday && overlap(one.window, next.window),
        _ => false,
    });
    match clash.and_then(<[_]>::first) {
        Some(first) => Err(format!("the hours of {} overlap", day_name(first.weekday))),
        None => Ok(hours),
    }
}

const EXPECTED: &str = "hours such as \"Mon-Fri 09:00-18:00\" or \"Sa 9-13\" are expected";

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (days, times) = text.trim().split_once(' ').ok_or(EXPECTED)?;
        let (days, windows) = (days_of(days)?, windows_of(times)?);
        let on = |weekday: i8| windows.iter().map(move |window| WeeklyHours { weekday, window: *window });
        Ok(Self(days.into_iter().flat_map(on).collect()))
    }
}

impl FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "a day such as \"2026-12-24 09:00-12:00\" or \"2026-12-25 closed\" is expected";
        let (date, times) = text.trim().split_once(' ').ok_or(expected)?;
        let date: Date = date.parse().map_err(|_| expected)?;
        let windows = match times.trim() {
            "closed" | "off" | "geschlossen" | "frei" => vec![],
            times => windows_of(times)?,
        };
        Ok(Self(DayOverride { date, windows }))
    }
}

/// `Mon`, `Mon-Fri`, `Mon,Wed,Fri`, `Sat-Mon`, `daily`.
fn days_of(text: &str) -> Result<Vec<i8>, String> {
    if ["daily", "täglich"].contains(&text.to_lowercase().as_str()) {
        return Ok((1..=7).collect());
    }
    let mut days = vec![];
    for part in text.split(',') {
        match part.split_once(['-', '–']) {
            Some((first, last)) => days.extend(span_of_days(day(first)?, day(last)?)),
            None => days.push(day(part)?),
        }
    }
    Ok(days)
}

/// Also over the week's end.
fn span_of_days(first: i8, last: i8) -> impl Iterator<Item = i8> {
    let length = (last - first).rem_euclid(7);
    (0..=length).map(move |step| (first - 1 + step) % 7 + 1)
}

const DAYS: [[&str; 5]; 7] = [
    ["mo", "mon", "monday", "montag", "mo."],
    ["di", "tue", "tuesday", "dienstag", "tu"],
    ["mi", "wed", "wednesday", "mittwoch", "we"],
    ["do", "thu", "thursday", "donnerstag", "th"],
    ["fr", "fri", "friday", "freitag", "fr."],
    ["sa", "sat", "saturday", "samstag", "sonnabend"],
    ["so", "sun", "sunday", "sonntag", "su"],
];

fn day(text: &str) -> Result<i8, String> {
    let name = text.trim().trim_end_matches('.').to_lowercase();
    let found = (1..).zip(DAYS).find(|(_, names)| names.contains(&name.as_str()));
    found.map(|(day, _)| day).ok_or_else(|| format!("'{text}' is no day of the week; {EXPECTED}"))
}

fn day_name(weekday: i8) -> &'static str {
    let names = usize::try_from(weekday - 1).ok().and_then(|place| DAYS.get(place));
    names.map_or("that day", |[_, _, name, ..]| name)
}

/// `09:00-18:00`, or several with commas, in their order.
fn windows_of(text: &str) -> Result<Vec<Window>, String> {
    let mut windows: Vec<Window> = vec![];
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        let window = window(part)?;
        if windows.iter().any(|known| overlap(*known, window)) {
            return Err(format!("'{part}' overlaps what is said before it"));
        }
        windows.push(window);
    }
    if windows.is_empty() { Err(EXPECTED.into()) } else { Ok(windows) }
}

fn window(text: &str) -> Result<Window, String> {
    let (from, to) = text.split_once(['-', '–']).ok_or(EXPECTED)?;
    let window = Window { from: time(from)?, to: end(to)? };
    if end_of(window) <= window.from {
        return Err(format!("'{text}' ends before it begins; hours over midnight are two windows, one on each day"));
    }
    Ok(window)
}

/// Midnight at the end of the day is 24:00 or 00:00, and is kept as 00:00.
fn end(text: &str) -> Result<Time, String> {
    if matches!(text, "24" | "24:00") { Ok(Time::midnight()) } else { time(text) }
}

fn time(text: &str) -> Result<Time, String> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    let number = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
    let time = number(hour).zip(number(minute)).and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(|| format!("'{text}' is no time of day; {EXPECTED}"))
}

fn end_of(window: Window) -> Time {
    if window.to == Time::midnight() { Time::MAX } else { window.to }
}

fn overlap(one: Window, other: Window) -> bool {
    one.from < end_of(other) && other.from < end_of(one)
}

/// A week as it is typed, days of the same hours together: `Mon-Fri 09:00-12:00,13:00-18:00`, `Sat 09:00-13:00`.
pub fn spoken(weekly: &[WeeklyHours]) -> Vec<String> {
    let mut groups: Vec<(i8, i8, String)> = vec![];
    for day in 1..=7 {
        let windows: Vec<Window> = weekly.iter().filter(|it| it.weekday == day).map(|it| it.window).collect();
        if windows.is_empty() {
            continue;
        }
        let times = spoken_windows(&windows);
        match groups.last_mut() {
            Some((_, last, known)) if *last == day - 1 && *known == times => *last = day,
            _ => groups.push((day, day, times)),
        }
    }
    let days =
        |first, last| if first == last { abbreviated(first) } else { abbreviated(first) + "-" + &abbreviated(last) };
    groups.into_iter().map(|(first, last, times)| format!("{} {times}", days(first, last))).collect()
}

/// One day that differs, as it is typed.
pub fn spoken_override(day: &DayOverride) -> String {
    let times = if day.windows.is_empty() { "closed".into() } else { spoken_windows(&day.windows) };
    format!("{} {times}", day.date)
}

fn spoken_windows(windows: &[Window]) -> String {
    let end = |to: Time| if to == Time::midnight() { "24:00".into() } else { to.strftime("%H:%M").to_string() };
    let one = |window: &Window| format!("{}-{}", window.from.strftime("%H:%M"), end(window.to));
    windows.iter().map(one).collect::<Vec<_>>().join(",")
}

fn abbreviated(weekday: i8) -> String {
    let name: String = day_name(weekday).chars().take(3).collect();
    name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1 09:00-18:00; 2 …`
    fn told(hours: &[WeeklyHours]) -> String {
        let one = |hours: &WeeklyHours| {
            let Window { from, to } = hours.window;
            format!("{} {}-{}", hours.weekday, from.strftime("%H:%M"), to.strftime("%H:%M"))
        };
        hours.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn hours_are_read_in_both_languages() {
        for (text, expected) in [
            ("Sat 09:00-13:00", "6 09:00-13:00"),
            ("sa 9-13", "6 09:00-13:00"),
            ("Mo-Mi 8:30-12", "1 08:30-12:00; 2 08:30-12:00; 3 08:30-12:00"),
            ("Mon,Fri 09:00-18:00", "1 09:00-18:00; 5 09:00-18:00"),
            ("Montag–Dienstag 9–10", "1 09:00-10:00; 2 09:00-10:00"),
            ("Do 08:00-12:00,13:00-17:00", "4 08:00-12:00; 4 13:00-17:00"),
            ("Do. 08:00-12:00, 13:00-17:00", "4 08:00-12:00; 4 13:00-17:00"),
            ("Sat-Mon 10-11", "6 10:00-11:00; 7 10:00-11:00; 1 10:00-11:00"),
            ("Sonnabend 0-24", "6 00:00-00:00"),
            ("Sun 18:00-00:00", "7 18:00-00:00"),
        ] {
            assert_eq!(told(&text.parse::<Hours>().unwrap().0), expected, "{text}");
        }
        assert_eq!("täglich 9-10".parse::<Hours>().unwrap().0.len(), 7);
    }

    #[test]
    fn what_cannot_be_hours_is_told() {
        for (text, why) in [
            ("Mon", "are expected"),
            ("", "are expected"),
            ("Mon 09:00", "are expected"),
            ("Mon ,", "are expected"),
            ("Xyz 9-10", "'Xyz' is no day of the week"),
            ("Mon- 9-10", "'' is no day of the week"),
            ("Mon 9-25", "'25' is no time of day"),
            ("Mon 9:60-10", "'9:60' is no time of day"),
            ("Mon 009-10", "'009' is no time of day"),
            ("Mon 24-24", "'24' is no time of day"),
            ("Mon 22-02", "over midnight"),
            ("Mon 9-9", "ends before it begins"),
            ("Mon 9-12,11-13", "overlaps"),
        ] {
            let told = text.parse::<Hours>().unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn several_arguments_make_one_week() {
        let read = |texts: &[&str]| -> Vec<Hours> { texts.iter().map(|text| text.parse().unwrap()).collect() };
        let week = weekly(&read(&["Tue 13-17", "Mon-Tue 8-12"])).unwrap();
        assert_eq!(told(&week), "1 08:00-12:00; 2 08:00-12:00; 2 13:00-17:00");
        assert!(weekly(&read(&["Mon 20-24", "Mon 23-24"])).unwrap_err().contains("monday"));
        assert!(weekly(&read(&["Mon 8-12", "Mon 12-13"])).is_ok(), "windows may touch");
    }

    #[test]
    fn hours_are_told_as_they_are_typed() {
        for week in [
            vec!["Mon-Fri 09:00-12:00,13:00-18:00", "Sat 09:00-13:00"],
            vec!["Mon 09:00-18:00", "Wed-Thu 09:00-18:00", "Sun 18:00-24:00"],
            vec![],
        ] {
            let hours: Vec<Hours> = week.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(spoken(&weekly(&hours).unwrap()), week);
        }
        for day in ["2026-12-24 09:00-12:00", "2026-12-25 closed"] {
            assert_eq!(spoken_override(&day.parse::<Override>().unwrap().0), day);
        }
    }

    #[test]
    fn a_day_may_differ_or_be_closed() {
        let day: Override = "2026-12-24 09:00-12:00".parse().unwrap();
        assert_eq!((day.0.date.to_string(), day.0.windows.len()), ("2026-12-24".into(), 1));
        assert!("2026-12-25 closed".parse::<Override>().unwrap().0.windows.is_empty());
        assert!("25.12.2026 closed".parse::<Override>().is_err());
        assert!("2026-12-25".parse::<Override>().is_err());
    }
}
