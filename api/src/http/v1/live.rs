//! `GET /api/v1/live`: server-sent events of the company. Each says that something happened, to which stream and when; what
//! it was is asked for at its address. Whoever falls behind is told so and asks anew.

use super::request::{Entrance, Request};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::live::News;
use crate::problem::{Kind, Problem};
use futures_util::{Stream, stream};
use http::{Method, header};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use warp::reply::{Reply, Response};
use warp::sse::Event;
use warp::{Filter, sse};

/// So often a comment is sent, so that nothing on the way thinks the connection dead.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// After which whoever watches connects anew and is asked again who they are.
const LASTS: Duration = Duration::from_mins(30);
const TRY_AGAIN: &str = "60";

pub fn routes(door: &Entrance) -> Routes {
    let watch = door.admit(&Permission::READ, &[]).map(|request| watch(&request));
    Routes::new().add(Method::GET, "/api/v1/live", watch)
}

/// Server-sent events of the company: that something happened, to which stream, and when.
#[utoipa::path(
    get, path = "/api/v1/live", tag = "History", security(("bearer" = ["read"])),
    responses((status = 200, description = "A stream without end", body = String, content_type = "text/event-stream"))
)]
pub(super) fn watch(request: &Request) -> Result<Response, Problem> {
    let live = &request.app.live;
    let full = || Problem::new(Kind::RateLimited).header(header::RETRY_AFTER, TRY_AGAIN);
    let place = live.place().ok_or_else(full)?;
    let (company, receiver, ended) = (request.company().clone(), live.subscribe(), live.ended().clone());
    let ends_at = tokio::time::Instant::now() + LASTS;
    let next = move |mut receiver: tokio::sync::broadcast::Receiver<News>| {
        let (company, ended) = (company.clone(), ended.clone());
        async move {
            loop {
                let news = tokio::select! {
                    () = ended.cancelled() => return None,
                    () = tokio::time::sleep_until(ends_at) => return None,
                    news = receiver.recv() => news,
                };
                match news {
                    Ok(news) if news.company.as_ref() == Some(&company) => {
                        return Some((told(&news), receiver));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some((Event::default().event("missed").data(""), receiver)),
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    };
    let events = Box::pin(stream::unfold(receiver, next));
    let mut response = sse::reply(sse::keep_alive().interval(HEARTBEAT).stream(held(events, place))).into_response();
    // A proxy that gathers the answer would hand it over when it is over.
    response.headers_mut().insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    Ok(response)
}

fn told(news: &News) -> Event {
    let event = Event::default().id(news.position.to_string());
    event.json_data(news).unwrap_or_else(|_| Event::default().event("missed").data(""))
}

/// The events, with something that is let go when nobody reads them any more.
fn held<T: Send + Sync + 'static>(
    events: impl Stream<Item = Event> + Send + Sync + 'static,
    held: T,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + Sync + 'static {
    use futures_util::StreamExt;
    events.map(move |event| {
        let _ = &held;
        Ok(event)
    })
}
