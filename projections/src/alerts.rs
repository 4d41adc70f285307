//! What was told about troubles, and who has still to be told: every firing with what became of it, the messages and
//! escalations that are to do, and the rules that a company has changed.

use crate::backlog::{self, Backlog};
use crate::columns::{company_in, json, position, size};
use crate::page::{Page, Paging};
use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, Row, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::words::words;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::alerts::{AlertEvent, AlertFired, AlertKind, AlertRule, AlertUndelivered, Channel};
use ringbuch_domain::ids::{AlertId, CompanyId};
use ringbuch_domain::recorded::Recorded;
use uuid::Uuid;

pub const PROJECTION: Projection = Projection {
    name: "alerts",
    version: 2,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS alerts (
            company TEXT NOT NULL, alert TEXT NOT NULL, position BIGINT NOT NULL, kind TEXT NOT NULL,
            subject TEXT NOT NULL, measured BIGINT NOT NULL, threshold BIGINT NOT NULL, fired_at BIGINT NOT NULL,
            status TEXT NOT NULL, channels TEXT NOT NULL, escalated_at BIGINT, acknowledged_at BIGINT,
            acknowledged_by TEXT, resolved_at BIGINT, delivered BIGINT NOT NULL, last_trouble TEXT,
            PRIMARY KEY (company, alert))",
        "CREATE INDEX IF NOT EXISTS alerts_time ON alerts (company, fired_at, position)",
        "CREATE INDEX IF NOT EXISTS alerts_time_of_all ON alerts (fired_at, position)",
        "CREATE INDEX IF NOT EXISTS alerts_status ON alerts (status, company)",
        "CREATE TABLE IF NOT EXISTS alert_rules (
            company TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (company, kind))",
        "CREATE TABLE IF NOT EXISTS alert_todo (
            company TEXT NOT NULL, alert TEXT NOT NULL, task TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            measured BIGINT NOT NULL, threshold BIGINT NOT NULL, fired_at BIGINT NOT NULL, news TEXT NOT NULL,
            correlation TEXT NOT NULL, due_at BIGINT NOT NULL, attempt BIGINT NOT NULL, position BIGINT NOT NULL,
            PRIMARY KEY (company, alert, task))",
        "CREATE INDEX IF NOT EXISTS alert_todo_due ON alert_todo (due_at, position)",
    ],
    tables: &["alerts", "alert_rules", "alert_todo"],
    project,
};

words! {
    pub enum AlertStatus ("status") {
        Open = "open",
        /// Somebody looks after it.
        Acknowledged = "acknowledged",
        /// What was wrong is so no more.
        Resolved = "resolved",
    }
}

record! {
    /// One firing.
    pub struct AlertRow {
        pub company: CompanyId,
        pub alert: AlertId,
        pub kind: String,
        /// A provider, where it is about one; otherwise empty.
        pub subject: String,
        pub measured: i64,
        pub threshold: i64,
        pub fired_at: Timestamp,
        pub status: AlertStatus,
        /// Who was to hear of it at once.
        pub channels: Vec<Channel>,
        pub escalated_at: Option<Timestamp>,
        pub acknowledged_at: Option<Timestamp>,
        pub acknowledged_by: Option<String>,
        pub resolved_at: Option<Timestamp>,
        /// Messages that the other side has taken.
        pub delivered: i64,
        /// Why a message did not arrive, the last time that one did not.
        pub last_trouble: Option<String>,
    }
}

record! {
    /// A message to be sent, or an escalation.
    pub struct DueAlert {
        pub company: CompanyId,
        pub alert: AlertId,
        /// A channel, or `escalate`.
        pub task: String,
        pub kind: String,
        pub subject: String,
        pub measured: i64,
        pub threshold: i64,
        pub fired_at: Timestamp,
        /// The event that asked for it, and its chain.
        pub news: Uuid,
        pub correlation: Uuid,
        pub due_at: Timestamp,
        /// Attempts that were made already.
        pub attempt: i64,
    }
}

/// The task of telling others.
pub const ESCALATE: &str = "escalate";

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let (Some(company), AnyEvent::Alert(alert)) = (&event.company, &event.data) else { return };
    match alert {
        AlertEvent::AlertRuleSet(it) => rows.execute(
            "INSERT INTO alert_rules (company, kind, rule) VALUES ($1, $2, $3)
             ON CONFLICT (company, kind) DO UPDATE SET rule = excluded.rule",
            [text(company), it.kind.as_str().into(), json(&it.rule)],
        ),
        AlertEvent::AlertFired(it) => project_fired(event, company, it, rows),
        AlertEvent::AlertEscalated(it) => {
            rows.execute(
                "UPDATE alerts SET escalated_at = $3 WHERE company = $1 AND alert = $2",
                [text(company), text(&it.alert), event.time.into()],
            );
            for channel in &it.channels {
                hand_on(event, company, it.alert, *channel, rows);
            }
            done(company, it.alert, ESCALATE, rows);
        }
        AlertEvent::AlertAcknowledged(it) => {
            rows.execute(
                "UPDATE alerts SET status = 'acknowledged', acknowledged_at = $3, acknowledged_by = $4
                 WHERE company = $1 AND alert = $2",
                [text(company), text(&it.alert), event.time.into(), it.by.as_str().into()],
            );
            // Whoever looks after it need not be told any more.
            rows.execute("DELETE FROM alert_todo WHERE company = $1 AND alert = $2", [text(company), text(&it.alert)]);
        }
        AlertEvent::AlertResolved(it) => {
            rows.execute(
                "UPDATE alerts SET status = 'resolved', resolved_at = $3 WHERE company = $1 AND alert = $2",
                [text(company), text(&it.alert), event.time.into()],
            );
            done(company, it.alert, ESCALATE, rows);
        }
        AlertEvent::AlertDelivered(it) => {
            rows.execute(
                "UPDATE alerts SET delivered = delivered + 1 WHERE company = $1 AND alert = $2",
                [text(company), text(&it.alert)],
            );
            done(company, it.alert, it.channel.as_str(), rows);
        }
        AlertEvent::AlertUndelivered(it) => project_undelivered(company, it, rows),
        _ => {}
    }
}

