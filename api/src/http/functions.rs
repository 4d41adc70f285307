//! Where agents ask for something while the caller is on the line. Once the signature holds the answer is always 200, since
//! an agent that gets an error has nothing to say.

use super::body::{self, Body};
use super::intake::IntakeAnswer;
use super::route::param;
use super::{Routes, with};
use crate::desk::{Answer, Desk};
use crate::metrics::{Metrics, RejectReason};
use crate::problem::{Kind, Problem};
use http::{HeaderMap, Method, header};
use std::sync::Arc;
use warp::Filter;
use warp::reply::{Reply, Response};

const RETRY_AFTER_SECONDS: u32 = 1;

pub fn routes(desk: &Arc<Desk>, metrics: &Metrics) -> Routes {
    let asked = param::<String>("name")
        .and(warp::query::<Vec<(String, String)>>())
        .and(warp::header::headers_cloned())
        .and(body::raw())
        .and(with(desk))
        .and(with(metrics));
    Routes::new().add(Method::POST, "/api/mcp/retell/functions/{name}", asked.then(answer))
}

async fn answer(
    name: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Body,
    desk: Arc<Desk>,
    metrics: Metrics,
) -> Result<Response, Problem> {
    let body = read(body, &metrics)?;
    // Agents may be set to send more than is asked for.
    let company = query.iter().find(|(name, _)| name == "company").map(|(_, company)| company.as_str());
    let answered = desk.function(&name, company, &headers, body).await;
    let text = answered.map(Answer::text).map_err(|turned| problem(turned, &metrics))?;
    Ok(warp::reply::with_header(text, header::CONTENT_TYPE, "application/json").into_response())
}

/// The body's bytes; what comes broken proves nothing.
pub(super) fn read(body: Body, metrics: &Metrics) -> Result<bytes::Bytes, Problem> {
    let reason = match body {
        Body::TooLarge => Some(RejectReason::BodyTooLarge),
        Body::TooSlow | Body::Cut => Some(RejectReason::BodyIncomplete),
        Body::Read(_) => None,
    };
    if let Some(reason) = reason {
        metrics.webhook_rejected(reason);
    }
    body.into_bytes()
}

/// The reason stays with us, as for webhooks.
pub(super) fn problem(turned: IntakeAnswer, metrics: &Metrics) -> Problem {
    match turned {
        IntakeAnswer::Rejected(reason) => {
            metrics.webhook_rejected(reason);
            Problem::new(Kind::SignatureNotProven)
        }
        IntakeAnswer::Accepted | IntakeAnswer::Unavailable => Problem::unavailable(RETRY_AFTER_SECONDS),
    }
}
