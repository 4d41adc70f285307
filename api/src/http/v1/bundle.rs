//! `POST /api/v1/exports/bundle`: everything that an auditor needs, as one file. It holds the whole installation's log, so
//! it is for owners alone; that it was taken is written down.

use super::request::{Entrance, Request};
use crate::bundle::{self, ArchiveError};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::journal::JournalError;
use crate::problem::Problem;
use http::{Method, header};
use jiff::tz::TimeZone;
use warp::Filter;
use warp::reply::{Reply, Response, stream, with_header};

pub fn routes(door: &Entrance) -> Routes {
    let take = door.admit(&Permission::OWN, &[]).then(take);
    Routes::new().add(Method::POST, "/api/v1/exports/bundle", take)
}

/// The whole installation's log as a `.tar`: events, a signed checkpoint, schemas, and how to check them. No
/// caller's name, number or address is in it.
#[utoipa::path(
    post, path = "/api/v1/exports/bundle", tag = "Audit", security(("bearer" = ["own"])),
    responses((status = 200, body = Vec<u8>, content_type = "application/x-tar"), (status = 409))
)]
pub(super) async fn take(request: Request) -> Result<Response, Problem> {
    downloaded(&request).await
}

/// The file, once it is written down who took it.
pub(crate) async fn downloaded(request: &Request) -> Result<Response, Problem> {
    request.viewed("log", "bundle").await?;
    let file = bundle::archive(&request.app).await?;
    let day = request.app.clock.now().to_zoned(TimeZone::UTC).date();
    let name = format!("attachment; filename=\"{}-{day}.tar\"", bundle::FOLDER);
    let answer = with_header(stream(bundle::blocks(file)), header::CONTENT_TYPE, "application/x-tar");
    Ok(with_header(answer, header::CONTENT_DISPOSITION, name).into_response())
}

impl From<ArchiveError> for Problem {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Log(error) => JournalError::from(error).into(),
            ArchiveError::Broken(at) => {
                Self::rejected("chain_broken", format!("The chain is broken at position {}.", at.position))
            }
            ArchiveError::Machine(error) => {
                tracing::error!(%error, "the bundle for auditors could not be made");
                Self::internal()
            }
        }
    }
}
