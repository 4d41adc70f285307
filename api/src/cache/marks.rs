//! The changes that make what is known of a company's days old, numbered.

use jiff::civil::Date;
use ringbuch_domain::ids::CompanyId;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

/// Days of one company that are told apart; with more of them, all of its days count as changed.
const DAYS_AT_MOST: usize = 400;

#[derive(Debug, Default)]
pub(super) struct Marks {
    newest: u64,
    everything: u64,
    companies: HashMap<CompanyId, Company>,
}

#[derive(Debug, Default)]
struct Company {
    as_a_whole: u64,
    days: BTreeMap<Date, u64>,
}

impl Marks {
    pub(super) fn everything(&mut self) {
        self.newest += 1;
        self.everything = self.newest;
        self.companies.clear();
    }

    /// All days of a company, or one of them.
    pub(super) fn company(&mut self, company: &CompanyId, day: Option<Date>) {
        self.newest += 1;
        let known = self.companies.entry(company.clone()).or_default();
        match day {
            Some(day) if known.days.len() < DAYS_AT_MOST => {
                known.days.insert(day, self.newest);
            }
            _ => *known = Company { as_a_whole: self.newest, days: BTreeMap::new() },
        }
    }

    /// The number of the last change to any of these days of a company. A day may begin and end elsewhere in another zone,
    /// so the days beside them count as well.
    pub(super) fn newest(&self, company: &CompanyId, days: RangeInclusive<Date>) -> u64 {
        let Some(known) = self.companies.get(company) else { return self.everything };
        let (from, to) = days.into_inner();
        let (from, to) = (from.yesterday().unwrap_or(from), to.tomorrow().unwrap_or(to));
        let of_days = if from <= to { known.days.range(from..=to).map(|(_, mark)| *mark).max() } else { None };
        self.everything.max(known.as_a_whole).max(of_days.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_change_is_one_of_its_days_and_company() {
        let (salon, other) = (CompanyId::new("salon").unwrap(), CompanyId::new("other").unwrap());
        let day = |day| date(2025, 7, day);
        let mut marks = Marks::default();
        marks.company(&salon, Some(day(10)));
        for (from, to, changed) in [
            (10, 10, true),
            (1, 31, true),
            (9, 9, true),
            (11, 12, true),
            (8, 8, false),
            (12, 31, false),
            (12, 1, false),
        ] {
            assert_eq!(marks.newest(&salon, day(from)..=day(to)) > 0, changed, "{from} to {to}");
        }
        assert_eq!(marks.newest(&other, day(1)..=day(31)), 0);
        let before = marks.newest(&salon, day(1)..=day(31));
        marks.company(&salon, None);
        assert!(marks.newest(&salon, day(20)..=day(20)) > before);
        assert_eq!(marks.newest(&other, day(10)..=day(10)), 0);
        marks.everything();
        assert!(marks.newest(&other, day(10)..=day(10)) > before);
    }

    #[test]
    fn many_days_become_all() {
        let salon = CompanyId::new("salon").unwrap();
        let mut marks = Marks::default();
        let first = date(2025, 1, 1);
        for day in first.series(jiff::ToSpan::days(1)).take(DAYS_AT_MOST + 1) {
            marks.company(&salon, Some(day));
        }
        assert_eq!(marks.newest(&salon, date(2030, 1, 1)..=date(2030, 1, 1)), marks.newest);
        assert_eq!(marks.companies[&salon].days.len(), 0);
    }
}
