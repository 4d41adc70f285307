//! Deliveries processed once more: which are meant, what that would change, and the order to do it.

mod rehearsal;

use crate::app::App;
use crate::intake::Held;
use crate::journal::{ExecuteError, JournalError};
use crate::metrics::WebhookOutcome;
use futures_util::future::try_join_all;
pub use rehearsal::{Preview, dry_run};
use ringbuch_domain::ids::DeliveryId;
use ringbuch_domain::recorded::{Cause, StreamId};
use ringbuch_domain::webhook::{self, Webhook};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter};
use ringbuch_projections::rows::RowsError;
use ringbuch_projections::{Paging, Scope};
use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

/// Orders that are given at once; the log takes what arrives together in one go.
const AT_ONCE: usize = 32;

#[derive(Debug, Error)]
pub enum ReplayError {
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Held(#[from] Held),
}

/// Which deliveries are meant.
#[derive(Debug, Clone)]
pub enum Which {
    /// By their ids, as somebody typed them.
    Ids(Vec<String>),
    Matching(DeliveryFilter),
}

/// The deliveries that were found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// Oldest receipt first, as they will be processed.
    pub deliveries: Vec<Delivery>,
    /// Ids that name none of the deliveries that may be seen.
    pub unknown: Vec<String>,
    /// The filter finds more than were wanted at once; these are the newest.
    pub more: bool,
}

/// Finds at most so many deliveries.
pub async fn select(app: &App, scope: Scope<'_>, which: &Which, at_most: usize) -> Result<Selection, ReplayError> {
    let mut selection = match which {
        Which::Ids(ids) => named(app, scope, ids).await?,
        Which::Matching(filter) => matching(app, scope, filter, at_most).await?,
    };
    selection.more |= selection.deliveries.len() > at_most;
    selection.deliveries.truncate(at_most);
    if matches!(which, Which::Matching(_)) {
        selection.deliveries.reverse();
    }
    // What was received at the same moment stays in the order of the log.
    selection.deliveries.sort_by_key(|delivery| delivery.received_at);
    Ok(selection)
}

async fn named(app: &App, scope: Scope<'_>, ids: &[String]) -> Result<Selection, ReplayError> {
    let mut selection = Selection::default();
    for text in ids {
        let found = match DeliveryId::new(text) {
            Ok(id) => deliveries::find(&*app.store.rows, scope, &id).await?,
            Err(_) => None,
        };
        match found {
            Some(delivery) if selection.deliveries.contains(&delivery) => {}
            Some(delivery) => selection.deliveries.push(delivery),
            None => selection.unknown.push(text.clone()),
        }
    }
    Ok(selection)
}

async fn matching(
    app: &App,
    scope: Scope<'_>,
    filter: &DeliveryFilter,
    at_most: usize,
) -> Result<Selection, ReplayError> {
    let mut selection = Selection::default();
    let mut paging = Paging { after: None, limit: 200 };
    loop {
        let page = deliveries::list(&*app.store.rows, scope, filter, paging).await?;
        selection.deliveries.extend(page.items);
        paging.after = page.next;
        if page.next.is_none() || selection.deliveries.len() >= at_most {
            selection.more = page.next.is_some();
            return Ok(selection);
        }
    }
}

/// What came of an order to process deliveries again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Replayed {
    /// Put on the list once more.
    pub replayed: u64,
    /// On the list already: not processed yet, or waiting for their next attempt.
    pub waiting: u64,
}

/// Puts deliveries on the to-do list once more; the server processes them from there. `by` says who wants it: `cli`, or
/// the id of a key.
pub async fn replay(app: &App, deliveries: &[Delivery], by: &str) -> Result<Replayed, ReplayError> {
    let mut counts = Replayed::default();
    for together in deliveries.chunks(AT_ONCE) {
        for replayed in try_join_all(together.iter().map(|delivery| order(app, delivery, by))).await? {
            counts.replayed += u64::from(replayed);
            counts.waiting += u64::from(!replayed);
        }
    }
    Ok(counts)
}

/// True where the delivery was not on the list before.
async fn order(app: &App, delivery: &Delivery, by: &str) -> Result<bool, ReplayError> {
    let stream = StreamId::webhook(&delivery.delivery);
    // The same chain that its receipt belongs to.
    let known = app.journal.load::<Webhook>(&stream).await?;
    let Some(newest) = known.newest() else { return Ok(false) };
    let cause = Cause::joining(newest.correlation, Uuid::now_v7());
    let replay = webhook::Command::Replay { by: by.to_owned() };
    match app.journal.execute::<Webhook>(&stream, delivery.company.as_ref(), cause, replay).await {
        Ok(executed) if executed.events.is_empty() => Ok(false),
        Ok(_) => {
            app.metrics.webhook(delivery.provider, &delivery.event, WebhookOutcome::Replayed);
            Ok(true)
        }
        // A delivery that the read model knows is in the log.
        Err(ExecuteError::Rejected(webhook::Rejection::Unknown)) => Ok(false),
        Err(ExecuteError::Failed(error)) => Err(error.into()),
    }
}
