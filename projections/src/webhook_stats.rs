//! Webhook statistics as rows: per hour of receipt, event and outcome, with times of processing, and the totals by
//! status. A delivery's row says what it was counted as, so that it can be counted anew when that changes.

use crate::columns::{company_in, hour_of};
use crate::deliveries::DeliveryStatus;
use crate::latency::{bucket, micros_between, percentile};
use crate::page::Span;
use crate::projection::Projection;
use crate::rows::{ReadModels, Row, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::series::hours;
use jiff::{Timestamp, ToSpan};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ids::{CompanyId, DeliveryId};
use ringbuch_domain::recorded::Recorded;
use ringbuch_domain::webhook::{WebhookEvent, WebhookReceived};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

pub const PROJECTION: Projection = Projection {
    name: "webhook_stats",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS webhook_facts (
            delivery TEXT PRIMARY KEY, company TEXT NOT NULL, provider TEXT NOT NULL, event TEXT NOT NULL,
            received_at BIGINT NOT NULL, hour BIGINT NOT NULL, status TEXT NOT NULL, micros BIGINT NOT NULL,
            bucket BIGINT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS webhook_facts_time ON webhook_facts (received_at)",
        "CREATE INDEX IF NOT EXISTS webhook_facts_company ON webhook_facts (company, received_at)",
        "CREATE TABLE IF NOT EXISTS webhook_hours (
            company TEXT NOT NULL, hour BIGINT NOT NULL, provider TEXT NOT NULL, event TEXT NOT NULL,
            status TEXT NOT NULL, bucket BIGINT NOT NULL, deliveries BIGINT NOT NULL, micros BIGINT NOT NULL,
            PRIMARY KEY (company, hour, provider, event, status, bucket))",
        "CREATE INDEX IF NOT EXISTS webhook_hours_of_all ON webhook_hours (hour)",
        "CREATE TABLE IF NOT EXISTS webhook_totals (
            company TEXT NOT NULL, status TEXT NOT NULL, deliveries BIGINT NOT NULL, PRIMARY KEY (company, status))",
    ],
    tables: &["webhook_facts", "webhook_hours", "webhook_totals"],
    project,
};

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let AnyEvent::Webhook(webhook) = &event.data else { return };
    match webhook {
        WebhookEvent::WebhookReceived(it) => project_received(it, rows),
        WebhookEvent::WebhookProcessed(it) => {
            let micros = micros_between(it.received_at, event.time);
            recount(rows, &it.delivery, |rows| {
                rows.execute(
                    "UPDATE webhook_facts SET status = 'processed', company = $2, micros = $3, bucket = $4
                     WHERE delivery = $1",
                    [text(&it.delivery), text(&it.company), micros.into(), bucket(micros).into()],
                );
            });
        }
        WebhookEvent::WebhookFailed(it) => {
            let status = it.next_attempt_at.map_or(DeliveryStatus::Dead, |_| DeliveryStatus::Failed);
            change_status(rows, &it.delivery, status);
        }
        WebhookEvent::WebhookQuarantined(it) => change_status(rows, &it.delivery, DeliveryStatus::Quarantined),
        WebhookEvent::WebhookReplayed(it) => change_status(rows, &it.delivery, DeliveryStatus::Received),
    }
}

fn project_received(it: &WebhookReceived, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO webhook_facts (delivery, company, provider, event, received_at, hour, status, micros, bucket)
         VALUES ($1, $2, $3, $4, $5, $6, 'received', 0, 0)
         ON CONFLICT (delivery) DO NOTHING",
        [
            text(&it.delivery),
            it.company.as_ref().map_or("", |company| company.as_str()).into(),
            it.provider.as_str().into(),
            it.event.as_str().into(),
            it.received_at.into(),
            hour_of(it.received_at).into(),
        ],
    );
    count(rows, &it.delivery, 1);
}

