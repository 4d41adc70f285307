//! What every request passes, whatever answers it: it gets an id, a span in the log, a figure in the metrics, and an
//! answer with the headers that protect a browser, even if the endpoint panics.

use super::limits::Limits;
use super::route::Routes;
use crate::metrics::Metrics;
use crate::telemetry::context::Place;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower::Service;
use tracing::{Instrument, Span, field};
use uuid::Uuid;
use warp::reply::{Reply, Response};

/// Names one request in the log and at the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers that an answer gets unless its endpoint set them. An endpoint that sends pages has its own policy.
const PROTECTION: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The service that the server runs.
#[derive(Clone)]
pub struct Front {
    routes: Arc<Routes>,
    limits: Arc<Limits>,
    metrics: Metrics,
}

impl Front {
    pub fn new(routes: Routes, metrics: Metrics) -> Self {
        Self { routes: Arc::new(routes), limits: Arc::default(), metrics }
    }

    async fn answer<B>(self, mut request: Request<B>) -> Response
    where
        B: http_body::Body + Send + Sync + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let started = Instant::now();
        let id = RequestId::of(request.headers());
        let method = request.method().clone();
        let span = span(&method, &id, request.headers());
        request.extensions_mut().insert(id.clone());

        let (route, mut response) = self.dispatch(request).instrument(span.clone()).await;
        protect(response.headers_mut());
        response.headers_mut().extend(HeaderValue::from_str(&id.0).ok().map(|id| (REQUEST_ID, id)));

        let took = started.elapsed();
        self.metrics.http_request(&method, route, response.status(), took);
        record(&span, route, &response, took);
        response
    }

    /// The pattern of whatever answers, and its answer; who asks too often is not let through.
    async fn dispatch<B>(&self, request: Request<B>) -> (&'static str, Response)
    where
        B: http_body::Body + Send + Sync + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match self.limits.refusal(&request) {
            Some(refusal) => ("limited", refusal.into_response()),
            None => self.routes.answer(request).await,
        }
    }
}

impl<B> Service<Request<B>> for Front
where
    B: http_body::Body + Send + Sync + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Box::pin(self.clone().answer(request).map(Ok))
    }
}

impl RequestId {
    /// The client's own, if it is one that may stand in a log; otherwise a fresh one.
    fn of(headers: &HeaderMap) -> Self {
        let offered = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        match offered.filter(|id| is_plain(id)) {
            Some(id) => Self(id.into()),
            None => Self(Uuid::new_v4().to_string().into()),
        }
    }
}

