//! What can be asked about what came of calls.

use super::tally::{Counting, Sums, Tally};
use crate::columns::day_of;
use crate::page::Span;
use crate::record::record;
use crate::rows::{ReadModels, Row, RowsError};
use crate::scope::Scope;
use crate::select::Select;
use crate::series::Period;
use jiff::Timestamp;
use ringbuch_domain::analysis::{Analysis, Facts, Heard, Marks, Sentiment, analyse};
use ringbuch_domain::call::VoiceLatency;
use ringbuch_domain::ids::{CallId, CompanyId};
use ringbuch_domain::money::{Currency, Money};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

record! {
    /// A row of facts.
    pub struct Kept {
        pub agent: String,
        pub agent_version: i64,
        pub heard: String,
        pub heard_mood: Option<String>,
        pub mood: Option<String>,
        pub marks: i64,
        pub refusal: String,
        pub asked_at: Option<i64>,
        pub confirmed_at: Option<i64>,
        pub duration_ms: Option<i64>,
        pub cost_minor: Option<i64>,
        pub p50_ms: Option<i64>,
        pub p95_ms: Option<i64>,
    }
}

impl Kept {
    fn facts(&self) -> Facts {
        let latency = self.p50_ms.zip(self.p95_ms);
        let waited = |(confirmed, asked): (i64, i64)| confirmed.saturating_sub(asked) / 1_000;
        Facts {
            agent: Some(self.agent.clone()).filter(|agent| !agent.is_empty()),
            agent_version: Some(self.agent_version).filter(|version| *version >= 0),
            sentiment: self.mood.as_deref().or(self.heard_mood.as_deref()).and_then(Sentiment::of),
            duration_ms: self.duration_ms,
            latency: latency.map(|(p50_ms, p95_ms)| VoiceLatency { p50_ms, p95_ms }),
            confirmed_after_ms: self.confirmed_at.zip(self.asked_at).map(waited),
            cost: self.cost_minor.map(|minor| Money { minor, currency: Currency::Usd }),
            ..facts(&self.heard, self.marks, &self.refusal)
        }
    }
}

/// Those that calls are counted by.
fn facts(heard: &str, marks: i64, refusal: &str) -> Facts {
    let heard: Heard = serde_json::from_str(heard).unwrap_or_default();
    let refusal = Some(refusal.to_owned()).filter(|reason| !reason.is_empty());
    Facts { heard, marks: Marks(marks), refusal, ..Facts::default() }
}

/// What came of one call; nothing of a call that nobody has heard of.
pub async fn find(rows: &dyn ReadModels, scope: Scope<'_>, call: &CallId) -> Result<Option<Analysis>, RowsError> {
    let kept: Option<Kept> = Select::from("call_analyses", scope).only("call", Some(call.as_str())).one(rows).await?;
    Ok(kept.map(|kept| analyse(&kept.facts())))
}

/// When somebody published a version of a prompt from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Publication {
    pub at: Timestamp,
    /// `cli`, `key:…`, ….
    pub by: String,
    pub why: String,
}

