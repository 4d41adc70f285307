//! HTTP: which address is answered by what, who may ask, and how requests are read. Each module makes its `Routes` from
//! warp filters; `Front` serves them all.

pub mod auth;
pub mod body;
mod dispatch;
mod front;
pub mod functions;
pub mod health;
pub mod home;
pub mod inbound;
pub mod intake;
mod limits;
pub mod metrics;
pub mod openapi;
mod origin;
pub mod page;
pub mod problems;
pub mod query;
mod recover;
pub mod route;
pub mod v1;

pub use front::{Front, RequestId};
pub use origin::origin;
pub use page::{Items, Page};
pub use query::Query;
pub use route::{Params, Routes};

use http::{HeaderName, HeaderValue};
use std::convert::Infallible;
use std::net::SocketAddr;
use warp::Filter;

/// Who is at the other end of the connection; the server puts it into every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Whoever stands between us and the browser hands an answer on as it comes; nginx asks for this header by name.
pub const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// Hands a shared thing to a handler.
pub fn with<T: Clone + Send + Sync + 'static>(
    shared: &T,
) -> impl Filter<Extract = (T,), Error = Infallible> + Clone + Send + Sync + use<T> {
    let shared = shared.clone();
    warp::any().map(move || shared.clone())
}
