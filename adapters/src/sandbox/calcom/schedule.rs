//! Working hours: weekly, in local wall time of a zone, with days that are different.

use jiff::{
    Timestamp, ToSpan, Zoned,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use super::instants::Span;

#[derive(Clone, Debug)]
pub struct Schedule {
    pub id: u64,
    pub owner: u64,
    pub name: String,
    pub time_zone: TimeZone,
    pub availability: Vec<WeeklyHours>,
    pub overrides: Vec<Override>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklyHours {
    pub days: Vec<Weekday>,
    pub from: Time,
    /// 23:59 means until midnight.
    pub to: Time,
}

/// Replaces the whole of its day; several rows of one date are several windows, and from = to means closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub date: Date,
    pub from: Time,
    pub to: Time,
}

impl Schedule {
    /// The open spans between two instants, merged and in order.
    pub(super) fn open(&self, from: Timestamp, to: Timestamp) -> Vec<Span> {
        let first = from.to_zoned(self.time_zone.clone()).date();
        let last = to.to_zoned(self.time_zone.clone()).date();
        // The day before counts too: 23:59 runs into the first day.
        let days = first.yesterday().unwrap_or(first).series(1.day()).take_while(|date| *date <= last);
        let mut open: Vec<Span> = days.flat_map(|date| self.open_on(date)).collect();
        open.sort_by_key(|span| span.start);
        let wanted = Span { start: from, end: to };
        merged(open).into_iter().filter(|span| span.overlaps(wanted)).collect()
    }

    fn open_on(&self, date: Date) -> Vec<Span> {
        let special: Vec<_> = self.overrides.iter().filter(|row| row.date == date).collect();
        if !special.is_empty() {
            return special.iter().filter_map(|row| self.window(date, row.from, row.to)).collect();
        }
        let weekly = self.availability.iter().filter(|hours| hours.days.contains(&date.weekday()));
        weekly.filter_map(|hours| self.window(date, hours.from, hours.to)).collect()
    }

    fn window(&self, date: Date, from: Time, to: Time) -> Option<Span> {
        let at = |date: Date, time: Time| date.to_datetime(time).to_zoned(self.time_zone.clone());
        let midnight = to.hour() == 23 && to.minute() == 59;
        let end: Zoned = if midnight { at(date.tomorrow().ok()?, Time::midnight()) } else { at(date, to) }.ok()?;
        let span = Span { start: at(date, from).ok()?.timestamp(), end: end.timestamp() };
        (span.start < span.end).then_some(span)
    }
}

fn merged(sorted: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::with_capacity(sorted.len());
    for span in sorted {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// What is left of the open spans when the busy ones are taken out.
pub(super) fn without(open: Vec<Span>, mut busy: Vec<Span>) -> Vec<Span> {
    busy.sort_by_key(|span| span.start);
    let mut free = Vec::with_capacity(open.len());
    for span in open {
        let mut start = span.start;
        for taken in busy.iter().filter(|taken| taken.overlaps(span)) {
            if start < taken.start {
                free.push(Span { start, end: taken.start });
            }
            start = start.max(taken.end);
        }
        if start < span.end {
            free.push(Span { start, end: span.end });
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn berlin() -> Schedule {
        let weekly = WeeklyHours {
            days: vec![Weekday::Monday, Weekday::Saturday, Weekday::Sunday],
            from: time(1, 0, 0, 0),
            to: time(5, 0, 0, 0),
        };
        let overrides = vec![
            Override { date: date(2026, 3, 30), from: time(9, 0, 0, 0), to: time(10, 0, 0, 0) },
            Override { date: date(2026, 3, 30), from: time(15, 0, 0, 0), to: time(16, 0, 0, 0) },
            Override { date: date(2026, 4, 5), from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) },
        ];
        Schedule {
            id: 1,
            owner: 1,
            name: "Salon".into(),
            time_zone: TimeZone::get("Europe/Berlin").unwrap(),
            availability: vec![weekly],
            overrides,
        }
    }

    fn open_on(schedule: &Schedule, day: &str) -> Vec<String> {
        let from: Timestamp = format!("{day}T00:00:00+01:00").parse().unwrap();
        let to: Timestamp = format!("{day}T22:00:00Z").parse().unwrap();
        schedule.open(from, to).iter().map(|span| format!("{} {}", span.start, span.end)).collect()
    }

    #[test]
    fn wall_time_across_the_change_of_clocks_and_overrides() {
        let schedule = berlin();
        let table: [(&str, &[&str]); 5] = [
            // Four hours by the wall are three on the spring Sunday and five on the autumn one.
            ("2026-03-28", &["2026-03-28T00:00:00Z 2026-03-28T04:00:00Z"]),
            ("2026-03-29", &["2026-03-29T00:00:00Z 2026-03-29T03:00:00Z"]),
            ("2026-10-25", &["2026-10-24T23:00:00Z 2026-10-25T04:00:00Z"]),
            // Two rows replace the Monday.
            ("2026-03-30", &["2026-03-30T07:00:00Z 2026-03-30T08:00:00Z", "2026-03-30T13:00:00Z 2026-03-30T14:00:00Z"]),
            // Closed.
            ("2026-04-05", &[]),
        ];
        for (day, expected) in table {
            assert_eq!(open_on(&schedule, day), expected, "{day}");
        }
    }

    #[test]
    fn a_minute_to_midnight_is_midnight() {
        let mut schedule = berlin();
        let all_day = |days| WeeklyHours { days, from: time(0, 0, 0, 0), to: time(23, 59, 0, 0) };
        schedule.availability = vec![all_day(vec![Weekday::Tuesday]), all_day(vec![Weekday::Wednesday])];
        let spans = schedule.open("2026-06-02T12:00:00Z".parse().unwrap(), "2026-06-03T12:00:00Z".parse().unwrap());
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].end.to_string(), "2026-06-03T22:00:00Z");
    }
}
