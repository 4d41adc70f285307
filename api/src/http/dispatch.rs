//! From the table of addresses to an answer, whoever asks: the server for a client, or another part of this program.

use super::route::{Met, Routes};
use crate::problem::{Kind, Problem};
use futures_util::FutureExt;
use http::{HeaderMap, Request, header};
use std::panic::AssertUnwindSafe;
use tower::ServiceExt;
use warp::filters::BoxedFilter;
use warp::reply::{Reply, Response};

impl Routes {
    /// Answers a request by the endpoint that it meets, and tells the pattern of that. An endpoint that panics answers
    /// with a problem.
    pub async fn answer<B>(&self, mut request: Request<B>) -> (&'static str, Response)
    where
        B: http_body::Body + Send + Sync + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match self.find(request.method(), request.uri().path()) {
            Met::Nothing => ("unmatched", self.nobody(request).await),
            Met::OtherMethod(pattern, allowed) => {
                let detail = format!("This address answers {allowed}.");
                let problem = Problem::new(Kind::MethodNotAllowed).detail(detail).header(header::ALLOW, &allowed);
                (pattern, problem.into_response())
            }
            Met::Endpoint(endpoint, params) => {
                request.extensions_mut().insert(params);
                (endpoint.pattern(), shown(&endpoint.filter, request).await)
            }
        }
    }

    /// A page where a person looks at it, otherwise a problem document.
    async fn nobody<B>(&self, request: Request<B>) -> Response
    where
        B: http_body::Body + Send + Sync + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let for_people = !request.uri().path().starts_with("/api/") && accepts_pages(request.headers());
        match self.nowhere().filter(|_| for_people) {
            Some(page) => shown(page, request).await,
            None => Problem::new(Kind::NotFound).into_response(),
        }
    }
}

/// A panic is logged where panics are; here it only must not take the connection along.
async fn shown<B>(filter: &BoxedFilter<(Response,)>, request: Request<B>) -> Response
where
    B: http_body::Body + Send + Sync + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let answer = warp::service(filter.clone()).oneshot(request);
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(response)) => response,
        Err(_panic) => Problem::internal().into_response(),
    }
}

/// Browsers name HTML first when they open a page; what a page loads does not.
fn accepts_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
