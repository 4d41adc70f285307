//! When calls come in: over the days of which yesterday is the last, most on working days, between eight and half past six.

use super::Wanted;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

pub const ZONE: &str = "Europe/Berlin";
const OPENS: i8 = 8;
const OPEN_FOR: f64 = 10.5 * 3600.0;

#[derive(Debug)]
pub struct Spread {
    zone: TimeZone,
    calls: u64,
    /// Each day with the weight of those before it and its own.
    days: Vec<(Date, u64, u64)>,
}

impl Spread {
    pub fn until(now: Timestamp, Wanted { calls, days: back, .. }: Wanted) -> Option<Self> {
        let zone = TimeZone::get(ZONE).ok()?;
        let today = now.to_zoned(zone.clone()).date();
        let mut before = 0;
        let mut days = Vec::new();
        for back in (1..=i64::from(back)).rev() {
            let date = today.checked_sub(back.days()).ok()?;
            days.push((date, before, weight(date.weekday())));
            before += weight(date.weekday());
        }
        Some(Self { zone, calls, days })
    }

    /// The day of the nth call, and when in it the call begins; later calls never begin earlier.
    pub fn at(&self, nth: u64) -> Option<(Date, Timestamp)> {
        let whole = self.days.last().map(|(_, before, own)| before + own)?;
        let place = u128::from(nth) * u128::from(whole) * RESOLUTION / u128::from(self.calls.max(1));
        let (day, rest) = (u64::try_from(place / RESOLUTION).ok()?, place % RESOLUTION);
        let nth = self.days.partition_point(|(_, before, _)| *before <= day).checked_sub(1)?;
        let (date, before, own) = self.days.get(nth)?;
        #[expect(clippy::cast_precision_loss, reason = "a share of a day, to the second")]
        let share = ((day - before) as f64 + rest as f64 / RESOLUTION as f64) / *own as f64;
        let opens = date.at(OPENS, 0, 0, 0).to_zoned(self.zone.clone()).ok()?.timestamp();
        Some((*date, opens.checked_add(SignedDuration::try_from_secs_f64(share * OPEN_FOR).ok()?).ok()?))
    }

    /// Of all days, how many sixths lie behind this one.
    pub fn sixth(&self, date: Date) -> usize {
        let nth = self.days.partition_point(|(day, ..)| *day < date);
        nth * 6 / self.days.len().max(1)
    }

    /// The start of the nth half hour of a day, from nine on.
    pub fn half_hour(&self, date: Date, nth: u32) -> Option<Timestamp> {
        let opens = date.at(OPENS + 1, 0, 0, 0).to_zoned(self.zone.clone()).ok()?.timestamp();
        opens.checked_add(SignedDuration::from_mins(30) * i32::try_from(nth).ok()?).ok()
    }
}

const RESOLUTION: u128 = 1 << 20;

fn weight(day: Weekday) -> u64 {
    match day {
        Weekday::Monday => 24,
        Weekday::Saturday => 8,
        Weekday::Sunday => 1,
        _ => 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn wanted(calls: u64, days: u32) -> Wanted {
        Wanted { calls, days, companies: 1, seed: 1 }
    }

    #[test]
    fn a_year_of_calls_comes_in_order_and_on_working_days() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let spread = Spread::until(now, wanted(10_000, 365)).unwrap();
        let all: Vec<_> = (0..10_000).map(|nth| spread.at(nth).unwrap()).collect();
        assert!(all.is_sorted_by_key(|(_, at)| *at));
        assert_eq!((all[0].0.to_string(), all[9_999].0.to_string()), ("2025-03-02".into(), "2026-03-01".into()));
        assert!(all.iter().all(|(_, at)| *at < now));
        let on = |weekday| all.iter().filter(|(date, _)| date.weekday() == weekday).count();
        assert!(on(Weekday::Monday) > on(Weekday::Tuesday) && on(Weekday::Sunday) * 10 < on(Weekday::Tuesday));
        let local = |at: Timestamp| at.to_zoned(TimeZone::get(ZONE).unwrap()).hour();
        assert!(all.iter().all(|(_, at)| (8..19).contains(&local(*at))));
        assert_eq!((spread.sixth(all[0].0), spread.sixth(all[9_999].0)), (0, 5));
    }

    #[test]
    fn some_days_of_calls_end_yesterday() {
        let now: Timestamp = "2026-03-04T09:00:00Z".parse().unwrap();
        let spread = Spread::until(now, wanted(100, 2)).unwrap();
        let days =
            |nth: std::ops::Range<u64>| nth.map(|nth| spread.at(nth).unwrap().0.to_string()).collect::<BTreeSet<_>>();
        assert_eq!(days(0..100), BTreeSet::from(["2026-03-02".into(), "2026-03-03".into()]));
    }

    #[test]
    fn a_few_calls_are_spread_as_well() {
        let spread = Spread::until("2026-03-02T09:00:00Z".parse().unwrap(), wanted(2, 365)).unwrap();
        assert_eq!(spread.at(0).map(|(date, _)| date.to_string()).as_deref(), Some("2025-03-02"));
        assert!(spread.at(1).is_some());
    }
}
