//! On which days a branch is closed whatever anybody's week says: its federal state's holidays, unless it is open, and days
//! of its own.

use super::week;
use crate::dashboard::Form;
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::v1::sentence;
use crate::problem::Problem;
use crate::setup::SetUpError;
use askama::Template;
use jiff::ToSpan;
use jiff::civil::Date;
use ringbuch_domain::company::{Closing, Company, Holidays, HolidaysChange};
use ringbuch_domain::ids::BranchId;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::spoken::{Feast, State, holiday, is_holiday};
use std::collections::BTreeSet;
use warp::reply::Response;

/// By the two letters that official statistics have for them.
const STATES: [&str; 16] =
    ["BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"];

/// How far ahead days are shown.
const DAYS: usize = 366;

/// Days that stand beside a week.
const NEXT: usize = 4;

/// A branch with the next days on which it is closed.
pub struct Beside {
    pub branch: BranchId,
    pub name: String,
    /// Two letters; empty where it keeps no holidays.
    pub state: &'static str,
    /// When, and why.
    pub next: Vec<(String, String)>,
}

pub async fn beside(visit: &Visit, page: &Page, wanted: impl Fn(&BranchId) -> bool) -> Result<Vec<Beside>, Problem> {
    let company = visit.app.journal.load::<Company>(&StreamId::company(visit.company())).await?;
    let ours = company.aggregate.branches.iter().filter(|(branch, known)| known.active && wanted(branch));
    let today = super::today(visit);
    let one = |(branch, known): (&BranchId, &ringbuch_domain::company::Branch)| Beside {
        branch: branch.clone(),
        name: known.name.clone(),
        state: known.holidays.state.map_or("", State::code),
        next: closings(&known.holidays, today).take(NEXT).map(|it| told(page, it)).collect(),
    };
    Ok(ours.map(one).collect())
}

fn ahead(today: Date) -> impl Iterator<Item = Date> {
    today.series(1.day()).take(DAYS)
}

fn closings(holidays: &Holidays, today: Date) -> impl Iterator<Item = (Date, Closing)> {
    ahead(today).filter_map(|day| Some((day, holidays.closing(day)?)))
}

fn told(page: &Page, (day, closing): (Date, Closing)) -> (String, String) {
    (week::date(page, day), named(page, closing))
}

fn named(page: &Page, closing: Closing) -> String {
    match closing {
        Closing::Feast(feast) => page.word("staff.feast", word(feast)),
        Closing::Day => page.say("staff.closed_day").to_string(),
    }
}

/// Holidays of the states' laws; the other feasts close nothing.
fn word(feast: Feast) -> &'static str {
    match feast {
        Feast::NewYear => "new_year",
        Feast::Epiphany => "epiphany",
        Feast::WomensDay => "womens_day",
        Feast::GoodFriday => "good_friday",
        Feast::EasterSunday => "easter_sunday",
        Feast::EasterMonday => "easter_monday",
        Feast::LabourDay => "labour_day",
        Feast::Ascension => "ascension",
        Feast::WhitSunday => "whit_sunday",
        Feast::WhitMonday => "whit_monday",
        Feast::CorpusChristi => "corpus_christi",
        Feast::Assumption => "assumption",
        Feast::ChildrensDay => "childrens_day",
        Feast::GermanUnity => "german_unity",
        Feast::Reformation => "reformation",
        Feast::AllSaints => "all_saints",
        Feast::Repentance => "repentance",
        Feast::ChristmasDay => "christmas_day",
        Feast::SecondChristmasDay => "second_christmas_day",
        _ => "other",
    }
}

