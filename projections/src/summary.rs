//! What came of everything, in a few numbers.

use crate::booking_stats;
use crate::rows::{ReadModels, RowsError};
use crate::scope::Scope;
use crate::webhook_stats::{self, WebhookTotals};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BookingSummary {
    pub requested: i64,
    pub confirmed: i64,
    pub refused: i64,
    pub failed: i64,
    /// Of which nobody knows now what the calendar made of them.
    pub unknown: i64,
    pub cancelled: i64,
    pub moved: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub bookings: BookingSummary,
    pub webhooks: WebhookTotals,
}

pub async fn summary(rows: &dyn ReadModels, scope: Scope<'_>) -> Result<Summary, RowsError> {
    let totals = booking_stats::totals(rows, scope).await?;
    let standing = booking_stats::by_status(rows, scope).await?;
    let bookings = BookingSummary {
        requested: totals.requested,
        confirmed: totals.confirmed,
        refused: totals.refused,
        failed: totals.failed,
        unknown: standing.iter().map(|it| it.in_doubt).sum(),
        cancelled: totals.cancelled,
        moved: totals.moved,
    };
    Ok(Summary { bookings, webhooks: webhook_stats::totals(rows, scope).await? })
}

#[cfg(test)]
mod tests;
