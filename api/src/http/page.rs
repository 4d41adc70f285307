//! Lists in pages: `?limit=` and `?cursor=` in, `{"items":[…],"next":…}` out. A cursor is opaque to clients; inside it is
//! whatever the list sorts by, so that a page starts where the one before ended even if rows were added meanwhile.

use super::query::Query;
use crate::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use warp::reply::{Reply, Response};

const DEFAULT: usize = 50;
const MAX: usize = 200;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// 1 to 200.
    pub limit: usize,
    cursor: Option<String>,
}

impl Page {
    /// From `limit` and `cursor`, which the query must allow.
    pub fn of(query: &Query) -> Result<Self, Problem> {
        let limit = query.text("limit").map_or(Some(DEFAULT), |limit| limit.parse().ok());
        let Some(limit) = limit.filter(|limit| (1..=MAX).contains(limit)) else {
            return Err(Problem::query(format!("The parameter 'limit' takes a whole number from 1 to {MAX}.")));
        };
        Ok(Self { limit, cursor: query.text("cursor").map(str::to_owned) })
    }

    /// The place behind which the page starts; absent on the first page.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let place = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match place {
            Some(place) => Ok(Some(place)),
            None => Err(Problem::query("The parameter 'cursor' takes only what the list before gave as 'next'.")),
        }
    }

    /// What to ask a store for: one more than the page holds, to see whether there is a next one.
    pub fn fetch(&self) -> usize {
        self.limit + 1
    }

    /// The page out of `fetch()` rows; `place` says what the list sorts by.
    pub fn items<T, C: Serialize>(&self, mut rows: Vec<T>, place: impl Fn(&T) -> C) -> Items<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|last| cursor(&place(last)));
        Items { items: rows, next }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct Items<T> {
    pub items: Vec<T>,
    /// Absent (null) on the last page.
    pub next: Option<String>,
}

impl<T: Serialize + Send> Reply for Items<T> {
    fn into_response(self) -> Response {
        warp::reply::json(&self).into_response()
    }
}

/// The opaque form of a place in a list.
pub fn cursor<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(pairs: &[(&str, &str)]) -> Result<Page, Problem> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Page::of(&Query::new(pairs, &["limit", "cursor"])?)
    }

    #[test]
    fn the_limit_is_a_number_from_1_to_200_and_50_by_itself() {
        assert_eq!(page(&[]).unwrap().limit, 50);
        assert_eq!(page(&[("limit", "1")]).unwrap().limit, 1);
        assert_eq!(page(&[("limit", "200")]).unwrap().limit, 200);
        for bad in ["0", "201", "-1", "many", "1.5", "99999999999999999999"] {
            let told = page(&[("limit", bad)]).unwrap_err().detail.unwrap();
            assert_eq!(told, "The parameter 'limit' takes a whole number from 1 to 200.", "{bad}");
        }
    }

    #[test]
    fn a_cursor_leads_through_the_whole_list_and_then_ends() {
        let rows: Vec<i64> = (1..=5).collect();
        let (mut seen, mut next) = (vec![], None::<String>);
        loop {
            let mut pairs = vec![("limit", "2")];
            pairs.extend(next.as_deref().map(|next| ("cursor", next)));
            let page = page(&pairs).unwrap();
            let after = page.after::<i64>().unwrap().unwrap_or(0);
            let found = rows.iter().copied().filter(|row| *row > after).take(page.fetch()).collect();
            let items = page.items(found, |row| *row);
            seen.extend(items.items);
            next = items.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn a_made_up_cursor_is_a_problem() {
        for odd in ["x", "!!!", &cursor(&"text")] {
            assert!(page(&[("cursor", odd)]).unwrap().after::<i64>().is_err(), "{odd}");
        }
    }
}
