//! From the table of addresses to an answer, whoever asks: the server for a client, or another part of this program.

use super::route::{Met, Routes};
use crate::problem::{Kind, Problem};
use futures_util::FutureExt;
use http::{Request, header};
use std::panic::AssertUnwindSafe;
use tower::ServiceExt;
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
            Met::Nothing => ("unmatched", Problem::new(Kind::NotFound).into_response()),
            Met::OtherMethod(pattern, allowed) => {
                let detail = format!("This address answers {allowed}.");
                let problem = Problem::new(Kind::MethodNotAllowed).detail(detail).header(header::ALLOW, &allowed);
                (pattern, problem.into_response())
            }
            Met::Endpoint(endpoint, params) => {
                request.extensions_mut().insert(params);
                let answer = warp::service(endpoint.filter.clone()).oneshot(request);
                // The panic itself is logged where panics are; here it only must not take the connection along.
                let answer = match AssertUnwindSafe(answer).catch_unwind().await {
                    Ok(Ok(response)) => response,
                    Err(_panic) => Problem::internal().into_response(),
                };
                (endpoint.pattern(), answer)
            }
        }
    }
}
