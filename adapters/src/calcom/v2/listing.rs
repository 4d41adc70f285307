//! The lists of bookings, page by page, in the two ways in which they have been paged.

use crate::calcom::answer::{About, Answer, unknown, unreadable};
use crate::calcom::exchange::Ask;
use crate::calcom::line::{Line, PAGES_AT_MOST};
use crate::calcom::settings::ApiVersions;
use ringbuch_domain::ports::CalendarFailure;
use serde_json::Value;

/// The version from which on the list has cursors and takes one status at a time.
const CURSORS_SINCE: &str = "2026-05-01";
const CURSOR_PAGE: usize = 100;
const SKIP_PAGE: usize = 250;
/// What leaves a list while its pages are read moves the rest to the front: so many are asked for again.
const ASKED_AGAIN: usize = 10;

/// How pages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paging {
    Cursor,
    Skip,
}

/// One route of bookings and how to ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub segments: Vec<String>,
    pub version: String,
    pub paging: Paging,
}

impl Route {
    /// What the key's owner hosts, or with a filter what belongs to a team.
    pub(super) fn own(versions: &ApiVersions) -> Self {
        let version = versions.booking_list.clone();
        let paging = if version.as_str() >= CURSORS_SINCE { Paging::Cursor } else { Paging::Skip };
        Self { segments: vec!["bookings".into()], version, paging }
    }

    pub(super) fn of_team(team: i64, versions: &ApiVersions) -> Self {
        let segments = vec!["teams".into(), team.to_string(), "bookings".into()];
        Self { segments, version: versions.team_booking_list.clone(), paging: Paging::Skip }
    }
}

/// A list with its filters.
pub(super) struct Listing {
    pub operation: &'static str,
    pub route: Route,
    pub filters: Vec<(&'static str, String)>,
}

impl Listing {
    /// What `read` makes of each item, where it makes anything of it; a list that cannot be read to its end is none.
    pub(super) async fn every<T: Send>(
        &self,
        line: &Line<'_>,
        read: impl Fn(&Value) -> Result<Option<T>, CalendarFailure> + Send + Sync,
    ) -> Result<Vec<T>, CalendarFailure> {
        let (mut all, mut place) = (Vec::new(), Place::Start);
        for _ in 0..PAGES_AT_MOST {
            let (items, next) = line.read(self.ask(&place), |answer| page(answer, &place, &read)).await?;
            all.extend(items);
            match next {
                Some(next) => place = next,
                None => return Ok(all),
            }
        }
        Err(unknown("list_without_end"))
    }

    fn ask(&self, place: &Place) -> Ask<'_> {
        let segments = self.route.segments.iter().map(String::as_str).collect();
        let mut ask = Ask::get(self.operation, segments).of_version(&self.route.version);
        ask.query.clone_from(&self.filters);
        ask.query.push(match self.route.paging {
            Paging::Cursor => ("limit", CURSOR_PAGE.to_string()),
            Paging::Skip => ("take", SKIP_PAGE.to_string()),
        });
        match place {
            Place::Start => ask,
            Place::Cursor(cursor) => ask.with("cursor", cursor),
            Place::Skip(skip) => ask.with("skip", skip),
        }
    }
}

/// Of bookings that were seen in several lists or on two pages, the later sight is the newer word.
pub(super) fn newest<T>(seen: Vec<T>, uid: impl Fn(&T) -> &str) -> Vec<T> {
    let mut newest: Vec<T> = Vec::with_capacity(seen.len());
    for item in seen {
        newest.retain(|known| uid(known) != uid(&item));
        newest.push(item);
    }
    newest
}

fn page<T>(
    answer: &Answer,
    place: &Place,
    read: impl Fn(&Value) -> Result<Option<T>, CalendarFailure>,
) -> Result<(Vec<T>, Option<Place>), CalendarFailure> {
    let items = answer.data(About::List)?.as_array().ok_or_else(unreadable)?;
    let found = items.iter().filter_map(|item| read(item).transpose()).collect::<Result<Vec<_>, _>>()?;
    let whole = answer.json.as_ref().unwrap_or(&Value::Null);
    let next = next(whole, place, items.len()).map_err(|NowhereToGo| unreadable())?;
    Ok((found, next))
}

