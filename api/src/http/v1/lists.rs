//! Lists as answers: those that the read models page, and those that are short enough to come whole.

use crate::http::page::cursor;
use crate::http::{Items, Page, Query};
use crate::problem::Problem;
use ringbuch_projections::Page as Paged;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Which one was looked at, where it was a list.
pub const ALL: &str = "list";

/// A page of the read models with its cursor in the opaque form.
pub fn paged<T>(page: Paged<T>) -> Items<T> {
    Items { items: page.items, next: page.next.map(|next| cursor(&next.to_string())) }
}

/// A page of a list that was read whole and is sorted by its key.
pub fn page_of<T, K>(query: &Query, all: Vec<T>, key: impl Fn(&T) -> K) -> Result<Items<T>, Problem>
where
    K: Ord + Serialize + DeserializeOwned,
{
    let page = Page::of(query)?;
    let after: Option<K> = page.after()?;
    let behind = |item: &T| after.as_ref().is_none_or(|after| key(item) > *after);
    let rest = all.into_iter().filter(behind).take(page.fetch()).collect();
    Ok(page.items(rest, key))
}
