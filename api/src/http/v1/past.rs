//! `/api/v1/streams/{id}/state`: what an aggregate was at a moment, without the parts that belong to persons.

use super::request::{Entrance, Request};
use crate::history::visible;
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::{InQuery, Of, params::All};
use crate::journal::JournalError;
use crate::past::{self, Stood};
use crate::problem::Problem;
use http::Method;
use ringbuch_domain::recorded::StreamId;
use schemars::JsonSchema;
use warp::Filter;
use warp::reply::Json;

/// Which moment is meant.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    /// A position of the log, or a time; events of that very moment count. Now where it is left out.
    #[schemars(extend("examples" = ["2026-03-01T00:00:00Z"]))]
    at: Option<String>,
}

type When = InQuery<Wanted>;
type State = Of<Stood>;

pub fn routes(door: &Entrance) -> Routes {
    let state = door.admit(&Permission::AUDIT, &["at", "all"]).then(state);
    Routes::new().add(Method::GET, "/api/v1/streams/{id}/state", state)
}

/// How a stream stood at a moment.
#[utoipa::path(
    get, path = "/api/v1/streams/{id}/state", tag = "History", security(("bearer" = ["audit"])),
    params(("id" = String, Path, description = "The stream", example = "call-salon-call_0d1e2f"), When, All),
    responses((status = 200, body = State), (status = 422))
)]
pub(super) async fn state(request: Request) -> Result<Json, Problem> {
    let (stream, at) = (request.id::<String>("stream")?, request.query.get("at")?);
    let (stream, scope) = (StreamId::from_stored(&stream), request.wide_scope()?);
    let events = request.app.journal.log().read_stream(&stream, 0).await.map_err(JournalError::from)?;
    Ok(warp::reply::json(&past::stand(None, stream, visible(scope, events), at).await?))
}
