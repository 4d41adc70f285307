//! One place where a rejection of warp becomes a problem document.

use crate::problem::{Kind, Problem};
use std::convert::Infallible;
use std::error::Error;
use warp::Rejection;
use warp::reject;
use warp::reply::{Reply, Response};

pub(super) async fn recover(rejection: Rejection) -> Result<Response, Infallible> {
    Ok(problem(&rejection).into_response())
}

fn problem(rejection: &Rejection) -> Problem {
    if let Some(problem) = rejection.find::<Problem>() {
        return problem.clone();
    }
    if rejection.is_not_found() {
        return Problem::new(Kind::NotFound);
    }
    if rejection.find::<reject::InvalidQuery>().is_some() {
        return Problem::query("The query string cannot be read as name=value pairs.");
    }
    if let Some(unreadable) = rejection.find::<warp::body::BodyDeserializeError>() {
        let why = unreadable.source().map(ToString::to_string).unwrap_or_default();
        return Problem::body(format!("The body cannot be read: {why}."));
    }
    if let Some(missing) = rejection.find::<reject::MissingHeader>() {
        return Problem::new(Kind::RequestUnusable).detail(format!("The header {} is missing.", missing.name()));
    }
    if let Some(unusable) = rejection.find::<reject::InvalidHeader>() {
        return Problem::new(Kind::RequestUnusable).detail(format!("The header {} cannot be read.", unusable.name()));
    }
    if rejection.find::<reject::UnsupportedMediaType>().is_some() {
        return Problem::new(Kind::MediaTypeUnsupported);
    }
    if rejection.find::<reject::PayloadTooLarge>().is_some() {
        return Problem::new(Kind::BodyTooLarge);
    }
    tracing::error!(?rejection, "a request was rejected in a way that has no problem document");
    Problem::internal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use warp::Filter;

    #[derive(Deserialize)]
    struct Wanted {
        #[expect(dead_code, reason = "only its type matters: a text is no number")]
        limit: u32,
    }

    async fn status<F, R>(filter: F, request: http::Request<String>) -> u16
    where
        F: Filter<Extract = (R,), Error = Rejection> + Clone + Send + Sync + 'static,
        R: Send + 'static,
    {
        use tower::ServiceExt;
        let filter = filter.map(|_| "fine").recover(recover);
        warp::service(filter).oneshot(request).await.unwrap().status().as_u16()
    }

    fn request() -> http::request::Builder {
        http::Request::get("/?limit=some")
    }

    #[tokio::test]
    async fn every_rejection_of_warp_has_its_status() {
        let body = || String::from("{");
        assert_eq!(status(warp::query::<Wanted>(), request().body(body()).unwrap()).await, 400);
        assert_eq!(status(warp::body::json::<Wanted>(), request().body(body()).unwrap()).await, 400);
        let xml = request().header("content-type", "text/xml").body(body()).unwrap();
        assert_eq!(status(warp::body::json::<Wanted>(), xml).await, 415);
        assert_eq!(status(warp::header::<u32>("x-missing"), request().body(body()).unwrap()).await, 400);
        assert_eq!(status(warp::header::<u32>("host"), request().header("host", "x").body(body()).unwrap()).await, 400);
        assert_eq!(status(warp::path::param::<u32>(), request().body(body()).unwrap()).await, 404);
        assert_eq!(status(warp::ext::get::<u32>(), request().body(body()).unwrap()).await, 500);
    }
}
