//! Webhook deliveries and what came of each: the inspector's list. Bodies stay in the log, where they can be sealed.

use crate::backlog::{self, Backlog};
use crate::columns::{company_in, opt_text, position, size, word};
use crate::page::{Page, Paging, Span};
use crate::projection::Projection;
use crate::record::record;
use crate::rows::{ReadModels, Row, Rows, RowsError, text};
use crate::scope::Scope;
use crate::select::Select;
use crate::words::words;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::ids::{AccountId, CompanyId, DeliveryId};
use ringbuch_domain::recorded::Recorded;
use ringbuch_domain::webhook::{Provider, Verdict, WebhookEvent, WebhookReceived};
use serde::Serialize;

pub const PROJECTION: Projection = Projection {
    name: "deliveries",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS webhook_deliveries (
            delivery TEXT PRIMARY KEY, position BIGINT NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL,
            company TEXT, event TEXT NOT NULL, call TEXT, received_at BIGINT NOT NULL, bytes BIGINT NOT NULL,
            verdict TEXT NOT NULL, status TEXT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, next_attempt_at BIGINT,
            last_error TEXT, reason TEXT, detail TEXT, processed_at BIGINT, replays BIGINT NOT NULL DEFAULT 0)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_time ON webhook_deliveries (received_at, position)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_company
            ON webhook_deliveries (company, received_at, position)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_status
            ON webhook_deliveries (status, received_at, position)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_event
            ON webhook_deliveries (company, event, received_at, position)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_call ON webhook_deliveries (call)",
        "CREATE INDEX IF NOT EXISTS webhook_deliveries_waiting
            ON webhook_deliveries (company, account, next_attempt_at) WHERE status IN ('received', 'failed')",
    ],
    tables: &["webhook_deliveries"],
    project,
};

words! {
    pub enum DeliveryStatus ("status") {
        /// Waits for its first attempt, or for the one after a replay.
        Received = "received",
        Processed = "processed",
        /// Will be tried again.
        Failed = "failed",
        /// Will not be tried again unless somebody replays it.
        Dead = "dead",
        /// Cannot be understood, or nobody's.
        Quarantined = "quarantined",
    }
}

record! {
    pub struct Delivery {
        pub delivery: DeliveryId,
        pub provider: Provider,
        pub account: AccountId,
        /// Named by the path, or found when it was processed.
        pub company: Option<CompanyId>,
        pub event: String,
        pub call: Option<String>,
        pub received_at: Timestamp,
        pub bytes: i64,
        pub verdict: Verdict,
        pub status: DeliveryStatus,
        pub attempts: i64,
        pub next_attempt_at: Option<Timestamp>,
        pub last_error: Option<String>,
        /// Why it is quarantined: a stable word, and a sentence.
        pub reason: Option<String>,
        pub detail: Option<String>,
        pub processed_at: Option<Timestamp>,
        pub replays: i64,
    }
}

impl Delivery {
    /// What keeps it from being processed.
    pub fn why(&self) -> Option<&str> {
        match self.status {
            DeliveryStatus::Quarantined => self.reason.as_deref(),
            DeliveryStatus::Failed | DeliveryStatus::Dead => self.last_error.as_deref(),
            DeliveryStatus::Received | DeliveryStatus::Processed => None,
        }
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let AnyEvent::Webhook(webhook) = &event.data else { return };
    match webhook {
        WebhookEvent::WebhookReceived(it) => project_received(event, it, rows),
        WebhookEvent::WebhookProcessed(it) => rows.execute(
            "UPDATE webhook_deliveries
             SET status = 'processed', company = $2, call = COALESCE($3, call), attempts = $4, processed_at = $5,
                 next_attempt_at = NULL, reason = NULL, detail = NULL
             WHERE delivery = $1",
            [text(&it.delivery), text(&it.company), opt_text(it.call.as_ref()), it.attempt.into(), event.time.into()],
        ),
        WebhookEvent::WebhookFailed(it) => rows.execute(
            "UPDATE webhook_deliveries SET status = $2, attempts = $3, next_attempt_at = $4, last_error = $5
             WHERE delivery = $1",
            [
                text(&it.delivery),
                it.next_attempt_at.map_or(DeliveryStatus::Dead, |_| DeliveryStatus::Failed).into(),
                it.attempt.into(),
                it.next_attempt_at.into(),
                it.error.as_str().into(),
            ],
        ),
        WebhookEvent::WebhookQuarantined(it) => rows.execute(
            "UPDATE webhook_deliveries SET status = 'quarantined', reason = $2, detail = $3, next_attempt_at = NULL
             WHERE delivery = $1",
            [text(&it.delivery), it.reason.as_str().into(), it.detail.as_str().into()],
        ),
        WebhookEvent::WebhookReplayed(it) => rows.execute(
            "UPDATE webhook_deliveries
             SET status = 'received', attempts = 0, next_attempt_at = $2, replays = replays + 1, processed_at = NULL,
                 reason = NULL, detail = NULL
             WHERE delivery = $1",
            [text(&it.delivery), event.time.into()],
        ),
    }
}

fn project_received(event: &Recorded<AnyEvent>, it: &WebhookReceived, rows: &mut Rows) {
    rows.execute(
        "INSERT INTO webhook_deliveries (delivery, position, provider, account, company, event, call, received_at,
                                         bytes, verdict, status, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', $8)
         ON CONFLICT (delivery) DO NOTHING",
        [
            text(&it.delivery),
            position(event),
            it.provider.as_str().into(),
            text(&it.account),
            opt_text(it.company.as_ref()),
            it.event.as_str().into(),
            it.call.as_deref().into(),
            it.received_at.into(),
            size(it.bytes),
            word(&it.verdict),
        ],
    );
}

/// Which deliveries are wanted; what is absent does not matter. The span is that of receipt.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    pub status: Option<DeliveryStatus>,
    pub event: Option<String>,
    pub provider: Option<Provider>,
    pub call: Option<String>,
    pub span: Span,
}

