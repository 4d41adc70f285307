//! Whom to call back, and that it is done. Names and numbers are shown to those who ask for them, and that they asked is
//! written down.

use super::Form;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::desk::callback_done;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use ringbuch_domain::ids::CallId;
use ringbuch_projections::callbacks::{self, Callback, CallbackStatus};
use ringbuch_projections::{Cursor, Paging};
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new()
        .add(Method::GET, "/c/{company}/callbacks", pages.get(&Permission::READ, &["done", "cursor"], list))
        .add(Method::POST, "/c/{company}/callbacks", pages.post(&Permission::READ, show))
        .add(Method::POST, "/c/{company}/callbacks/done", pages.post(&Permission::OPERATE, done))
}

#[derive(Template)]
#[template(path = "callbacks.html")]
struct Callbacks {
    page: Page,
    /// With those that were made already.
    all: bool,
    /// Whether names, numbers and notes are shown.
    shown: bool,
    items: Vec<Callback>,
    next: Option<Cursor>,
}

#[expect(clippy::unused_self, reason = "a template calls methods of its page")]
impl Callbacks {
    fn waits(&self, it: &Callback) -> bool {
        matches!(it.status, CallbackStatus::Open | CallbackStatus::Refused)
    }
}

async fn list(visit: Visit) -> Result<Response, Problem> {
    let (all, paging) = (visit.query.flag("done")?, visit.paging()?);
    page(&visit, all, false, paging).await
}

/// The newest with everything that is known of them.
async fn show(visit: Visit, form: Form) -> Result<Response, Problem> {
    page(&visit, form.text("done") == Some("true"), true, Paging::default()).await
}

async fn page(visit: &Visit, all: bool, shown: bool, paging: Paging) -> Result<Response, Problem> {
    let found = callbacks::list(visit.rows(), visit.scope(), all, paging).await?;
    if shown {
        for it in &found.items {
            visit.viewed("callback", it.call.as_str()).await?;
        }
    }
    html(&Callbacks { page: visit.page("callbacks.title"), all, shown, items: found.items, next: found.next })
}

async fn done(visit: Visit, form: Form) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("callback");
    let call = CallId::new(form.needed("call")?).map_err(|_| unknown())?;
    callbacks::find(visit.rows(), visit.scope(), &call).await?.ok_or_else(unknown)?;
    callback_done(&visit.app, visit.company(), &call, &visit.caller.name()).await?;
    visit.shown().await;
    Ok(visit.redirect_saying("/callbacks", "callbacks.made"))
}
