//! Looking for words in what deliveries said. Bodies are sealed, so no read model can find them: the newest deliveries that
//! the filter leaves are opened one after the other, so many for one page.

use crate::app::App;
use crate::journal::JournalError;
use crate::problem::Problem;
use futures_util::future::try_join_all;
use ringbuch_domain::recorded::{Envelope, StreamId};
use ringbuch_domain::webhook::{Body, Delivered};
use ringbuch_projections::deliveries::{self, Delivery, DeliveryFilter};
use ringbuch_projections::{Page, Paging, Scope};

/// Deliveries that are opened at once, and how many times for one page.
const AT_ONCE: u32 = 25;
const TIMES: u32 = 4;

/// The deliveries of a page's stretch whose content holds the words, in upper or lower case. A page may hold few or none
/// and still have a next one.
pub async fn search(
    app: &App,
    scope: Scope<'_>,
    filter: &DeliveryFilter,
    words: &str,
    Paging { mut after, limit }: Paging,
) -> Result<Page<Delivery>, Problem> {
    let (mut items, at_once) = (Vec::new(), limit.min(AT_ONCE));
    for _ in 0..TIMES {
        let page = deliveries::list(&*app.store.rows, scope, filter, Paging { after, limit: at_once }).await?;
        items.extend(holding(app, page.items, &words.to_lowercase()).await?);
        after = page.next;
        // One more turn must not make the page too long.
        if after.is_none() || items.len() + at_once as usize > limit as usize {
            break;
        }
    }
    Ok(Page { items, next: after })
}

async fn holding(app: &App, deliveries: Vec<Delivery>, words: &str) -> Result<Vec<Delivery>, Problem> {
    let receipts = try_join_all(deliveries.iter().map(|delivery| receipt(app, delivery))).await?;
    let there: Vec<Envelope> = receipts.iter().flatten().cloned().collect();
    let revealed = app.journal.reveal(there).await?;
    let holds = |(envelope, plain): &(Envelope, Result<Option<Vec<u8>>, _>)| {
        let plain = plain.as_ref().ok().and_then(Option::as_deref);
        plain.is_some_and(|plain| said(plain).contains(words)).then(|| envelope.stream.clone())
    };
    let found: Vec<StreamId> = revealed.iter().filter_map(holds).collect();
    Ok(deliveries.into_iter().filter(|it| found.contains(&StreamId::webhook(&it.delivery))).collect())
}

async fn receipt(app: &App, delivery: &Delivery) -> Result<Option<Envelope>, JournalError> {
    let events = app.journal.log().read_stream(&StreamId::webhook(&delivery.delivery), 0).await?;
    Ok(events.into_iter().next())
}

/// The body in lower case; of one that is no text, nothing.
fn said(plain: &[u8]) -> String {
    match serde_json::from_slice::<Delivered>(plain) {
        Ok(Delivered { body: Body::Text(text), .. }) => text.to_lowercase(),
        _ => String::new(),
    }
}
