//! `/api/v1/availability`: whether a time could be booked now, by the same function that books it.

use super::failure::{of_appointment, sentence};
use super::request::{Entrance, Request};
use crate::appointments::{Appointments, Opening};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::{InQuery, Of};
use crate::problem::Problem;
use http::Method;
use jiff::Timestamp;
use ringbuch_domain::diary::Rejection;
use ringbuch_domain::ids::{BranchId, EventTypeId, StaffId};
use schemars::JsonSchema;
use serde::Serialize;
use warp::Filter;
use warp::reply::Json;

/// The time that is asked about.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Question {
    branch: BranchId,
    /// By name or number; the branch's usual one where it is left out.
    #[schemars(extend("examples" = ["Haarschnitt"]))]
    service: Option<String>,
    /// By name or id; anybody where it is left out.
    staff: Option<String>,
    /// When it would begin.
    #[schemars(extend("examples" = ["2026-03-02T09:00:00Z"]))]
    start: Timestamp,
}

type Asked = InQuery<Question>;
type Told = Of<Answer>;

pub fn routes(door: &Entrance) -> Routes {
    let ask = door.admit(&Permission::READ, &["branch", "service", "staff", "start"]).then(ask);
    Routes::new().add(Method::GET, "/api/v1/availability", ask)
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Availability")]
struct Answer {
    free: bool,
    branch: BranchId,
    event_type: EventTypeId,
    start: Timestamp,
    end: Timestamp,
    /// Who works then and serves it, as far as it is free.
    staff: Vec<StaffId>,
    reason: Option<Reason>,
}

/// Why it cannot be had.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotFree")]
struct Reason {
    rule: &'static str,
    detail: String,
    spoken: String,
}

impl Reason {
    fn of(rejection: &Rejection, language: &str) -> Self {
        Self { rule: rejection.code(), detail: sentence(rejection), spoken: rejection.spoken(language) }
    }
}

/// Whether a time could be booked now, by the same function that books it.
#[utoipa::path(
    get, path = "/api/v1/availability", tag = "Appointments", security(("bearer" = ["read"])),
    params(Asked),
    responses((status = 200, body = Told), (status = 404), (status = 422))
)]
pub(super) async fn ask(request: Request) -> Result<Json, Problem> {
    let query = &request.query;
    let missing = |name: &str| Problem::query(format!("The parameter '{name}' is missing."));
    let opening = Opening {
        branch: query.get("branch")?.ok_or_else(|| missing("branch"))?,
        service: query.text("service").map(str::to_owned),
        staff: query.text("staff").map(str::to_owned),
        start: query.time("start")?.ok_or_else(|| missing("start"))?,
    };
    let language = request.language();
    let book = Appointments::new(&request.app, request.company().clone(), request.caller.name());
    let told = book.availability(&opening).await.map_err(|error| of_appointment(error, &language))?;
    let (staff, reason) = match told.free {
        Ok(staff) => (staff, None),
        Err(rejection) => (vec![], Some(Reason::of(&rejection, &language))),
    };
    Ok(warp::reply::json(&Answer {
        free: reason.is_none(),
        branch: opening.branch,
        event_type: told.event_type,
        start: told.slot.start,
        end: told.slot.end,
        staff,
        reason,
    }))
}
