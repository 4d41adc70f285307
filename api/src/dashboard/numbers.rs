//! Telephone numbers: at which branch each is answered, by which agents in which version and for which part of its calls.
//! Who answers is changed at Retell, where what stands there by then is looked at first.

mod detail;
mod list;
mod shares;

pub use list::as_read;
pub use shares::{Part, parts};

use super::pages::Pages;
use crate::http::Routes;
use crate::http::auth::Permission;
use http::Method;

pub fn routes(pages: &Pages) -> Routes {
    let (read, administer) = (&Permission::READ, &Permission::ADMINISTER);
    Routes::new()
        .add(Method::GET, "/c/{company}/numbers", pages.get(read, &[], list::list))
        .add(Method::GET, "/c/{company}/numbers/{id}", pages.get(read, &[], detail::show))
        .add(Method::POST, "/c/{company}/numbers/{id}/agents", pages.post(administer, detail::bind_incoming))
        .add(Method::POST, "/c/{company}/numbers/{id}/outbound", pages.post(administer, detail::bind_outgoing))
        .add(Method::POST, "/c/{company}/numbers/{id}/branch", pages.post(administer, detail::assign))
}
