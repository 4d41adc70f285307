//! A week as a picture and in words.

use crate::dashboard::Language;
use crate::dashboard::page::Page;
use jiff::civil::{Date, Time};
use ringbuch_domain::company::{WeeklyHours, Window};

/// Width of a day in the picture, a unit a minute.
const DAY: u32 = 24 * 60;

/// One weekday with its windows in order.
pub struct Day {
    /// 1 = Monday … 7 = Sunday.
    pub weekday: i8,
    /// Where each window begins and how long it is, in minutes.
    pub spans: Vec<(u32, u32)>,
    /// Empty where nobody works.
    pub words: String,
}

pub fn week(weekly: &[WeeklyHours]) -> Vec<Day> {
    (1..=7).map(|weekday| day(weekday, &on(weekly, weekday))).collect()
}

fn day(weekday: i8, windows: &[Window]) -> Day {
    Day { weekday, spans: windows.iter().map(span).collect(), words: words(windows) }
}

/// The windows of a weekday, in order.
pub fn on(weekly: &[WeeklyHours], weekday: i8) -> Vec<Window> {
    let mut windows: Vec<Window> = weekly.iter().filter(|it| it.weekday == weekday).map(|it| it.window).collect();
    windows.sort_by_key(|window| window.from);
    windows
}

fn span(window: &Window) -> (u32, u32) {
    let (from, to) = (minute(window.from), end(window));
    (from, to.saturating_sub(from))
}

fn minute(time: Time) -> u32 {
    let of = |part: i8| u32::try_from(part).unwrap_or(0);
    of(time.hour()) * 60 + of(time.minute())
}

/// The minute of the day at which a window ends; midnight is the day's end.
pub fn end(window: &Window) -> u32 {
    if window.to == Time::midnight() { DAY } else { minute(window.to) }
}

/// `09:00–12:00, 13:00–24:00`.
pub fn words(windows: &[Window]) -> String {
    let clock = |window: &Window| {
        let end = end(window);
        format!("{}–{:02}:{:02}", window.from.strftime("%H:%M"), end / 60, end % 60)
    };
    windows.iter().map(clock).collect::<Vec<_>>().join(", ")
}

/// In few words, with days that are the same taken together: `Mo–Fr 09:00–18:00; Sa 10:00–14:00`.
pub fn summary(page: &Page, weekly: &[WeeklyHours]) -> String {
    let mut runs: Vec<(i8, i8, String)> = vec![];
    for it in week(weekly).into_iter().filter(|it| !it.words.is_empty()) {
        match runs.last_mut() {
            Some((_, last, same)) if *last + 1 == it.weekday && *same == it.words => *last = it.weekday,
            _ => runs.push((it.weekday, it.weekday, it.words)),
        }
    }
    let short = |weekday: i8| page.word("staff.short", weekday);
    let told = |(first, last, words): (i8, i8, String)| match first == last {
        true => format!("{} {words}", short(first)),
        false => format!("{}–{} {words}", short(first), short(last)),
    };
    runs.into_iter().map(told).collect::<Vec<_>>().join("; ")
}

/// A day as people write it, with its weekday: `Fr 25.12.2026`.
pub fn date(page: &Page, date: Date) -> String {
    let format = if page.language == Language::German { "%d.%m.%Y" } else { "%-d %b %Y" };
    let weekday = page.word("staff.short", date.weekday().to_monday_one_offset());
    format!("{weekday} {}", date.strftime(format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[test]
    fn a_day_has_its_windows_in_order_and_may_end_at_midnight() {
        let window = |from, to| Window { from: time(from, 30, 0, 0), to: time(to, 0, 0, 0) };
        let weekly = [(5, window(13, 0)), (5, window(8, 12)), (1, window(8, 12))];
        let weekly = weekly.map(|(weekday, window)| WeeklyHours { weekday, window });
        let week = week(&weekly);
        assert_eq!(week[4].spans, [(510, 210), (810, 630)]);
        assert_eq!(week[4].words, "08:30–12:00, 13:30–24:00");
        assert_eq!((week[0].words.as_str(), week[1].words.as_str()), ("08:30–12:00", ""));
    }
}
