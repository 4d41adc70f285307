//! On which days a branch is closed although somebody's week says otherwise: on the public holidays of its federal state,
//! unless the branch says that it is open, and on days that it names itself. The table is that of `spoken/holidays.rs`,
//! which the states' own laws are the source of.

use super::aggregate::Rejection;
use crate::spoken::{Feast, NoState, State, holiday, is_holiday};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which holidays a branch keeps. The default keeps none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holidays {
    /// The federal state whose public holidays it keeps; absent: it keeps none.
    pub state: Option<State>,
    /// Holidays on which it is open all the same, in order.
    pub open_on: Vec<Date>,
    /// Days on which it is closed beside the state's holidays, such as those of its town, in order.
    pub closed_on: Vec<Date>,
}

/// Why a branch is closed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    Feast(Feast),
    /// A day without a name: one that the branch has named itself, or that its state keeps only once.
    Day,
}

/// Nobody names more days than these.
const DAYS_AT_MOST: usize = 400;

impl Holidays {
    /// Why the branch is closed on that day; nothing where its week counts.
    pub fn closing(&self, day: Date) -> Option<Closing> {
        if self.open_on.contains(&day) {
            return None;
        }
        if self.closed_on.contains(&day) {
            return Some(Closing::Day);
        }
        let state = self.state?;
        let feast = holiday(day, state).map(Closing::Feast);
        feast.or_else(|| is_holiday(day, state).then_some(Closing::Day))
    }

    /// In order and each day once, if it can be kept.
    pub(super) fn checked(mut self) -> Result<Self, Rejection> {
        for days in [&mut self.open_on, &mut self.closed_on] {
            days.sort();
            days.dedup();
            if days.len() > DAYS_AT_MOST {
                return Err(Rejection::TooManyDays { days: days.len(), most: DAYS_AT_MOST });
            }
        }
        match self.open_on.iter().find(|day| self.closed_on.contains(day)) {
            Some(date) => Err(Rejection::OpenAndClosed { date: *date }),
            None => Ok(self),
        }
    }
}

/// What is to be otherwise; days that are not named stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HolidaysChange {
    /// Two letters such as BE; `none` keeps no holidays any more.
    pub state: Option<String>,
    pub open_on: Vec<Date>,
    pub closed_on: Vec<Date>,
    /// Days that are neither any more.
    pub as_usual: Vec<Date>,
}