fn change_status(rows: &mut Rows, delivery: &DeliveryId, status: DeliveryStatus) {
    recount(rows, delivery, |rows| {
        rows.execute(
            "UPDATE webhook_facts SET status = $2, micros = 0, bucket = 0 WHERE delivery = $1",
            [text(delivery), status.into()],
        );
    });
}

/// Takes the delivery out of the counts, changes what it counts as, and puts it back.
fn recount(rows: &mut Rows, delivery: &DeliveryId, change: impl FnOnce(&mut Rows)) {
    count(rows, delivery, -1);
    change(rows);
    count(rows, delivery, 1);
}

fn count(rows: &mut Rows, delivery: &DeliveryId, sign: i64) {
    let args: [Value; 2] = [text(delivery), sign.into()];
    rows.execute(
        "INSERT INTO webhook_hours (company, hour, provider, event, status, bucket, deliveries, micros)
         SELECT company, hour, provider, event, status, bucket, CAST($2 AS BIGINT), CAST($2 AS BIGINT) * micros
         FROM webhook_facts WHERE delivery = $1
         ON CONFLICT (company, hour, provider, event, status, bucket) DO UPDATE
         SET deliveries = webhook_hours.deliveries + excluded.deliveries,
             micros = webhook_hours.micros + excluded.micros",
        args.clone(),
    );
    rows.execute(
        "INSERT INTO webhook_totals (company, status, deliveries)
         SELECT company, status, CAST($2 AS BIGINT) FROM webhook_facts WHERE delivery = $1
         ON CONFLICT (company, status) DO UPDATE SET deliveries = webhook_totals.deliveries + excluded.deliveries",
        args,
    );
}

