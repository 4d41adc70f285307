//! Hours between their two forms. Here a window's end at 00:00 is the day's end, and a day that is off has no windows; at
//! Cal.com a day ends at 23:59, and a day that is off opens and closes at 00:00.

use super::answer::{refused, unreadable};
use jiff::civil::{Date, Time, Weekday, time};
use jiff::fmt::strtime;
use ringbuch_domain::company::Window;
use ringbuch_domain::ports::{CalendarFailure, Hours};
use std::collections::BTreeMap;

const MIDNIGHT: Time = time(0, 0, 0, 0);
const LAST_MINUTE: Time = time(23, 59, 0, 0);

/// One row of a schedule as Cal.com keeps it; several rows of one day are several windows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row {
    Weekly(Weekday, Option<Window>),
    On(Date, Option<Window>),
}

/// A window of Cal.com's, or none where it closes as it opens.
pub(super) fn window(from: &str, to: &str) -> Result<Option<Window>, CalendarFailure> {
    let (from, to) = (minute(from)?, minute(to)?);
    let until = if to == LAST_MINUTE { MIDNIGHT } else { to };
    Ok((from != to).then_some(Window { from, to: until }))
}

/// Everything in order, a date's windows together.
pub(super) fn of(rows: impl IntoIterator<Item = Row>) -> Hours {
    let (mut weekly, mut overrides) = (Vec::new(), BTreeMap::<Date, Vec<Window>>::new());
    for row in rows {
        match row {
            Row::Weekly(day, window) => weekly.extend(window.map(|window| (day.to_monday_one_offset(), window))),
            Row::On(date, window) => overrides.entry(date).or_default().extend(window),
        }
    }
    weekly.sort_by_key(|(day, window)| (*day, window.from));
    Hours { weekly, overrides: overrides.into_iter().collect() }
}

/// The weekly windows, each with the days that have it.
pub(super) fn by_window(hours: &Hours) -> Result<Vec<(Window, Vec<Weekday>)>, CalendarFailure> {
    let mut days: BTreeMap<(Time, Time), Vec<Weekday>> = BTreeMap::new();
    for (day, Window { from, to }) in &hours.weekly {
        let day = Weekday::from_monday_one_offset(*day).map_err(|_| refused("weekday_unknown"))?;
        days.entry((*from, *to)).or_default().push(day);
    }
    Ok(days.into_iter().map(|((from, to), days)| (Window { from, to }, days)).collect())
}

/// An override's windows as rows; without any the day is off.
pub(super) fn rows(windows: &[Window]) -> impl Iterator<Item = [String; 2]> {
    let off = windows.is_empty().then(|| [word(MIDNIGHT), word(MIDNIGHT)]);
    windows.iter().map(|window| words(*window)).chain(off)
}

/// Begin and end as Cal.com writes them.
pub(super) fn words(window: Window) -> [String; 2] {
    let to = if window.to == MIDNIGHT { LAST_MINUTE } else { window.to };
    [word(window.from), word(to)]
}

fn word(time: Time) -> String {
    strtime::format("%H:%M", time).unwrap_or_default()
}

/// `HH:MM`, whatever follows it.
fn minute(text: &str) -> Result<Time, CalendarFailure> {
    let text = text.get(..5).ok_or_else(unreadable)?;
    if text == "24:00" { Ok(LAST_MINUTE) } else { Time::strptime("%H:%M", text).map_err(|_| unreadable()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn open(from: i8, to: i8) -> Window {
        Window { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
    }

    #[test]
    fn a_day_ends_at_midnight_here_and_a_minute_before_it_there() {
        for (from, to, here) in [
            ("09:00", "17:00", Some(open(9, 17))),
            ("18:00", "23:59", Some(open(18, 0))),
            ("18:00:00", "24:00", Some(open(18, 0))),
            ("00:00", "23:59", Some(open(0, 0))),
            ("00:00", "00:00", None),
            ("12:00", "12:00", None),
        ] {
            assert_eq!(window(from, to), Ok(here), "{from} to {to}");
        }
        assert_eq!(words(open(18, 0)), ["18:00", "23:59"]);
        assert_eq!(words(open(0, 0)), ["00:00", "23:59"]);
        for wrong in ["", "9:00", "25:00", "noon!"] {
            assert_eq!(window(wrong, "10:00"), Err(unreadable()), "{wrong}");
        }
    }

    #[test]
    fn rows_of_one_date_are_its_windows_and_none_means_off() {
        let (some, other) = (date(2026, 12, 24), date(2026, 12, 31));
        let hours = of([
            Row::Weekly(Weekday::Sunday, Some(open(10, 12))),
            Row::Weekly(Weekday::Monday, Some(open(14, 18))),
            Row::Weekly(Weekday::Monday, Some(open(9, 12))),
            Row::Weekly(Weekday::Tuesday, None),
            Row::On(other, Some(open(9, 12))),
            Row::On(some, None),
            Row::On(other, Some(open(13, 14))),
        ]);
        assert_eq!(hours.weekly, [(1, open(9, 12)), (1, open(14, 18)), (7, open(10, 12))]);
        assert_eq!(hours.overrides, [(some, vec![]), (other, vec![open(9, 12), open(13, 14)])]);
        let back: Vec<_> = hours.overrides.iter().flat_map(|(_, windows)| rows(windows)).collect();
        let expected = [["00:00", "00:00"], ["09:00", "12:00"], ["13:00", "14:00"]];
        assert_eq!(back, expected.map(|row| row.map(str::to_owned)));
    }

    #[test]
    fn a_weekday_that_is_none_is_refused() {
        let hours = Hours { weekly: vec![(8, open(9, 12))], overrides: vec![] };
        assert_eq!(by_window(&hours), Err(refused("weekday_unknown")));
    }
}
