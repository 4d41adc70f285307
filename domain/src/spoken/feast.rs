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

/// Easter Sunday of the Gregorian calendar: the Sunday after the full moon of the church's tables, by the algorithm
/// without exceptions that Nature printed in 1876 and Meeus has in "Astronomical Algorithms", chapter 8.
pub fn easter(year: i16) -> Option<Date> {
    let (of_century, century) = (i32::from(year) % 100, i32::from(year) / 100);
    let golden = i32::from(year) % 19;
    let leaps_left_out = century - century / 4;
    let moon_moved = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + leaps_left_out - moon_moved + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let too_late = (golden + 11 * moon + 22 * to_sunday) / 451;
    let from_march = moon + to_sunday - 7 * too_late + 114;
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