/// What came of the calls that one version of an agent took.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AgentVersionResults")]
pub struct AgentVersion {
    pub company: CompanyId,
    /// Absent where the provider did not name it.
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    /// Absent where it was not published from here.
    pub published: Option<Publication>,
    /// Start of the first UTC day with a call of it, and of the last.
    pub first_day: Timestamp,
    pub last_day: Timestamp,
    #[serde(flatten)]
    pub tally: Tally,
    /// How much its booking rate is above that of the agent's version before; absent where either is unknown.
    pub booking_rate_change: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Agents {
    pub totals: Tally,
    /// By company, agent and version.
    pub versions: Vec<AgentVersion>,
}

/// Calls that are over and began in the UTC days of the period.
pub async fn agents(rows: &dyn ReadModels, scope: Scope<'_>, period: &Period) -> Result<Agents, RowsError> {
    let (mut totals, mut by_version) = (Counting::default(), BTreeMap::<Version, Counted>::new());
    for row in &kinds(rows, scope, period).await? {
        let Some(days) = row.opt_time(6).zip(row.opt_time(7)) else { continue };
        let (came_to, sums) = came_to(row);
        totals.add(&came_to, &sums);
        let version = (row.text(0), row.text(1), row.int(2));
        let known = by_version.entry(version).or_insert_with(|| Counted { days, counting: Counting::default() });
        known.days = (known.days.0.min(days.0), known.days.1.max(days.1));
        known.counting.add(&came_to, &sums);
    }
    let mut published = publications(rows, scope).await?;
    let told = by_version.into_iter().map(|(version, counted)| told(counted, published.remove(&version), version));
    Ok(Agents { totals: totals.told(), versions: compared(told.collect::<Result<_, _>>()?) })
}

/// The same in one count.
pub async fn tally(rows: &dyn ReadModels, scope: Scope<'_>, period: &Period) -> Result<Tally, RowsError> {
    let mut totals = Counting::default();
    for row in &kinds(rows, scope, period).await? {
        let (came_to, sums) = came_to(row);
        totals.add(&came_to, &sums);
    }
    Ok(totals.told())
}

type Version = (String, String, i64);

struct Counted {
    days: (Timestamp, Timestamp),
    counting: Counting,
}

const SUMS: [&str; 13] = [
    "calls",
    "timed",
    "duration_ms",
    "priced",
    "cost_minor",
    "measured",
    "p50_ms",
    "p95_ms",
    "waited",
    "waited_ms",
    "positive",
    "neutral",
    "negative",
];

/// Calls that went the same way: company, agent and version, then the facts, the first and the last day, and the sums.
async fn kinds(rows: &dyn ReadModels, scope: Scope<'_>, period: &Period) -> Result<Vec<Row>, RowsError> {
    let span = Span { since: Some(day_of(period.since)), until: Some(period.until) };
    let sums = SUMS.map(|column| format!("CAST(SUM({column}) AS BIGINT)")).join(", ");
    let kind = "company, agent, agent_version, heard, marks, refusal";
    let counted = Select::from("analysis_days", scope).within("day", span).and("calls <> 0");
    counted.computed(rows, &format!("{kind}, MIN(day), MAX(day), {sums}"), &format!("GROUP BY {kind}")).await
}

fn came_to(row: &Row) -> (Analysis, Sums) {
    let facts = facts(&row.text(3), row.int(4), &row.text(5));
    let sum = |nth: usize| row.int(8 + nth);
    let sums = Sums {
        calls: sum(0),
        timed: sum(1),
        duration_ms: sum(2),
        priced: sum(3),
        cost_minor: sum(4),
        measured: sum(5),
        p50_ms: sum(6),
        p95_ms: sum(7),
        waited: sum(8),
        waited_ms: sum(9),
        positive: sum(10),
        neutral: sum(11),
        negative: sum(12),
    };
    (analyse(&facts), sums)
}

/// Who published which version of an agent from here.
pub async fn published(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    agent: &str,
) -> Result<BTreeMap<i64, Publication>, RowsError> {
    let all = publications(rows, scope).await?;
    let of_agent = all.into_iter().filter(|((_, known, _), _)| known == agent);
    Ok(of_agent.map(|((_, _, version), publication)| (version, publication)).collect())
}

async fn publications(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<BTreeMap<Version, Publication>, RowsError> {
    let columns = "company, agent, agent_version, published_at, published_by, why";
    let found = Select::from("agent_publications", scope).computed(rows, columns, "").await?;
    let read = found.iter().filter_map(|row| {
        let publication = Publication { at: row.opt_time(3)?, by: row.text(4), why: row.text(5) };
        Some(((row.text(0), row.text(1), row.int(2)), publication))
    });
    Ok(read.collect())
}

fn told(
    counted: Counted,
    published: Option<Publication>,
    (company, agent, version): Version,
) -> Result<AgentVersion, RowsError> {
    let unreadable = |_| RowsError::Statement {
        what: "column company holds what cannot stand there; rebuild the projection".into(),
        source: None,
    };
    Ok(AgentVersion {
        company: CompanyId::new(&company).map_err(unreadable)?,
        agent: Some(agent).filter(|agent| !agent.is_empty()),
        agent_version: Some(version).filter(|version| *version >= 0),
        published,
        first_day: counted.days.0,
        last_day: counted.days.1,
        tally: counted.counting.told(),
        booking_rate_change: None,
    })
}

/// Puts each version beside the one before it.
fn compared(mut versions: Vec<AgentVersion>) -> Vec<AgentVersion> {
    let rates: Vec<_> =
        versions.iter().map(|it| (it.company.clone(), it.agent.clone(), it.tally.booking_rate)).collect();
    for (version, (company, agent, before)) in versions.iter_mut().skip(1).zip(rates) {
        if version.company == company && version.agent.is_some() && version.agent == agent {
            version.booking_rate_change = version.tally.booking_rate.zip(before).map(|(now, before)| now - before);
        }
    }
    versions
}