impl DeliveryFilter {
    fn select(&self, scope: Scope<'_>) -> Select {
        Select::from("webhook_deliveries", scope)
            .only("status", self.status)
            .only("event", self.event.as_deref())
            .only("provider", self.provider.map(Provider::as_str))
            .only("call", self.call.as_deref())
            .within("received_at", self.span)
    }
}

/// Newest receipt first.
pub async fn list(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    filter: &DeliveryFilter,
    paging: Paging,
) -> Result<Page<Delivery>, RowsError> {
    filter.select(scope).page(rows, "received_at", paging).await
}

/// How many the filter would list; what a dry run says.
pub async fn count(rows: &dyn ReadModels, scope: Scope<'_>, filter: &DeliveryFilter) -> Result<i64, RowsError> {
    filter.select(scope).count(rows).await
}

pub async fn find(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    delivery: &DeliveryId,
) -> Result<Option<Delivery>, RowsError> {
    Select::from("webhook_deliveries", scope).only("delivery", Some(delivery.as_str())).one(rows).await
}

/// Deliveries that were set aside or given up, of one minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Absent where no company could be found for them.
    pub company: Option<CompanyId>,
    pub account: AccountId,
    /// The minute that they arrived in.
    pub minute: Timestamp,
    pub deliveries: i64,
}

pub async fn lost(rows: &dyn ReadModels, scope: Scope<'_>, since: Timestamp) -> Result<Vec<Lost>, RowsError> {
    let columns = "company, account, received_at - received_at % 60000000, COUNT(*)";
    let lost = Select::from("webhook_deliveries", scope).since("received_at", since);
    let lost = lost.and("status IN ('dead', 'quarantined')");
    let found = lost.computed(rows, columns, "GROUP BY company, account, 3 ORDER BY company, account, 3").await?;
    let read = |row: &Row| {
        let (account, minute) = (row.text(1).parse().ok()?, row.opt_time(2)?);
        Some(Lost { company: company_in(row), account, minute, deliveries: row.int(3) })
    };
    Ok(found.iter().filter_map(read).collect())
}

/// What intake has still to make something of.
fn waiting(scope: Scope<'_>) -> Select {
    Select::from("webhook_deliveries", scope).and("status IN ('received', 'failed')")
}

/// What intake has still to do; where no company is known yet, it belongs to nobody but the installation.
pub async fn backlog(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Backlog, RowsError> {
    backlog::of(rows, waiting(scope), "next_attempt_at").await
}

/// Since when the oldest delivery that is due has been waiting, of each company or, where none is known yet, of each
/// account.
pub async fn waiting_since(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    now: Timestamp,
) -> Result<Vec<(Option<CompanyId>, AccountId, Timestamp)>, RowsError> {
    let due = waiting(scope).within("next_attempt_at", Span { since: None, until: Some(now) });
    let columns = "company, account, MIN(next_attempt_at)";
    let found = due.computed(rows, columns, "GROUP BY company, account ORDER BY company, account").await?;
    let read = |row: &Row| Some((company_in(row), row.text(1).parse().ok()?, row.opt_time(2)?));
    Ok(found.iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests;
