//! What can be asked about calls in numbers.

use crate::page::Span;
use crate::rows::{ReadModels, RowsError};
use crate::scope::Scope;
use crate::select::Select;
use crate::series::{Counts, DayPoint, HourPoint, Period, daily, hourly, rate, total};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Calls that began in a span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CallCounts {
    pub calls: i64,
    pub ended: i64,
    /// Sum over the calls whose duration is known.
    pub duration_ms: i64,
    /// Sum in cents over the calls whose cost is known.
    pub cost_minor: i64,
    /// As the analysis of the call says.
    pub appointment_requested: i64,
    /// Wanted something booked.
    pub asked: i64,
    /// Got it.
    pub confirmed: i64,
    #[serde(skip)]
    timed: i64,
    #[serde(skip)]
    priced: i64,
}

impl Counts for CallCounts {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.ended += other.ended;
        self.duration_ms += other.duration_ms;
        self.cost_minor += other.cost_minor;
        self.appointment_requested += other.appointment_requested;
        self.asked += other.asked;
        self.confirmed += other.confirmed;
        self.timed += other.timed;
        self.priced += other.priced;
    }
}

/// How many calls have a value; calls without one are not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Share {
    pub value: String,
    pub calls: i64,
}

/// What one version of an agent achieved.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AgentVersion {
    /// Absent where the provider did not name it.
    pub agent: Option<String>,
    pub agent_version: Option<i64>,
    #[serde(flatten)]
    pub counts: CallCounts,
    /// Confirmed of the calls that asked.
    pub booking_rate: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CallStats {
    pub totals: CallCounts,
    pub avg_duration_ms: Option<f64>,
    pub avg_cost_minor: Option<f64>,
    pub currency: &'static str,
    /// Confirmed of the calls that asked.
    pub booking_rate: Option<f64>,
    /// Most frequent first, as the next ones.
    pub by_direction: Vec<Share>,
    pub by_sentiment: Vec<Share>,
    pub by_disconnection: Vec<Share>,
    /// What calls achieved: `none`, `asked`, `confirmed`, `refused`, `failed`. A later cancellation changes nothing here.
    pub by_outcome: Vec<Share>,
    pub by_agent_version: Vec<AgentVersion>,
    pub hourly: Vec<HourPoint<CallCounts>>,
    pub daily: Vec<DayPoint<CallCounts>>,
}

pub async fn stats(rows: &dyn ReadModels, scope: Scope<'_>, period: &Period) -> Result<CallStats, RowsError> {
    let span = Span { since: Some(period.first_hour()), until: Some(period.until) };
    let mut by_hour: BTreeMap<Timestamp, CallCounts> = BTreeMap::new();
    let mut by_agent: BTreeMap<(String, i64), CallCounts> = BTreeMap::new();
    for (hour, agent, counts) in counted(rows, scope, span).await? {
        by_hour.entry(hour).or_default().add(&counts);
        by_agent.entry(agent).or_default().add(&counts);
    }
    let mut shares = shares(rows, scope, span).await?;
    let mut take = |dimension: &str| shares.remove(dimension).unwrap_or_default();
    let totals = total(&by_hour);
    Ok(CallStats {
        totals,
        avg_duration_ms: rate(totals.duration_ms, totals.timed),
        avg_cost_minor: rate(totals.cost_minor, totals.priced),
        currency: "USD",
        booking_rate: rate(totals.confirmed, totals.asked),
        by_direction: take("direction"),
        by_sentiment: take("sentiment"),
        by_disconnection: take("disconnection"),
        by_outcome: take("outcome"),
        by_agent_version: by_agent.into_iter().filter(|(_, counts)| counts.calls > 0).map(agent_version).collect(),
        hourly: hourly(period, &by_hour),
        daily: daily(period, &by_hour),
    })
}

type AgentHour = (Timestamp, (String, i64), CallCounts);

async fn counted(rows: &dyn ReadModels, scope: Scope<'_>, span: Span) -> Result<Vec<AgentHour>, RowsError> {
    let sums = ["calls", "ended", "duration_ms", "cost_minor", "appointment_requested", "asked", "confirmed", "timed"]
        .map(|column| format!("CAST(SUM({column}) AS BIGINT)"))
        .join(", ");
    let columns = format!("hour, agent, agent_version, {sums}, CAST(SUM(priced) AS BIGINT)");
    let all = Select::from("call_hours", scope).within("hour", span);
    let found = all.computed(rows, &columns, "GROUP BY hour, agent, agent_version").await?;
    let read = found.iter().filter_map(|row| {
        let counts = CallCounts {
            calls: row.int(3),
            ended: row.int(4),
            duration_ms: row.int(5),
            cost_minor: row.int(6),
            appointment_requested: row.int(7),
            asked: row.int(8),
            confirmed: row.int(9),
            timed: row.int(10),
            priced: row.int(11),
        };
        Some((row.opt_time(0)?, (row.text(1), row.int(2)), counts))
    });
    Ok(read.collect())
}

async fn shares(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    span: Span,
) -> Result<BTreeMap<String, Vec<Share>>, RowsError> {
    let columns = "dimension, value, CAST(SUM(calls) AS BIGINT)";
    let ending = "GROUP BY dimension, value HAVING SUM(calls) <> 0";
    let found = Select::from("call_shares", scope).within("hour", span).computed(rows, columns, ending).await?;
    let mut shares: BTreeMap<String, Vec<Share>> = BTreeMap::new();
    for row in &found {
        shares.entry(row.text(0)).or_default().push(Share { value: row.text(1), calls: row.int(2) });
    }
    for values in shares.values_mut() {
        values.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.value.cmp(&b.value)));
    }
    Ok(shares)
}

fn agent_version(((agent, version), counts): ((String, i64), CallCounts)) -> AgentVersion {
    AgentVersion {
        agent: (!agent.is_empty()).then_some(agent),
        agent_version: (version >= 0).then_some(version),
        counts,
        booking_rate: rate(counts.confirmed, counts.asked),
    }
}
