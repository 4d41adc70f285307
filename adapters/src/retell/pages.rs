//! Lists that come page by page.

use super::answer::unavailable;
use super::ask::Ask;
use super::exchange::Exchange;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::VoiceAgentsFailure;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The most rows that Retell gives at once.
pub(super) const LIMIT: u32 = 1000;
/// Pages of one listing; a million rows are more than one question can mean.
const PAGES_AT_MOST: usize = 1000;

/// What a list that can change meanwhile is read in: what is added or changed moves to its end, and so is not missed.
pub(super) const OLDEST_FIRST: &str = "ascending";

#[derive(Deserialize)]
struct Page<T> {
    items: Vec<T>,
    has_more: bool,
    pagination_key: Option<String>,
}

/// The rows of all pages; `ask` makes the request for what follows a key. Half a list is a failure.
pub(super) async fn all<'a, T: DeserializeOwned>(
    exchange: &Exchange,
    account: &AccountId,
    ask: impl Fn(Option<&str>) -> Ask<'a>,
) -> Result<Vec<T>, VoiceAgentsFailure> {
    let (mut rows, mut after) = (Vec::new(), None::<String>);
    for _ in 0..PAGES_AT_MOST {
        let page: Page<T> = exchange.read(account, &ask(after.as_deref()), "the list").await?;
        rows.extend(page.items);
        if !page.has_more {
            return Ok(rows);
        }
        if page.pagination_key.is_none() || page.pagination_key == after {
            return Err(unavailable("the list says that it goes on, but not where"));
        }
        after = page.pagination_key;
    }
    Err(unavailable("the list does not end"))
}

/// A page of the lists that take their paging in the query.
pub(super) fn page<'a>(ask: Ask<'a>, order: Option<&str>, after: Option<&str>) -> Ask<'a> {
    ask.with("limit", Some(LIMIT)).with("sort_order", order).with("pagination_key", after)
}
