//! What callers want to know without wanting anything done.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use super::subject::{services_at, when_of};
use jiff::ToSpan;
use jiff::civil::Date;
use ringbuch_domain::desk::{Arguments, Sentence, When, day, hours};
use ringbuch_domain::ids::BranchId;
use serde_json::json;

/// More of them nobody wants to hear; the agent gets them all.
const SAID_AT_MOST: usize = 8;
const A_WEEK: i32 = 7;

pub fn list_services(line: &Line, arguments: &Arguments) -> Answer {
    let branch = branch(line, arguments);
    let services = services_at(line, &branch);
    let names: Vec<String> = services.iter().take(SAID_AT_MOST).map(|it| it.title.clone()).collect();
    let shown: Vec<_> = services.iter().map(|it| json!({ "name": it.title, "minutes": it.minutes })).collect();
    Answer::yes(line.says(&Sentence::Services { services: &names })).with("services", shown)
}

/// Of the day that was named, or of today and the week to come.
pub fn opening_hours(line: &Line, arguments: &Arguments) -> Answer {
    let branch = branch(line, arguments);
    let named = match when_of(line, arguments) {
        When::At(start) => Some(line.day_of(start)),
        When::Within(spans) => spans.first().map(|span| line.day_of(span.from)),
        When::Unsaid | When::Ask { .. } => None,
    };
    let asked = named.unwrap_or_else(|| line.today());
    let week = (0..A_WEEK).filter_map(|ahead| line.today().checked_add(ahead.days()).ok());
    let days: Vec<Date> = named.map_or_else(|| week.collect(), |day| vec![day]);
    let shown: Vec<_> = days.iter().map(|day| json!({ "date": day, "spoken": on(line, &branch, *day) })).collect();
    let answer = Answer::yes(on(line, &branch, asked)).with("open_now", is_open(line, &branch));
    answer.with("days", shown)
}

fn branch(line: &Line, arguments: &Arguments) -> BranchId {
    let said = arguments.branch.as_deref().and_then(|said| line.set_up().branch_named(said));
    said.unwrap_or(&line.branch).clone()
}

fn on(line: &Line, branch: &BranchId, date: Date) -> String {
    let day = day(date, line.language);
    match line.set_up().open_at(branch, date) {
        None => line.says(&Sentence::HoursUnknown),
        Some(spans) if spans.is_empty() => {
            line.says_closed(branch, date).unwrap_or_else(|| line.says(&Sentence::Closed { day: &day }))
        }
        Some(spans) => line.says(&Sentence::Open { day: &day, hours: &hours(&spans, &line.zone, line.language) }),
    }
}

/// Whether somebody works there now; nothing where nobody's hours are known.
pub fn is_open(line: &Line, branch: &BranchId) -> Option<bool> {
    let active = line.set_up().branches.get(branch).is_some_and(|branch| branch.active);
    let spans = line.set_up().open_at(branch, line.today())?;
    Some(active && spans.iter().any(|span| span.from <= line.now && line.now < span.to))
}

impl Desk {
    /// What the agent should know and must not make up: which day it is, where it is, and who calls.
    pub(super) async fn current_context(&self, line: &Line) -> Result<Answer, Stop> {
        let known = self.variables(line).await?;
        let now = Sentence::Now { moment: &line.moment(line.now) }.spoken(line.language);
        Ok(Answer::yes(now).with("context", known))
    }
}
