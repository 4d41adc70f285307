//! `GET /`: what answers here, and where to go from there, in German or English. One page without scripts; whoever works
//! with Ringbuch does so elsewhere.

use super::Routes;
use http::{Method, header};
use warp::Filter;
use warp::reply::{Reply, Response, with_header};

const GERMAN: &str = include_str!("home/de.html");
const ENGLISH: &str = include_str!("home/en.html");
const STYLE: &str = include_str!("home/home.css");
const SIGN: &str = include_str!("home/home.svg");

/// The page may load its own style and sign and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

pub fn routes() -> Routes {
    let page = warp::header::optional::<String>("accept-language")
        .map(|accepted: Option<String>| page(accepted.as_deref().unwrap_or_default()));
    let style = warp::any().map(|| asset(STYLE, "text/css; charset=utf-8"));
    let sign = warp::any().map(|| asset(SIGN, "image/svg+xml"));
    Routes::new().add(Method::GET, "/", page).add(Method::GET, "/home.css", style).add(Method::GET, "/home.svg", sign)
}

fn page(accepted: &str) -> Response {
    let (language, text) = if prefers_german(accepted) { ("de", GERMAN) } else { ("en", ENGLISH) };
    let html = warp::reply::html(text.replace("{version}", env!("CARGO_PKG_VERSION")));
    let html = with_header(html, header::CONTENT_SECURITY_POLICY, POLICY);
    let html = with_header(html, header::CONTENT_LANGUAGE, language);
    with_header(html, header::VARY, "Accept-Language").into_response()
}

fn asset(text: &'static str, media_type: &'static str) -> Response {
    let asset = with_header(text, header::CONTENT_TYPE, media_type);
    with_header(asset, header::CACHE_CONTROL, "public, max-age=3600").into_response()
}

/// Of the two languages that the page speaks, the one that the reader likes better; English where they like neither.
fn prefers_german(accepted: &str) -> bool {
    let liking = |language: &str| {
        let ranges = accepted.split(',').filter_map(range);
        ranges.filter(|(tag, _)| tag == language).map(|(_, weight)| weight).fold(0.0, f64::max)
    };
    liking("de") > liking("en")
}

/// `de-AT;q=0.8` as its language and its weight.
fn range(text: &str) -> Option<(String, f64)> {
    let mut parts = text.split(';');
    let language = parts.next()?.trim().split('-').next()?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
    Some((language, weight?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Front;
    use crate::metrics::Metrics;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn get(path: &str, language: &str) -> (Response, String) {
        let front = Front::new(routes(), Metrics::new().unwrap());
        let request = http::Request::get(path).header("accept-language", language).body(String::new()).unwrap();
        let (parts, body) = front.oneshot(request).await.unwrap().into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        (Response::from_parts(parts, warp::hyper::Body::default()), text)
    }

    #[test]
    fn the_page_speaks_what_the_reader_likes_better() {
        for (accepted, german) in [
            ("de", true),
            ("de-AT,de;q=0.9,en;q=0.8", true),
            ("en-GB,en;q=0.9,de;q=0.8", false),
            ("fr, de;q=0.3", true),
            ("fr", false),
            ("", false),
            ("en;q=0.2, DE;q=0.4", true),
            ("de;q=high", false),
        ] {
            assert_eq!(prefers_german(accepted), german, "{accepted}");
        }
    }
}
