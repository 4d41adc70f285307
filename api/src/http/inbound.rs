//! Where Retell asks, while a call is ringing, what its agent should know of the caller.

use super::body::{self, Body};
use super::functions::{problem, read};
use super::route::param;
use super::{Routes, with};
use crate::desk::Desk;
use crate::metrics::Metrics;
use crate::problem::Problem;
use http::{HeaderMap, Method};
use std::sync::Arc;
use warp::Filter;
use warp::reply::Json;

pub fn routes(desk: &Arc<Desk>, metrics: &Metrics) -> Routes {
    let ringing = || warp::header::headers_cloned().and(body::raw()).and(with(desk)).and(with(metrics));
    let plain = ringing().then(|headers, body, desk, metrics| answer(None, headers, body, desk, metrics));
    let named = param::<String>("company")
        .and(ringing())
        .then(|company, headers, body, desk, metrics| answer(Some(company), headers, body, desk, metrics));
    Routes::new().add(Method::POST, "/api/mcp/retell/inbound", plain).add(
        Method::POST,
        "/api/mcp/retell/inbound/{company}",
        named,
    )
}

async fn answer(
    company: Option<String>,
    headers: HeaderMap,
    body: Body,
    desk: Arc<Desk>,
    metrics: Metrics,
) -> Result<Json, Problem> {
    let body = read(body, &metrics)?;
    let answered = desk.inbound(company.as_deref(), &headers, body).await;
    Ok(warp::reply::json(&answered.map_err(|turned| problem(turned, &metrics))?))
}
