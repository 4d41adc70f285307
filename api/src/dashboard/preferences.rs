//! Language and theme, kept in the reader's browser.

use super::Form;
use super::language::{self, Language};
use super::pages::{Guest, Pages};
use super::request::local;
use super::theme::{self, Theme};
use super::visit::{preference, see_other, set_cookie};
use crate::http::Routes;
use crate::problem::Problem;
use http::Method;
use warp::reply::Response;

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::POST, "/preferences", pages.open_post(choose))
}

async fn choose(_: Guest, form: Form) -> Result<Response, Problem> {
    let mut response = see_other(form.text("next").and_then(local).unwrap_or("/"));
    if let Some(language) = form.text("language").and_then(Language::of_code) {
        set_cookie(&mut response, &preference(language::COOKIE, language.code()));
    }
    if let Some(theme) = form.text("theme").and_then(Theme::of_code) {
        set_cookie(&mut response, &preference(theme::COOKIE, theme.code()));
    }
    Ok(response)
}
