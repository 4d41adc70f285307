//! Looking for words in what deliveries said. Bodies are sealed, so no read model can find them: the newest deliveries that
//! the filter leaves are opened one after the other, so many for one page.

use crate::dashboard::visit::Visit;
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
/// With what one more turn can find, a page holds no more than 50.
const ENOUGH: usize = 25;

/// The deliveries of a page's stretch whose content holds the words, in upper or lower case. A page may hold few or none
/// and still have a next one.
pub async fn search(
    visit: &Visit,
    scope: Scope<'_>,
    filter: &DeliveryFilter,
    words: &str,
) -> Result<Page<Delivery>, Problem> {
    let (mut items, mut after) = (Vec::new(), visit.paging()?.after);
    for _ in 0..TIMES {
        let page = deliveries::list(visit.rows(), scope, filter, Paging { after, limit: AT_ONCE }).await?;
        items.extend(holding(visit, page.items, &words.to_lowercase()).await?);
        after = page.next;
        if after.is_none() || items.len() > ENOUGH {
            break;
        }
    }
    Ok(Page { items, next: after })
}

async fn holding(visit: &Visit, deliveries: Vec<Delivery>, words: &str) -> Result<Vec<Delivery>, Problem> {
    let receipts = try_join_all(deliveries.iter().map(|delivery| receipt(visit, delivery))).await?;
    let there: Vec<Envelope> = receipts.iter().flatten().cloned().collect();
    let revealed = visit.app.journal.reveal(there).await?;
    let holds = |(envelope, plain): &(Envelope, Result<Option<Vec<u8>>, _>)| {
        let plain = plain.as_ref().ok().and_then(Option::as_deref);
        plain.is_some_and(|plain| said(plain).contains(words)).then(|| envelope.stream.clone())
    };
    let found: Vec<StreamId> = revealed.iter().filter_map(holds).collect();
    Ok(deliveries.into_iter().filter(|it| found.contains(&StreamId::webhook(&it.delivery))).collect())
}

async fn receipt(visit: &Visit, delivery: &Delivery) -> Result<Option<Envelope>, JournalError> {
    let events = visit.app.journal.log().read_stream(&StreamId::webhook(&delivery.delivery), 0).await?;
    Ok(events.into_iter().next())
}

/// The body in lower case; of one that is no text, nothing.
fn said(plain: &[u8]) -> String {
    match serde_json::from_slice::<Delivered>(plain) {
        Ok(Delivered { body: Body::Text(text), .. }) => text.to_lowercase(),
        _ => String::new(),
    }
}
