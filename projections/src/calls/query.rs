//! What can be asked about calls.

use super::{Callback, Outcome};
use crate::page::{Page, Paging, Span};
use crate::record::{Columns, Record, record};
use crate::rows::{ReadModels, RowsError};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use ringbuch_domain::call::Direction;
use ringbuch_domain::ids::{AccountId, BookingId, BranchId, CallId, CompanyId, CustomerId, EventTypeId};
use schemars::JsonSchema;
use serde::Serialize;

record! {
    /// A call as a list shows it.
    pub struct Call {
        pub company: CompanyId,
        pub call: CallId,
        /// When it started, or was first heard of.
        pub began_at: Timestamp,
        pub branch: Option<BranchId>,
        pub customer: Option<CustomerId>,
        pub anonymous: Option<bool>,
        pub direction: Option<Direction>,
        pub our_number: Option<String>,
        pub caller_number: Option<String>,
        pub agent: Option<String>,
        pub agent_version: Option<i64>,
        pub started_at: Option<Timestamp>,
        pub ended_at: Option<Timestamp>,
        pub duration_ms: Option<i64>,
        /// In the currency's minor unit: cents.
        pub cost_minor: Option<i64>,
        pub currency: Option<String>,
        pub status: Option<String>,
        pub disconnection: Option<String>,
        pub sentiment: Option<String>,
        pub successful: Option<bool>,
        pub voicemail: Option<bool>,
        pub appointment_requested: Option<bool>,
        pub summary: Option<String>,
        /// As it was said.
        pub extracted_date: Option<String>,
        pub extracted_time: Option<String>,
        /// What that was read as.
        pub extracted_start: Option<Timestamp>,
        pub outcome: Outcome,
        pub refusal_code: Option<String>,
        /// A later delivery says something else than what was booked.
        pub contradicted: bool,
        pub callback: Callback,
    }
}

record! {
    /// What only the detail of a call shows.
    pub struct CallPrivate {
        pub account: Option<AccountId>,
        pub transcript: Option<String>,
        pub recording_url: Option<String>,
        pub extracted_service: Option<String>,
        pub extracted_name: Option<String>,
        pub event_type: Option<EventTypeId>,
        /// The booking that the call itself asked for last.
        pub booking: Option<BookingId>,
        /// The refusal with its fact.
        pub refusal: Option<serde_json::Value>,
        /// Names of what differs.
        pub differs: Option<Vec<String>>,
        pub contradicted_start: Option<Timestamp>,
        pub callback_reason: Option<String>,
        pub closed_reason: Option<String>,
    }
}

/// Everything about one call; its appointments are told by `appointments::of_call`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CallDetail {
    #[serde(flatten)]
    pub call: Call,
    #[serde(flatten)]
    pub more: CallPrivate,
}

impl Record for CallDetail {
    fn columns() -> Vec<&'static str> {
        [Call::columns(), CallPrivate::columns()].concat()
    }
    fn read(columns: &mut Columns<'_>) -> Result<Self, RowsError> {
        Ok(Self { call: Call::read(columns)?, more: CallPrivate::read(columns)? })
    }
}

/// Which calls are wanted; what is absent does not matter. The span is that of `began_at`.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    pub branch: Option<BranchId>,
    pub direction: Option<Direction>,
    pub outcome: Option<Outcome>,
    pub callback: Option<Callback>,
    pub customer: Option<CustomerId>,
    pub span: Span,
}

record! {
    /// A call of which nobody has told that it is over.
    pub struct OpenCall {
        pub company: CompanyId,
        pub call: CallId,
        pub account: Option<AccountId>,
        pub began_at: Timestamp,
    }
}

/// Calls of all companies that began in the span and go on as far as anybody knows, the oldest first.
pub async fn open(rows: &dyn ReadModels, span: Span, limit: u32) -> Result<Vec<OpenCall>, RowsError> {
    let ending = format!("ORDER BY began_at, position LIMIT {limit}");
    Select::from("calls", Scope::All).and("status IS NULL").within("began_at", span).all(rows, &ending).await
}

/// Newest first.
pub async fn list(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    filter: &CallFilter,
    paging: Paging,
) -> Result<Page<Call>, RowsError> {
    Select::from("calls", scope)
        .only("branch", filter.branch.as_ref().map(BranchId::as_str))
        .only("direction", filter.direction.map(Direction::as_str))
        .only("outcome", filter.outcome)
        .only("callback", filter.callback)
        .only("customer", filter.customer.map(|id| id.to_string()))
        .within("began_at", filter.span)
        .page(rows, "began_at", paging)
        .await
}

/// Calls that go on as far as anybody knows and began since then, newest first.
pub async fn live(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Call>, RowsError> {
    let span = Span { since: Some(since), until: None };
    let ending = format!("ORDER BY began_at DESC, position DESC LIMIT {limit}");
    Select::from("calls", scope).and("status IS NULL").within("began_at", span).all(rows, &ending).await
}

pub async fn find(rows: &dyn ReadModels, scope: Scope<'_>, call: &CallId) -> Result<Option<CallDetail>, RowsError> {
    Select::from("calls", scope).only("call", Some(call.as_str())).one(rows).await
}
