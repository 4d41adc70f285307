//! Deliveries that intake has still to make something of: due at once, or again after a failure. What was processed,
//! quarantined or given up is not on the list.

use crate::backlog::{self, Backlog};
use crate::projection::Projection;
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ids::DeliveryId;
use ringbuch_domain::recorded::Recorded;
use ringbuch_domain::webhook::{WebhookEvent, WebhookFailed};

pub const PROJECTION: Projection = Projection {
    name: "intake_todo",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS intake_todo (
            delivery TEXT PRIMARY KEY, due_at BIGINT NOT NULL, attempt BIGINT NOT NULL, position BIGINT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS intake_todo_due ON intake_todo (due_at, position)",
    ],
    tables: &["intake_todo"],
    project,
};

record! {
    pub struct DueDelivery {
        pub delivery: DeliveryId,
        pub due_at: Timestamp,
        /// Attempts that were made already.
        pub attempt: i64,
    }
}

const DELETE: &str = "DELETE FROM intake_todo WHERE delivery = $1";

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let AnyEvent::Webhook(webhook) = &event.data else { return };
    match webhook {
        WebhookEvent::WebhookReceived(it) => due_at_once(event, &it.delivery, rows),
        WebhookEvent::WebhookReplayed(it) => due_at_once(event, &it.delivery, rows),
        WebhookEvent::WebhookProcessed(it) => rows.execute(DELETE, [text(&it.delivery)]),
        WebhookEvent::WebhookQuarantined(it) => rows.execute(DELETE, [text(&it.delivery)]),
        WebhookEvent::WebhookFailed(it) => project_failed(it, rows),
    }
}

fn due_at_once(event: &Recorded<AnyEvent>, delivery: &DeliveryId, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO intake_todo (delivery, due_at, attempt, position) VALUES ($1, $2, 0, $3)
         ON CONFLICT (delivery) DO UPDATE SET due_at = excluded.due_at, attempt = 0",
        [text(delivery), event.time.into(), crate::columns::position(event)],
    );
}

fn project_failed(it: &WebhookFailed, rows: &mut Rows) {
    match it.next_attempt_at {
        None => rows.execute(DELETE, [text(&it.delivery)]),
        Some(next) => rows.execute(
            "UPDATE intake_todo SET due_at = $2, attempt = $3 WHERE delivery = $1",
            [text(&it.delivery), next.into(), it.attempt.into()],
        ),
    }
}

/// Deliveries whose time has come, the longest waiting first.
pub async fn due(rows: &dyn ReadModels, now: Timestamp, limit: u32) -> Result<Vec<DueDelivery>, RowsError> {
    let sql = "SELECT delivery, due_at, attempt FROM intake_todo WHERE due_at <= $1 ORDER BY due_at, position LIMIT $2";
    let found = rows.query(sql, &[now.into(), limit.into()]).await?;
    found.iter().map(|row| DueDelivery::read(&mut Columns::of(row))).collect()
}

/// When the next one falls due that is not due yet.
pub async fn next_due(rows: &dyn ReadModels, now: Timestamp) -> Result<Option<Timestamp>, RowsError> {
    let found = rows.query("SELECT MIN(due_at) FROM intake_todo WHERE due_at > $1", &[now.into()]).await?;
    Ok(found.first().and_then(|row| row.opt_time(0)))
}

/// Of the whole installation; of whom a delivery may be is known in `deliveries`.
pub async fn backlog(rows: &dyn ReadModels) -> Result<Backlog, RowsError> {
    backlog::of(rows, Select::from("intake_todo", Scope::All), "due_at").await
}

#[cfg(test)]
mod tests;
