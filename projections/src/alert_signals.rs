//! What alert rules count, and what stands wrong: one row for each thing that happened, kept for a week, and one for each
//! breaker that is open.

use crate::columns::{company_in, position, size};
use crate::projection::Projection;
use crate::rows::{ReadModels, Row, Rows, RowsError, text};
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
    version: 2,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS alert_signals (
            company TEXT NOT NULL, position BIGINT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL,
            things BIGINT NOT NULL, PRIMARY KEY (company, position))",
        "CREATE INDEX IF NOT EXISTS alert_signals_time ON alert_signals (at)",
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

/// How many things of each kind happened at each company since a time, by the minute that they happened in.
pub async fn counted(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    since: Timestamp,
) -> Result<Vec<(CompanyId, AlertKind, Timestamp, i64)>, RowsError> {
    let columns = "company, kind, at - at % 60000000, CAST(SUM(things) AS BIGINT)";
    let found = Select::from("alert_signals", scope).since("at", since);
    let found = found.computed(rows, columns, "GROUP BY company, kind, 3 ORDER BY company, kind, 3").await?;
    let read = |row: &Row| Some((company_in(row)?, row.text(1).parse().ok()?, row.opt_time(2)?, row.int(3)));
    Ok(found.iter().filter_map(read).collect())
}

/// Providers that are left alone, by company and name, each with since when.
pub async fn breakers(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
) -> Result<Vec<(CompanyId, String, Timestamp)>, RowsError> {
    let select = Select::from("alert_breakers", scope);
    let found = select.computed(rows, "company, provider, since", "ORDER BY company, provider").await?;
    Ok(found.iter().filter_map(|row| Some((company_in(row)?, row.text(1), row.opt_time(2)?))).collect())
}
