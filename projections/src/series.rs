//! Time series out of hourly rows: hours of UTC, and days of a company's own zone put together from them. A zone that
//! stands half an hour off counts an hour to the local day in which it begins.

use crate::columns::hour_of;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Hourly points are given for spans up to this long; a longer one has its days.
const LONGEST_HOURLY: i64 = 31 * 24 * 3600;

/// The span of a series, and the zone whose days it is told in.
#[derive(Debug, Clone)]
pub struct Period {
    /// Taken from the start of its UTC hour.
    pub since: Timestamp,
    pub until: Timestamp,
    pub zone: TimeZone,
}

impl Period {
    pub(crate) fn first_hour(&self) -> Timestamp {
        hour_of(self.since)
    }
}

/// One hour of a series.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "{C}Hour")]
pub struct HourPoint<C> {
    /// Start of the UTC hour.
    pub hour: Timestamp,
    #[serde(flatten)]
    pub counts: C,
}

/// One local day of a series.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "{C}Day")]
pub struct DayPoint<C> {
    pub date: Date,
    #[serde(flatten)]
    pub counts: C,
}

/// Counts that add up.
pub(crate) trait Counts: Default + Clone {
    fn add(&mut self, other: &Self);
}

/// Every hour of the period with its counts, empty ones included; nothing for a period over 31 days.
pub(crate) fn hourly<C: Counts>(period: &Period, by_hour: &BTreeMap<Timestamp, C>) -> Vec<HourPoint<C>> {
    let length = period.until.as_second().saturating_sub(period.since.as_second());
    if length > LONGEST_HOURLY {
        return Vec::new();
    }
    hours(period.first_hour(), period.until)
        .map(|hour| HourPoint { hour, counts: by_hour.get(&hour).cloned().unwrap_or_default() })
        .collect()
}

/// Every local day that the period touches with its counts, empty ones included.
pub(crate) fn daily<C: Counts>(period: &Period, by_hour: &BTreeMap<Timestamp, C>) -> Vec<DayPoint<C>> {
    let day_of = |time: Timestamp| time.to_zoned(period.zone.clone()).date();
    let mut by_day: BTreeMap<Date, C> =
        days(day_of(period.first_hour()), day_of(period.until), period).map(|date| (date, C::default())).collect();
    for (hour, counts) in by_hour {
        by_day.entry(day_of(*hour)).or_default().add(counts);
    }
    by_day.into_iter().map(|(date, counts)| DayPoint { date, counts }).collect()
}

/// The sum over all hours.
pub(crate) fn total<C: Counts>(by_hour: &BTreeMap<Timestamp, C>) -> C {
    by_hour.values().fold(C::default(), |mut sum, counts| {
        sum.add(counts);
        sum
    })
}

/// A share of a whole; nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(crate) fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Starts of the UTC hours from one up to a time that no longer belongs to them.
pub(crate) fn hours(first: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(Some(first), |hour| hour.checked_add(1.hour()).ok()).take_while(move |hour| *hour < until)
}

/// A period that ends at midnight does not touch the day that begins there.
fn days(first: Date, last: Date, period: &Period) -> impl Iterator<Item = Date> {
    let ends_at_midnight = period.zone.to_zoned(last.into()).is_ok_and(|midnight| midnight.timestamp() == period.until);
    std::iter::successors(Some(first), |date| date.tomorrow().ok())
        .take_while(move |date| *date < last || (*date == last && !ends_at_midnight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Clone, PartialEq)]
    struct Calls(i64);
    impl Counts for Calls {
        fn add(&mut self, other: &Self) {
            self.0 += other.0;
        }
    }

    fn berlin(since: &str, until: &str) -> Period {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        Period { since: since.parse().unwrap(), until: until.parse().unwrap(), zone }
    }

    fn counted(hours: &[(&str, i64)]) -> BTreeMap<Timestamp, Calls> {
        hours.iter().map(|(hour, count)| (hour.parse().unwrap(), Calls(*count))).collect()
    }

    #[test]
    fn a_local_day_begins_at_local_midnight_summer_and_winter() {
        let summer = berlin("2025-07-01T22:00:00Z", "2025-07-02T22:00:00Z");
        let day = daily(&summer, &counted(&[("2025-07-01T22:00:00Z", 1), ("2025-07-02T21:00:00Z", 2)]));
        assert_eq!(day, [DayPoint { date: jiff::civil::date(2025, 7, 2), counts: Calls(3) }]);

        let winter = berlin("2025-12-01T23:00:00Z", "2025-12-02T23:00:00Z");
        let day = daily(&winter, &counted(&[("2025-12-01T23:00:00Z", 1), ("2025-12-02T22:00:00Z", 2)]));
        assert_eq!(day, [DayPoint { date: jiff::civil::date(2025, 12, 2), counts: Calls(3) }]);
    }

    #[test]
    fn the_days_on_which_clocks_change_have_their_own_length() {
        for (since, until, hours) in
            [("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23), ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25)]
        {
            let period = berlin(since, until);
            assert_eq!(hourly(&period, &counted(&[])).len(), hours);
            assert_eq!(daily(&period, &counted(&[])).len(), 1);
        }
    }

    #[test]
    fn empty_hours_and_days_are_there() {
        let period = berlin("2025-07-01T09:30:00Z", "2025-07-03T09:30:00Z");
        let by_hour = counted(&[("2025-07-02T10:00:00Z", 7)]);
        let series = hourly(&period, &by_hour);
        assert_eq!(series.len(), 49);
        assert_eq!(series[0].hour.to_string(), "2025-07-01T09:00:00Z");
        assert_eq!(series.iter().map(|point| point.counts.0).sum::<i64>(), 7);
        assert_eq!(daily(&period, &by_hour).iter().map(|point| point.counts.0).collect::<Vec<_>>(), [0, 7, 0]);
        assert_eq!(total(&by_hour), Calls(7));
    }

    #[test]
    fn a_long_period_has_days_only() {
        let period = berlin("2025-01-01T00:00:00Z", "2025-03-01T00:00:00Z");
        assert!(hourly(&period, &counted(&[])).is_empty());
        assert_eq!(daily(&period, &counted(&[])).len(), 60);
    }
}