fn is_plain(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Paths and queries may hold numbers of people, so only the pattern is ever logged. The span has the highest level, so
/// that a warning inside it still says which request it belongs to where less is not logged. `follows` is the place in a
/// trace that whoever asks has named; `call` is told once it is proven.
fn span(method: &Method, id: &RequestId, headers: &HeaderMap) -> Span {
    let span = tracing::error_span!(
        "request",
        %method,
        request_id = %id.0,
        follows = field::Empty,
        call = field::Empty,
        route = field::Empty,
        status = field::Empty,
    );
    if let Some(place) = Place::of_request(headers) {
        span.record("follows", field::display(place));
    }
    span
}

fn record(span: &Span, route: &str, response: &Response, took: Duration) {
    span.record("route", route);
    span.record("status", response.status().as_u16());
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let _inside = span.enter();
    if response.status().is_server_error() {
        tracing::warn!(milliseconds, "answered with a failure");
    } else {
        tracing::debug!(milliseconds, "answered");
    }
}

fn protect(headers: &mut HeaderMap) {
    for (name, value) in PROTECTION {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tower::ServiceExt;
    use warp::Filter;

    fn front() -> Front {
        let panicking = warp::any().then(|| async { panic!("a handler that breaks, on purpose") as &'static str });
        let own_policy = warp::any().map(|| warp::reply::with_header("page", "content-security-policy", "img-src *"));
        let id = warp::ext::get::<RequestId>().map(|id: RequestId| id.0.to_string());
        let routes = Routes::new().add(Method::GET, "/panics", panicking).add(Method::GET, "/page", own_policy).add(
            Method::GET,
            "/id",
            id,
        );
        Front::new(routes, Metrics::new().unwrap())
    }

    async fn get(front: &Front, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        front.clone().oneshot(request.body(String::new()).unwrap()).await.unwrap()
    }

    async fn text(response: Response) -> String {
        use http_body_util::BodyExt;
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem_that_tells_nothing() {
        let front = front();
        let response = get(&front, "/panics", &[]).await;
        assert_eq!(response.status(), 500);
        assert!(response.headers().contains_key("x-request-id"));
        let text = text(response).await;
        assert!(text.contains("/problems/internal") && !text.contains("on purpose"), "{text}");
        let counted = r#"http_request_duration_seconds_count{method="GET",route="/panics",status="500"} 1"#;
        assert!(front.metrics.render().contains(counted));
    }

    #[tokio::test]
    async fn a_clients_id_is_kept_and_one_that_could_forge_a_log_line_is_not() {
        let front = front();
        let kept = get(&front, "/id", &[("x-request-id", "abc-1")]).await;
        assert_eq!(kept.headers()["x-request-id"], "abc-1");
        assert_eq!(text(kept).await, "abc-1");
        for odd in ["a b", "", &"x".repeat(129)] {
            let fresh = get(&front, "/id", &[("x-request-id", odd)]).await;
            assert_eq!(fresh.headers()["x-request-id"].len(), 36, "{odd:?}");
        }
    }

    #[tokio::test]
    async fn answers_carry_protection_and_an_endpoints_own_policy_stays() {
        let front = front();
        let page = get(&front, "/page", &[]).await;
        assert_eq!(page.headers()["content-security-policy"], "img-src *");
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        assert_eq!(get(&front, "/none", &[]).await.headers()["x-frame-options"], "DENY");
    }

    #[tokio::test]
    async fn who_asks_too_often_gets_a_problem_with_protection_like_any_other() {
        let front = front();
        let ask = async || {
            let mut request = Request::get("/id").body(String::new()).unwrap();
            request.extensions_mut().insert(crate::http::Peer("192.0.2.7:9".parse().unwrap()));
            front.clone().oneshot(request).await.unwrap()
        };
        let mut last = ask().await;
        for _ in 0..2_000 {
            if last.status() == 429 {
                break;
            }
            last = ask().await;
        }
        assert_eq!(last.status(), 429);
        assert_eq!(last.headers()["retry-after"], "1");
        assert_eq!(last.headers()["x-frame-options"], "DENY");
        assert!(front.metrics.render().contains(r#"route="limited",status="429""#));
    }

    #[tokio::test]
    async fn unknown_paths_and_methods_are_problems() {
        let front = front();
        let page = warp::any().map(|| "a page for people".into_response()).boxed();
        let for_people = Front::new(Routes::new().or_show(page), Metrics::new().unwrap());
        let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
        assert_eq!(text(get(&for_people, "/none", &browser).await).await, "a page for people");
        for (path, headers) in [("/none", &[][..]), ("/none", &[("accept", "*/*")]), ("/api/v1/none", &browser)] {
            assert_eq!(get(&for_people, path, headers).await.status(), 404, "{path}");
        }
        let missing = get(&front, "/none", &[]).await;
        assert_eq!((missing.status().as_u16(), text(missing).await.contains("/problems/not-found")), (404, true));
        let post = Request::post("/page").body(String::new()).unwrap();
        let refused = front.clone().oneshot(post).await.unwrap();
        assert_eq!(refused.status(), 405);
        assert_eq!(refused.headers()["allow"], "GET, HEAD");
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
        assert!(front.metrics.render().contains(r#"route="unmatched",status="404""#));
    }
}