#[derive(Template)]
#[template(path = "holidays.html")]
struct HolidaysPage {
    page: Page,
    branch: BranchId,
    state: &'static str,
    states: [&'static str; 16],
    /// Holidays of its state in the year ahead.
    feasts: Vec<FeastRow>,
    /// Days of its own ahead.
    closed: Vec<Own>,
}

struct FeastRow {
    date: Date,
    day: String,
    name: String,
    /// It is open all the same.
    open: bool,
}

struct Own {
    date: Date,
    day: String,
}

async fn known(visit: &Visit) -> Result<(BranchId, String, Holidays), Problem> {
    let branch: BranchId = visit.id("branch")?;
    let company = visit.app.journal.load::<Company>(&StreamId::company(visit.company())).await?;
    let known = company.aggregate.branches.get(&branch).ok_or_else(|| Problem::not_found("branch"))?;
    Ok((branch, known.name.clone(), known.holidays.clone()))
}

pub async fn show(visit: Visit) -> Result<Response, Problem> {
    let (branch, name, holidays) = known(&visit).await?;
    let mut page = visit.page("staff.holidays");
    page.title = format!("{}: {name}", page.title);
    let today = super::today(&visit);
    let own = holidays.closed_on.iter().filter(|date| **date >= today);
    let own = own.map(|date| Own { date: *date, day: week::date(&page, *date) }).collect();
    let feasts = holidays.state.map(|state| feasts(&page, state, &holidays, today)).unwrap_or_default();
    let state = holidays.state.map_or("", State::code);
    html(&HolidaysPage { page, branch, state, states: STATES, feasts, closed: own })
}

fn feasts(page: &Page, state: State, holidays: &Holidays, today: Date) -> Vec<FeastRow> {
    let kept = ahead(today).filter(|day| is_holiday(*day, state));
    let row = |date| FeastRow {
        date,
        day: week::date(page, date),
        name: named(page, holiday(date, state).map_or(Closing::Day, Closing::Feast)),
        open: holidays.open_on.contains(&date),
    };
    kept.map(row).collect()
}

/// Only the days that the page has shown are touched, so that two people may change different ones.
pub async fn change(visit: Visit, form: Form) -> Result<Response, Problem> {
    let (branch, _, _) = known(&visit).await?;
    let (open, closed) = (days(&form, "open")?, days(&form, "closed")?);
    let as_usual = days(&form, "shown")?.difference(&open).copied().filter(|day| !closed.contains(day)).collect();
    let change = HolidaysChange {
        state: Some(form.text("state").unwrap_or("none").to_owned()),
        open_on: open.into_iter().collect(),
        closed_on: closed.into_iter().collect(),
        as_usual,
    };
    match visit.set_up().holidays(visit.company(), branch.clone(), change).await {
        Ok(_) => Ok(visit.redirect_saying(&format!("/staff/holidays/{branch}"), "staff.holidays_saved")),
        Err(SetUpError::Refused(why)) => Err(Problem::unusable("holidays_unusable", sentence(&why))),
        Err(error) => Err(error.into()),
    }
}

fn days(form: &Form, name: &str) -> Result<BTreeSet<Date>, Problem> {
    let unusable = |_| Problem::unusable("day_unreadable", "A day is written like 2026-03-01.");
    form.all(name).filter(|day| !day.trim().is_empty()).map(|day| day.trim().parse().map_err(unusable)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_state_is_one_and_every_holiday_has_a_name() {
        for code in STATES {
            let state: State = code.parse().unwrap();
            assert_eq!(state.code(), code);
            let feasts = ahead(date(2026, 1, 1)).filter_map(|day| holiday(day, state));
            for feast in feasts {
                assert_ne!(word(feast), "other", "{feast:?}");
            }
        }
    }

    #[test]
    fn the_next_days_are_those_on_which_it_is_closed() {
        let unity = date(2026, 10, 3);
        let eve = date(2026, 12, 24);
        let holidays = Holidays { state: Some(State::Be), open_on: vec![unity], closed_on: vec![eve] };
        let next: Vec<_> = closings(&holidays, date(2026, 9, 1)).map(|(day, _)| day).take(3).collect();
        assert_eq!(next, [eve, date(2026, 12, 25), date(2026, 12, 26)]);
    }
}
