//! Phone calls: those that go on, all that were, and each with what was said beside what happened.

mod conversation;
mod detail;
mod list;

use super::pages::Pages;
use crate::http::Routes;
use crate::http::auth::Permission;
use http::Method;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new()
        .add(Method::GET, "/c/{company}/calls", pages.get(&Permission::READ, list::FILTERS, list::list))
        .add(Method::GET, "/c/{company}/calls/{id}", pages.get(&Permission::READ, &[], detail::masked))
        .add(Method::POST, "/c/{company}/calls/{id}", pages.post(&Permission::READ, detail::shown))
}
