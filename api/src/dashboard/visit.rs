//! One visit to a page as its handler gets it: a request of somebody signed in, for one company, with a permission that has
//! been checked.

use super::page::{FLASH, Page};
use crate::http::query::Query;
use crate::http::v1::request::Request;
use crate::problem::Problem;
use crate::pushing::PushError;
use crate::setup::SetUp;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use http::{StatusCode, header};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::ops::Deref;
use warp::reply::{Reply, Response};

/// How long somebody waits for a page that asks a provider, all of its questions together.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

pub struct Visit {
    pub(super) request: Request,
    pub(super) page: Page,
    /// How the browser calls this installation: `https://book.example.com`.
    pub(super) origin: String,
}

/// `scope()`, `rows()`, `query`, `paging()`, `span()`, `id("call")`, `shown()` and the rest are those of the API's requests.
impl Deref for Visit {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.request
    }
}

impl Visit {
    /// The frame of the page that answers; the title by its key.
    pub fn page(&self, title: &str) -> Page {
        self.page.titled(title)
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// What a page asks of a provider; where that takes too long, it is as if the provider were away. Only for what
    /// reads, since whatever is asked may be broken off.
    pub async fn soon<T>(&self, asked: impl Future<Output = Result<T, PushError>>) -> Result<T, PushError> {
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(PushError::TooSlow))
    }

    /// Changes of the set-up in the name of whoever looks.
    pub fn set_up(&self) -> SetUp<'_> {
        SetUp::new(&self.app, self.caller.name())
    }

    /// A day (`2026-03-01`) or a minute (`2026-03-01T09:00`) of the company's, as fields of forms send them.
    pub fn local_time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.local_time_of(&self.query, name)
    }

    /// The same of values that did not come with the address.
    pub fn local_time_of(&self, query: &Query, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = query.text(name) else { return Ok(None) };
        let unusable =
            || Problem::query(format!("The parameter '{name}' takes a day or a time such as 2026-03-01T09:00."));
        let local: DateTime = text.parse().map_err(|_| unusable())?;
        let zoned = self.page.zone().to_ambiguous_zoned(local).compatible().map_err(|_| unusable())?;
        Ok(Some(zoned.timestamp()))
    }

    /// The end of a day of the company's.
    pub fn end_of_day(&self, day: Option<&str>) -> Result<Option<Timestamp>, Problem> {
        let Some(day) = day else { return Ok(None) };
        let unusable = || Problem::unusable("day_unreadable", "A day is written like 2026-03-01.");
        let day: Date = day.parse().map_err(|_| unusable())?;
        let end = day.tomorrow().and_then(|next| next.to_zoned(self.page.zone())).map_err(|_| unusable())?;
        Ok(Some(end.timestamp()))
    }

    /// For links that somebody hands on.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// On to another page of the company; a browser asks it anew, so that nothing is sent twice.
    pub fn redirect(&self, path: &str) -> Response {
        see_other(&self.page.url(path))
    }

    /// The same, and there it is said what was done, by its key.
    pub fn redirect_saying(&self, path: &str, key: &str) -> Response {
        let mut response = self.redirect(path);
        set_cookie(&mut response, &flash(key));
        response
    }

    /// Notes that personal data was looked at: what (`call`, `customer`, `webhook`) and which. The data is shown only once
    /// that is written.
    pub async fn viewed(&self, what: &str, id: &str) -> Result<(), Problem> {
        let noted = self.set_up().note_view(self.company(), what, id).await;
        noted.map_err(Problem::from)
    }
}

/// Where a browser goes on with GET.
pub fn see_other(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().extend(address.parse().ok().map(|address| (header::LOCATION, address)));
    response
}

pub fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Says on the next page what was done; an empty key takes back what was to be said.
pub fn flash(key: &str) -> String {
    let lasts = if key.is_empty() { Duration::ZERO } else { Duration::minutes(1) };
    Cookie::build((FLASH, key)).path("/").http_only(true).same_site(SameSite::Lax).max_age(lasts).build().to_string()
}

/// A choice of the reader's that is kept in the browser for a year.
pub fn preference(name: &str, value: &str) -> String {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .build()
        .to_string()
}
