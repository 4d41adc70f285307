//! The description of the API in OpenAPI 3.1, made of the code that answers: `GET /api/openapi.json`, and readable as a
//! page at `GET /api/docs`.

#![expect(clippy::indexing_slicing, reason = "what JSON does not hold reads as null, and what is set is made")]

mod described;
mod page;
pub mod params;
mod shape;
mod whole;

pub use described::{Given, InQuery, Of};

use super::{Routes, v1};
use http::{Method, header};
use serde_json::Value;
use std::sync::LazyLock;
use utoipa::OpenApi;
use warp::Filter;
use warp::reply::{Reply, Response, with_header};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let own = serde_json::to_value(v1::Described::openapi()).unwrap_or_default();
    whole::complete(own)
});

/// The whole description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

pub fn routes() -> Routes {
    Routes::new()
        .add(Method::GET, "/api/openapi.json", warp::any().map(|| warp::reply::json(document())))
        .add(Method::GET, "/api/docs", warp::any().map(docs))
        .add(Method::GET, "/api/docs.css", warp::any().map(style))
}

/// The page loads its style and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn docs() -> Response {
    let html = warp::reply::html(page::html(document()));
    with_header(html, header::CONTENT_SECURITY_POLICY, POLICY).into_response()
}

fn style() -> Response {
    let style = with_header(include_str!("docs.css"), header::CONTENT_TYPE, "text/css; charset=utf-8");
    with_header(style, header::CACHE_CONTROL, "public, max-age=3600").into_response()
}

#[cfg(test)]
mod tests;
