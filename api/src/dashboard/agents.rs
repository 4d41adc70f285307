//! Voice agents: which numbers they answer for which branch, their words in all versions, and what came of each version's
//! calls. Words are written into a draft, compared line by line, and published or rolled back once somebody has agreed;
//! what Retell holds by then is looked at first.

mod change;
mod detail;
mod known;
mod list;
mod results;
mod standing;
mod words;

pub use known::{Known, all, version};

use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use change::Act;
use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

pub fn routes(pages: &Pages) -> Routes {
    let (read, administer) = (&Permission::READ, &Permission::ADMINISTER);
    Routes::new()
        .add(Method::GET, "/c/{company}/agents", pages.get(read, &[], list::list))
        .add(Method::GET, "/c/{company}/agents/{id}", pages.get(read, &["days"], detail::show))
        .add(Method::POST, "/c/{company}/agents/{id}/branch", pages.post(administer, detail::assign))
        .add(Method::GET, "/c/{company}/agents/{id}/prompt", pages.get(read, &["version"], words::show))
        .add(Method::POST, "/c/{company}/agents/{id}/prompt", pages.post(administer, words::write))
        .add(
            Method::GET,
            "/c/{company}/agents/{id}/publish",
            pages.get(administer, &["version"], |visit| change::ask(visit, Act::Publish)),
        )
        .add(
            Method::POST,
            "/c/{company}/agents/{id}/publish",
            pages.post(administer, |visit, form| change::change(visit, form, Act::Publish)),
        )
        .add(
            Method::GET,
            "/c/{company}/agents/{id}/rollback",
            pages.get(administer, &["version"], |visit| change::ask(visit, Act::RollBack)),
        )
        .add(
            Method::POST,
            "/c/{company}/agents/{id}/rollback",
            pages.post(administer, |visit, form| change::change(visit, form, Act::RollBack)),
        )
}

/// The frame of a page about one agent; its title has a place for the name.
fn page_of(visit: &Visit, title: &str, agent: &Known) -> Page {
    let mut page = visit.page(title);
    page.title = page.say(title).with("name", agent.name()).to_string();
    page
}

/// Where an agent's page is, below the company's address.
fn place(agent: &str) -> String {
    format!("/agents/{}", utf8_percent_encode(agent, NON_ALPHANUMERIC))
}
