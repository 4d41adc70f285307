//! Model Context Protocol over HTTP at an address of ours. Requests stand for themselves in every revision: no session is
//! kept, so any node answers any of them. A guard looks at a request before the protocol does.

use super::outlet::Outlet;
use super::reach::Reach;
use crate::http::body::{self, Body};
use crate::http::{Routes, with};
use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, header};
use http_body_util::{BodyExt, Full};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::convert::Infallible;
use std::sync::Arc;
use warp::Filter;
use warp::path::FullPath;
use warp::reply::{Reply, Response};

/// Who may send requests; what it finds out goes among the request's extensions.
#[async_trait]
pub trait Guard: Send + Sync {
    /// Lets a request in, or answers it.
    async fn admit(&self, request: &mut Parts) -> Result<(), Response>;
}

/// A place to serve handlers at.
#[derive(Clone)]
pub struct Mount {
    pub reach: Reach,
}

struct Mounted<H> {
    guard: Arc<dyn Guard>,
    service: StreamableHttpService<H, NeverSessionManager>,
}

impl<H> Clone for Mounted<H> {
    fn clone(&self) -> Self {
        Self { guard: Arc::clone(&self.guard), service: self.service.clone() }
    }
}

type Reached = http::Response<http_body_util::combinators::BoxBody<Bytes, Infallible>>;

impl Mount {
    /// Serves a handler at one address.
    pub fn at<H>(&self, pattern: &'static str, guard: Arc<dyn Guard>, handler: H) -> Routes
    where
        H: ServerHandler + Clone,
    {
        let service = StreamableHttpService::new(move || Ok(handler.clone()), Arc::default(), self.config());
        let mounted = Mounted { guard, service };
        let asked = warp::path::full().and(warp::header::headers_cloned()).and(body::raw()).and(with(&mounted));
        Routes::new().add(Method::POST, pattern, asked.then(answer::<H>))
    }

    fn config(&self) -> StreamableHttpServerConfig {
        StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_allowed_hosts(self.reach.hosts())
            .with_allowed_origins(self.reach.origins())
            .enforce_origin_validation()
            .with_max_request_body_bytes(body::LIMIT)
    }
}

async fn answer<H>(path: FullPath, headers: HeaderMap, body: Body, mounted: Mounted<H>) -> Response
where
    H: ServerHandler + Clone,
{
    let body = match body.into_bytes() {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let Ok(mut request) = Request::post(path.as_str()).body(Full::new(body)) else {
        return crate::problem::Problem::internal().into_response();
    };
    *request.headers_mut() = headers;
    let (mut parts, body) = request.into_parts();
    if let Err(answer) = mounted.guard.admit(&mut parts).await {
        return answer;
    }
    let outlet = Outlet::default();
    parts.extensions.insert(outlet.clone());
    told(mounted.service.handle(Request::from_parts(parts, body)).await, &outlet).await
}

/// An answer that is whole is sent whole, a stream as it comes: no tool of ours speaks before its answer, so that one never
/// streams.
async fn told(reached: Reached, outlet: &Outlet) -> Response {
    let (parts, body) = reached.into_parts();
    let streams = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let mut response = if streams {
        warp::reply::stream(body.into_data_stream()).into_response()
    } else {
        let Ok(whole) = body.collect().await;
        Response::new(outlet.fill(whole.to_bytes()).into())
    };
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    response
}