/// Where a listing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Start,
    Cursor(String),
    Skip(usize),
}

/// Where the next page begins, from an answer's `pagination`; an error if it says that there is more and not where.
fn next(json: &Value, place: &Place, returned: usize) -> Result<Option<Place>, NowhereToGo> {
    let pagination = json.get("pagination");
    let field = |name: &str| pagination.and_then(|pagination| pagination.get(name));
    let says = |name: &str| field(name).and_then(Value::as_bool) == Some(true);
    let cursor = field("nextCursor").and_then(Value::as_str).filter(|cursor| !cursor.is_empty());
    if says("hasMore") {
        let next = Place::Cursor(cursor.ok_or(NowhereToGo)?.to_owned());
        return if next == *place { Err(NowhereToGo) } else { Ok(Some(next)) };
    }
    if says("hasNextPage") {
        let skipped = if let Place::Skip(skipped) = place { *skipped } else { 0 };
        let step = returned.saturating_sub(ASKED_AGAIN).max(1);
        return if returned == 0 { Err(NowhereToGo) } else { Ok(Some(Place::Skip(skipped + step))) };
    }
    Ok(None)
}

/// The list says that it goes on, but not where.
#[derive(Debug, PartialEq, Eq)]
struct NowhereToGo;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_teams_bookings_have_their_own_route() {
        let versions = ApiVersions::default();
        let own = Route::own(&versions);
        assert_eq!((own.segments.join("/"), own.paging), ("bookings".into(), Paging::Cursor));
        assert_eq!(own.version, "2026-05-01");
        let team = Route::of_team(5, &versions);
        assert_eq!((team.segments.join("/"), team.paging), ("teams/5/bookings".into(), Paging::Skip));
        let older = ApiVersions { booking_list: "2024-08-13".into(), ..versions };
        assert_eq!(Route::own(&older).paging, Paging::Skip);
    }

    #[test]
    fn a_page_is_asked_for_where_the_last_one_ended() {
        let asked = |paging, place: &Place| {
            let route = Route { paging, ..Route::own(&ApiVersions::default()) };
            let filters = vec![("status", "past".to_owned())];
            Listing { operation: "find", route, filters }.ask(place).query
        };
        let with = |more: &[(&'static str, &str)]| {
            let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
            [("status", "past".to_owned())].into_iter().chain(more).collect::<Vec<_>>()
        };
        assert_eq!(asked(Paging::Cursor, &Place::Start), with(&[("limit", "100")]));
        assert_eq!(asked(Paging::Cursor, &Place::Cursor("c2".into())), with(&[("limit", "100"), ("cursor", "c2")]));
        assert_eq!(asked(Paging::Skip, &Place::Skip(240)), with(&[("take", "250"), ("skip", "240")]));
    }

    #[test]
    fn a_listing_ends_only_when_it_says_so() {
        let cursor = |name: &str| Place::Cursor(name.into());
        for (pagination, place, returned, outcome) in [
            (json!({"nextCursor": null, "hasMore": false}), Place::Start, 3, Ok(None)),
            (json!({"nextCursor": "c2", "hasMore": true}), Place::Start, 100, Ok(Some(cursor("c2")))),
            (json!({"nextCursor": "c2", "hasMore": true}), cursor("c2"), 100, Err(NowhereToGo)),
            (json!({"nextCursor": null, "hasMore": true}), Place::Start, 100, Err(NowhereToGo)),
            (json!({"hasNextPage": true}), Place::Start, 250, Ok(Some(Place::Skip(240)))),
            (json!({"hasNextPage": true}), Place::Skip(240), 250, Ok(Some(Place::Skip(480)))),
            (json!({"hasNextPage": true}), Place::Start, 1, Ok(Some(Place::Skip(1)))),
            (json!({"hasNextPage": true}), Place::Skip(250), 0, Err(NowhereToGo)),
            (json!({"hasNextPage": false}), Place::Skip(250), 7, Ok(None)),
            (json!(null), Place::Start, 7, Ok(None)),
        ] {
            let answer = json!({"pagination": pagination});
            assert_eq!(next(&answer, &place, returned), outcome, "{pagination} {place:?}");
        }
    }
}
