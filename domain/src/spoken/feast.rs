//! Feasts that people name instead of a date, and the days they fall on.

use super::days::Span;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feast {
    NewYear,
    Epiphany,
    WomensDay,
    RoseMonday,
    AshWednesday,
    MaundyThursday,
    GoodFriday,
    HolySaturday,
    EasterSunday,
    EasterMonday,
    Easter,
    LabourDay,
    Ascension,
    WhitSunday,
    WhitMonday,
    Whitsun,
    CorpusChristi,
    Assumption,
    ChildrensDay,
    GermanUnity,
    Reformation,
    AllSaints,
    Repentance,
    Nicholas,
    ChristmasEve,
    ChristmasDay,
    SecondChristmasDay,
    Christmas,
    BetweenTheYears,
    NewYearsEve,
}

impl Feast {
    /// The feast's only day, or its first and its last.
    pub fn span(self, year: i16) -> Option<Span> {
        let (first, days) = match self {
            Self::Easter => (easter(year)?.checked_sub(2.days()).ok()?, 4),
            Self::Whitsun => (after_easter(year, 49)?, 2),
            Self::Christmas => (date(year, 12, 24), 3),
            Self::BetweenTheYears => (date(year, 12, 27), 5),
            one => (one.day(year)?, 1),
        };
        Some(Span { first: Some(first), last: first.checked_add((days - 1).days()).ok() })
    }

    /// The feast's day, where it has a single one.
    pub fn day(self, year: i16) -> Option<Date> {
        let days_after_easter = match self {
            Self::RoseMonday => -48,
            Self::AshWednesday => -46,
            Self::MaundyThursday => -3,
            Self::GoodFriday => -2,
            Self::HolySaturday => -1,
            Self::EasterSunday => 0,
            Self::EasterMonday => 1,
            Self::Ascension => 39,
            Self::WhitSunday => 49,
            Self::WhitMonday => 50,
            Self::CorpusChristi => 60,
            _ => return self.fixed(year),
        };
        after_easter(year, days_after_easter)
    }

    fn fixed(self, year: i16) -> Option<Date> {
        let (month, day) = match self {
            Self::NewYear => (1, 1),
            Self::Epiphany => (1, 6),
            Self::WomensDay => (3, 8),
            Self::LabourDay => (5, 1),
            Self::Assumption => (8, 15),
            Self::ChildrensDay => (9, 20),
            Self::GermanUnity => (10, 3),
            Self::Reformation => (10, 31),
            Self::AllSaints => (11, 1),
            Self::Nicholas => (12, 6),
            Self::ChristmasEve => (12, 24),
            Self::ChristmasDay => (12, 25),
            Self::SecondChristmasDay => (12, 26),
            Self::NewYearsEve => (12, 31),
            // The Wednesday before 23 November.
            Self::Repentance => return date(year, 11, 23).nth_weekday(-1, Weekday::Wednesday).ok(),
            _ => return None,
        };
        Date::new(year, month, day).ok()
    }
}

fn after_easter(year: i16, days: i32) -> Option<Date> {
    easter(year)?.checked_add(days.days()).ok()
}

/// Easter Sunday of the Gregorian calendar: the algorithm without exceptions that Nature printed in 1876 and Meeus has
/// in "Astronomical Algorithms", chapter 8.
pub fn easter(year: i16) -> Option<Date> {
    let year_ = i32::from(year);
    let (a, b, c) = (year_ % 19, year_ / 100, year_ % 100);
    let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let from_march = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(from_march / 31).ok()?, i8::try_from(from_march % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_of_many_years() {
        let known = [(2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2019, 4, 21), (2024, 3, 31), (2025, 4, 20)];
        for (year, month, day) in known.into_iter().chain([(2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2038, 4, 25)]) {
            assert_eq!(easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn feasts_that_move() {
        assert_eq!(Feast::Repentance.day(2026), Some(date(2026, 11, 18)));
        assert_eq!(Feast::Repentance.day(2022), Some(date(2022, 11, 16)));
        assert_eq!(Feast::CorpusChristi.day(2026), Some(date(2026, 6, 4)));
        assert_eq!(Feast::RoseMonday.day(2027), Some(date(2027, 2, 8)));
    }
}
