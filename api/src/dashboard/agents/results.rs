//! What came of the calls of each version: the rate of booking beside that of the version before.

use crate::dashboard::chart::{Chart, Form, Point};
use crate::dashboard::language::Language;
use crate::dashboard::overview::funnel::Funnel;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::problem::Problem;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_projections::analysis::{self, AgentVersion};
use ringbuch_projections::series::Period;
use std::borrow::Borrow;

/// How many days back can be looked at; the counts are kept by days of UTC.
const SPANS: [(&str, i64); 3] = [("7", 7), ("30", 30), ("90", 90)];
/// More bars than this have no place for their names.
const BARS: usize = 8;

pub struct Results {
    pub days: &'static str,
    /// In the order of the versions.
    pub versions: Vec<AgentVersion>,
    pub chart: Chart,
}

impl Results {
    pub async fn of(visit: &Visit, page: &Page, agent: &str) -> Result<Self, Problem> {
        let wanted = visit.query.word("days", &SPANS.map(|(span, _)| span))?;
        let (days, count) = SPANS.into_iter().find(|(span, _)| Some(*span) == wanted).unwrap_or(("30", 30));
        let until = visit.now();
        let since = until.checked_sub(SignedDuration::from_hours(24 * count)).unwrap_or(until);
        let period = Period { since, until, zone: TimeZone::UTC };
        let mut versions = analysis::agents(visit.rows(), visit.scope(), &period).await?.versions;
        versions.retain(|it| it.agent.as_deref() == Some(agent));
        Ok(Self { days, chart: chart(page, &versions), versions })
    }

    pub fn spans(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let days = self.days;
        SPANS.iter().map(move |(span, _)| (*span, *span == days))
    }

    /// Why most were lost: the stable word, and how many calls.
    pub fn lost(it: &AgentVersion) -> Option<(String, i64)> {
        Funnel::of(&it.tally).losses.into_iter().next()
    }

    /// How much a rate has changed, in points of a percentage.
    pub fn points(page: &Page, change: impl Borrow<f64>) -> String {
        let points = format!("{:+.1}", change.borrow() * 100.0);
        if page.language == Language::German { points.replace('.', ",") } else { points }
    }

    pub fn day(page: &Page, start: impl Borrow<Timestamp>) -> String {
        start.borrow().to_zoned(TimeZone::UTC).strftime(page.short_day()).to_string()
    }
}

/// Of the newest versions.
fn chart(page: &Page, versions: &[AgentVersion]) -> Chart {
    let newest = versions.get(versions.len().saturating_sub(BARS)..).unwrap_or_default();
    let point = |it: &AgentVersion| Point {
        label: it.agent_version.map_or_else(|| "–".to_owned(), |version| format!("v{version}")),
        values: vec![it.tally.booking_rate],
    };
    Chart {
        name: page.say("agents.rate_by_version").to_string(),
        form: Form::Shares,
        columns: vec![page.say("agents.rate").to_string()],
        points: newest.iter().map(point).collect(),
    }
}