/// One row of the monitor's table.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EventTypeStats {
    pub provider: String,
    pub event_type: String,
    /// Received in the span, whatever came of them.
    pub count: i64,
    pub success_count: i64,
    /// Dead or quarantined; what will be tried again has not failed yet.
    pub failed_count: i64,
    /// Seconds from receipt to the end of processing, of the successful ones.
    pub avg_processing_time: Option<f64>,
    pub p95: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WebhookHour {
    /// Start of the UTC hour.
    pub hour: Timestamp,
    pub count: i64,
    pub success_count: i64,
    pub failed_count: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WebhookStats {
    pub since: Timestamp,
    pub until: Timestamp,
    /// By provider and event type.
    pub items: Vec<EventTypeStats>,
    /// Every hour that the span touches, the first one cut where the span begins.
    pub hourly: Vec<WebhookHour>,
}

#[derive(Default)]
struct Tally {
    count: i64,
    success: i64,
    failed: i64,
    micros: i64,
    buckets: BTreeMap<i64, i64>,
}

impl Tally {
    fn add(&mut self, status: &str, bucket: i64, deliveries: i64, micros: i64) {
        self.count += deliveries;
        match status {
            "processed" => {
                self.success += deliveries;
                self.micros += micros;
                *self.buckets.entry(bucket).or_default() += deliveries;
            }
            "dead" | "quarantined" => self.failed += deliveries,
            _ => {}
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and microseconds stay far below 2^53")]
    fn average(&self) -> Option<f64> {
        (self.success > 0).then(|| self.micros as f64 / self.success as f64 / 1_000_000.0)
    }
}

/// The 24 hours before `now`, to the microsecond: whole hours come from their rows, the cut one from its deliveries.
pub async fn last_24_hours(rows: &dyn ReadModels, scope: Scope<'_>, now: Timestamp) -> Result<WebhookStats, RowsError> {
    let since = now.checked_sub(24.hours()).unwrap_or(now);
    let cut = hour_of(since);
    let whole = if cut == since { cut } else { cut.checked_add(1.hour()).unwrap_or(since) };
    let mut counted = cut_hour(rows, scope, Span { since: Some(since), until: Some(whole) }).await?;
    counted.extend(whole_hours(rows, scope, Span { since: Some(whole), until: Some(now) }).await?);

    let mut by_event: BTreeMap<(String, String), Tally> = BTreeMap::new();
    let mut by_hour: BTreeMap<Timestamp, Tally> = hours(cut, now).map(|hour| (hour, Tally::default())).collect();
    for row in &counted {
        let (status, bucket, deliveries, micros) = (row.text(3), row.int(4), row.int(5), row.int(6));
        by_event.entry((row.text(1), row.text(2))).or_default().add(&status, bucket, deliveries, micros);
        let hour = row.opt_time(0).unwrap_or(cut);
        by_hour.entry(hour).or_default().add(&status, bucket, deliveries, micros);
    }
    let items = by_event.into_iter().filter(|(_, tally)| tally.count > 0).map(event_type_stats).collect();
    let hourly = by_hour.into_iter().map(webhook_hour).collect();
    Ok(WebhookStats { since, until: now, items, hourly })
}

fn event_type_stats(((provider, event_type), tally): ((String, String), Tally)) -> EventTypeStats {
    EventTypeStats {
        provider,
        event_type,
        count: tally.count,
        success_count: tally.success,
        failed_count: tally.failed,
        avg_processing_time: tally.average(),
        p95: percentile(&tally.buckets, 0.95),
    }
}

fn webhook_hour((hour, tally): (Timestamp, Tally)) -> WebhookHour {
    WebhookHour { hour, count: tally.count, success_count: tally.success, failed_count: tally.failed }
}

async fn whole_hours(rows: &dyn ReadModels, scope: Scope<'_>, span: Span) -> Result<Vec<Row>, RowsError> {
    let columns = "hour, provider, event, status, bucket, CAST(SUM(deliveries) AS BIGINT), CAST(SUM(micros) AS BIGINT)";
    let grouped = "GROUP BY hour, provider, event, status, bucket";
    Select::from("webhook_hours", scope).within("hour", span).computed(rows, columns, grouped).await
}

async fn cut_hour(rows: &dyn ReadModels, scope: Scope<'_>, span: Span) -> Result<Vec<Row>, RowsError> {
    let columns = "hour, provider, event, status, bucket, COUNT(*), CAST(SUM(micros) AS BIGINT)";
    let grouped = "GROUP BY hour, provider, event, status, bucket";
    Select::from("webhook_facts", scope).within("received_at", span).computed(rows, columns, grouped).await
}

/// Deliveries by what became of them, over all time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WebhookTotals {
    /// All that were accepted.
    pub received: i64,
    /// Wait for their first attempt.
    pub waiting: i64,
    pub processed: i64,
    /// Will be tried again.
    pub failed: i64,
    pub dead: i64,
    pub quarantined: i64,
}

pub async fn totals(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<WebhookTotals, RowsError> {
    let columns = "status, CAST(SUM(deliveries) AS BIGINT)";
    let found = Select::from("webhook_totals", scope).computed(rows, columns, "GROUP BY status").await?;
    let mut totals = WebhookTotals::default();
    for row in &found {
        let count = row.int(1);
        totals.received += count;
        match row.text(0).parse() {
            Ok(DeliveryStatus::Received) => totals.waiting += count,
            Ok(DeliveryStatus::Processed) => totals.processed += count,
            Ok(DeliveryStatus::Failed) => totals.failed += count,
            Ok(DeliveryStatus::Dead) => totals.dead += count,
            Ok(DeliveryStatus::Quarantined) => totals.quarantined += count,
            Err(_) => {}
        }
    }
    Ok(totals)
}

/// Deliveries of the hours that begin in the span, by company; those that sent none are absent.
pub async fn received(rows: &dyn ReadModels, scope: Scope<'_>, span: Span) -> Result<Vec<(CompanyId, i64)>, RowsError> {
    let hours = Select::from("webhook_hours", scope).within("hour", span);
    let ending = "GROUP BY company HAVING SUM(deliveries) > 0 ORDER BY company";
    let found = hours.computed(rows, "company, CAST(SUM(deliveries) AS BIGINT)", ending).await?;
    Ok(found.iter().filter_map(|row| Some((company_in(row)?, row.int(1)))).collect())
}

#[cfg(test)]
mod tests;
