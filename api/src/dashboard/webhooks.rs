//! Webhooks: the last day in numbers, every delivery with what was tried and what it led to, and deliveries processed once
//! more.

mod detail;
mod list;
mod monitor;
mod replays;
mod wanted;

use super::pages::Pages;
use crate::http::Routes;
use crate::http::auth::Permission;
use http::Method;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new()
        .add(Method::GET, "/c/{company}/webhooks", pages.get(&Permission::READ, wanted::LIST, list::list))
        .add(Method::GET, "/c/{company}/webhooks/replay", pages.get(&Permission::OPERATE, wanted::REPLAY, replays::ask))
        .add(Method::POST, "/c/{company}/webhooks/replay", pages.post(&Permission::OPERATE, replays::carry_out))
        .add(Method::GET, "/c/{company}/webhooks/{id}", pages.get(&Permission::READ, &["all"], detail::masked))
        .add(Method::POST, "/c/{company}/webhooks/{id}", pages.post(&Permission::READ, detail::shown))
}
