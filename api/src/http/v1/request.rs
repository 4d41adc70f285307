//! One request as its handler gets it: who asks, for which company, with which parameters. There is no other way for a
//! handler to reach rows than through the scope of its request.

use crate::app::App;
use crate::http::auth::{Caller, Gate, Permission};
use crate::http::query::{Query, query};
use crate::http::route::Params;
use crate::http::{Page, with};
use crate::problem::Problem;
use crate::setup::SetUp;
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::page::Span;
use ringbuch_projections::rows::ReadModels;
use ringbuch_projections::{Cursor, Paging, Scope};
use std::str::FromStr;
use warp::Filter;
use warp::filters::BoxedFilter;

/// What all endpoints are made with.
#[derive(Clone)]
pub struct Entrance {
    app: App,
    gate: Gate,
}

/// A request that may be answered.
pub struct Request {
    pub app: App,
    pub caller: Caller,
    pub query: Query,
    params: Params,
}

impl Entrance {
    pub fn new(app: &App, gate: &Gate) -> Self {
        Self { app: app.clone(), gate: gate.clone() }
    }

    /// Lets a request in that has the permission, with these parameters and no others.
    pub fn admit(
        &self,
        permission: &'static Permission,
        parameters: &'static [&'static str],
    ) -> BoxedFilter<(Request,)> {
        self.gate
            .require(permission)
            .and(query(parameters))
            .and(warp::ext::optional::<Params>())
            .and(with(&self.app))
            .map(|caller, query, params: Option<Params>, app| Request {
                app,
                caller,
                query,
                params: params.unwrap_or_default(),
            })
            .boxed()
    }
}

impl Request {
    /// One that has been let in some other way.
    pub fn new(app: &App, caller: Caller, query: Query, params: Params) -> Self {
        Self { app: app.clone(), caller, query, params }
    }

    pub fn company(&self) -> &CompanyId {
        &self.caller.company
    }

    pub fn scope(&self) -> Scope<'_> {
        Scope::Company(&self.caller.company)
    }

    /// The caller's company or, where an owner asks with `?all=true`, everybody's: what belongs to no company yet is seen
    /// by nobody else.
    pub fn wide_scope(&self) -> Result<Scope<'_>, Problem> {
        match (self.query.flag("all")?, self.caller.is_owner()) {
            (false, _) => Ok(self.scope()),
            (true, true) => Ok(Scope::All),
            (true, false) => Err(Problem::not_allowed("Only an owner may ask with all=true.")),
        }
    }

    /// What somebody may see of the installation: an owner all of it, anybody else their company's part.
    pub fn part(&self) -> Scope<'_> {
        if self.caller.is_owner() { Scope::All } else { self.scope() }
    }

    pub fn rows(&self) -> &dyn ReadModels {
        &*self.app.store.rows
    }

    /// The last part of the path. What cannot be an id of that kind names nothing.
    pub fn id<T: FromStr>(&self, what: &str) -> Result<T, Problem> {
        let given = self.params.get("id").and_then(|id| id.parse().ok());
        given.ok_or_else(|| Problem::not_found(what))
    }

    /// From `limit` and `cursor`, for lists that the read models page themselves.
    pub fn paging(&self) -> Result<Paging, Problem> {
        let page = Page::of(&self.query)?;
        let cursor: Option<String> = page.after()?;
        let unusable = |_| Problem::query("The parameter 'cursor' takes only what the list before gave as 'next'.");
        let after = cursor.map(|cursor| cursor.parse::<Cursor>().map_err(unusable)).transpose()?;
        Ok(Paging { after, limit: u32::try_from(page.limit).unwrap_or(u32::MAX) })
    }

    /// From `since` and `until`.
    pub fn span(&self) -> Result<Span, Problem> {
        Ok(Span { since: self.query.time("since")?, until: self.query.time("until")? })
    }

    /// `de`, `en`: what the company's callers speak.
    pub fn language(&self) -> String {
        let known = self.app.directory.known();
        known.company(self.company()).map_or_else(|| "en".to_owned(), |company| company.language.clone())
    }

    /// Notes that personal data is handed out: what (`call`, `customer`, `webhook`) and which. It is handed out only once that
    /// is written.
    pub async fn viewed(&self, what: &str, id: &str) -> Result<(), Problem> {
        Ok(SetUp::new(&self.app, self.caller.name()).note_view(self.company(), what, id).await?)
    }

    /// Returns once the read models show what has been written until now, so that the next request sees it.
    pub async fn shown(&self) {
        self.app.shown().await;
    }
}
