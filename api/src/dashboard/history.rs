//! The history for those who audit it: every stream, how it stood at any time, what led to what, who looked at what, and the
//! proof that nothing was changed.

mod access;
mod bundle;
mod proof;
mod streams;
mod tree;

use super::pages::Pages;
use crate::http::Routes;
use crate::http::auth::Permission;
use http::Method;

pub fn routes(pages: &Pages) -> Routes {
    const AUDIT: &Permission = &Permission::AUDIT;
    let get = Method::GET;
    Routes::new()
        .add(get.clone(), "/c/{company}/history", pages.get(AUDIT, &["before", "stream"], streams::newest))
        .add(get.clone(), "/c/{company}/history/streams/{id}", pages.get(AUDIT, &["after"], streams::one))
        .add(
            get.clone(),
            "/c/{company}/history/streams/{id}/state",
            pages.get(AUDIT, &["at", "position"], streams::state),
        )
        .add(get.clone(), "/c/{company}/history/calls/{id}", pages.get(AUDIT, &[], tree::of_call))
        .add(get.clone(), "/c/{company}/history/access", pages.get(AUDIT, &["before"], access::log))
        .add(Method::POST, "/c/{company}/history/bundle", pages.post(&Permission::OWN, bundle::download))
        .add(get, "/c/{company}/history/proof", pages.get(AUDIT, &["after", "hash"], proof::stretch))
}