impl HolidaysChange {
    /// A day that is named anew is only what it is named now.
    pub fn applied_to(self, known: &Holidays) -> Result<Holidays, NoState> {
        let state = match self.state.as_deref().map(str::trim) {
            None => known.state,
            Some("none" | "") => None,
            Some(code) => Some(code.parse()?),
        };
        let named: Vec<Date> =
            [&self.open_on, &self.closed_on, &self.as_usual].into_iter().flatten().copied().collect();
        let kept = |days: &[Date], new: Vec<Date>| {
            let before = days.iter().copied().filter(|day| !named.contains(day));
            before.chain(new).collect()
        };
        let open_on = kept(&known.open_on, self.open_on);
        Ok(Holidays { state, open_on, closed_on: kept(&known.closed_on, self.closed_on) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::{BranchHolidaysSet, Command};
    use crate::salon::{ADVICE, at, branch, company_after, salon, set_up};
    use jiff::civil::date;

    const UNITY: Date = date(2025, 10, 3);

    fn berlin() -> Holidays {
        Holidays { state: Some(State::Be), ..Holidays::default() }
    }

    #[test]
    fn a_holiday_closes_the_branch_unless_it_says_otherwise() {
        let feast = Some(Closing::Feast(Feast::GermanUnity));
        assert_eq!(berlin().closing(UNITY), feast);
        assert_eq!(Holidays::default().closing(UNITY), None, "a branch without a state keeps none");
        assert_eq!(Holidays { open_on: vec![UNITY], ..berlin() }.closing(UNITY), None);
        assert_eq!(berlin().closing(date(2025, 5, 8)), Some(Closing::Day), "a holiday of one year has no name");
        let eve = date(2025, 12, 24);
        assert_eq!(berlin().closing(eve), None);
        assert_eq!(Holidays { closed_on: vec![eve], ..berlin() }.closing(eve), Some(Closing::Day));
        let saxony = Holidays { state: Some(State::Sn), ..berlin() };
        assert_eq!(saxony.closing(date(2025, 11, 19)), Some(Closing::Feast(Feast::Repentance)));
        assert_eq!(berlin().closing(date(2025, 11, 19)), None, "a working day in Berlin");
    }

    #[test]
    fn hours_and_the_pages_rule_say_the_same() {
        let closed = company_after(
            set_up().into_iter().chain([BranchHolidaysSet { branch: branch("mitte"), holidays: berlin() }.into()]),
        );
        let (mitte, nord) = (branch("mitte"), branch("nord"));
        let works = |company: &crate::company::Company, at_branch, day| {
            let terms = company.terms(at_branch, ADVICE, day).unwrap();
            let slot = company.event_types[&ADVICE].slot_at(at(&format!("{day}T10:00:00+02:00")));
            (company.open_at(at_branch, day).is_some_and(|spans| !spans.is_empty()), !terms.at_work(&slot).is_empty())
        };
        assert_eq!(works(&closed, &mitte, UNITY), (false, false));
        assert_eq!(works(&closed, &nord, UNITY), (true, true), "the other branch keeps no holidays");
        assert_eq!(works(&closed, &mitte, date(2025, 10, 2)), (true, true));
        assert_eq!(works(&salon(), &mitte, UNITY), (true, true));
        // Nobody's hours are known there, and it is closed all the same.
        let unknown = crate::company::Company::default();
        assert_eq!(unknown.open_at(&mitte, UNITY), None);
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let new_year = date(2026, 1, 1);
        let change = HolidaysChange { state: Some("de-by".into()), ..HolidaysChange::default() };
        assert_eq!(change.applied_to(&berlin()), Err(NoState));
        let change = HolidaysChange {
            state: Some("by".into()),
            open_on: vec![UNITY, new_year],
            closed_on: vec![date(2025, 12, 24)],
            as_usual: vec![],
        };
        let kept = change.applied_to(&berlin()).unwrap();
        assert_eq!((kept.state, kept.open_on.len(), kept.closed_on.len()), (Some(State::By), 2, 1));
        let change = HolidaysChange { closed_on: vec![new_year], as_usual: vec![UNITY], ..HolidaysChange::default() };
        let kept = change.applied_to(&kept).unwrap();
        assert_eq!((kept.state, kept.open_on, kept.closed_on.len()), (Some(State::By), vec![], 2));
        let none = HolidaysChange { state: Some("none".into()), ..HolidaysChange::default() };
        assert_eq!(none.applied_to(&berlin()).unwrap().state, None);
    }

    #[test]
    fn what_cannot_be_kept_is_refused_and_what_is_kept_already_leads_to_nothing() {
        let set = |holidays: Holidays| salon().decide(Command::SetHolidays { branch: branch("mitte"), holidays });
        let both = Holidays { open_on: vec![UNITY], closed_on: vec![UNITY], ..berlin() };
        assert_eq!(set(both), Err(Rejection::OpenAndClosed { date: UNITY }));
        let many = (0..401).map(|day| UNITY.saturating_add(jiff::ToSpan::days(day))).collect();
        let many = Holidays { closed_on: many, ..berlin() };
        assert_eq!(set(many), Err(Rejection::TooManyDays { days: 401, most: 400 }));
        let twice = Holidays { open_on: vec![UNITY, date(2025, 5, 1), UNITY], ..berlin() };
        let kept = Holidays { open_on: vec![date(2025, 5, 1), UNITY], ..berlin() };
        assert_eq!(set(twice), Ok(vec![BranchHolidaysSet { branch: branch("mitte"), holidays: kept }.into()]));
        assert_eq!(set(Holidays::default()), Ok(vec![]));
        let nowhere = Command::SetHolidays { branch: branch("west"), holidays: berlin() };
        assert_eq!(salon().decide(nowhere), Err(Rejection::BranchUnknown { branch: branch("west") }));
    }
}
