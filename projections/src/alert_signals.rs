//! What alert rules count, and what stands wrong: one row for each thing that happened, kept for a week, and one for each
//! breaker that is open.

use crate::columns::{position, size};
use crate::projection::Projection;
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::alerts::AlertKind;
use ringbuch_domain::company::CompanyEvent;
use ringbuch_domain::comparison::ComparisonEvent;
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::recorded::Recorded;
use ringbuch_domain::webhook::Provider;

pub const PROJECTION: Projection = Projection {
    name: "alert_signals",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS alert_signals (
            company TEXT NOT NULL, position BIGINT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL,
            things BIGINT NOT NULL, PRIMARY KEY (company, position))",
        "CREATE INDEX IF NOT EXISTS alert_signals_kind ON alert_signals (company, kind, at)",
        "CREATE TABLE IF NOT EXISTS alert_breakers (
            company TEXT NOT NULL, provider TEXT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (company, provider))",
    ],
    tables: &["alert_signals", "alert_breakers"],
    project,
};

/// No rule counts further back.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Diary(DiaryEvent::BookingFailed(_)) => signal(event, company, AlertKind::BookingFailures, 1, rows),
        AnyEvent::Diary(DiaryEvent::OverlapSeen(_)) => signal(event, company, AlertKind::OverlapSeen, 1, rows),
        AnyEvent::Comparison(ComparisonEvent::Compared(it)) if !it.findings.is_empty() => {
            signal(event, company, AlertKind::Drift, it.findings.len() as u64, rows);
        }
        AnyEvent::Company(CompanyEvent::SyncFinished(it)) if !it.failures.is_empty() => {
            signal(event, company, AlertKind::SyncFailed, 1, rows);
        }
        AnyEvent::Company(CompanyEvent::BreakerOpened(it)) => rows.execute(
            "INSERT INTO alert_breakers (company, provider, since) VALUES ($1, $2, $3)
             ON CONFLICT (company, provider) DO NOTHING",
            [text(company), it.provider.as_str().into(), event.time.into()],
        ),
        AnyEvent::Company(CompanyEvent::BreakerClosed(it)) => closed(company, it.provider, rows),
        _ => {}
    }
}

fn closed(company: &CompanyId, provider: Provider, rows: &mut Rows) {
    rows.execute(
        "DELETE FROM alert_breakers WHERE company = $1 AND provider = $2",
        [text(company), provider.as_str().into()],
    );
}

fn signal(event: &Recorded<AnyEvent>, company: &CompanyId, kind: AlertKind, things: u64, rows: &mut Rows) {
    let kept_since = event.time.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    rows.execute("DELETE FROM alert_signals WHERE company = $1 AND at < $2", [text(company), kept_since.into()]);
    rows.execute(
        "INSERT INTO alert_signals (company, position, kind, at, things) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (company, position) DO NOTHING",
        [text(company), position(event), kind.as_str().into(), event.time.into(), size(things)],
    );
}

/// How many things of a kind have happened since a time.
pub async fn count(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    kind: AlertKind,
    since: Timestamp,
) -> Result<i64, RowsError> {
    let span = crate::page::Span { since: Some(since), until: None };
    let select = Select::from("alert_signals", scope).only("kind", Some(kind.as_str())).within("at", span);
    let found = select.computed(rows, "CAST(COALESCE(SUM(things), 0) AS BIGINT)", "").await?;
    Ok(found.first().map_or(0, |row| row.int(0)))
}

/// Providers that are left alone, by name, each with since when; of several companies the first.
pub async fn breakers(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<(String, Timestamp)>, RowsError> {
    let select = Select::from("alert_breakers", scope);
    let found = select.computed(rows, "provider, since", "ORDER BY company, provider").await?;
    Ok(found.iter().filter_map(|row| Some((row.text(0), row.opt_time(1)?))).collect())
}