fn project_fired(event: &Recorded<AnyEvent>, company: &CompanyId, it: &AlertFired, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO alerts (company, alert, position, kind, subject, measured, threshold, fired_at, status, channels,
                             delivered)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, 0)
         ON CONFLICT (company, alert) DO NOTHING",
        [
            text(company),
            text(&it.alert),
            position(event),
            it.kind.as_str().into(),
            it.subject.as_str().into(),
            size(it.measured),
            it.threshold.into(),
            it.fired_at.into(),
            json(&it.channels),
        ],
    );
    for channel in &it.channels {
        hand_on(event, company, it.alert, *channel, rows);
    }
    if let Some(at) = it.escalate_at {
        task(event, company, it.alert, ESCALATE, at, rows);
    }
}

fn hand_on(event: &Recorded<AnyEvent>, company: &CompanyId, alert: AlertId, channel: Channel, rows: &mut Rows) {
    task(event, company, alert, channel.as_str(), event.time, rows);
}

fn task(event: &Recorded<AnyEvent>, company: &CompanyId, alert: AlertId, name: &str, due: Timestamp, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO alert_todo (company, alert, task, kind, subject, measured, threshold, fired_at, news, correlation,
                                 due_at, attempt, position)
         SELECT company, alert, $3, kind, subject, measured, threshold, fired_at, $4, $5, CAST($6 AS BIGINT), 0,
                CAST($7 AS BIGINT)
         FROM alerts WHERE company = $1 AND alert = $2
         ON CONFLICT (company, alert, task) DO NOTHING",
        [
            text(company),
            text(&alert),
            name.into(),
            text(&event.id),
            text(&event.cause.correlation),
            due.into(),
            position(event),
        ],
    );
}

fn done(company: &CompanyId, alert: AlertId, task: &str, rows: &mut Rows) {
    let args: [Value; 3] = [text(company), text(&alert), task.into()];
    rows.execute("DELETE FROM alert_todo WHERE company = $1 AND alert = $2 AND task = $3", args);
}

fn project_undelivered(company: &CompanyId, it: &AlertUndelivered, rows: &mut Rows) {
    rows.execute(
        "UPDATE alerts SET last_trouble = $3 WHERE company = $1 AND alert = $2",
        [text(company), text(&it.alert), format!("{}: {}", it.channel, it.reason).into()],
    );
    let Some(next) = it.next_attempt_at else { return done(company, it.alert, it.channel.as_str(), rows) };
    rows.execute(
        "UPDATE alert_todo SET due_at = $4, attempt = $5 WHERE company = $1 AND alert = $2 AND task = $3",
        [text(company), text(&it.alert), it.channel.as_str().into(), next.into(), it.attempt.into()],
    );
}

/// Newest first.
pub async fn list(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    status: Option<AlertStatus>,
    paging: Paging,
) -> Result<Page<AlertRow>, RowsError> {
    Select::from("alerts", scope).only("status", status).page(rows, "fired_at", paging).await
}

pub async fn find(rows: &dyn ReadModels, scope: Scope<'_>, alert: AlertId) -> Result<Option<AlertRow>, RowsError> {
    Select::from("alerts", scope).only("alert", Some(text(&alert))).one(rows).await
}

/// Companies with a trouble that is not over.
pub async fn troubled(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Vec<CompanyId>, RowsError> {
    let unresolved = Select::from("alerts", scope).and("status IN ('open', 'acknowledged')");
    let found = unresolved.computed(rows, "DISTINCT company", "ORDER BY company").await?;
    Ok(found.iter().filter_map(company_in).collect())
}

/// Rules that are not as usual.
pub async fn rules(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
) -> Result<Vec<(CompanyId, AlertKind, AlertRule)>, RowsError> {
    let found =
        Select::from("alert_rules", scope).computed(rows, "company, kind, rule", "ORDER BY company, kind").await?;
    let read = |row: &Row| {
        let rule = serde_json::from_str(&row.text(2)).ok()?;
        Some((company_in(row)?, row.text(1).parse().ok()?, rule))
    };
    Ok(found.iter().filter_map(read).collect())
}

/// What is to be done now, the longest waiting first.
pub async fn due(rows: &dyn ReadModels, now: Timestamp, limit: u32) -> Result<Vec<DueAlert>, RowsError> {
    let columns = DueAlert::columns().join(", ");
    let sql = format!("SELECT {columns} FROM alert_todo WHERE due_at <= $1 ORDER BY due_at, position LIMIT $2");
    let found = rows.query(&sql, &[now.into(), limit.into()]).await?;
    found.iter().map(|row| DueAlert::read(&mut Columns::of(row))).collect()
}

/// When the next one falls due that is not due yet.
pub async fn next_due(rows: &dyn ReadModels, now: Timestamp) -> Result<Option<Timestamp>, RowsError> {
    let found = rows.query("SELECT MIN(due_at) FROM alert_todo WHERE due_at > $1", &[now.into()]).await?;
    Ok(found.first().and_then(|row| row.opt_time(0)))
}

/// Who has still to be told.
pub async fn backlog(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Backlog, RowsError> {
    backlog::of(rows, Select::from("alert_todo", scope), "due_at").await
}
