//! The log held against its own chain, a stretch a page: each page leads on to the next by itself until the end is reached,
//! without a script, and no node has to remember anything.

use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::http::v1::{Proof, prove};
use crate::problem::Problem;
use askama::Template;
use http::HeaderValue;
use ringbuch_adapters::chain::Chain;
use warp::reply::Response;

/// Events that one page checks.
const STRETCH: usize = 5_000;

#[derive(Template)]
#[template(path = "history_proof.html")]
struct Proving {
    page: Page,
    /// Absent before somebody begins.
    proof: Option<Proof>,
    start: String,
    /// The next stretch, while there is one.
    next: Option<String>,
    /// Streams have chains of their own, which are checked as a whole.
    by_streams: bool,
}

pub async fn stretch(visit: Visit) -> Result<Response, Problem> {
    let page = visit.page("history.proof");
    let by_streams = visit.app.store.chain == Chain::Streams;
    let begun = visit.query.text("after").is_some() && !by_streams;
    let proof = if begun { Some(prove(&visit, STRETCH).await?) } else { None };
    let open = proof.as_ref().filter(|proof| proof.broken.is_none() && !proof.done);
    let next = open.map(|it| page.url(&format!("/history/proof?after={}&hash={}", it.position, it.hash)));
    let start = page.url("/history/proof?after=0");
    let refresh = next.as_ref().and_then(|next| HeaderValue::try_from(format!("0; url={next}")).ok());
    let mut response = html(&Proving { page, proof, start, next, by_streams })?;
    response.headers_mut().extend(refresh.map(|refresh| (http::header::REFRESH, refresh)));
    Ok(response)
}
