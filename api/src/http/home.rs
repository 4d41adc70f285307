//! `GET /`: what answers here, and where to go from there, in German or English. One page without scripts; whoever works
//! with Ringbuch signs in from here.

use super::Routes;
use crate::dashboard::Language;
use http::{HeaderMap, Method, StatusCode, header};
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::{Reply, Response, with_header};

const GERMAN: &str = include_str!("home/de.html");
const ENGLISH: &str = include_str!("home/en.html");
const STYLE: &str = include_str!("home/home.css");
const SIGN: &str = include_str!("home/home.svg");

/// The page may load its own style and sign and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// `arrival` says where whoever is signed in goes at once.
pub fn routes(arrival: BoxedFilter<(Option<String>,)>) -> Routes {
    let page = arrival.and(warp::header::headers_cloned()).map(|to: Option<String>, headers: HeaderMap| match to {
        Some(to) => with_header(StatusCode::SEE_OTHER, header::LOCATION, to).into_response(),
        None => page(Language::of(&headers)),
    });
    let style = warp::any().map(|| asset(STYLE, "text/css; charset=utf-8"));
    let sign = warp::any().map(|| asset(SIGN, "image/svg+xml"));
    Routes::new().add(Method::GET, "/", page).add(Method::GET, "/home.css", style).add(Method::GET, "/home.svg", sign)
}

fn page(language: Language) -> Response {
    let text = if language == Language::German { GERMAN } else { ENGLISH };
    let html = warp::reply::html(text.replace("{version}", env!("CARGO_PKG_VERSION")));
    let html = with_header(html, header::CONTENT_SECURITY_POLICY, POLICY);
    let html = with_header(html, header::CONTENT_LANGUAGE, language.code());
    with_header(html, header::VARY, "Accept-Language, Cookie").into_response()
}

fn asset(text: &'static str, media_type: &'static str) -> Response {
    let asset = with_header(text, header::CONTENT_TYPE, media_type);
    with_header(asset, header::CACHE_CONTROL, "public, max-age=3600").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Front;
    use crate::metrics::Metrics;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn get(path: &str, language: &str) -> (http::response::Parts, String) {
        let front = Front::new(routes(warp::any().map(|| None).boxed()), Metrics::new().unwrap());
        let request = http::Request::get(path).header("accept-language", language).body(String::new()).unwrap();
        let (parts, body) = front.oneshot(request).await.unwrap().into_parts();
        (parts, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_page_comes_in_both_languages_and_runs_nothing() {
        for (language, words) in [("de-DE", "Der Server läuft"), ("en", "The server is up")] {
            let (parts, text) = get("/", language).await;
            assert_eq!(
                (parts.status.as_u16(), &parts.headers["vary"]),
                (200, &"Accept-Language, Cookie".parse().unwrap())
            );
            assert_eq!(parts.headers["content-language"], language.split('-').next().unwrap());
            assert!(parts.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
            assert!(text.contains(words) && text.contains(env!("CARGO_PKG_VERSION")));
            for active in ["<script", "<style", "style=", "onclick", "http://"] {
                assert!(!text.contains(active), "{active}");
            }
        }
    }

    #[tokio::test]
    async fn what_the_page_loads_is_there() {
        for (path, media_type) in [("/home.css", "text/css; charset=utf-8"), ("/home.svg", "image/svg+xml")] {
            let (parts, text) = get(path, "de").await;
            assert_eq!((parts.status.as_u16(), parts.headers["content-type"].to_str().unwrap()), (200, media_type));
            assert!(GERMAN.contains(path) && ENGLISH.contains(path) && !text.is_empty());
        }
    }
}
