//! The history for those who audit it: every stream, how it stood at any time, what led to what, who looked at what, and the
//! proof that nothing was changed.

mod access;
mod proof;
mod streams;
mod tree;

use super::Form;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::v1::bundle::downloaded;
use crate::problem::Problem;
use http::Method;
use warp::reply::Response;

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
        .add(Method::POST, "/c/{company}/history/bundle", pages.post(&Permission::OWN, bundle))
        .add(get, "/c/{company}/history/proof", pages.get(AUDIT, &["after", "hash"], proof::stretch))
}

async fn bundle(visit: Visit, _: Form) -> Result<Response, Problem> {
    downloaded(&visit).await
}
