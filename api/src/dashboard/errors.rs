//! A problem as a page, in the frame of whoever met it.

use super::html::html;
use super::page::Page;
use crate::problem::{Kind, Problem};
use askama::Template;
use warp::reply::{Reply, Response};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    status: u16,
    meaning: String,
    detail: Option<String>,
}

pub fn page(page: &Page, problem: &Problem) -> Response {
    let (title, meaning) = texts(problem.kind);
    let shown = ErrorPage {
        page: page.titled(title),
        status: problem.kind.status().as_u16(),
        meaning: page.say(meaning).to_string(),
        detail: problem.detail.as_deref().and_then(|english| page.explained(english)),
    };
    let mut response = html(&shown).unwrap_or_else(Reply::into_response);
    *response.status_mut() = problem.kind.status();
    response
}

/// Title and meaning, by their keys.
fn texts(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::NotFound => ("errors.not_found", "errors.not_found_meaning"),
        Kind::NotAllowed => ("errors.not_allowed", "errors.not_allowed_meaning"),
        Kind::RateLimited => ("errors.too_many", "errors.too_many_meaning"),
        Kind::Unavailable | Kind::NotReady | Kind::ProviderFailed => {
            ("errors.unavailable", "errors.unavailable_meaning")
        }
        Kind::Conflict | Kind::ChangedMeanwhile | Kind::Rejected => ("errors.conflict", "errors.conflict_meaning"),
        Kind::Internal => ("errors.internal", "errors.internal_meaning"),
        _ => ("errors.unusable", "errors.unusable_meaning"),
    }
}
