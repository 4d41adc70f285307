//! The guide for whoever works with the dashboard, from `docs/`, in the reader's language.

use super::Language;
use super::html::html;
use super::page::Page;
use super::pages::Pages;
use super::visit::Visit;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::problem::Problem;
use askama::Template;
use http::Method;
use pulldown_cmark::{Options, Parser};
use warp::reply::Response;

const GERMAN: &str = include_str!("../../../docs/user.de.md");
const ENGLISH: &str = include_str!("../../../docs/user.md");

pub fn routes(pages: &Pages) -> Routes {
    Routes::new().add(Method::GET, "/help", pages.get(&Permission::READ, &[], help))
}

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    page: Page,
    guide: String,
}

async fn help(visit: Visit) -> Result<Response, Problem> {
    let page = visit.page("help.title");
    let text = if page.language == Language::German { GERMAN } else { ENGLISH };
    html(&Help { guide: rendered(text), page })
}

/// Without its first line, which the page says itself.
fn rendered(text: &str) -> String {
    let text = text.split_once('\n').map_or(text, |(_, rest)| rest);
    let mut guide = String::new();
    pulldown_cmark::html::push_html(&mut guide, Parser::new_ext(text, Options::ENABLE_TABLES));
    guide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_guides_say_the_same_things_and_run_nothing() {
        let headings = |text: &str| rendered(text).matches("<h2>").count();
        assert!(headings(ENGLISH) > 4);
        assert_eq!(headings(ENGLISH), headings(GERMAN));
        for text in [GERMAN, ENGLISH] {
            assert!(rendered(text).contains("<table>") && !rendered(text).contains("<script"));
        }
    }
}
