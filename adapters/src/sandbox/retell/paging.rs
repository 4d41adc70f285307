//! Pages of the v2 and v3 lists: `limit` (50, at most 1000), an opaque `pagination_key`, `sort_order` (descending).

use serde_json::{Map, Value, json};

use super::{super::wire::Request, problem::Problem};

pub(super) struct Page {
    limit: usize,
    skip: usize,
    after: Option<Place>,
    descending: bool,
}

/// A place in the ascending order of a list.
pub(super) type Place = (i64, u64);

impl Page {
    pub(super) fn of_query(request: &Request) -> Result<Self, Problem> {
        let limit = request.query("limit").map(str::parse).transpose().map_err(|_| Problem::bad_request())?;
        Self::new(limit, None, request.query("pagination_key"), request.query("sort_order"))
    }

    /// `skip` does not go with a pagination key.
    pub(super) fn of_body(fields: &Map<String, Value>) -> Result<Self, Problem> {
        let whole = |name| match fields.get(name).filter(|value| !value.is_null()) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or_else(Problem::bad_request),
        };
        let text = |name| fields.get(name).and_then(Value::as_str);
        Self::new(whole("limit")?, whole("skip")?, text("pagination_key"), text("sort_order"))
    }

    fn new(limit: Option<u64>, skip: Option<u64>, key: Option<&str>, order: Option<&str>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(50);
        if !(1..=1000).contains(&limit) || (skip.is_some() && key.is_some()) {
            return Err(Problem::bad_request());
        }
        let descending = match order {
            None | Some("descending") => true,
            Some("ascending") => false,
            Some(_) => return Err(Problem::bad_request()),
        };
        let after = key.map(|key| read_key(key).ok_or_else(Problem::bad_request)).transpose()?;
        let whole = |number: u64| usize::try_from(number).map_err(|_| Problem::bad_request());
        Ok(Self { limit: whole(limit)?, skip: whole(skip.unwrap_or_default())?, after, descending })
    }

    /// `items` are in ascending order of their places.
    pub(super) fn of<T>(
        &self,
        items: impl DoubleEndedIterator<Item = (Place, T)>,
        row: impl Fn(T) -> Value,
    ) -> Map<String, Value> {
        let beyond = |place: Place| match self.after {
            None => true,
            Some(after) if self.descending => place < after,
            Some(after) => after < place,
        };
        let items: Box<dyn Iterator<Item = (Place, T)> + '_> =
            if self.descending { Box::new(items.rev()) } else { Box::new(items) };
        let mut rest = items.filter(|(place, _)| beyond(*place)).skip(self.skip).peekable();
        let mut last = None;
        let mut rows = Vec::new();
        while rows.len() < self.limit
            && let Some((place, item)) = rest.next()
        {
            last = Some(place);
            rows.push(row(item));
        }
        let more = rest.peek().is_some();
        let mut page = Map::from_iter([("items".to_owned(), Value::Array(rows)), ("has_more".to_owned(), json!(more))]);
        if let Some(last) = last.filter(|_| more) {
            page.insert("pagination_key".into(), write_key(last).into());
        }
        page
    }
}

fn write_key((at, number): Place) -> String {
    hex::encode(format!("{at}:{number}"))
}

fn read_key(key: &str) -> Option<Place> {
    let text = String::from_utf8(hex::decode(key).ok()?).ok()?;
    let (at, number) = text.split_once(':')?;
    Some((at.parse().ok()?, number.parse().ok()?))
}
