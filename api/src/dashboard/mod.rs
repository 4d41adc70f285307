//! The dashboard: pages rendered here, with their templates in `templates/`, their words in `texts/`, and one style sheet,
//! one script and one set of icons in `assets/`, all of it compiled in.
//!
//! A page is one file. To add `/c/{company}/callbacks`:
//!
//! 1. `callbacks.rs` here with `pub fn routes(pages: &Pages) -> Routes`, wired in `routes` below. Every endpoint is made by
//!    `pages.get(permission, parameters, handler)` or `pages.post(permission, handler)`; the handler gets a `Visit` (and a
//!    `Form`), and answers `html(&Template)`, `visit.redirect(path)`, or a `Problem`, which becomes a page.
//! 2. `templates/callbacks.html`, which extends `layout.html` and fills the block `content`. Its struct has the field
//!    `page: Page`, from `visit.page("callbacks.title")`; everything that all pages share is a method of it.
//! 3. `texts/callbacks.toml`, one line a text: `title = { de = "Rückrufe", en = "Callbacks" }`, said as
//!    `page.say("callbacks.title")` in the template. A test finds what is missing and what is not used.
//! 4. Its place in the navigation, in `nav.rs`.

mod agents;
mod alerts;
mod appointments;
mod assets;
mod branches;
mod callbacks;
mod calls;
mod chart;
mod companies;
mod confirm;
mod customers;
mod difference;
mod errors;
mod form;
mod happened;
mod help;
mod history;
mod html;
mod keys;
mod language;
mod login;
mod logs;
mod masked;
mod nav;
mod numbers;
mod overview;
mod page;
mod pages;
mod people;
mod preferences;
mod request;
mod services;
#[cfg(feature = "oidc")]
mod single_sign_on;
mod staff;
mod stale;
mod sync;
mod texts;
mod theme;
mod trouble;
mod users;
mod visit;
mod webhooks;
mod welcome;

pub use confirm::Confirm;
pub use form::Form;
pub use html::html;
pub use language::Language;
pub use page::Page;
pub use pages::Pages;
pub use visit::Visit;

use crate::app::App;
use crate::http::Routes;
use crate::logs::LogFiles;
use crate::problem::Problem;
use crate::users::Users;
use warp::Filter;
use warp::filters::BoxedFilter;

/// Every page, and what pages load.
pub fn routes(app: &App, users: &Users, log_files: Option<&LogFiles>) -> Routes {
    let pages = Pages::new(app, users);
    assets::routes()
        .and(login::routes(&pages))
        .and(welcome::routes(&pages))
        .and(preferences::routes(&pages))
        .and(companies::routes(&pages))
        .and(overview::routes(&pages))
        .and(appointments::routes(&pages))
        .and(customers::routes(&pages))
        .and(sync::routes(&pages))
        .and(agents::routes(&pages))
        .and(numbers::routes(&pages))
        .and(branches::routes(&pages))
        .and(webhooks::routes(&pages))
        .and(calls::routes(&pages))
        .and(history::routes(&pages))
        .and(callbacks::routes(&pages))
        .and(staff::routes(&pages))
        .and(services::routes(&pages))
        .and(alerts::routes(&pages))
        .and(logs::routes(&pages, log_files))
        .and(keys::routes(&pages))
        .and(users::routes(&pages))
        .and(help::routes(&pages))
        .and(by_provider(&pages))
        .or_show(pages.open(|_| async { Err(Problem::not_found("page")) }))
}

/// Signing in by a provider of identities.
#[cfg(feature = "oidc")]
fn by_provider(pages: &Pages) -> Routes {
    single_sign_on::routes(pages)
}

/// This program was built without it.
#[cfg(not(feature = "oidc"))]
fn by_provider(_: &Pages) -> Routes {
    Routes::new()
}

/// Where somebody who is signed in goes from the front door.
pub fn arrival(app: &App, users: &Users) -> BoxedFilter<(Option<String>,)> {
    let pages = Pages::new(app, users);
    request::asked()
        .then(move |asked| {
            let pages = pages.clone();
            async move { pages.signed_in(&asked).await.ok().flatten().map(|(user, _)| format!("/c/{}", user.company)) }
        })
        .boxed()
}

#[cfg(test)]
mod tests;
